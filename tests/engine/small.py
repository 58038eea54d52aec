"""A small made-up log, and how the kernels' arrays are built from and turned back into plain things."""

import os
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tests import naive
from xmr_engine.data.pairs import Pairs
from xmr_engine.features.codes import to_codes
from xmr_engine.kernels.arrays import Chunks, Codes, Strings, Tree, Vocabulary
from xmr_engine.kernels.chunks import spread
from xmr_engine.matching.packing import Weights, pack, unpack

WITHOUT_JIT = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
compiled = pytest.mark.skipif(WITHOUT_JIT, reason="takes too long without the JIT")

BRANDS = ("arvo", "belin", "cado", "dorn", "évora")
KINDS = ("camera", "camera bag", "drill", "lamp", "desk lamp", "shoes", "tent", "tripod")
DETAILS = ("", " red", " small", " for kids", " 2 pack")
SMALL = {"corpus": "made up", "synthetic": True, "seed": 3, "matching": {"threshold": 0.05}}
INDEXES = {
    "hybrid": {"trie_depth": 1, "leaf": 6, "branching": 3},
    "tree": {"leaf": 6, "branching": 4, "must_link": 2},
    "trie": {"trie_depth": 4},
}


def small_pairs(n_sessions: int = 260, seed: int = 1) -> Pairs:
    """Return the pairs of people who look for one kind of thing, and change brand or detail as they go."""
    draw = random.Random(seed)
    rows = []
    for session in range(n_sessions):
        kind, previous = draw.choice(KINDS), ""
        for _ in range(draw.randint(1, 4)):
            query = f"{draw.choice(BRANDS)} {kind}{draw.choice(DETAILS)}"
            if draw.random() < 0.3:
                query = kind
            if query == previous:
                continue
            rows.append((previous, query[: draw.randint(1, len(query))], query, session, session % 50))
            previous = query
    return Pairs(*(list(column) for column in zip(*rows, strict=True)))


def text_of(text: str) -> tuple[Codes, int, int]:
    """Return a text as kernels take one: its code points amid others, and where it begins and ends."""
    return to_codes("zq" + text + "qz"), 2, 2 + len(text)


def plain_tree(tree: Tree) -> naive.Tree:
    """Return a tree as lists."""
    children = [list(range(a, b)) for a, b in pairwise(tree.first_child.tolist())]
    return naive.Tree(children, [label if label >= 0 else None for label in tree.label.tolist()])


def plain_weights(tree: Tree, chunks: Chunks) -> list[dict[int, float]]:
    """Return every node's weights by feature."""
    weights: list[dict[int, float]] = [{} for _ in range(tree.label.size)]
    columns = unpack(chunks)
    for parent in range(tree.label.size):
        for row in range(columns.rows[parent], columns.rows[parent + 1]):
            for e in range(columns.entries[row], columns.entries[row + 1]):
                child = int(tree.first_child[parent]) + int(columns.child[e])
                weights[child][int(columns.feature[row])] = float(columns.weight[e]) * float(columns.scale[parent])
    return weights


def make_chunks(tree: Tree, weights: Sequence[Mapping[int, float]]) -> Chunks:
    """Return the chunks of every node's weights."""
    rows, feature, entries, child, weight, scale = [0], [], [0], [], [], []
    for first, last in pairwise(tree.first_child.tolist()):
        scale.append(max((abs(w) for node in range(first, last) for w in weights[node].values()), default=0.0) / 127)
        for f in sorted({f for node in range(first, last) for f in weights[node]}, key=spread):
            feature.append(f)
            for node in range(first, last):
                if f in weights[node]:
                    child.append(node - first)
                    weight.append(round(weights[node][f] / scale[-1]) if scale[-1] else 0)
            entries.append(len(child))
        rows.append(len(feature))
    columns = zip((rows, feature, entries, child, weight, scale), ("i8", "i4", "i4", "u2", "i1", "f4"), strict=True)
    return pack(Weights(*(np.array(column, dtype) for column, dtype in columns)))


def plain_rows(matrix: csr_matrix) -> list[dict[int, float]]:
    """Return the rows of a matrix as dicts."""
    indptr, indices, values = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
    return [dict(zip(indices[a:b], values[a:b], strict=True)) for a, b in pairwise(indptr)]


def random_rows(rng: np.random.Generator, n_rows: int, n_features: int, density: float = 0.4) -> csr_matrix:
    """Return a matrix of positive and negative numbers, csr float32."""
    values = rng.normal(size=(n_rows, n_features)) * (rng.random((n_rows, n_features)) < density)
    return csr_matrix(values.astype(np.float32))


def lookup(vocabulary: Vocabulary) -> dict[int, int]:
    """Return what a vocabulary holds: hash to id."""
    held = vocabulary.keys >= 0
    return dict(zip(vocabulary.keys[held].tolist(), vocabulary.ids[held].tolist(), strict=True))


def texts_in(strings: Strings) -> list[str]:
    """Return packed texts as a list."""
    blob, offsets = strings.blob.tobytes(), strings.offsets.tolist()
    return [blob[a:b].decode() for a, b in pairwise(offsets)]
