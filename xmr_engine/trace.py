"""The beam search once more, step by step: what each layer held, what was kept, and where a label was lost.

Knows trees and scores; knows nothing of texts. For looking only: completions come from the kernel, whose nodes,
scores and order this search repeats exactly.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xmr_engine.kernels.arrays import Doubles, Floats, Ids, Tree
from xmr_engine.kernels.candidates import Limits
from xmr_engine.kernels.chunks import score_children
from xmr_engine.kernels.search import gate, keep_best
from xmr_engine.model import Index

MOST_OTHERS = 40
DIGITS = 6


class Layer(NamedTuple):
    """The nodes of one depth that the search scored within the span, in its order: path scores, and which were kept.

    A leaf counts as kept where its label became a candidate.
    """

    nodes: Ids
    scores: Doubles
    kept: NDArray[np.bool_]


class Traced(NamedTuple):
    """A search: its layers, the root's children first; labels found, best first, with their path scores."""

    layers: tuple[Layer, ...]
    labels: Ids
    scores: Doubles
    n_scored: int


class Loss(NamedTuple):
    """Where a label left the beam: the layer (1 is the root's children), its node's score, the last one kept."""

    layer: int
    score: float
    beam_last_score: float | None


def trace_beam(index: Index, row: tuple[Ids, Floats], span: tuple[int, int], limits: Limits) -> Traced:
    """Search an index as `kernels.search.beam_search` does, and keep every layer.

    Parameters
    ----------
    row
        Ids, ascending, and values of the input's features.
    span
        `[lo, hi)`, the labels that begin with what was typed.
    limits
        Nodes kept at a depth (`beam`) and most labels (`index`).
    """
    tree = index.tree
    layers: list[Layer] = []
    above, sums = np.zeros(1, np.int32), np.zeros(1, np.float64)
    n_scored = 0
    while above.size:
        n_scored += int((tree.first_child[above + 1] - tree.first_child[above]).sum())
        nodes, scores = _children(index, row, span, (above, sums))
        inner = np.flatnonzero(tree.label[nodes] < 0)
        best = inner[keep_best(scores[inner], inner.size, limits.beam)]
        kept = np.zeros(nodes.size, np.bool_)
        kept[best] = True
        if nodes.size:
            layers.append(Layer(nodes, scores, kept))
        above, sums = nodes[best], scores[best]
    found, found_scores = _labels(tree, layers, limits.index)
    return Traced(tuple(layers), found, found_scores, n_scored)


def drawn_layers(tree: Tree, traced: Traced) -> list[list[dict[str, Any]]]:
    """Return the layers as plain rows by node: all that were kept, and the best 40 of the others."""
    return [_drawn(tree, layer) for layer in traced.layers]


def find_loss(tree: Tree, traced: Traced, label: int) -> Loss | None:
    """Return the first layer at which a label of the span, or the node above it, was dropped; None if it was kept."""
    for depth, (node, layer) in enumerate(zip(way_to(tree, label), traced.layers, strict=False), 1):
        at = int(np.flatnonzero(layer.nodes == node)[0])
        if not layer.kept[at]:
            stayed = layer.scores[layer.kept & (tree.label[layer.nodes] < 0)]
            rivals = traced.scores if tree.label[node] >= 0 else stayed
            return Loss(depth, float(layer.scores[at]), float(rivals.min()) if rivals.size else None)
    return None


def way_to(tree: Tree, label: int) -> list[int]:
    """Return the nodes from the root's child down to a label's leaf."""
    way = []
    node = int(tree.leaf[label])
    while node > 0:
        way.append(node)
        node = int(tree.parent[node])
    return way[::-1]


def _children(
    index: Index, row: tuple[Ids, Floats], span: tuple[int, int], beam: tuple[Ids, Doubles]
) -> tuple[Ids, Doubles]:
    """Return the children of the beam's nodes that meet the span, and their path scores."""
    tree, chunks = index
    nodes, scores = [np.zeros(0, np.int32)], [np.zeros(0, np.float64)]
    for node, score in zip(*beam, strict=True):
        first, last = int(tree.first_child[node]), int(tree.first_child[node + 1])
        z = np.empty(last - first, np.float64)
        score_children(chunks, node, *row, z)
        meets = np.flatnonzero((tree.lo[first:last] < span[1]) & (tree.hi[first:last] > span[0]))
        nodes.append((first + meets).astype(np.int32))
        scores.append(np.array([score + gate(step) for step in z[meets].tolist()], np.float64))
    return np.concatenate(nodes), np.concatenate(scores)


def _labels(tree: Tree, layers: list[Layer], most: int) -> tuple[Ids, Doubles]:
    """Return the best labels of all layers with their scores, and mark their leaves as kept."""
    leaves = [np.flatnonzero(tree.label[layer.nodes] >= 0) for layer in layers]
    scores = np.concatenate([np.zeros(0), *(layer.scores[at] for layer, at in zip(layers, leaves, strict=True))])
    nodes = [layer.nodes[at] for layer, at in zip(layers, leaves, strict=True)]
    best = keep_best(scores, scores.size, most)
    found = np.concatenate([np.zeros(0, np.int32), *nodes])[best]
    for layer in layers:
        layer.kept[np.isin(layer.nodes, found)] = True
    return tree.label[found], scores[best]


def _drawn(tree: Tree, layer: Layer) -> list[dict[str, Any]]:
    """Return one layer's rows, by node."""
    others = np.flatnonzero(~layer.kept)
    others = others[np.argsort(-layer.scores[others], kind="mergesort")[:MOST_OTHERS]]
    chosen = np.concatenate([np.flatnonzero(layer.kept), others])
    chosen = chosen[np.argsort(layer.nodes[chosen])]
    return [
        {
            "node": int(layer.nodes[at]),
            "parent": int(tree.parent[layer.nodes[at]]),
            "score": round(float(layer.scores[at]), DIGITS),
            "kept": bool(layer.kept[at]),
            "span": [int(tree.lo[layer.nodes[at]]), int(tree.hi[layer.nodes[at]])],
        }
        for at in chosen.tolist()
    ]
