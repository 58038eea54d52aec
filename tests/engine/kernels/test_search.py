"""Scores of nodes, the beam, and the path of any label, against walks over plain lists."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import naive
from tests.engine.small import make_chunks, plain_rows, plain_tree, plain_weights, random_rows
from xmr_engine.indexing.kmeans import as_sparse
from xmr_engine.indexing.tree import grow
from xmr_engine.kernels.arrays import Chunks, Tree
from xmr_engine.kernels.chunks import score_child
from xmr_engine.kernels.paths import path_scores
from xmr_engine.kernels.search import beam_search, gate, keep_best, longer, score_children, search_rows

N_FEATURES = 9


def random_tree(rng: np.random.Generator, n_labels: int) -> Tree:
    """Return a tree that parts its labels at random places, in random order."""

    def split(members: np.ndarray, depth: int) -> np.ndarray | None:
        if members.size < 3 or depth > 4:
            return None
        rng.shuffle(members)
        cuts = rng.choice(np.arange(1, members.size), size=min(3, members.size - 1), replace=False)
        return np.concatenate([[0], np.sort(cuts)[: rng.integers(0, 3)], [members.size]])

    return grow(n_labels, split)


def random_index(seed: int) -> tuple[Tree, Chunks, list[dict[int, float]]]:
    """Return a tree with random weights, these also as plain ones."""
    rng = np.random.default_rng(seed)
    tree = random_tree(rng, int(rng.integers(1, 40)))
    weights = plain_rows(random_rows(rng, tree.label.size, N_FEATURES))
    chunks = make_chunks(tree, weights)
    return tree, chunks, plain_weights(tree, chunks)


def random_row(seed: int) -> tuple[tuple[np.ndarray, np.ndarray], dict[int, float]]:
    points = as_sparse(random_rows(np.random.default_rng(seed), 1, N_FEATURES, density=0.6))
    return (points.indices, points.values), dict(zip(points.indices.tolist(), points.values.tolist(), strict=True))


SEEDS = st.integers(0, 10_000)


@given(st.floats(-50, 50))
def test_the_gate_is_the_papers(z: float) -> None:
    assert gate(z) == pytest.approx(math.log(math.exp(-(max(1 - z, 0) ** 3))) if z > -5 else naive.gate(z))
    assert gate(z) <= 0 == gate(1.0)


@given(SEEDS)
def test_a_chunk_scores_each_child_as_its_own_weights_do(seed: int) -> None:
    tree, chunks, weights = random_index(seed)
    row, plain = random_row(seed)
    for parent in range(tree.label.size):
        first, last = tree.first_child[parent], tree.first_child[parent + 1]
        z = np.full(last - first, 9.0)
        score_children(chunks, parent, *row, z)
        wanted = [naive.linear(weights[child], plain) for child in range(first, last)]
        assert z.tolist() == pytest.approx(wanted)
        alone = [score_child(chunks, parent, child - first, row) for child in range(first, last)]
        assert alone == z.tolist()


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 40), st.integers(0, 3))
def test_the_best_are_kept_the_earlier_first(scores: list[int], k: int, unused: int) -> None:
    n = max(len(scores) - unused, 0)
    best = keep_best(np.array(scores, np.float64), n, k)
    assert best.tolist() == sorted(range(n), key=lambda i: (-scores[i], i))[:k]


@given(SEEDS, st.integers(1, 6), st.booleans())
def test_a_beam_is_its_twin(seed: int, beam: int, whole: bool) -> None:
    tree, chunks, weights = random_index(seed)
    row, plain = random_row(seed)
    rng, n = np.random.default_rng(seed), tree.leaf.size
    lo, hi = (0, n) if whole else sorted(rng.integers(0, n + 1, 2).tolist())
    found = beam_search(tree, chunks, row, (lo, hi), beam, 1000)
    labels, n_scored = naive.beam_search(plain_tree(tree), weights, plain, (lo, hi), beam)
    assert dict(zip(found.labels.tolist(), found.scores.tolist(), strict=True)) == pytest.approx(labels)
    assert found.n_scored == n_scored
    assert (np.diff(found.scores) <= 0).all()
    assert all(lo <= label < hi for label in found.labels)


@given(SEEDS, st.integers(1, 50))
def test_a_beam_as_wide_as_the_tree_finds_everything(seed: int, most: int) -> None:
    tree, chunks, weights = random_index(seed)
    row, plain = random_row(seed)
    found = beam_search(tree, chunks, row, (0, tree.leaf.size), tree.label.size, most)
    wanted = naive.path_scores(plain_tree(tree), weights, plain)
    best = sorted(wanted.values(), reverse=True)[:most]
    assert found.scores.tolist() == pytest.approx(best)
    assert [wanted[label] for label in found.labels.tolist()] == pytest.approx(best)


@given(SEEDS)
def test_a_span_takes_from_the_whole_what_lies_within(seed: int) -> None:
    tree, chunks, _ = random_index(seed)
    row, _ = random_row(seed)
    n = tree.leaf.size
    lo, hi = sorted(np.random.default_rng(seed).integers(0, n + 1, 2).tolist())
    whole = beam_search(tree, chunks, row, (0, n), tree.label.size, n)
    part = beam_search(tree, chunks, row, (lo, hi), tree.label.size, n)
    inside = {x: s for x, s in zip(whole.labels.tolist(), whole.scores.tolist(), strict=True) if lo <= x < hi}
    assert dict(zip(part.labels.tolist(), part.scores.tolist(), strict=True)) == inside


@given(SEEDS)
def test_every_path_is_scored_as_exhaustive_search_scores_it(seed: int) -> None:
    tree, chunks, weights = random_index(seed)
    row, plain = random_row(seed)
    labels = np.random.default_rng(seed).permutation(tree.leaf.size).astype(np.int32)
    known = np.full(labels.size, np.nan)
    known[::3] = 4.25
    path_scores(tree, chunks, row, labels, known)
    wanted = naive.path_scores(plain_tree(tree), weights, plain)
    assert (known[::3] == 4.25).all()
    fresh = known[np.arange(labels.size) % 3 > 0].tolist()
    assert fresh == pytest.approx([wanted[label] for i, label in enumerate(labels.tolist()) if i % 3])


def test_paths_longer_than_the_table_and_the_way_are_whole() -> None:
    depth = 150

    def chain(members: np.ndarray, level: int) -> np.ndarray | None:
        return np.array([0, 1, members.size]) if level < depth else None

    tree = grow(depth + 9, chain)
    weights = [{0: -0.001 * node} for node in range(tree.label.size)]
    chunks = make_chunks(tree, weights)
    row = (np.zeros(1, np.int32), np.ones(1, np.float32))
    labels, known = np.arange(depth + 9, dtype=np.int32), np.full(depth + 9, np.nan)
    path_scores(tree, chunks, row, labels, known)
    wanted = naive.path_scores(plain_tree(tree), plain_weights(tree, chunks), {0: 1.0})
    assert known.tolist() == pytest.approx([wanted[label] for label in range(depth + 9)], rel=1e-5)


@given(SEEDS)
def test_rows_are_searched_one_by_one_as_in_one_go(seed: int) -> None:
    tree, chunks, _ = random_index(seed)
    rows = as_sparse(random_rows(np.random.default_rng(seed), 5, N_FEATURES))
    n = tree.leaf.size
    spans = np.sort(np.random.default_rng(seed).integers(0, n + 1, (5, 2)), axis=1).astype(np.int32)
    labels, scores = search_rows(tree, chunks, rows, spans, 3, 4)
    for i in range(5):
        a, b = rows.indptr[i], rows.indptr[i + 1]
        found = beam_search(tree, chunks, (rows.indices[a:b], rows.values[a:b]), tuple(spans[i].tolist()), 3, 4)
        size = found.labels.size
        assert labels[i].tolist() == found.labels.tolist() + [-1] * (4 - size)
        assert scores[i, :size].tolist() == found.scores.tolist()
        assert (scores[i, size:] == -np.inf).all()


def test_a_longer_array_begins_as_before() -> None:
    grown = longer(np.arange(3, dtype=np.int32), 10)
    assert grown.size >= 10
    assert grown[:3].tolist() == [0, 1, 2]
