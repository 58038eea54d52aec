"""The four indexes of the peer as chains of cluster matrices, the top first.

Matrix t has a row for each node of depth t + 1 and a column for each of depth t; the rows of the last are the labels.
Runs in the peer's environment; knows labels, their rows, and nothing of training.
"""

import itertools

import numpy as np
from pecos.xmc.base import HierarchicalKMeans
from scipy import sparse

KINDS = ("tree", "hybrid-1", "hybrid-3", "trie")
KMEANS = {"nr_splits": 2, "max_leaf_size": 100, "spherical": True, "seed": 121, "kmeans_max_iter": 20, "threads": 2}
TRIE_DEPTH = 16


def build_chain(kind: str, labels: list[str], embedding: sparse.csr_matrix) -> list[sparse.csc_matrix]:
    """Return the chain of one kind of index over sorted labels and their rows."""
    if kind == "tree":
        return kmeans_chain(embedding)
    if kind == "trie":
        return trie_chain(labels, TRIE_DEPTH)
    return hybrid_chain(labels, embedding, depth=int(kind.removeprefix("hybrid-")))


def kmeans_chain(embedding: sparse.csr_matrix) -> list[sparse.csc_matrix]:
    """Return balanced spherical 2-means, split until no leaf has more than a hundred labels."""
    return list(HierarchicalKMeans.gen(embedding, **KMEANS))


def trie_chain(labels: list[str], depth: int) -> list[sparse.csc_matrix]:
    """Return the trie of the first characters; a label that ends early goes on as a node of its own."""
    parents = np.zeros(len(labels), dtype=np.int64)
    chain = []
    for length in range(1, depth + 1):
        nodes = node_numbers(labels, length)
        first = np.unique(nodes, return_index=True)[1]
        chain.append(membership(parents[first]))
        parents = nodes
    return [*chain, membership(parents)]


def hybrid_chain(labels: list[str], embedding: sparse.csr_matrix, depth: int) -> list[sparse.csc_matrix]:
    """Return the trie to a depth, and 2-means within each of its branches."""
    starts = np.flatnonzero(np.diff(node_numbers(labels, depth), prepend=-1))
    ends = np.append(starts[1:], len(labels))
    branches = [kmeans_chain(embedding[start:end]) for start, end in zip(starts, ends, strict=True)]
    deepest = max(map(len, branches))
    padded = [lengthen(branch, deepest) for branch in branches]
    below = [sparse.block_diag(layer, format="csc", dtype=np.float32) for layer in zip(*padded, strict=True)]
    return trie_chain(labels, depth)[:-1] + below


def lengthen(chain: list[sparse.csc_matrix], depth: int) -> list[sparse.csc_matrix]:
    """Return a chain of the wanted depth: its leaves become the only children of themselves."""
    leaves = sparse.identity(chain[-1].shape[1], dtype=np.float32, format="csc")
    return chain[:-1] + [leaves] * (depth - len(chain)) + chain[-1:]


def node_numbers(labels: list[str], length: int) -> np.ndarray:
    """Return the number of each sorted label's trie node at a depth, from 0."""
    keys = [label[:length].ljust(length, "\0") for label in labels]
    return np.cumsum([0, *(left != right for left, right in itertools.pairwise(keys))])


def membership(parents: np.ndarray) -> sparse.csc_matrix:
    """Return the 0/1 matrix with a one at (child, its parent)."""
    children = np.arange(len(parents))
    ones = np.ones(len(parents), dtype=np.float32)
    return sparse.csc_matrix((ones, (children, parents)), shape=(len(parents), parents.max() + 1))
