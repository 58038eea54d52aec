"""Chance that can be had again: every draw is a hash of a seed and of what is drawn.

Knows numbers and names; knows nothing of who draws.
"""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count
from typing import TypeVar

Thing = TypeVar("Thing")


def draw(seed: int, *parts: str | int) -> int:
    """Return 64 random bits, the same for the same arguments."""
    told = json.dumps([seed, *parts], ensure_ascii=False).encode("utf-8", "surrogatepass")
    return int.from_bytes(sha256(told).digest()[:8], "big")


def share(seed: int, *parts: str | int) -> float:
    """Return a number from 0 up to, and without, 1."""
    return draw(seed, *parts) / (1 << 64)


def coins(seed: int, *parts: str | int) -> Iterator[bool]:
    """Yield tosses of a coin, without end."""
    return (bool(draw(seed, *parts, toss) & 1) for toss in count())


def shuffled(things: Sequence[Thing], seed: int, *parts: str | int) -> list[Thing]:
    """Return the things in random order."""
    return [things[place] for place in sorted(range(len(things)), key=lambda place: draw(seed, *parts, place))]
