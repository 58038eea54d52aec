"""The path score of any label, whether or not a beam kept it."""

import numpy as np

from xmr_engine.kernels.arrays import Chunks, Doubles, Floats, Ids, Tree
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.search import first_at_least, gate

ROOM = 512


@kernel
def score_child(chunks: Chunks, parent: int, child: int, row: tuple[Ids, Floats]) -> float:
    """Return the linear score of one child (counted from the first) of a node."""
    ids, values = row
    z, scale = 0.0, np.float64(chunks.scale[parent])
    lo, end = chunks.rows[parent], chunks.rows[parent + 1]
    for j in range(ids.size):
        lo = first_at_least(chunks.feature, lo, end, ids[j])
        if lo == end:
            break
        if chunks.feature[lo] == ids[j]:
            for e in range(chunks.entries[lo], chunks.entries[lo + 1]):
                if chunks.child[e] == child:
                    z += np.float64(values[j]) * scale * chunks.weight[e]
                    break
            lo += 1
    return z


@kernel
def path_scores(tree: Tree, chunks: Chunks, row: tuple[Ids, Floats], labels: Ids, known: Doubles) -> None:
    """Write the logarithm of the path product of every label whose entry in `known` is NaN.

    Inner nodes that labels share are scored once, as long as a small table holds them.
    """
    nodes, sums = np.full(ROOM, -1, np.int32), np.empty(ROOM, np.float64)
    way = np.empty(tree.label.size if tree.label.size < 64 else 64, np.int32)
    for i in range(labels.size):
        if known[i] == known[i]:
            continue
        node = np.int64(tree.leaf[labels[i]])
        n_steps, score = 0, 0.0
        while node > 0:
            slot = node & (ROOM - 1)
            if nodes[slot] == node:
                score = sums[slot]
                break
            if n_steps == way.size:
                way = np.append(way, np.empty(way.size, np.int32))
            way[n_steps] = node
            n_steps += 1
            node = np.int64(tree.parent[node])
        for s in range(n_steps - 1, -1, -1):
            node = np.int64(way[s])
            parent = np.int64(tree.parent[node])
            score += gate(score_child(chunks, parent, node - tree.first_child[parent], row))
            if s > 0:
                slot = node & (ROOM - 1)
                nodes[slot], sums[slot] = node, score
        known[i] = score
