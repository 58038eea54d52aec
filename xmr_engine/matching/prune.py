"""Drop small weights of trained matchers: a smaller, quicker, slightly worse model."""

import numpy as np

from xmr_engine.kernels.arrays import Chunks
from xmr_engine.matching.packing import Weights, pack, unpack


def prune_chunks(chunks: Chunks, threshold: float) -> Chunks:
    """Return the chunks without the weights below a threshold, and without rows that lose all of theirs."""
    whole = unpack(chunks)
    parent = np.repeat(np.arange(whole.scale.size), np.diff(whole.entries[whole.rows]))
    kept = np.abs(whole.weight * whole.scale[parent]) >= threshold
    row = np.repeat(np.arange(whole.feature.size), np.diff(whole.entries))[kept]
    counts = np.bincount(row, minlength=whole.feature.size)
    used = counts > 0
    before = np.concatenate([[0], np.cumsum(used)])
    entries = np.concatenate([[0], np.cumsum(counts[used])])
    left = (whole.feature[used], entries, whole.child[kept], whole.weight[kept])
    return pack(Weights(before[whole.rows], *left, whole.scale))
