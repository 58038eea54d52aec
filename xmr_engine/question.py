"""What is asked of a model: texts and settings, checked and normalised."""

from collections.abc import Sequence
from typing import NamedTuple

from xmr_engine.errors import ConfigError
from xmr_engine.features.codes import SEPARATOR, to_codes
from xmr_engine.kernels.arrays import Codes
from xmr_engine.kernels.candidates import FROM_COMPOSED, FROM_INDEX, FROM_POPULAR, FROM_SUCCESSOR, Limits
from xmr_engine.text import normalise, normalise_prefix

N_CONTEXT = 5
MOST_COMPLETIONS = 1000
WIDEST_BEAM = 1000
SOURCES = (
    ("index", FROM_INDEX),
    ("popular", FROM_POPULAR),
    ("successor", FROM_SUCCESSOR),
    ("composed", FROM_COMPOSED),
)
OTHERS = frozenset({"popular", "successor"})


class Question(NamedTuple):
    """What is asked, checked and normalised: the session's queries oldest first, the prefix, and how to search."""

    previous: tuple[str, ...]
    prefix: str
    index: str  # type: ignore[assignment]
    limits: Limits
    k: int

    def codes(self) -> Codes:
        """Return the texts as the kernels read them."""
        return to_codes(SEPARATOR.join((*self.previous, self.prefix)))


def ask(
    indexes: Sequence[str],
    usual: Limits,
    prefix: str,
    previous: Sequence[str],
    k: int,
    index: str | None = None,
    beam: int | None = None,
    sources: Sequence[str] | None = None,
) -> Question:
    """Return a question to a model that has these indexes and searches with these limits unless told otherwise.

    Raises
    ------
    ConfigError
        A name is unknown or a number out of range.
    """
    name = indexes[0] if index is None else index
    if isinstance(previous, str):
        raise ConfigError(f"previous must be a list of queries, got the text {previous[:40]!r}; put it into brackets")
    if name not in indexes:
        raise ConfigError(f"index {name!r} is unknown; the model has {', '.join(indexes)}")
    if not 1 <= k <= MOST_COMPLETIONS:
        raise ConfigError(f"k must be from 1 to {MOST_COMPLETIONS}, got {k}")
    if beam is not None and not 1 <= beam <= WIDEST_BEAM:
        raise ConfigError(f"beam must be from 1 to {WIDEST_BEAM}, got {beam}")
    queries = [text for text in map(normalise, previous[-N_CONTEXT:]) if text]
    limits = usual if beam is None else usual._replace(beam=beam)
    if sources is not None:
        limits = _only(limits, sources)
    return Question(tuple(_without_repeats(queries)), normalise_prefix(prefix), name, limits, k)


def _only(limits: Limits, sources: Sequence[str]) -> Limits:
    """Return the limits with every source switched off that is not named."""
    known = [name for name, _ in SOURCES]
    for name in sources:
        if name not in known:
            raise ConfigError(f"source {name!r} is unknown; there are {', '.join(known)}")
    return limits._replace(
        index=limits.index if "index" in sources else 0,
        popular=limits.popular if "popular" in sources else 0,
        successors=limits.successors if "successor" in sources else 0,
        composed=limits.composed if "composed" in sources else 0,
        slips=0,
    )


def _without_repeats(queries: Sequence[str]) -> list[str]:
    """Return the queries without those that repeat the one before."""
    return [query for i, query in enumerate(queries) if i == 0 or query != queries[i - 1]]
