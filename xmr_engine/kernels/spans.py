"""Ascending ids: finding one, and where those of a span stand in many rows."""

import numpy as np

from xmr_engine.kernels.arrays import Counts, Ids, Offsets
from xmr_engine.kernels.compiled import kernel

Entries = tuple[Offsets, Offsets]


@kernel
def first_at_least(ids: Ids, lo: int, hi: int, wanted: int) -> int:
    """Return the first position in [lo, hi) whose id is at least `wanted`, hi where there is none."""
    while lo < hi:
        middle = (lo + hi) >> 1
        if ids[middle] < wanted:
            lo = middle + 1
        else:
            hi = middle
    return lo


@kernel
def distinct(ids: Ids) -> Ids:
    """Return ids ascending, each once."""
    ordered = np.sort(ids)
    n = 0
    for i in range(ordered.size):
        if i == 0 or ordered[i] != ordered[i - 1]:
            ordered[n] = ordered[i]
            n += 1
    return ordered[:n]


@kernel
def count_of(counts: Counts, row: int, wanted: int) -> int:
    """Return how often a row saw an id."""
    at = first_at_least(counts.ids, counts.rows[row], counts.rows[row + 1], wanted)
    if at < counts.rows[row + 1] and counts.ids[at] == wanted:
        return np.int64(counts.count[at])
    return np.int64(0)


@kernel
def entries_of(rows: Offsets, wanted: Ids) -> Entries:
    """Return where the entries of each wanted row begin and end; a row -1 has none."""
    starts, stops = np.zeros(wanted.size, np.int64), np.zeros(wanted.size, np.int64)
    for i in range(wanted.size):
        if wanted[i] >= 0:
            starts[i], stops[i] = rows[wanted[i]], rows[wanted[i] + 1]
    return starts, stops


@kernel
def entries_in_span(rows: Offsets, ids: Ids, wanted: Ids, span: tuple[int, int]) -> Entries:
    """Return where the entries of each wanted row whose ids lie in a span begin and end; a row -1 has none.

    All rows are bisected in step, so that the waits for memory overlap.
    """
    starts, stops = entries_of(rows, wanted)
    n = wanted.size
    lo, hi = np.empty(2 * n, np.int64), np.empty(2 * n, np.int64)
    lo[:n], lo[n:], hi[:n], hi[n:] = starts, starts, stops, stops
    unsettled = True
    while unsettled:
        unsettled = False
        for i in range(2 * n):
            if lo[i] < hi[i]:
                unsettled = True
                middle = (lo[i] + hi[i]) >> 1
                if ids[middle] < (span[0] if i < n else span[1]):
                    lo[i] = middle + 1
                else:
                    hi[i] = middle
    return lo[:n], lo[n:]


@kernel
def count_entries(entries: Entries) -> int:
    """Return how many entries there are in all rows."""
    starts, stops = entries
    return (stops - starts).sum()
