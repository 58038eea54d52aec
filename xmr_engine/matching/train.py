"""Train a tree's matchers layer by layer: one-vs-all among siblings, one chunk a parent."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from xmr_engine.config import MatchingConfig
from xmr_engine.frozen import freeze
from xmr_engine.indexing.kmeans import as_sparse
from xmr_engine.indexing.tree import layers
from xmr_engine.kernels.arrays import Chunks, Ids, Sparse, Tree
from xmr_engine.kernels.fitting import Task, by_feature, fit_chunks, fit_some
from xmr_engine.kernels.solver import Solver
from xmr_engine.matching.layer import layer_nodes, make_task
from xmr_engine.matching.negatives import advance, begin, brought
from xmr_engine.matching.packing import Weights, pack
from xmr_engine.parallel import in_order

Progress = Callable[[float], None]
N_DRAWS = 1 << 16


class Part(NamedTuple):
    """Chunks of some parents, in order, as the solver leaves them: counts instead of pointers."""

    n_rows: np.ndarray
    feature: np.ndarray
    n_entries: np.ndarray
    child: np.ndarray
    weight: np.ndarray


Fit = Callable[[Sparse, Task, Solver, int, Progress], list[Part]]
"""(input rows, task of a layer, solver, number of features, progress) → the chunks of the layer's parents, in order."""


def train_matchers(
    X: csr_matrix,
    Y: csr_matrix,
    tree: Tree,
    config: MatchingConfig,
    threads: int | Fit = 1,
    progress: Progress | None = None,
) -> Chunks:
    """Return the weights of all nodes of a tree.

    Parameters
    ----------
    X
        Input rows, shape (n_rows, n_features), float32; the last column is the bias.
    Y
        The labels of each row, shape (n_rows, n_labels); any non-zero counts as one.
    tree
        Its labels are the columns of `Y`.
    config
        Solver settings and the kind of negatives.
    threads
        Parents are trained in parallel; the result does not depend on how many at a time. Or what fits a layer in
        place of this process' threads.
    progress
        Told the share of the work done, 0 … 1.
    """
    rows = as_sparse(X)
    depths = list(layers(tree))
    pairs = layer_nodes(tree, Y, depths)
    draws = np.random.default_rng(config.seed).integers(0, 2**31 - 1, N_DRAWS, dtype=np.int32)
    solver = Solver(config.cost, config.tolerance, config.passes, config.threshold, freeze(draws))
    works = work_of_layers(tree, depths, pairs, X.shape[0])

    def report_layer(depth: int, share: float) -> None:
        if progress:
            progress(float((works[:depth].sum() + share * works[depth]) / works.sum()))

    fit = fit_with(threads) if isinstance(threads, int) else threads
    parts: list[Part] = []
    searched = config.negatives != "teacher"
    beams = begin(X.shape[0], config.beam)
    for depth, parents in enumerate(depths[:-1]):
        kind = config.negatives_at(depth)
        more = None if kind == "teacher" else brought(beams)
        task = make_task(tree, parents, pairs[depth], more, siblings=kind != "matcher")
        parts += fit(rows, task, solver, X.shape[1], partial(report_layer, depth))
        if searched:
            beams = advance(beams, tree, padded_chunks(parts, tree), rows)
    return padded_chunks(parts, tree)


def work_of_layers(
    tree: Tree, depths: list[tuple[int, int]], pairs: list[tuple[Ids, Ids]], n_rows: int
) -> NDArray[np.float64]:
    """Return how much each layer takes to train: rows seen times children, summed over parents."""
    n_children = np.diff(tree.first_child).astype(np.float64)
    seen = [np.full(1, float(n_rows))]
    seen += [
        np.bincount(nodes - start, minlength=stop - start)
        for (start, stop), (_, nodes) in zip(depths[1:], pairs, strict=False)
    ]
    return np.array([(n_children[a:b] * rows + 1).sum() for (a, b), rows in zip(depths[:-1], seen, strict=False)])


def padded_chunks(parts: list[Part], tree: Tree) -> Chunks:
    """Return the chunks of the parents trained, nothing for all further nodes."""
    n_left = tree.label.size - sum(part.n_rows.size for part in parts)
    return join_chunks([*parts, Part(np.zeros(n_left, np.int64), *(np.zeros(0, kind) for kind in "ilHf"))])


def fit_with(threads: int) -> Fit:
    """Return what fits a layer on so many threads of this process."""

    def fit(rows: Sparse, task: Task, solver: Solver, n_features: int, report: Progress) -> list[Part]:
        return fit_layer(rows, task, solver, n_features, threads, report)

    return fit


def fit_layer(
    rows: Sparse, task: Task, solver: Solver, n_features: int, threads: int, report: Progress = lambda share: None
) -> list[Part]:
    """Return the chunks of a layer's parents, in order.

    Threads take ranges of parents of like work; a parent larger than such a range is cut by its children.
    """
    work = np.diff(task.seen_ptr) * np.diff(task.children) + 1
    share = max(int(work.sum()) // (16 * threads), 1)
    large = (work > 4 * share) & (np.diff(task.children) > 2)
    borders = np.searchsorted(np.cumsum(work), np.arange(share, int(work.sum()), share))
    lone = np.flatnonzero(large)
    edges = np.unique(np.concatenate([[0, work.size], borders, lone, lone + 1])).tolist()
    ranges = list(zip(edges, edges[1:], strict=False))

    def fit(span: tuple[int, int]) -> Part:
        return Part(*fit_chunks(rows, task, span[0], span[1], solver, n_features))

    def fit_large(p: int) -> Part:
        n_children = int(task.children[p + 1] - task.children[p])
        cuts = np.unique(np.linspace(0, n_children, min(n_children, 2 * threads) + 1).astype(int)).tolist()
        groups = list(zip(cuts, cuts[1:], strict=False))
        found = in_order(lambda group: fit_some(rows, task, p, group, solver, n_features), groups, threads)
        features, counts, child, weight = by_feature(*(np.concatenate(column) for column in zip(*found, strict=True)))
        return Part(np.array([features.size]), features, counts, child, weight)

    finished = 0.0

    def done(spans: Sequence[tuple[int, int]]) -> None:
        nonlocal finished
        finished += sum(float(work[a:b].sum()) for a, b in spans)
        report(finished / float(work.sum()))

    alone = [span for span in ranges if large[span[0]] and span[1] == span[0] + 1]
    whole = dict(zip(alone, in_order(lambda span: fit_large(span[0]), alone, 1, done=done), strict=True))
    rest = [span for span in ranges if span not in whole]
    fitted = dict(zip(rest, in_order(fit, rest, threads, done=done), strict=True)) | whole
    return [fitted[span] for span in ranges]


def join_chunks(parts: list[Part]) -> Chunks:
    """Return the chunks of all parents as one frozen structure, weights rounded to 1/127 of each chunk's largest."""
    n_rows, feature, n_entries, child, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    rows, entries = np.concatenate([[0], np.cumsum(n_rows)]), np.concatenate([[0], np.cumsum(n_entries)])
    parent = np.repeat(np.arange(n_rows.size, dtype=np.int32), np.diff(entries[rows]))
    scale = np.zeros(n_rows.size, np.float32)
    np.maximum.at(scale, parent, np.abs(weight) / np.float32(127))
    np.rint(np.divide(weight, scale[parent], out=weight), out=weight)
    return pack(Weights(rows, feature, entries, child, weight, scale))
