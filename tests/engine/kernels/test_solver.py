"""The solver: the minimum of its objective, as the plain twin and scikit-learn's LinearSVC find it."""

from itertools import chain

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from tests import naive
from tests.engine.small import compiled, plain_rows, random_rows
from xmr_engine.indexing.kmeans import as_sparse
from xmr_engine.kernels.chunks import spread
from xmr_engine.kernels.fitting import (
    PRODUCTS_PER_CHILD,
    Task,
    certain_children,
    fit_children,
    fit_chunks,
    gather_rows,
    products_of,
    weights_of,
    with_room,
)
from xmr_engine.kernels.solver import BLOCK, Problem, Solver, fit_node, shuffle_blocks

DRAWS = np.random.default_rng(0).integers(0, 2**31 - 1, 4096, dtype=np.int32)


def fit(X: csr_matrix, sign: np.ndarray, cost: float, tolerance: float, passes: int = 1000) -> np.ndarray:
    alpha, w = np.zeros(X.shape[0], np.float32), np.zeros(X.shape[1], np.float32)
    fit_from(X, sign, Solver(cost, tolerance, passes, 0.0, DRAWS), (alpha, w))
    return w


def fit_from(X: csr_matrix, sign: np.ndarray, solver: Solver, start: tuple[np.ndarray, np.ndarray]) -> None:
    fit_node(stated(X), sign.astype(np.float32), solver, start)


def stated(X: csr_matrix, *, with_products: bool = False) -> Problem:
    points = as_sparse(X)
    rows = (points.indptr, points.indices, points.values)
    norms = np.asarray(X.multiply(X).sum(axis=1), np.float32).ravel()
    return Problem(rows, norms, products_of(rows, X.shape[1]) if with_products else np.empty((0, 0), np.float32))


def problem(seed: int, n_rows: int = 30, n_features: int = 8) -> tuple[csr_matrix, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = random_rows(rng, n_rows, n_features)
    direction = rng.normal(size=n_features)
    sign = np.where(X @ direction + 0.3 * rng.normal(size=n_rows) > 0.5, 1, -1)
    sign[0], sign[1] = 1, -1
    return X, sign


@pytest.mark.parametrize("cost", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("seed", range(4))
def test_weights_are_the_twins(seed: int, cost: float) -> None:
    X, sign = problem(seed, 12, 4)
    wanted = naive.fit(plain_rows(X), sign.tolist(), cost, n_passes=600)
    found = dict(enumerate(fit(X, sign, cost, 1e-5).tolist()))
    assert found == pytest.approx({f: wanted.get(f, 0.0) for f in range(4)}, abs=2e-3)


@pytest.mark.parametrize("cost", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_objective_is_scikit_learns(seed: int, cost: float) -> None:
    X, sign = problem(10 + seed)
    oracle = LinearSVC(loss="squared_hinge", dual=True, C=cost, fit_intercept=False, tol=1e-8, max_iter=100_000)
    best = oracle.fit(X.astype(np.float64), sign).coef_[0]
    rows, signs = plain_rows(X), sign.tolist()
    wanted = naive.objective(dict(enumerate(best.tolist())), rows, signs, cost)
    found = naive.objective(dict(enumerate(fit(X, sign, cost, 1e-4).tolist())), rows, signs, cost)
    assert found == pytest.approx(wanted, rel=1e-4)
    assert found >= wanted * (1 - 1e-6)


@compiled
@pytest.mark.parametrize("seed", range(5))
def test_the_usual_tolerance_comes_near_the_minimum(seed: int) -> None:
    X, sign = problem(20 + seed, 400, 30)
    rows, signs = plain_rows(X), sign.tolist()
    loose, tight = (
        naive.objective(dict(enumerate(fit(X, sign, 1.0, tolerance).tolist())), rows, signs, 1.0)
        for tolerance in (0.1, 1e-4)
    )
    assert tight <= loose <= 1.05 * tight


@pytest.mark.parametrize("seed", range(3))
def test_where_it_begins_does_not_matter(seed: int) -> None:
    X, sign = problem(30 + seed)
    wanted = fit(X, sign, 1.0, 1e-5)
    alpha = np.random.default_rng(seed).random(X.shape[0]).astype(np.float32)
    w = np.asarray(X.T @ (alpha * sign), np.float32)
    fit_from(X, sign, Solver(1.0, 1e-5, 1000, 0.0, DRAWS), (alpha, w))
    assert w == pytest.approx(wanted, abs=2e-3)
    assert w == pytest.approx(X.T @ (alpha * sign), abs=1e-3)
    assert (alpha >= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_products_of_rows_lead_to_the_same_weights(seed: int) -> None:
    X, sign = problem(40 + seed)
    known = stated(X, with_products=True)
    assert known.gram == pytest.approx((X @ X.T).toarray(), abs=1e-5)
    solver, sign = Solver(1.0, 1e-5, 1000, 0.0, DRAWS), sign.astype(np.float32)
    alpha, slopes, w = np.zeros(30, np.float32), np.zeros(30, np.float32), np.full(8, np.nan, np.float32)
    fit_node(known, sign, solver, (alpha, slopes))
    weights_of(known, sign, alpha, w)
    assert w == pytest.approx(fit(X, sign, 1.0, 1e-5), abs=2e-3)
    assert slopes == pytest.approx(X @ w, abs=1e-3)


@pytest.mark.parametrize("n_rows", [2 * PRODUCTS_PER_CHILD, 2 * PRODUCTS_PER_CHILD + 8])
def test_each_of_two_siblings_is_fitted_as_if_alone(n_rows: int) -> None:
    X = random_rows(np.random.default_rng(n_rows), n_rows, 6)
    both, own = {3, 4}, {5, n_rows - 1}
    first = [row for row in range(n_rows) if row % 2 == 0 or row in both]
    second = [row for row in range(n_rows) if row % 2 == 1 or row in both]
    task = task_of([0, 2], [list(range(n_rows))], [first, second])
    task = task._replace(own=np.array([row in own for row in range(n_rows)], np.uint8))
    solver = Solver(1.0, 1e-5, 1000, 0.0, DRAWS)
    scratch = np.full(6, -1, np.int32), np.zeros(n_rows, np.int32)
    feature, child, weight = fit_children(as_sparse(X), task, 0, (0, 2), solver, scratch)
    for number, answered in enumerate((first, second)):
        sign = np.array([1 if row in answered else 0 if row in own else -1 for row in range(n_rows)])
        w = np.zeros(6)
        w[feature[child == number]] = weight[child == number]
        assert w == pytest.approx(fit(X, sign, 1.0, 1e-5), abs=2e-3)


def test_no_rows_of_the_node_give_weights_that_say_no() -> None:
    X, _ = problem(1)
    bias = csr_matrix(np.hstack([X.toarray(), np.ones((30, 1), np.float32)]))
    w = fit(bias, np.full(30, -1), 1.0, 1e-4)
    assert (bias @ w < 0).all()


def test_rows_are_gathered_over_the_features_they_use() -> None:
    X = random_rows(np.random.default_rng(4), 9, 12, density=0.2)
    local = np.full(12, -1, np.int32)
    rows = np.array([2, 5, 6], np.int32)
    indptr, indices, values, features = gather_rows(as_sparse(X), rows, local)
    assert (local == -1).all()
    assert (np.diff(features) > 0).all()
    back = csr_matrix((values, features[indices], indptr), shape=(3, 12))
    assert (back.toarray() == X[rows].toarray()).all()


def test_rows_are_shuffled_in_whole_blocks() -> None:
    rows = np.arange(100, 131, dtype=np.int32)
    seen = set()
    for turn in range(6):
        out = shuffle_blocks(rows, np.full(31, -1, np.int32), 29, DRAWS, turn)
        assert sorted(out[:29].tolist()) == list(range(100, 129))
        assert (out[29:] == -1).all()
        starts = [i for i in range(29) if i == 0 or out[i] != out[i - 1] + 1 or (out[i] - 100) % BLOCK == 0]
        assert all((out[i] - 100) % BLOCK == 0 for i in starts)
        seen.add(tuple(out.tolist()))
    assert len(seen) > 1


def task_of(children: list[int], seen: list[list[int]], positive: list[list[int]]) -> Task:
    def packed(lists: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
        return np.cumsum([0, *map(len, lists)]), np.array([*chain(*lists)], np.int32)

    seen_ptr, seen_rows = packed(seen)
    positive_ptr, positive_rows = packed(positive)
    return Task(
        np.array(children), seen_ptr, seen_rows, np.zeros(seen_rows.size, np.uint8), positive_ptr, positive_rows
    )


def test_a_chunk_holds_the_weights_of_every_child_fitted_alone() -> None:
    X = random_rows(np.random.default_rng(6), 12, 6)
    seen, positive = [[0, 1, 2, 3, 4, 5], [6, 8, 9]], [[0, 1], [2, 3], [4, 5], [6, 8, 9]]
    task = task_of([0, 3, 4], seen, positive)
    solver = Solver(1.0, 1e-4, 1000, 0.05, DRAWS)
    n_rows, feature, n_entries, child, weight = fit_chunks(as_sparse(X), task, 0, 2, solver, 6)
    assert n_rows.sum() == feature.size == n_entries.size
    assert n_entries.sum() == child.size == weight.size
    assert (np.diff([spread(f) for f in feature[: n_rows[0]]]) > 0).all()
    found = np.zeros((3, 6))
    features = np.repeat(feature[: n_rows[0]], n_entries[: n_rows[0]])
    n_first = n_entries[: n_rows[0]].sum()
    found[child[:n_first], features] = weight[:n_first]
    assert (np.abs(weight) >= 0.05).all()
    for c in range(3):
        sign = np.array([1 if row in positive[c] else -1 for row in seen[0]])
        alone = fit(X[seen[0]], sign, 1.0, 1e-4)
        assert found[c] == pytest.approx(np.where(np.abs(alone) >= 0.05, alone, 0), abs=5e-3)
    assert (feature[-1], child[-1], weight[-1]) == (5, 0, 1.0)


def test_an_only_child_is_certain() -> None:
    features, n_entries, child, weight = certain_children(1, 7)
    assert (features.tolist(), n_entries.tolist(), child.tolist(), weight.tolist()) == ([7], [1], [0], [1.0])


def test_room_is_made_without_loss() -> None:
    array = np.arange(4, dtype=np.int32)
    assert with_room(array, 4) is array or (with_room(array, 4) == array).all()
    longer = with_room(array, 5)
    assert longer.size >= 5
    assert longer[:4].tolist() == [0, 1, 2, 3]
