"""Prefixes drawn for the queries of sessions.

Knows steps and a seed; must not know files, or how a prefix is used.
"""

from collections.abc import Iterable, Iterator

from xmr_engine.data.sessions import Step

__all__ = ["draw_prefix", "follow"]

_MASK = (1 << 64) - 1


def draw_prefix(text: str, seed: int, row: int) -> str:
    """Return a prefix whose length is uniform on 1..len(text), the same for the same arguments.

    The draw is a hash (splitmix64 of Steele, Lea and Flood 2014), so it does not depend on what
    else is drawn, or in which order. A last space stays: it says that a word is finished.
    """
    state = ((seed + 1) * 0xD1342543DE82EF95 + (row + 1) * 0x9E3779B97F4A7C15) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    state ^= state >> 31
    return text[: 1 + (state * len(text) >> 64)]


def follow(steps: Iterable[Step]) -> Iterator[tuple[Step | None, Step]]:
    """Yield every step with the one before it in its session, if any."""
    before: Step | None = None
    for step in steps:
        yield before if before is not None and before.session == step.session else None, step
        before = step
