"""Scenarios to judge by hand, sampled from held-out pairs: every kind of moment, none twice, the same by seed.

Knows pairs; knows nothing of systems, pages or where scenarios are kept.
"""

from collections import defaultdict
from collections.abc import Container, Sequence
from random import Random
from typing import NamedTuple

from xmr_engine.data.pairs import Pairs, contexts
from xmr_engine.errors import DataError

__all__ = ["Scenario", "sample_scenarios"]

_LENGTHS = ((1, "1 letter"), (3, "2-3 letters"), (6, "4-6 letters"))
_LONGER = "7+ letters"


class Scenario(NamedTuple):
    """One moment to judge: the session's queries oldest first, what is typed, what was meant, and its tags."""

    previous: tuple[str, ...]
    prefix: str
    next: str
    tags: tuple[str, ...] = ()


def sample_scenarios(
    pairs: Pairs, n_scenarios: int, seed: int = 0, known: Container[str] | None = None
) -> list[Scenario]:
    """Return a sample of the pairs' moments, drawn evenly over their kinds and shuffled.

    A kind is one combination of tags: where in the session the query stands (`first`, `second`, `later`), how much
    of it is typed, and whether it shares a word with the query before. A query is wanted at most once.

    Parameters
    ----------
    known
        The queries that a system can answer with; adds the tag `unseen` to those that are not among them.

    Raises
    ------
    DataError
        There are fewer distinct queries than scenarios wanted.
    """
    kinds: dict[tuple[str, ...], list[Scenario]] = defaultdict(list)
    for scenario in _distinct(pairs, Random(f"{seed}/scenarios")):
        kinds[scenario.tags].append(scenario)
    chosen = [scenario for _, scenario in sorted(_ranked(kinds), key=lambda ranked: ranked[0])[:n_scenarios]]
    if len(chosen) < n_scenarios:
        raise DataError(f"the pairs hold {len(chosen)} distinct queries; {n_scenarios} scenarios were wanted")
    Random(f"{seed}/order").shuffle(chosen)
    return [_with_unseen(scenario, known) for scenario in chosen]


def _distinct(pairs: Pairs, rng: Random) -> list[Scenario]:
    """Return the pairs in random order, the first of every wanted query, with its tags."""
    sessions = contexts(pairs)
    rows = list(range(len(pairs.next)))
    rng.shuffle(rows)
    found: dict[str, Scenario] = {}
    for row in rows:
        wanted = pairs.next[row]
        if wanted not in found:
            previous, prefix = sessions[row], pairs.prefix[row]
            found[wanted] = Scenario(previous, prefix, wanted, _tags(previous, prefix, wanted))
    return list(found.values())


def _ranked(kinds: dict[tuple[str, ...], list[Scenario]]) -> list[tuple[tuple[int, tuple[str, ...]], Scenario]]:
    """Return every scenario with its place within its kind, so that sorting by it takes kinds in turns."""
    return [((place, kind), one) for kind, listed in kinds.items() for place, one in enumerate(listed)]


def _tags(previous: Sequence[str], prefix: str, wanted: str) -> tuple[str, ...]:
    """Return what kind of moment it is."""
    place = ("first", "second", "later")[min(len(previous), 2)]
    length = next((name for most, name in _LENGTHS if len(prefix) <= most), _LONGER)
    if not previous:
        return place, length
    related = set(previous[-1].split()) & set(wanted.split())
    return place, length, "same words" if related else "new words"


def _with_unseen(scenario: Scenario, known: Container[str] | None) -> Scenario:
    """Return the scenario, tagged where no system knows what was meant."""
    if known is None or scenario.next in known:
        return scenario
    return scenario._replace(tags=(*scenario.tags, "unseen"))
