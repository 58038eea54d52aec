"""Bounds of a model's arrays: what must hold so that no kernel ever reads outside an array."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmr_engine.kernels.arrays import Chunks, Ids, Offsets, Tree
from xmr_engine.kernels.chunks import NO_FEATURE, child_of
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
    for value in values:
        if not lo <= value < hi:
            return False
    return True


@kernel
def are_finite(values: NDArray[Any]) -> bool:
    """Tell whether every value is a finite number."""
    for value in values:
        if not np.isfinite(value):
            return False
    return True


@kernel
def are_rows_ascending(pointers: Offsets, indices: Ids) -> bool:
    """Tell whether indices ascend strictly within each row."""
    for row in range(pointers.size - 1):
        for i in range(pointers[row] + 1, pointers[row + 1]):
            if indices[i - 1] >= indices[i]:
                return False
    return True


@kernel
def are_row_numbers(pointers: Offsets, numbers: Ids) -> bool:
    """Tell whether each entry holds the number of its row."""
    for row in range(pointers.size - 1):
        for i in range(pointers[row], pointers[row + 1]):
            if numbers[i] != row:
                return False
    return True


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
    if not are_pointers(chunks.rows, n_rows) or not are_pointers(chunks.features[:, 1], chunks.entries.shape[0]):
        return False
    if not are_within(chunks.features[:n_rows, 0], NO_FEATURE, n_features):
        return False
    for p in range(n_nodes):
        n_children = tree.first_child[p + 1] - tree.first_child[p]
        for entry in chunks.entries[chunks.features[chunks.rows[p], 1] : chunks.features[chunks.rows[p + 1], 1]]:
            if child_of(entry) >= n_children:
                return False
    return True
