"""Negatives that a search brings: who sees which row, and what it does to training."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from xmr_engine.config import MatchingConfig
from xmr_engine.errors import ConfigError
from xmr_engine.indexing.kmeans import as_sparse
from xmr_engine.indexing.tree import grow, layers
from xmr_engine.kernels.search import beam_search
from xmr_engine.matching.layer import layer_nodes, make_task
from xmr_engine.matching.negatives import advance, begin, brought
from xmr_engine.matching.train import train_matchers

N_LABELS, N_ROWS, N_FEATURES = 27, 120, 12


@pytest.fixture(scope="module")
def problem():
    draws = np.random.default_rng(5)
    labels = draws.integers(0, N_LABELS, N_ROWS)
    dense = draws.random((N_LABELS, N_FEATURES))[labels] + 0.3 * draws.random((N_ROWS, N_FEATURES))
    X = csr_matrix(np.hstack([dense / 4, np.ones((N_ROWS, 1))]).astype(np.float32))
    Y = csr_matrix((np.ones(N_ROWS, np.float32), (np.arange(N_ROWS), labels)), shape=(N_ROWS, N_LABELS))

    def thirds(members, depth):
        return None if members.size <= 3 else np.array([0, members.size // 3, 2 * members.size // 3, members.size])

    return X, Y, grow(N_LABELS, thirds)


def test_beams_are_those_of_the_search(problem) -> None:
    X, Y, tree = problem
    chunks = train_matchers(X, Y, tree, MatchingConfig())
    beams = begin(N_ROWS, 2)
    for _ in range(2):
        beams = advance(beams, tree, chunks, as_sparse(X))
    rows = as_sparse(X)
    for i in range(N_ROWS):
        row = (rows.indices[rows.indptr[i] : rows.indptr[i + 1]], rows.values[rows.indptr[i] : rows.indptr[i + 1]])
        found = beam_search(tree, chunks, row, (0, N_LABELS), 2, N_LABELS)
        kept = set(beams.nodes[i][beams.nodes[i] >= 0].tolist())
        assert {int(tree.parent[tree.leaf[label]]) for label in found.labels} == kept


def test_parents_see_what_each_kind_says(problem) -> None:
    _, Y, tree = problem
    depths = list(layers(tree))
    pairs = layer_nodes(tree, Y, depths)
    led = (np.array([0, 1, 2]), np.full(3, depths[1][0]))
    teacher = make_task(tree, depths[1], pairs[1])
    both = make_task(tree, depths[1], pairs[1], led)
    matcher = make_task(tree, depths[1], pairs[1], led, siblings=False)

    def seen(task, p):
        return set(task.seen[task.seen_ptr[p] : task.seen_ptr[p + 1]].tolist())

    assert seen(both, 0) == seen(teacher, 0) | {0, 1, 2}
    assert seen(both, 1) == seen(teacher, 1)
    assert not both.own.any()
    inside = matcher.seen[: matcher.seen_ptr[1]]
    assert set(inside[matcher.own[: matcher.seen_ptr[1]] == 0].tolist()) == {0, 1, 2}
    assert matcher.own[matcher.seen_ptr[1] :].all()


@pytest.mark.parametrize("negatives", ["matcher", "both", "teacher,both", "teacher,matcher"])
def test_every_kind_learns_and_threads_do_not_matter(problem, negatives: str) -> None:
    X, Y, tree = problem
    config = MatchingConfig(negatives=negatives, beam=2)
    one, three = (train_matchers(X, Y, tree, config, threads) for threads in (1, 3))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one, three, strict=True))
    teacher = train_matchers(X, Y, tree, MatchingConfig(beam=2))
    assert one.entries.tobytes() != teacher.entries.tobytes()
    right = 0
    rows = as_sparse(X)
    for i in range(N_ROWS):
        row = (rows.indices[rows.indptr[i] : rows.indptr[i + 1]], rows.values[rows.indptr[i] : rows.indptr[i + 1]])
        right += int(beam_search(tree, one, row, (0, N_LABELS), 3, 1).labels[0] == Y.indices[i])
    assert right > 0.6 * N_ROWS


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ConfigError, match="negatives"):
        MatchingConfig(negatives="teacher,some")


def test_beams_bring_the_nodes_they_hold() -> None:
    beams = begin(3, 2)
    rows, nodes = brought(beams)
    assert rows.tolist() == [0, 1, 2]
    assert nodes.tolist() == [0, 0, 0]
