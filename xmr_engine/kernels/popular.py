"""The most popular labels of a span, without looking at each: range-maximum over blocks of labels."""

import numpy as np

from xmr_engine.kernels.arrays import Ids
from xmr_engine.kernels.compiled import kernel

BLOCK = 32


@kernel
def best_of(popularity: Ids, lo: int, hi: int) -> int:
    """Return the first position of the highest value in [lo, hi), which is not empty."""
    best = lo
    for i in range(lo + 1, hi):
        if popularity[i] > popularity[best]:
            best = i
    return best


@kernel
def better(popularity: Ids, a: int, b: int) -> int:
    """Return the position of the higher value; of equal ones the smaller position."""
    if popularity[a] != popularity[b]:
        return a if popularity[a] > popularity[b] else b
    return min(a, b)


@kernel
def fill_maxima(popularity: Ids, table: Ids) -> None:
    """Fill `table`, shape (n_levels, n_blocks): entry (j, b) is the best position of the blocks b … b + 2**j - 1."""
    n_levels, n_blocks = table.shape
    for b in range(n_blocks):
        table[0, b] = best_of(popularity, b * BLOCK, min((b + 1) * BLOCK, popularity.size))
    for j in range(1, n_levels):
        for b in range(n_blocks):
            half = min(b + (1 << (j - 1)), n_blocks - 1)
            table[j, b] = better(popularity, table[j - 1, b], table[j - 1, half])


@kernel
def best_in_range(popularity: Ids, table: Ids, lo: int, hi: int) -> int:
    """Return the first position of the highest value in [lo, hi), which is not empty."""
    first, last = lo // BLOCK + 1, hi // BLOCK
    if last <= first:
        return best_of(popularity, lo, hi)
    j = 0
    while 2 << j <= last - first:
        j += 1
    best = better(popularity, table[j, first], table[j, last - (1 << j)])
    if lo < first * BLOCK:
        best = better(popularity, best, best_of(popularity, lo, first * BLOCK))
    if last * BLOCK < hi:
        best = better(popularity, best, best_of(popularity, last * BLOCK, hi))
    return best


@kernel
def popular_in_span(popularity: Ids, table: Ids, span: tuple[int, int], k: int, out: Ids) -> int:
    """Write the k most popular labels of a span, best first, equal ones by id; return how many."""
    ranges = np.empty((k + 2, 2), np.int64)
    tops = np.empty(k + 2, np.int64)
    n_ranges, n = 0, 0
    if span[0] < span[1] and k > 0:
        ranges[0, 0], ranges[0, 1] = span
        tops[0] = best_in_range(popularity, table, span[0], span[1])
        n_ranges = 1
    while n < k and n_ranges > 0:
        top = tops[0]
        out[n] = top
        n += 1
        lo, hi = ranges[0]
        n_ranges -= 1
        if n_ranges > 0:
            sink(popularity, tops, ranges, n_ranges)
        if lo < top:
            lift(popularity, tops, ranges, n_ranges, (best_in_range(popularity, table, lo, top), lo, top))
            n_ranges += 1
        if top + 1 < hi:
            lift(popularity, tops, ranges, n_ranges, (best_in_range(popularity, table, top + 1, hi), top + 1, hi))
            n_ranges += 1
    return n


@kernel
def sink(popularity: Ids, tops: Ids, ranges: Ids, n: int) -> None:
    """Put the range at position n of the heap at its head, and mend the heap of n ranges."""
    top, lo, hi = tops[n], ranges[n, 0], ranges[n, 1]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= n:
            break
        if child + 1 < n and better(popularity, tops[child + 1], tops[child]) == tops[child + 1]:
            child += 1
        if better(popularity, top, tops[child]) == top:
            break
        tops[at], ranges[at, 0], ranges[at, 1] = tops[child], ranges[child, 0], ranges[child, 1]
        at = child
    tops[at], ranges[at, 0], ranges[at, 1] = top, lo, hi


@kernel
def lift(popularity: Ids, tops: Ids, ranges: Ids, n: int, added: tuple[int, int, int]) -> None:
    """Add a range to a heap of n ranges."""
    top, lo, hi = added
    at = n
    while at > 0:
        above = (at - 1) // 2
        if better(popularity, top, tops[above]) != top:
            break
        tops[at], ranges[at, 0], ranges[at, 1] = tops[above], ranges[above, 0], ranges[above, 1]
        at = above
    tops[at], ranges[at, 0], ranges[at, 1] = top, lo, hi
