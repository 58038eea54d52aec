"""What the tree of XR-Linear says of products that any source brought: the scores on the way to each."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Chunks, Doubles, Floats, Ids, Tree
from xmr_engine.kernels.chunks import add_scores, locate
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.search import gate
from xmr_engine.kernels.spans import first_at_least

LOWEST_PATH, LOWEST_OWN = -12.0, -2.0
AHEAD = 16


class Way(NamedTuple):
    """Nodes of a tree, ascending, with every node above them but the root; their linear scores and paths."""

    nodes: Ids
    z: Doubles
    paths: Doubles


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
def distinct(ids: Ids) -> Ids:
    """Return ids ascending, each once."""
    ordered = np.sort(ids)
    n = 0
    for i in range(ordered.size):
        if i == 0 or ordered[i] != ordered[i - 1]:
            ordered[n] = ordered[i]
            n += 1
    return ordered[:n]


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
def read_own(tree: Tree, chunks: Chunks, row: tuple[Ids, Floats], products: Ids, out: Doubles) -> None:
    """Write the linear score of each product's own classifier."""
    leaves = np.empty(products.size, np.int32)
    for i in range(products.size):
        leaves[i] = tree.leaf[products[i]]
    order = np.argsort(leaves)
    scores = score_nodes(tree, chunks, row, leaves[order])
    for i in range(products.size):
        out[order[i]] = max(scores[i], LOWEST_OWN)
