"""Count pairs of ids."""

import numpy as np
from numpy.typing import NDArray

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Counts

Column = NDArray[np.int64]


def count_pairs(a: Column, b: Column, n_rows: int) -> Counts:
    """Return how often each pair occurs as csr counts."""
    return count_weighted(a, b, np.ones(a.size, np.int64), n_rows)


def count_weighted(a: Column, b: Column, weights: Column, n_rows: int) -> Counts:
    """Return the weights of each pair, summed, as csr counts."""
    width = int(b.max(initial=0)) + 1
    keys, pair = np.unique(a.astype(np.int64) * width + b, return_inverse=True)
    count = np.bincount(pair, weights=weights, minlength=keys.size)
    row, column = keys // width, keys % width
    total = np.bincount(row, weights=count, minlength=n_rows)
    pointers = np.searchsorted(row, np.arange(n_rows + 1))
    return Counts(
        freeze(pointers, np.int64),
        freeze(column, np.int32),
        freeze(np.minimum(count, 65535), np.uint16),
        freeze(total, np.float32),
    )
