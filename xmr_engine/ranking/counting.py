"""Count ids and pairs of ids."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Counts, Ids, Offsets

Column = NDArray[np.int64]


def count_pairs(a: Column, b: Column, n_rows: int) -> Counts:
    """Return how often each pair occurs as csr counts."""
    width = int(b.max(initial=0)) + 1
    keys = a.astype(np.int64)
    keys *= width
    keys += b
    return _as_counts(*np.unique(keys, return_counts=True), width, n_rows)


def count_weighted(a: Column, b: Column, weights: Column, n_rows: int) -> Counts:
    """Return the weights of each pair, summed, as csr counts."""
    width = int(b.max(initial=0)) + 1
    keys, pair = np.unique(a.astype(np.int64) * width + b, return_inverse=True)
    return _as_counts(keys, np.bincount(pair, weights=weights, minlength=keys.size), width, n_rows)


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
    """Return the distinct pairs, ordered by the first then the second."""
    order = np.lexsort((b, a))
    a, b = a[order].astype(np.int64), b[order].astype(np.int64)
    fresh = np.ones(a.size, bool)
    fresh[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    return a[fresh], b[fresh]


def expand(rows: Offsets, ids: Ids, wanted: Column) -> tuple[Column, Column]:
    """Return for each wanted row its position in `wanted` and each of its ids, flat."""
    sizes = rows[wanted + 1] - rows[wanted]
    position = np.repeat(np.arange(wanted.size), sizes)
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return position, ids[np.repeat(rows[wanted], sizes) + within].astype(np.int64)
