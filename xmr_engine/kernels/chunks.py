"""A parent's weights: where a feature's stand, and the linear scores of the children.

The features of a chunk are ordered by a hash of theirs. Hashes are spread evenly, so where one stands can be guessed,
and one or two looks find it where a bisection takes ten.
"""

import numpy as np

from xmr_engine.kernels.arrays import Chunks, Doubles, Floats, Ids, Offsets
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.prefetch import prefetch

ODD = 2654435761


@kernel
def spread(feature: int) -> int:
    """Return a feature's hash, in [0, 2**32); different features have different ones."""
    return (np.int64(feature) * ODD) & 0xFFFFFFFF


@kernel
def guess_place(lo: int, end: int, target: int) -> int:
    """Return where in [lo, end) a hash is likely to stand, all hashes there ascending."""
    return lo + ((target * (end - lo)) >> 32)


@kernel
def find_feature(features: Ids, lo: int, end: int, wanted: int) -> int:
    """Return where a feature stands in `features[lo:end]`, which ascend by their hashes; -1 where it does not."""
    if lo == end:
        return -1
    target = spread(wanted)
    at = guess_place(lo, end, target)
    here = spread(features[at])
    while here < target:
        at += 1
        if at == end:
            return -1
        here = spread(features[at])
    while here > target:
        at -= 1
        if at < lo:
            return -1
        here = spread(features[at])
    return at if here == target else -1


@kernel
def are_chunks_ordered(rows: Offsets, features: Ids) -> bool:
    """Tell whether the features of each chunk ascend by their hashes."""
    for p in range(rows.size - 1):
        for r in range(rows[p] + 1, rows[p + 1]):
            if spread(features[r - 1]) >= spread(features[r]):
                return False
    return True


@kernel
def fetch_ahead(chunks: Chunks, parents: Ids, ids: Ids) -> None:
    """Have the memory brought that scoring the children of these parents will read."""
    for parent in parents:
        prefetch(chunks.rows, parent)
        prefetch(chunks.scale, parent)
    for parent in parents:
        lo, end = np.int64(chunks.rows[parent]), np.int64(chunks.rows[parent + 1])
        if lo < end:
            for feature in ids:
                prefetch(chunks.feature, guess_place(lo, end, spread(feature)))
    for parent in parents:
        lo, end = np.int64(chunks.rows[parent]), np.int64(chunks.rows[parent + 1])
        if lo < end:
            for feature in ids:
                prefetch(chunks.entries, guess_place(lo, end, spread(feature)))


@kernel
def score_children(chunks: Chunks, parent: int, ids: Ids, values: Floats, z: Doubles) -> None:
    """Write the linear score of every child of a node for the row (ids ascending) into `z`."""
    z[:] = 0.0
    scale = np.float64(chunks.scale[parent])
    lo, end = np.int64(chunks.rows[parent]), np.int64(chunks.rows[parent + 1])
    for j in range(ids.size):
        at = find_feature(chunks.feature, lo, end, np.int64(ids[j]))
        if at >= 0:
            for e in range(chunks.entries[at], chunks.entries[at + 1]):
                z[chunks.child[e]] += np.float64(values[j]) * scale * chunks.weight[e]


@kernel
def score_child(chunks: Chunks, parent: int, child: int, row: tuple[Ids, Floats]) -> float:
    """Return the linear score of one child (counted from the first) of a node."""
    ids, values = row
    z, scale = 0.0, np.float64(chunks.scale[parent])
    lo, end = np.int64(chunks.rows[parent]), np.int64(chunks.rows[parent + 1])
    for j in range(ids.size):
        at = find_feature(chunks.feature, lo, end, np.int64(ids[j]))
        if at >= 0:
            for e in range(chunks.entries[at], chunks.entries[at + 1]):
                if chunks.child[e] == child:
                    z += np.float64(values[j]) * scale * chunks.weight[e]
                    break
    return z
