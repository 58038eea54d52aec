"""A parent's weights: where a feature's stand, and the linear scores of the children.

The rows of a chunk are a hash table: ordered by the hash of the feature, with gaps, so that a feature stands where its
hash says or shortly after. One line of memory and hardly a branch tell most features from those that are not there.
"""

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Chunks, Doubles, Floats, Ids, Offsets
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.prefetch import prefetch

ODD = 2654435761
BIAS = 128
NO_FEATURE = -1


@kernel
def spread(feature: int) -> int:
    """Return a feature's hash, in [0, 2**32); different features have different ones."""
    return (np.int64(feature) * ODD) & 0xFFFFFFFF


@kernel
def home_of(n_rows: int, target: int) -> int:
    """Return the first row, of a chunk of so many, in which a feature of this hash may stand; the last are spare."""
    return (target * (n_rows - (n_rows >> 4) - 1)) >> 32


@kernel
def find_feature(features: Ids, lo: int, end: int, wanted: int) -> int:
    """Return which of the rows [lo, end) of a chunk a feature has; -1 for none."""
    if lo == end:
        return -1
    target = spread(wanted)
    at = lo + home_of(end - lo, target)
    while at < end:
        here = features[at, 0]
        if here == wanted:
            return at
        if here == NO_FEATURE or spread(here) > target:
            return -1
        at += 1
    return -1


@kernel
def place_features(rows: Offsets, feature: Ids, places: Offsets) -> Offsets:
    """Write in which row of all each feature is to stand, and return where each chunk's rows then begin and end.

    The features of each chunk, `rows[p]` up to `rows[p + 1]`, ascend by their hashes.
    """
    placed = np.zeros(rows.size, np.int64)
    for p in range(rows.size - 1):
        lo, end = rows[p], rows[p + 1]
        n_rows = (end - lo) + (end - lo) // 3 + 1 if lo < end else 0
        fits = lo == end
        while not fits:
            n_rows += 1
            at = -1
            for r in range(lo, end):
                at = max(at + 1, home_of(n_rows, spread(feature[r])))
                places[r] = placed[p] + at
            fits = at < n_rows
        placed[p + 1] = placed[p] + n_rows
    return placed


@kernel
def locate(chunks: Chunks, parents: Ids, ids: Ids) -> Ids:
    """Return the row of each feature in the chunk of each parent, -1 for none, shape (n_parents, n_ids).

    What will be read is asked for early, so that the waits for memory overlap.
    """
    places = np.empty((parents.size, ids.size), np.int32)
    for parent in parents:
        prefetch(chunks.rows, parent)
        prefetch(chunks.scale, parent)
    for parent in parents:
        lo, end = np.int64(chunks.rows[parent]), np.int64(chunks.rows[parent + 1])
        for feature in ids:
            prefetch(chunks.features, lo + home_of(end - lo, spread(feature)))
    for p in range(parents.size):
        lo, end = np.int64(chunks.rows[parents[p]]), np.int64(chunks.rows[parents[p] + 1])
        for j in range(ids.size):
            places[p, j] = find_feature(chunks.features, lo, end, np.int64(ids[j]))
    for p in range(parents.size):
        for place in places[p]:
            prefetch(chunks.entries, np.int64(chunks.features[max(place, 0), 1]))
    return places


@kernel
def child_of(entry: Bytes) -> int:
    """Return the child that an entry speaks for, counted from the first."""
    return np.int64(entry[0]) | np.int64(entry[1]) << 8


@kernel
def weight_of(entry: Bytes) -> int:
    """Return the weight of an entry, in steps of its chunk's scale."""
    return np.int64(entry[2]) - BIAS


@kernel
def add_scores(chunks: Chunks, parent: int, places: Ids, values: Floats, z: Doubles) -> None:
    """Write the linear score of every child of a node into `z`, for features in these places of these values."""
    z[:] = 0.0
    scale = np.float64(chunks.scale[parent])
    for j in range(places.size):
        if places[j] >= 0:
            step = np.float64(values[j]) * scale
            for e in range(chunks.features[places[j], 1], chunks.features[places[j] + 1, 1]):
                z[child_of(chunks.entries[e])] += step * weight_of(chunks.entries[e])


@kernel
def score_children(chunks: Chunks, parent: int, ids: Ids, values: Floats, z: Doubles) -> None:
    """Write the linear score of every child of a node for a row into `z`."""
    places = locate(chunks, np.full(1, parent, np.int32), ids)
    add_scores(chunks, parent, places[0], values, z)


@kernel
def score_child(chunks: Chunks, parent: int, child: int, row: tuple[Ids, Floats]) -> float:
    """Return the linear score of one child (counted from the first) of a node."""
    ids, values = row
    z, scale = 0.0, np.float64(chunks.scale[parent])
    places = locate(chunks, np.full(1, parent, np.int32), ids)[0]
    for j in range(places.size):
        if places[j] >= 0:
            for e in range(chunks.features[places[j], 1], chunks.features[places[j] + 1, 1]):
                if child_of(chunks.entries[e]) == child:
                    z += np.float64(values[j]) * scale * weight_of(chunks.entries[e])
    return z
