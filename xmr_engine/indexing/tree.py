"""The one type of all indexes, and how it is grown: level by level, by a function that splits a cluster."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Ids, Offsets, Tree
from xmr_engine.parallel import in_order

MOST_CHILDREN = 4096
Split = Callable[[Ids, int], Offsets | None]
"""(members, depth) → where each child cluster begins, after ordering the members in place; None: a leaf cluster."""


def grow(n_labels: int, split: Split, threads: int = 1, report: Callable[[float], None] = lambda share: None) -> Tree:
    """Return the tree that grows from one cluster of all labels.

    Parameters
    ----------
    n_labels
        Number of labels, at least one.
    split
        Called once for every cluster of two labels or more. The labels of a leaf cluster become its children
        (of a very large one, runs of them); so does a cluster of one label.
    threads
        How many clusters of a level are split at a time. The result does not depend on it.
    report
        Told the share done, by how far the mean label's cluster has shrunk, in logarithms.
    """
    order = np.arange(n_labels, dtype=np.int32)
    starts, stops = np.zeros(1, np.int64), np.full(1, n_labels, np.int64)
    levels: list[tuple[Offsets, Offsets, Offsets]] = []
    while starts.size:
        inner = np.flatnonzero(stops - starts > 1) if levels else np.zeros(1, np.int64)
        depth = len(levels)
        ranges = list(zip(starts[inner].tolist(), stops[inner].tolist(), strict=True))
        bounds = in_order(partial(_split, order, split, depth), ranges, threads, 1 + len(ranges) // (8 * threads))
        n_children = np.zeros(starts.size, np.int64)
        n_children[inner] = [b.size - 1 for b in bounds]
        levels.append((starts, stops, n_children))
        starts = np.concatenate([b[:-1] for b in bounds]) if bounds else np.zeros(0, np.int64)
        stops = np.concatenate([b[1:] for b in bounds]) if bounds else np.zeros(0, np.int64)
        report(1.0 - float(np.log(stops - starts).dot(stops - starts)) / (n_labels * np.log(n_labels + 1.0)))
    return _assemble(order, levels)


def _split(order: Ids, split: Split, depth: int, span: tuple[int, int]) -> Offsets:
    """Return where each child of the cluster `order[start:stop]` begins, in terms of `order`."""
    start, stop = span
    members = order[start:stop]
    bounds = split(members, depth) if stop - start > 1 else None
    if bounds is None:
        members.sort()
        bounds = np.arange(0, members.size + 1)
        if members.size > MOST_CHILDREN:
            bounds = np.append(np.arange(0, members.size, MOST_CHILDREN), members.size)
    return bounds + start


def _assemble(order: Ids, levels: list[tuple[Offsets, Offsets, Offsets]]) -> Tree:
    """Return the tree of the clusters found level by level."""
    starts, stops, n_children = (np.concatenate(column) for column in zip(*levels, strict=True))
    first_child = np.concatenate([[1], 1 + np.cumsum(n_children)])
    edges = np.stack([starts, np.minimum(stops, order.size - 1)], axis=1).ravel()
    last = order[-1]
    lo = np.minimum.reduceat(order, edges)[::2]
    hi = np.maximum.reduceat(order, edges)[::2]
    to_the_end = stops == order.size
    lo, hi = np.where(to_the_end, np.minimum(lo, last), lo), np.where(to_the_end, np.maximum(hi, last), hi)
    label = np.where(n_children == 0, order[starts], -1)
    return make_tree(first_child, label, lo, hi + 1)


def make_tree(first_child: Ids, label: Ids, lo: Ids, hi: Ids) -> Tree:
    """Return a frozen tree with the arrays that follow from the given ones: `parent` and `leaf`."""
    n_nodes = label.size
    parent = np.zeros(n_nodes, np.int32)
    parent[1:] = np.repeat(np.arange(n_nodes), np.diff(first_child))
    leaves = np.flatnonzero(label >= 0)
    leaf = np.zeros(leaves.size, np.int32)
    leaf[label[leaves]] = leaves
    arrays = (first_child, label, lo, hi, parent, leaf)
    return Tree(*(freeze(array, np.int32) for array in arrays))


def layers(tree: Tree) -> Iterator[tuple[int, int]]:
    """Yield the nodes `[start, stop)` of each depth, the root's first."""
    start, stop = 0, 1
    while start < stop:
        yield start, stop
        start, stop = int(tree.first_child[start]), int(tree.first_child[stop])
