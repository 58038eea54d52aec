"""What each layer of a tree is trained on: which rows every parent sees, and which answer each child."""

import numpy as np
from scipy.sparse import csr_matrix

from xmr_engine.kernels.arrays import Ids, Offsets, Tree
from xmr_engine.kernels.fitting import Task
from xmr_engine.keys import are_among, distinct_in_place


def layer_nodes(tree: Tree, Y: csr_matrix, layers: list[tuple[int, int]]) -> list[tuple[Ids, Ids]]:
    """Return, for each layer below the root, the rows and nodes that belong together: (row, node), by node then row.

    A row belongs to every node above one of its labels. Each pair occurs once.
    """
    rows = np.repeat(np.arange(Y.shape[0], dtype=np.int64), np.diff(Y.indptr))
    nodes = tree.leaf[Y.indices].astype(np.int64)
    found: list[tuple[Ids, Ids]] = []
    for start, _ in reversed(layers[1:]):
        here = nodes >= start
        keys = distinct_in_place(nodes[here] * Y.shape[0] + rows[here])
        found.append(((keys % Y.shape[0]).astype(np.int32), (keys // Y.shape[0]).astype(np.int32)))
        nodes = np.where(here, tree.parent[nodes], nodes)
    return found[::-1]


def make_task(
    tree: Tree,
    parents: tuple[int, int],
    pairs: tuple[Ids, Ids],
    more: tuple[Ids, Ids] | None = None,
    *,
    siblings: bool = True,
) -> Task:
    """Return what the parents `[start, stop)` are trained on.

    Parameters
    ----------
    pairs
        (row, child node) as `layer_nodes` gives them: the rows that answer each child. Every child's siblings see
        them as negatives (teacher forcing).
    more
        (row, parent node) that a search brings: the parents' children see these rows too.
    siblings
        False leaves a child's siblings' rows out unless the search brings them; its own it always sees.
    """
    start, stop = parents
    rows, nodes = pairs
    first = int(tree.first_child[start])
    children = tree.first_child[start : stop + 1].astype(np.int64) - first
    n_rows = int(max(rows.max(initial=0), more[0].max(initial=0) if more is not None else 0)) + 1
    answered = tree.parent[nodes].astype(np.int64) * n_rows + rows
    led = np.zeros(0, np.int64) if more is None else more[1] * n_rows + more[0]
    keys = distinct_in_place(np.concatenate([answered, led]))
    own = np.zeros(keys.size, np.uint8) if siblings else ~are_among(keys, led)
    return Task(
        children,
        _pointers(keys // n_rows - start, stop - start),
        (keys % n_rows).astype(np.int32),
        own.astype(np.uint8),
        _pointers(nodes - first, int(children[-1])),
        rows,
    )


def _pointers(groups: Ids, n_groups: int) -> Offsets:
    """Return where each group begins in a sorted list of group numbers, shape (n_groups + 1,)."""
    return np.searchsorted(groups, np.arange(n_groups + 1)).astype(np.int64)
