"""Beam search on a label tree, held to a span of labels."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Chunks, Doubles, Floats, Ids, Sparse, Tree
from xmr_engine.kernels.chunks import add_scores, locate, score_children
from xmr_engine.kernels.compiled import kernel

SLOTS = 512
ROOM = 8192


class Found(NamedTuple):
    """What a search brings: labels with their path scores, and how many nodes it scored."""

    labels: Ids
    scores: Doubles
    n_scored: int


class Memo(NamedTuple):
    """The nodes whose children an input has scored on its way down an index.

    Slot `node & (SLOTS - 1)` tells of a node: `nodes` which one, `sums` its own path score, `starts` where in `z` the
    linear scores of its children begin; `used` is how much of `z` is taken.
    """

    nodes: Ids
    sums: Doubles
    starts: Ids
    z: Doubles
    used: Ids


@kernel
def empty_memo() -> Memo:
    """Return a memo of nothing."""
    return Memo(
        np.full(SLOTS, -1, np.int32),
        np.empty(SLOTS, np.float64),
        np.empty(SLOTS, np.int32),
        np.empty(ROOM, np.float64),
        np.zeros(1, np.int32),
    )


@kernel
def remember(memo: Memo, node: int, score: float, n: int) -> Doubles:
    """Return where the linear scores of a node's n children are to be written; remembered if there is room."""
    start = np.int64(memo.used[0])
    if start + n > memo.z.size:
        return np.empty(n, np.float64)
    slot = node & (SLOTS - 1)
    memo.nodes[slot], memo.sums[slot], memo.starts[slot] = node, score, start
    memo.used[0] = start + n
    return memo.z[start : start + n]


@kernel
def gate(z: float) -> float:
    """Return g(z) = -max(1 - z, 0)**3, the logarithm of one step of a path (L3-hinge, PECOS)."""
    lack = max(1.0 - z, 0.0)
    return -lack * lack * lack


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
def nothing_found() -> Found:
    """Return what a search that never began brings."""
    return Found(np.empty(0, np.int32), np.empty(0, np.float64), 0)


@kernel
def beam_search(
    tree: Tree, chunks: Chunks, row: tuple[Ids, Floats], span: tuple[int, int], beam: int, most: int
) -> Found:
    """Return the labels of a span that a beam of so many nodes reaches, best first, `most` at most."""
    return search_span(tree, chunks, row, span, (beam, most), empty_memo())


@kernel
def search_span(
    tree: Tree, chunks: Chunks, row: tuple[Ids, Floats], span: tuple[int, int], widths: tuple[int, int], memo: Memo
) -> Found:
    """Return the labels that a beam reaches, best first; `widths` are that of the beam, and the most labels.

    A node whose range misses the span is never entered, so no slot of the beam is wasted on it.
    """
    ids, values = row
    lo, hi = span
    beam, most = widths
    nodes, scores = np.zeros(1, np.int32), np.zeros(1, np.float64)
    labels, label_scores = np.empty(256, np.int32), np.empty(256, np.float64)
    n_labels, n_scored = 0, 0
    while nodes.size > 0:
        places = locate(chunks, nodes, ids)
        room = 0
        for node in nodes:
            room += tree.first_child[node + 1] - tree.first_child[node]
        next_nodes, next_scores = np.empty(room, np.int32), np.empty(room, np.float64)
        n_next = 0
        if n_labels + room > labels.size:
            labels, label_scores = longer(labels, n_labels + room), longer(label_scores, n_labels + room)
        for b in range(nodes.size):
            first = np.int64(tree.first_child[nodes[b]])
            z = remember(memo, np.int64(nodes[b]), scores[b], np.int64(tree.first_child[nodes[b] + 1]) - first)
            add_scores(chunks, np.int64(nodes[b]), places[b], values, z)
            n_scored += z.size
            for c in range(first, first + z.size):
                label = tree.label[c]
                if label >= 0:
                    if lo <= label < hi:
                        labels[n_labels], label_scores[n_labels] = label, scores[b] + gate(z[c - first])
                        n_labels += 1
                elif tree.lo[c] < hi and tree.hi[c] > lo:
                    next_nodes[n_next], next_scores[n_next] = c, scores[b] + gate(z[c - first])
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
