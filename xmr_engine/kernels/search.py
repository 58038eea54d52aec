"""Beam search on a label tree, held to a span of labels."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Chunks, Doubles, Floats, Ids, Sparse, Tree
from xmr_engine.kernels.compiled import kernel


class Found(NamedTuple):
    """What a search brings: labels with their path scores, and how many nodes it scored."""

    labels: Ids
    scores: Doubles
    n_scored: int


@kernel
def gate(z: float) -> float:
    """Return g(z) = -max(1 - z, 0)**3, the logarithm of one step of a path (L3-hinge, PECOS)."""
    lack = max(1.0 - z, 0.0)
    return -lack * lack * lack


@kernel
def first_at_least(ids: Ids, lo: int, hi: int, wanted: int) -> int:
    """Return the first position in [lo, hi) whose id is at least `wanted`, hi where there is none."""
    while lo < hi:
        middle = (lo + hi) >> 1
        if ids[middle] < wanted:
            lo = middle + 1
        else:
            hi = middle
    return lo


@kernel
def score_children(chunks: Chunks, parent: int, ids: Ids, values: Floats, z: Doubles) -> None:
    """Write the linear score of every child of a node for the row (ids ascending) into `z`."""
    z[:] = 0.0
    scale = np.float64(chunks.scale[parent])
    lo, end = chunks.rows[parent], chunks.rows[parent + 1]
    for j in range(ids.size):
        lo = first_at_least(chunks.feature, lo, end, ids[j])
        if lo == end:
            break
        if chunks.feature[lo] == ids[j]:
            for e in range(chunks.entries[lo], chunks.entries[lo + 1]):
                z[chunks.child[e]] += np.float64(values[j]) * scale * chunks.weight[e]
            lo += 1


@kernel
def keep_best(scores: Doubles, n: int, k: int) -> Ids:
    """Return the positions of the k highest of the first n scores, best first; the earlier one wins a tie."""
    best = np.empty(min(k, n), np.int32)
    held = 0
    for i in range(n):
        if held == best.size and (held == 0 or scores[i] <= scores[best[held - 1]]):
            continue
        at = held if held < best.size else held - 1
        while at > 0 and scores[best[at - 1]] < scores[i]:
            if at < best.size:
                best[at] = best[at - 1]
            at -= 1
        best[at] = i
        held = min(held + 1, best.size)
    return best


@kernel
def beam_search(
    tree: Tree, chunks: Chunks, row: tuple[Ids, Floats], span: tuple[int, int], beam: int, most: int
) -> Found:
    """Return the labels of a span that a beam of so many nodes reaches, best first, `most` at most.

    A node whose range misses the span is never entered, so no slot of the beam is wasted on it.
    """
    ids, values = row
    lo, hi = span
    nodes, scores = np.zeros(1, np.int32), np.zeros(1, np.float64)
    labels, label_scores = np.empty(256, np.int32), np.empty(256, np.float64)
    n_labels, n_scored = 0, 0
    while nodes.size > 0:
        room = 0
        for node in nodes:
            room += tree.first_child[node + 1] - tree.first_child[node]
        next_nodes, next_scores, z = np.empty(room, np.int32), np.empty(room, np.float64), np.empty(room, np.float64)
        n_next = 0
        if n_labels + room > labels.size:
            labels, label_scores = longer(labels, n_labels + room), longer(label_scores, n_labels + room)
        for b in range(nodes.size):
            first, last = tree.first_child[nodes[b]], tree.first_child[nodes[b] + 1]
            score_children(chunks, nodes[b], ids, values, z[: last - first])
            n_scored += last - first
            for c in range(first, last):
                if tree.lo[c] >= hi or tree.hi[c] <= lo:
                    continue
                score = scores[b] + gate(z[c - first])
                if tree.label[c] >= 0:
                    labels[n_labels], label_scores[n_labels] = tree.label[c], score
                    n_labels += 1
                else:
                    next_nodes[n_next], next_scores[n_next] = c, score
                    n_next += 1
        kept = keep_best(next_scores, n_next, beam)
        nodes, scores = next_nodes[kept], next_scores[kept]
    best = keep_best(label_scores, n_labels, most)
    return Found(labels[best], label_scores[best], n_scored)


@kernel
def longer(array: Ids, n: int) -> Ids:
    """Return a longer array with the same beginning."""
    out = np.empty(max(n, 2 * array.size), array.dtype)
    out[: array.size] = array
    return out


@kernel
def search_rows(tree: Tree, chunks: Chunks, rows: Sparse, spans: Ids, beam: int, k: int) -> tuple[Ids, Doubles]:
    """Return the k best labels and path scores of every row within its span, shape (n_rows, k); -1 fills up."""
    n_rows = rows.indptr.size - 1
    labels, scores = np.full((n_rows, k), -1, np.int32), np.full((n_rows, k), -np.inf, np.float64)
    for i in range(n_rows):
        a, b = rows.indptr[i], rows.indptr[i + 1]
        row = (rows.indices[a:b], rows.values[a:b])
        found = beam_search(tree, chunks, row, (spans[i, 0], spans[i, 1]), beam, k)
        labels[i, : found.labels.size] = found.labels
        scores[i, : found.labels.size] = found.scores
    return labels, scores


@kernel
def advance_beams(tree: Tree, chunks: Chunks, rows: Sparse, nodes: Ids, scores: Doubles) -> tuple[Ids, Doubles]:
    """Return each row's best inner nodes one layer below the ones given, shape (n_rows, beam); -1 fills up."""
    n_rows, beam = nodes.shape
    next_nodes, next_scores = np.full((n_rows, beam), -1, np.int32), np.full((n_rows, beam), -np.inf, np.float64)
    for i in range(n_rows):
        a, b = rows.indptr[i], rows.indptr[i + 1]
        room = 0
        for node in nodes[i]:
            if node >= 0:
                room += tree.first_child[node + 1] - tree.first_child[node]
        found, reached, z = np.empty(room, np.int32), np.empty(room, np.float64), np.empty(room, np.float64)
        n = 0
        for slot in range(beam):
            node = nodes[i, slot]
            if node < 0:
                continue
            first, last = tree.first_child[node], tree.first_child[node + 1]
            score_children(chunks, node, rows.indices[a:b], rows.values[a:b], z[: last - first])
            for c in range(first, last):
                if tree.label[c] < 0:
                    found[n], reached[n] = c, scores[i, slot] + gate(z[c - first])
                    n += 1
        kept = keep_best(reached, n, beam)
        next_nodes[i, : kept.size], next_scores[i, : kept.size] = found[kept], reached[kept]
    return next_nodes, next_scores
