"""The path score of any label, whether or not a beam kept it."""

import numpy as np

from xmr_engine.kernels.arrays import Chunks, Doubles, Floats, Ids, Tree
from xmr_engine.kernels.chunks import add_scores, locate, score_children
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.search import SLOTS, Memo, empty_memo, gate, remember


@kernel
def path_scores(tree: Tree, chunks: Chunks, row: tuple[Ids, Floats], labels: Ids, known: Doubles) -> None:
    """Write the logarithm of the path product of every label whose entry in `known` is NaN."""
    score_paths(tree, chunks, row, labels, known, empty_memo())


@kernel
def score_paths(tree: Tree, chunks: Chunks, row: tuple[Ids, Floats], labels: Ids, known: Doubles, memo: Memo) -> None:
    """Write the path score of every label whose entry in `known` is NaN; what was scored on the way down is read."""
    ids, values = row
    parents = parents_to_score(tree, labels, known, memo)
    places, p = locate(chunks, parents, ids), 0
    way = np.empty(64, np.int32)
    for i in range(labels.size):
        if known[i] == known[i]:
            continue
        node = np.int64(tree.leaf[labels[i]])
        n_steps, score = 0, 0.0
        while node > 0:
            parent = np.int64(tree.parent[node])
            slot = parent & (SLOTS - 1)
            if memo.nodes[slot] == parent:
                score = memo.sums[slot] + gate(memo.z[memo.starts[slot] + node - tree.first_child[parent]])
                break
            if n_steps == way.size:
                way = np.append(way, np.empty(way.size, np.int32))
            way[n_steps] = node
            n_steps += 1
            node = parent
        for s in range(n_steps - 1, -1, -1):
            parent = np.int64(tree.parent[way[s]])
            first = np.int64(tree.first_child[parent])
            z = remember(memo, parent, score, tree.first_child[parent + 1] - first)
            at = p
            while at < parents.size and parents[at] != parent:
                at += 1
            if s == 0 and at < parents.size:
                p = at
                add_scores(chunks, parent, places[p], values, z)
            else:
                score_children(chunks, parent, ids, values, z)
            score += gate(z[way[s] - first])
        known[i] = score


@kernel
def parents_to_score(tree: Tree, labels: Ids, known: Doubles, memo: Memo) -> Ids:
    """Return the parents, in the labels' order, of the leaves without a score whose siblings are not scored yet."""
    parents, n = np.empty(labels.size, np.int32), 0
    for i in range(labels.size):
        if known[i] != known[i]:
            parent = np.int64(tree.parent[tree.leaf[labels[i]]])
            if memo.nodes[parent & (SLOTS - 1)] != parent and (n == 0 or parents[n - 1] != parent):
                parents[n] = parent
                n += 1
    return parents[:n]
