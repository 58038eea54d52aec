"""Drop small weights of trained matchers: a smaller, quicker, slightly worse model."""

import numpy as np

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Chunks


def prune_chunks(chunks: Chunks, threshold: float) -> Chunks:
    """Return the chunks without the weights below a threshold, and without rows that lose all of theirs."""
    parent = np.repeat(np.arange(chunks.scale.size), np.diff(chunks.entries[chunks.rows]))
    kept = np.abs(chunks.weight * chunks.scale[parent]) >= threshold
    row = np.repeat(np.arange(chunks.feature.size), np.diff(chunks.entries))[kept]
    counts = np.bincount(row, minlength=chunks.feature.size)
    used = counts > 0
    before = np.concatenate([[0], np.cumsum(used)])
    return Chunks(
        freeze(before[chunks.rows], np.int64),
        freeze(chunks.feature[used]),
        freeze(np.concatenate([[0], np.cumsum(counts[used])]), np.int32),
        freeze(chunks.child[kept]),
        freeze(chunks.weight[kept]),
        chunks.scale,
    )
