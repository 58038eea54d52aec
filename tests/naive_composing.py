"""Plain twins of the kernels that compose completions: the same definitions over strings and dicts.

Knows the formulas; must not know the kernels it judges, nor any array library.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

Table = dict[str, Counter[str]]


class Successions(NamedTuple):
    """How often each piece (what stands between spaces) was asked, and stood right after another; ends are empty."""

    count: Counter[str]
    after: Table

    def places(self, piece: str) -> int:
        """Return how many different pieces stood right before a piece."""
        return sum(piece in row for before, row in self.after.items() if before)

    def followers(self, piece: str, begin: str, k: int) -> list[str]:
        """Return the k pieces most often right after one that begin so."""
        row = self.after.get(piece, Counter())
        fitting = [other for other in row if other and other.startswith(begin)]
        return sorted(fitting, key=lambda other: (-row[other], other))[:k]

    def chance(self, before: str, piece: str) -> float:
        """Return the probability of a piece after another, smoothed after Witten and Bell, unknown ones Kneser-Ney."""
        n_kinds = sum(len(row) for begin, row in self.after.items() if begin)
        anywhere = (self.places(piece) + 0.1) / (n_kinds + 0.1 * (len(self.count) + 1))
        row = self.after.get(before, Counter())
        if not row:
            return anywhere
        return (row[piece] + len(row) * anywhere) / (sum(row.values()) + len(row))


def successions(counts: Mapping[str, int]) -> Successions:
    """Count the pieces of queries; what holds an @ is none, and nothing stands beside it."""
    count: Counter[str] = Counter()
    after: Table = defaultdict(Counter)
    for text, times in counts.items():
        row = ["", *text.split(" "), ""]
        for before, piece in pairwise(row):
            if "@" not in before + piece:
                after[before][piece] += times
        count.update({piece: row.count(piece) * times for piece in set(row) - {""} if "@" not in piece})
    return Successions(count, after)


class Sizes(NamedTuple):
    """How many pieces of each kind are tried."""

    followers: int
    begun: int
    nexts: int
    after_next: int
    queries: int
    pieces: int


def compose(known: Successions, typed: str, queries: Sequence[str], back_off: bool, sizes: Sizes) -> set[str]:
    """Return the texts that may be composed of what is typed, before any is left out; queries oldest first."""
    *finished, fragment = typed.split(" ")
    last = finished[-1] if finished else ""
    heard = [query.split(" ") for query in reversed(queries)]
    inside = {piece for query in heard for piece in query if known.places(piece)}
    first = set(known.followers(last, fragment, sizes.followers))
    first |= {piece for piece in inside - set(finished) if piece.startswith(fragment)}
    if back_off and finished and len(fragment.encode()) >= 2:
        fitting = [piece for piece in known.count if piece.startswith(fragment) and known.places(piece)]
        first |= set(sorted(fitting, key=lambda piece: (-known.places(piece), piece))[: sizes.begun])
    rows: set[tuple[str, ...]] = set()
    for piece in first:
        rows.add((piece,))
        for turn, following in enumerate(known.followers(piece, "", sizes.nexts)):
            rows.add((piece, following))
            if turn < sizes.after_next:
                rows |= {(piece, following, other) for other in known.followers(following, "", sizes.after_next)}
        for row in stretches(piece, heard, sizes.queries):
            fresh = len(set(row)) == len(row) and not set(row[1:]) & set(finished)
            if fresh and len(row) <= sizes.pieces and set(row[1:]) <= inside:
                rows.add(row)
    return {" ".join((*finished, *row)) for row in rows}


def stretches(piece: str, heard: Sequence[Sequence[str]], n_queries: int) -> Iterator[tuple[str, ...]]:
    """Yield a piece with stretches of the session's queries, the latest first."""
    for turn, query in enumerate(heard):
        for at in (i for i, other in enumerate(query) if other == piece):
            for stop in range(at + 2, len(query) + 1):
                yield (piece, *query[at + 1 : stop])
            if query[at + 2 :]:
                yield (piece, *query[at + 2 :])
        if piece not in query and turn < n_queries:
            for at in range(len(query)):
                yield (piece, *query[at:])
                if at:
                    yield (piece, *query[:at])
