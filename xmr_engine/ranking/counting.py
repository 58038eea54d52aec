"""Count ids and pairs of ids."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Counts, Ids, Offsets
from xmr_engine.keys import distinct_in_place

Column = NDArray[np.int64]
LARGEST_KEY = (1 << 63) - 1


def count_pairs(a: Column, b: Column, n_rows: int) -> Counts:
    """Return how often each pair occurs as csr counts."""
    keys, width = _keys_of(a, b)
    return _as_counts(*np.unique(keys, return_counts=True), width, n_rows)


def count_weighted(a: Column, b: Column, weights: Column, n_rows: int) -> Counts:
    """Return the weights of each pair, summed, as csr counts."""
    keys, width = _keys_of(a, b)
    keys, pair = np.unique(keys, return_inverse=True)
    return _as_counts(keys, np.bincount(pair, weights=weights, minlength=keys.size), width, n_rows)


def _keys_of(a: NDArray[Any], b: NDArray[Any]) -> tuple[Column, int]:
    """Return pairs as one number each, a · width + b, and the width: many are sorted sooner so, and in less memory."""
    width = int(b.max(initial=0)) + 1
    keys = a.astype(np.int64)
    keys *= width
    keys += b
    return keys, width


def _as_counts(keys: Column, count: NDArray[Any], width: int, n_rows: int) -> Counts:
    """Return counts of ascending keys, row · width + column, by row."""
    row, column = keys // width, keys % width
    total = np.bincount(row, weights=count, minlength=n_rows)
    pointers = np.searchsorted(row, np.arange(n_rows + 1))
    return Counts(
        freeze(pointers, np.int64),
        freeze(column, np.int32),
        freeze(np.minimum(count, 65535), np.uint16),
        freeze(total, np.float32),
    )


def add_counts(first: tuple[Column, Column], second: tuple[Column, Column]) -> tuple[Column, Column]:
    """Return the sum of two counts, each ascending keys and how often each was seen."""
    keys = np.concatenate([first[0], second[0]])
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], np.concatenate([first[1], second[1]])[order]
    fresh = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: keys.size])
    return keys[fresh], np.add.reduceat(counts, fresh) if fresh.size else counts


def distinct_pairs(a: NDArray[Any], b: NDArray[Any]) -> tuple[Column, Column]:
    """Return the distinct pairs of numbers from 0, ordered by the first then the second."""
    if (int(a.max(initial=0)) + 1) * (int(b.max(initial=0)) + 1) > LARGEST_KEY:
        firsts, a = np.unique(a, return_inverse=True)
        seconds, b = np.unique(b, return_inverse=True)
        first, second = distinct_pairs(a, b)
        return firsts[first].astype(np.int64), seconds[second].astype(np.int64)
    keys, width = _keys_of(a, b)
    keys = distinct_in_place(keys)
    first = keys // width
    keys %= width
    return first, keys


def expand(rows: Offsets, ids: Ids, wanted: Column) -> tuple[Column, Column]:
    """Return for each wanted row its position in `wanted` and each of its ids, flat."""
    sizes = rows[wanted + 1] - rows[wanted]
    position = np.repeat(np.arange(wanted.size), sizes)
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return position, ids[np.repeat(rows[wanted], sizes) + within].astype(np.int64)
