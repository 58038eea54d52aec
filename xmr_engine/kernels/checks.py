"""Bounds of a model's arrays: what must hold so that no kernel ever reads outside an array.

Sound models are the rule, so long arrays are read to their end without a branch an entry.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmr_engine.kernels.arrays import Chunks, Ids, Offsets, Tree
from xmr_engine.kernels.chunks import NO_FEATURE
from xmr_engine.kernels.compiled import kernel


@kernel
def are_pointers(pointers: Offsets, end: int) -> bool:
    """Tell whether pointers begin at 0, never fall, and end at `end`."""
    if pointers.size == 0 or pointers[0] != 0 or pointers[-1] != end:
        return False
    for i in range(pointers.size - 1):
        if pointers[i] > pointers[i + 1]:
            return False
    return True


@kernel
def are_within(values: Ids, lo: int, hi: int) -> bool:
    """Tell whether every value lies in [lo, hi)."""
    sound = True
    for value in values:
        sound &= (lo <= value) & (value < hi)
    return sound


@kernel
def are_finite(values: NDArray[Any]) -> bool:
    """Tell whether every value is a finite number."""
    sound = True
    for value in values:
        sound &= np.isfinite(value)
    return sound


@kernel
def are_rows_ascending(pointers: Offsets, indices: Ids) -> bool:
    """Tell whether indices ascend strictly within each row."""
    sound = True
    for row in range(pointers.size - 1):
        for i in range(pointers[row] + 1, pointers[row + 1]):
            sound &= indices[i - 1] < indices[i]
    return sound


@kernel
def are_row_numbers(pointers: Offsets, numbers: Ids) -> bool:
    """Tell whether each entry holds the number of its row."""
    sound = True
    for row in range(pointers.size - 1):
        for i in range(pointers[row], pointers[row + 1]):
            sound &= numbers[i] == row
    return sound


@kernel
def is_tree(first_child: Ids, label: Ids, n_labels: int) -> bool:
    """Tell whether children come after their parents, and every label is exactly one leaf."""
    n_nodes = label.size
    if first_child.size != n_nodes + 1 or n_nodes < 2 or first_child[0] != 1 or first_child[n_nodes] != n_nodes:
        return False
    held = np.zeros(n_labels, np.uint8)
    n_held, n_leaves = 0, 0
    for v in range(n_nodes):
        n_children = first_child[v + 1] - first_child[v]
        if n_children < 0 or (n_children > 0 and (first_child[v] <= v or n_children > 65535)):
            return False
        if (n_children == 0) != (label[v] >= 0) or label[v] < -1 or label[v] >= n_labels:
            return False
        if label[v] >= 0:
            n_leaves += 1
            n_held += held[label[v]] == 0
            held[label[v]] = 1
    return n_held == n_labels == n_leaves


@kernel
def are_chunks(chunks: Chunks, tree: Tree, n_features: int) -> bool:
    """Tell whether every chunk speaks of existing features and of existing children."""
    n_nodes, n_rows = tree.label.size, chunks.features.shape[0] - 1
    if chunks.rows.size != n_nodes + 1 or chunks.scale.size != n_nodes or n_rows < 0:
        return False
    if chunks.features.shape[1] != 2 or chunks.entries.shape[1] != 3:
        return False
    if not are_pointers(chunks.rows, n_rows) or not are_feature_rows(chunks, n_features):
        return False
    sound, start = True, 0
    for p in range(n_nodes):
        n_children, stop = tree.first_child[p + 1] - tree.first_child[p], chunks.features[chunks.rows[p + 1], 1]
        for i in range(start, stop):
            sound &= (np.int64(chunks.entries[i, 0]) | np.int64(chunks.entries[i, 1]) << 8) < n_children
        start = stop
    return sound


@kernel
def are_feature_rows(chunks: Chunks, n_features: int) -> bool:
    """Tell whether every row of all chunks has an existing feature or none, and entries in their order."""
    rows, n_rows = chunks.features, chunks.features.shape[0] - 1
    sound = rows[0, 1] == 0 and rows[n_rows, 1] == chunks.entries.shape[0]
    for r in range(n_rows):
        sound &= (rows[r, 0] >= NO_FEATURE) & (rows[r, 0] < n_features) & (rows[r, 1] <= rows[r + 1, 1])
    return sound
