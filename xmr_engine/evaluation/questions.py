"""What is asked: rows with their sessions, at their own prefix and at fixed lengths, and the groups they fall into.

Knows pairs and which queries are labels; must not know any system.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xmr_engine.data.pairs import Pairs, contexts

SAMPLED = "sampled"
FREQUENCIES = (1, 2, 4, 8, 32, 128, 512, 2048)

Mask = NDArray[np.bool_]


class Rows(NamedTuple):
    """What is evaluated, columns of equal length.

    context: the session's queries, oldest first. unit: the session, which is what intervals draw. frequency: how often
    the answer was asked in training, 0 for one that is no label. known_context: whether the previous query is one.
    """

    prefix: list[str]
    next: list[str]
    context: list[tuple[str, ...]]
    unit: NDArray[np.int64]
    frequency: NDArray[np.int64]
    known_context: Mask

    @property
    def with_context(self) -> Mask:
        """Which rows come after another query."""
        return np.array([bool(context) for context in self.context], np.bool_)

    @property
    def seen(self) -> Mask:
        """Which rows have a label for an answer."""
        return self.frequency > 0


def make_rows(
    pairs: Pairs,
    count_of: Callable[[str], int],
    limit: int | None = None,
    seed: int = 0,
    last_queries: int | None = None,
) -> Rows:
    """Return rows of pairs: all, or `limit` drawn; with the whole context, or its `last_queries` alone."""
    chosen = np.arange(len(pairs.next))
    if limit is not None:
        chosen = np.random.default_rng(seed).permutation(len(pairs.next))[:limit]
    sessions, before = np.array(pairs.session, np.int64), contexts(pairs)
    context = [before[row] if last_queries is None else last(before[row], last_queries) for row in chosen]
    answers = [pairs.next[row] for row in chosen]
    return Rows(
        prefix=[pairs.prefix[row] for row in chosen],
        next=answers,
        context=context,
        unit=np.unique(sessions[chosen], return_inverse=True)[1].astype(np.int64),
        frequency=np.array([count_of(text) for text in answers], np.int64),
        known_context=np.array([bool(before[row]) and count_of(before[row][-1]) > 0 for row in chosen], np.bool_),
    )


def last(context: tuple[str, ...], n: int) -> tuple[str, ...]:
    """Return the last n queries of a session."""
    return context[max(len(context) - n, 0) :]


def settings(rows: Rows, lengths: Sequence[int]) -> dict[str, list[str | None]]:
    """Return the prefix asked of every row in each setting; None where the answer is shorter than that."""
    asked: dict[str, list[str | None]] = {SAMPLED: list(rows.prefix)}
    for length in lengths:
        asked[f"len{length}"] = [text[:length] if len(text) >= length else None for text in rows.next]
    return asked


def frequency_groups(rows: Rows) -> Mapping[str, Mask]:
    """Return which rows have an answer of each frequency in training, by ranges such as `2-3`."""
    groups = {"0": rows.frequency == 0}
    for low, high in zip(FREQUENCIES, (*FREQUENCIES[1:], None), strict=True):
        name = f"{low}+" if high is None else str(low) if high == low + 1 else f"{low}-{high - 1}"
        groups[name] = (rows.frequency >= low) & (np.True_ if high is None else rows.frequency < high)
    return groups
