"""What the tree of XR-Linear says of products that any source brought: the scores on the way to each."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Chunks, Doubles, Floats, Ids, Int8, Offsets, Tree
from xmr_engine.kernels.chunks import NO_FEATURE, add_scores, child_of, locate, weight_of
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.prefetch import prefetch
from xmr_engine.kernels.search import gate
from xmr_engine.kernels.spans import distinct, first_at_least

LOWEST_PATH, LOWEST_OWN = -12.0, -2.0
AHEAD, NEXT, LINE = 16, 6, 16
ROOMY = 2048


class Way(NamedTuple):
    """Nodes of a tree, ascending, with every node above them but the root; their linear scores and paths."""

    nodes: Ids
    z: Doubles
    paths: Doubles


class Own(NamedTuple):
    """The weights of each product's own classifier: csr of features, in whole numbers of its parent's scale."""

    rows: Offsets
    features: Ids
    weights: Int8


@kernel
def score_nodes(tree: Tree, chunks: Chunks, row: tuple[Ids, Floats], nodes: Ids) -> Doubles:
    """Return the linear scores of nodes below the root, ascending: each parent's children are scored once."""
    scores, parents, most, n = np.empty(nodes.size, np.float64), np.empty(nodes.size, np.int32), 0, 0
    for node in nodes:
        parent = np.int64(tree.parent[node])
        if n == 0 or parents[n - 1] != parent:
            parents[n] = parent
            n, most = n + 1, max(most, np.int64(tree.first_child[parent + 1] - tree.first_child[parent]))
    z, i = np.empty(most, np.float64), 0
    places = locate(chunks, parents[: min(AHEAD, n)], row[0])
    for p in range(n):
        if p > 0 and p % AHEAD == 0:
            places = locate(chunks, parents[p : min(p + AHEAD, n)], row[0])
        now = np.int64(parents[p])
        first = np.int64(tree.first_child[now])
        add_scores(chunks, now, places[p % AHEAD], row[1], z[: np.int64(tree.first_child[now + 1]) - first])
        while i < nodes.size and tree.parent[nodes[i]] == now:
            scores[i] = z[nodes[i] - first]
            i += 1
    return scores


@kernel
def climb(tree: Tree, chunks: Chunks, row: tuple[Ids, Floats], nodes: Ids) -> Way:
    """Return the way from the root to each of the nodes. No path is below `LOWEST_PATH`."""
    now = distinct(nodes)
    if now.size > 0 and now[0] == 0:
        now = now[1:]
    met = now
    while now.size > 0:
        above = np.empty(now.size, np.int32)
        for i in range(now.size):
            above[i] = tree.parent[now[i]]
        now = distinct(above)
        if now[0] == 0:
            now = now[1:]
        met = np.concatenate((met, now))
    met = distinct(met)
    z = score_nodes(tree, chunks, row, met)
    paths = np.empty(met.size, np.float64)
    for i in range(met.size):
        at = first_at_least(met, 0, i, np.int64(tree.parent[met[i]]))
        above_it = paths[at] if tree.parent[met[i]] > 0 and at < i else 0.0
        paths[i] = max(above_it + gate(z[i]), LOWEST_PATH)
    return Way(met, z, paths)


@kernel
def read_clusters(tree: Tree, way: Way, products: Ids, weights: Doubles, out: Doubles) -> None:
    """Write of each product's cluster the path, its score, that of the one above, and how crowded it is.

    A cluster's classifiers learned from all of its products, so they speak for one that was never bought, too. How
    crowded: the share of all weights that its other products have. A product right below the root is in no cluster.
    """
    held, places = np.zeros(way.nodes.size, np.float64), np.full(products.size, -1, np.int32)
    for i in range(products.size):
        cluster = np.int64(tree.parent[tree.leaf[products[i]]])
        if cluster > 0:
            at = first_at_least(way.nodes, 0, way.nodes.size, cluster)
            places[i], held[at] = at, held[at] + weights[i]
    total = np.sum(weights) + 1e-12
    for i in range(products.size):
        at = np.int64(places[i])
        if at >= 0:
            out[i, 0], out[i, 1] = way.paths[at], way.z[at]
            above = np.int64(tree.parent[way.nodes[at]])
            if above > 0:
                out[i, 2] = way.z[first_at_least(way.nodes, 0, at, above)]
            out[i, 3] = (held[at] - weights[i]) / total


@kernel
def gather_own(tree: Tree, chunks: Chunks) -> Own:
    """Return the weights of every product's own classifier, one product after the other."""
    rows = np.zeros(tree.leaf.size + 1, np.int64)
    for turn in range(2):
        if turn == 1:
            for label in range(tree.leaf.size):
                rows[label + 1] += rows[label]
            features, weights = np.empty(rows[-1], np.int32), np.empty(rows[-1], np.int8)
            at = rows[:-1].copy()
        for parent in range(chunks.rows.size - 1):
            first = np.int64(tree.first_child[parent])
            for r in range(chunks.rows[parent], chunks.rows[parent + 1]):
                if chunks.features[r, 0] == NO_FEATURE:
                    continue
                for e in range(chunks.features[r, 1], chunks.features[r + 1, 1]):
                    label = np.int64(tree.label[first + child_of(chunks.entries[e])])
                    if label < 0:
                        continue
                    if turn == 0:
                        rows[label + 1] += 1
                    else:
                        features[at[label]] = chunks.features[r, 0]
                        weights[at[label]] = weight_of(chunks.entries[e])
                        at[label] += 1
    return Own(rows, features, weights)


@kernel
def spread_row(row: tuple[Ids, Floats]) -> tuple[Ids, Floats]:
    """Return the table of a row: open addressing by the last bits of a feature, -1 where a slot is free."""
    size = ROOMY
    while size < 4 * row[0].size:
        size *= 2
    keys, values = np.full(size, -1, np.int32), np.zeros(size, np.float32)
    for j in range(row[0].size):
        slot = row[0][j] & (size - 1)
        while keys[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        keys[slot], values[slot] = row[0][j], row[1][j]
    return keys, values


@kernel
def read_own(tree: Tree, scale: Floats, own: Own, row: tuple[Ids, Floats], products: Ids, out: Doubles) -> None:
    """Write the linear score of each product's own classifier."""
    keys, values = spread_row(row)
    last = keys.size - 1
    for i in range(products.size):
        soon = products[min(i + NEXT, products.size - 1)]
        for e in range(own.rows[soon], own.rows[soon + 1], LINE):
            prefetch(own.features, e)
        prefetch(own.weights, own.rows[soon])
        z = 0.0
        for e in range(own.rows[products[i]], own.rows[products[i] + 1]):
            slot = own.features[e] & last
            while keys[slot] >= 0:
                if keys[slot] == own.features[e]:
                    z += np.float64(values[slot]) * own.weights[e]
                    break
                slot = (slot + 1) & last
        parent = tree.parent[tree.leaf[products[i]]]
        out[i] = max(z * scale[parent], LOWEST_OWN)
