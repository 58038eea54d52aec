"""What every layer is trained on, and what training leaves, against loops over plain sets."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tests import naive
from tests.engine.small import plain_rows, plain_tree, plain_weights, random_rows
from xmr_engine.config import MatchingConfig
from xmr_engine.indexing.tree import grow, layers
from xmr_engine.kernels.arrays import Tree
from xmr_engine.kernels.checks import are_chunks
from xmr_engine.matching.layer import layer_nodes, make_task
from xmr_engine.matching.prune import prune_chunks
from xmr_engine.matching.train import train_matchers

N_ROWS, N_LABELS = 40, 11


def uneven_tree() -> Tree:
    """Return a tree with labels at several depths and an only child."""

    def split(members: np.ndarray, depth: int) -> np.ndarray | None:
        cuts = {0: [0, 1, 2, 8, 11], 1: [0, 3, 6], 2: [0, 3]}
        wanted = cuts.get(depth, [])
        return np.array(wanted) if wanted and wanted[-1] == members.size else None

    return grow(N_LABELS, split)


@pytest.fixture(scope="module")
def problem() -> tuple[csr_matrix, csr_matrix, Tree]:
    """Rows with a bias, one or two labels each, and a tree."""
    rng = np.random.default_rng(0)
    answers = np.zeros((N_ROWS, N_LABELS), np.float32)
    answers[np.arange(N_ROWS), rng.integers(0, N_LABELS, N_ROWS)] = 1
    answers[::4, 3] = 1
    base = random_rows(rng, N_ROWS, 6).toarray()
    return csr_matrix(np.hstack([base, np.ones((N_ROWS, 1), np.float32)])), csr_matrix(answers), uneven_tree()


def test_rows_reach_every_node_above_their_labels(problem) -> None:
    _, Y, tree = problem
    plain, depths = plain_tree(tree), list(layers(tree))
    found = layer_nodes(tree, Y, depths)
    assert len(found) == len(depths) - 1
    for (rows, nodes), (start, stop) in zip(found, depths[1:], strict=True):
        wanted = [
            (node, row)
            for node in range(start, stop)
            for row in range(N_ROWS)
            if Y[[row]][:, plain.labels_below(node)].nnz
        ]
        assert list(zip(nodes.tolist(), rows.tolist(), strict=True)) == wanted


@pytest.mark.parametrize("with_more", [False, True])
def test_parents_see_the_rows_of_their_children(problem, with_more: bool) -> None:
    _, Y, tree = problem
    plain, depths = plain_tree(tree), list(layers(tree))
    for depth, pairs in enumerate(layer_nodes(tree, Y, depths)):
        start, stop = depths[depth]
        inner = [node for node in range(start, stop) if plain.children[node]]
        more = (np.array([1, 2] * len(inner)), np.repeat(inner, 2)) if with_more else None
        task = make_task(tree, (start, stop), pairs, more)
        positive = {node: set(pairs[0][pairs[1] == node].tolist()) for node in range(*depths[depth + 1])}
        for p, parent in enumerate(range(start, stop)):
            seen = task.seen[task.seen_ptr[p] : task.seen_ptr[p + 1]].tolist()
            wanted = {row for child in plain.children[parent] for row in positive[child]}
            assert seen == sorted(wanted | ({1, 2} if with_more and parent in inner else set()))
            for i, child in enumerate(plain.children[parent]):
                c = task.children[p] + i
                rows = task.positive[task.positive_ptr[c] : task.positive_ptr[c + 1]].tolist()
                assert rows == sorted(positive[child])


def test_every_node_is_fitted_against_its_siblings_rows(problem) -> None:
    X, Y, tree = problem
    config = MatchingConfig(threshold=0, tolerance=1e-4, passes=1000)
    chunks = train_matchers(X, Y, tree, config)
    assert are_chunks(chunks, tree, X.shape[1])
    plain, weights, rows = plain_tree(tree), plain_weights(tree, chunks), plain_rows(X)
    below = [set(Y[:, plain.labels_below(node)].nonzero()[0].tolist()) for node in range(len(plain.label))]
    for parent, children in enumerate(plain.children):
        for child in children:
            if len(children) == 1:
                assert weights[child] == pytest.approx({X.shape[1] - 1: 1.0})
                continue
            seen = sorted(below[parent])
            signs = [1 if row in below[child] else -1 for row in seen]
            wanted = naive.fit([rows[row] for row in seen], signs, 1.0, n_passes=400)
            every = {f: weights[child].get(f, 0.0) for f in range(X.shape[1])}
            scale = float(chunks.scale[parent])
            assert scale < 0.05
            assert every == pytest.approx({f: wanted.get(f, 0.0) for f in range(X.shape[1])}, abs=5e-3 + 0.5 * scale)


def test_threads_do_not_matter(problem) -> None:
    X, Y, tree = problem
    one, four = (train_matchers(X, Y, tree, MatchingConfig(), threads) for threads in (1, 4))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one, four, strict=True))


@pytest.mark.parametrize("threads", [1, 3])
def test_progress_rises_with_the_work_to_one(problem, threads: int) -> None:
    X, Y, tree = problem
    told: list[float] = []
    train_matchers(X, Y, tree, MatchingConfig(), threads, told.append)
    assert len(told) >= len(list(layers(tree))) - 1
    assert told == sorted(told)
    assert told[0] > 0
    assert told[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("threshold", [0.0, 0.05, 0.3, 100.0])
def test_pruning_drops_small_weights_and_nothing_else(problem, threshold: float) -> None:
    X, Y, tree = problem
    chunks = train_matchers(X, Y, tree, MatchingConfig(threshold=0.02))
    pruned = prune_chunks(chunks, threshold)
    assert are_chunks(pruned, tree, X.shape[1])
    wanted = [{f: w for f, w in node.items() if abs(w) >= threshold} for node in plain_weights(tree, chunks)]
    assert (sum(map(len, wanted)) < len(chunks.entries)) == (threshold > 0.04)
    assert plain_weights(tree, pruned) == wanted
    assert len(pruned.entries) == sum(map(len, wanted))
    assert not any(array.flags.writeable for array in pruned)
