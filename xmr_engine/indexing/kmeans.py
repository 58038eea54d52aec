"""The k-means tree: balanced spherical clusters of label vectors, of any branching, with optional must-links."""

import threading
from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_matrix

from xmr_engine.frozen import freeze
from xmr_engine.indexing.tree import Split
from xmr_engine.kernels.arrays import Ids, Offsets, Sparse, Strings
from xmr_engine.kernels.kmeans import Scratch, split_members
from xmr_engine.kernels.strings import common_prefixes

N_ROUNDS = 20


def kmeans_split(vectors: csr_matrix, branching: int, leaf: int, seed: int) -> Split:
    """Return the split of a k-means tree.

    Parameters
    ----------
    vectors
        One l2-normalised row a label, shape (n_labels, n_dimensions).
    branching
        The most children a cluster gets.
    leaf
        A cluster of at most so many labels is not split further.
    seed
        With the cluster's labels it decides where the rounds begin.
    """
    points = as_sparse(vectors)
    weights = np.ones(vectors.shape[0], np.float32)
    zeros = _zeros_by_thread(vectors.shape[1])

    def split(members: Ids, depth: int) -> Offsets | None:
        if members.size <= leaf:
            return None
        n_parts = min(branching, -(-members.size // leaf))
        draws = np.random.default_rng([seed, int(members.min()), members.size]).random(2 * n_parts)
        return split_members(points, weights, members, n_parts, draws, zeros(), N_ROUNDS)

    return split


def must_link_split(vectors: csr_matrix, strings: Strings, must_link: int, plain: Split, seed: int) -> Split:
    """Return the split that keeps labels with the same first characters together near the root.

    Down to depth `must_link`, the clusters at depth d hold whole groups of labels that share d characters; each
    group is one point, the mean of its labels, and clusters are halved. Below, `plain` decides.
    Source: the must-link clustering of session-aware completion (KDD 2021), section 4.
    """
    shared = common_prefixes(strings)

    def split(members: Ids, depth: int) -> Offsets | None:
        members.sort()
        for length in range(depth + 1, must_link + 1):
            groups = _groups(shared, members, length)
            if groups.size > 2:
                return _halve_groups(vectors, members, groups, seed)
        return plain(members, depth)

    return split


def _groups(shared: Ids, members: Ids, length: int) -> Offsets:
    """Return where, among sorted members, each run of labels with the same first `length` characters begins."""
    gaps = [shared[a + 1 : b + 1].min() for a, b in zip(members[:-1], members[1:], strict=True)]
    return np.concatenate([[0], np.flatnonzero(np.array(gaps) < length) + 1, [members.size]])


def _halve_groups(vectors: csr_matrix, members: Ids, groups: Offsets, seed: int) -> Offsets:
    """Order the members so that whole groups form two clusters of like size; return where each begins."""
    n_groups = groups.size - 1
    sizes = np.diff(groups)
    gather = csr_matrix((np.repeat(1.0 / sizes, sizes), np.arange(members.size), groups), dtype=np.float32)
    means = (gather @ vectors[members]).tocsr()
    order = np.arange(n_groups, dtype=np.int32)
    draws = np.random.default_rng([seed, int(members.min()), members.size]).random(2)
    weights = sizes.astype(np.float32)
    zeros = (np.zeros(vectors.shape[1]), np.zeros(vectors.shape[1]))
    cut = int(split_members(as_sparse(means), weights, order, 2, draws, zeros, N_ROUNDS)[1])
    members[:] = np.concatenate([members[groups[g] : groups[g + 1]] for g in order])
    return np.array([0, sizes[order[:cut]].sum(), members.size])


def _zeros_by_thread(n_features: int) -> Callable[[], Scratch]:
    """Return what gives each thread its own two arrays of zeros: to clear them for every cluster would take longest."""
    held = threading.local()

    def zeros() -> Scratch:
        if not hasattr(held, "zeros"):
            held.zeros = (np.zeros(n_features), np.zeros(n_features))
        arrays: Scratch = held.zeros
        return arrays

    return zeros


def as_sparse(matrix: csr_matrix) -> Sparse:
    """Return the arrays of a csr matrix as the kernels take them."""
    return Sparse(freeze(matrix.indptr, np.int64), freeze(matrix.indices, np.int32), freeze(matrix.data, np.float32))
