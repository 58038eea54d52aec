"""XR-Linear for any matrices: it learns, and saving, threads, order of columns and batches change nothing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tests import naive
from tests.engine.small import plain_rows, plain_tree, plain_weights, random_rows
from xmr_engine import XLinear
from xmr_engine.config import IndexConfig, MatchingConfig
from xmr_engine.errors import ConfigError, ModelFormatError
from xmr_engine.indexing.build import Material, build_index
from xmr_engine.indexing.embedding import positive_instances
from xmr_engine.kernels.arrays import Tree
from xmr_engine.labels import make_labels
from xmr_engine.matching.packing import unpack

N_LABELS = 24


@pytest.fixture(scope="module")
def data() -> tuple[csr_matrix, csr_matrix, Tree]:
    """Rows near the direction of their label, and a tree over the labels."""
    rng = np.random.default_rng(1)
    directions = rng.normal(size=(N_LABELS, 12))
    labels = np.repeat(np.arange(N_LABELS), 6)
    X = csr_matrix((directions[labels] + 0.2 * rng.normal(size=(labels.size, 12))).astype(np.float32))
    Y = csr_matrix(
        (np.ones(labels.size, np.float32), labels, np.arange(labels.size + 1)), shape=(labels.size, N_LABELS)
    )
    strings = make_labels([f"{i:02}" for i in range(N_LABELS)]).strings
    vectors = positive_instances(X, Y)
    return X, Y, build_index("tree", Material(strings, vectors), IndexConfig(branching=3, leaf=4))


@pytest.fixture(scope="module")
def model(data) -> XLinear:
    return XLinear.fit(*data, MatchingConfig(threshold=0.01, beam=3))


def test_it_learns(data, model: XLinear) -> None:
    X, Y, _ = data
    labels, scores = model.predict(X, k=3, beam=10)
    assert (labels[:, 0] == Y.indices).mean() > 0.95
    assert (np.diff(scores, axis=1) <= 0).all()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_a_beam_as_wide_as_the_tree_is_exhaustive_search(data, model: XLinear) -> None:
    X, _, tree = data
    labels, scores = model.predict(X[:20], k=N_LABELS, beam=1000)
    plain, weights = plain_tree(tree), plain_weights(tree, model.chunks)
    for i, row in enumerate(plain_rows(X[:20])):
        wanted = naive.path_scores(plain, weights, row | {X.shape[1]: 1.0})
        assert sorted(labels[i].tolist()) == list(range(N_LABELS))
        assert scores[i].tolist() == pytest.approx(np.exp([wanted[label] for label in labels[i].tolist()]).tolist())


def test_a_narrow_beam_finds_no_more_than_it_keeps(data, model: XLinear) -> None:
    labels, scores = model.predict(data[0][:5], k=N_LABELS, beam=1)
    assert ((labels == -1) == (scores == 0)).all()
    assert (labels == -1).any(axis=1).all()


def test_rows_threads_and_batches_do_not_matter(data, model: XLinear) -> None:
    X = data[0]
    labels, scores = model.predict(X, k=5)
    for threads in (1, 4):
        again = model.predict(X, k=5, threads=threads)
        assert np.array_equal(labels, again[0])
        assert np.array_equal(scores, again[1])
    alone = [model.predict(X[[i]], k=5) for i in range(X.shape[0])]
    assert np.array_equal(labels, np.concatenate([part[0] for part in alone]))
    assert np.array_equal(scores, np.concatenate([part[1] for part in alone]))


def test_no_rows_bring_no_labels(model: XLinear) -> None:
    labels, scores = model.predict(csr_matrix((0, 12), dtype=np.float32), k=5)
    assert labels.shape == scores.shape == (0, 5)


def test_the_same_seed_gives_the_same_weights(data, model: XLinear) -> None:
    again = XLinear.fit(*data, MatchingConfig(threshold=0.01, beam=3), threads=4)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(model.chunks, again.chunks, strict=True))
    other = XLinear.fit(*data, MatchingConfig(threshold=0.01, beam=3, seed=9))
    assert other.chunks.entries.tobytes() != model.chunks.entries.tobytes()


def test_saved_and_opened_it_is_the_same(data, model: XLinear, tmp_path: Path) -> None:
    model.save(tmp_path / "m")
    opened = XLinear.open(tmp_path / "m")
    assert (opened.n_features, opened.config) == (model.n_features, model.config)
    for a, b in zip((*opened.tree, *opened.chunks), (*model.tree, *model.chunks), strict=True):
        assert a.tobytes() == b.tobytes()
        assert a.dtype == b.dtype
        assert not a.flags.writeable
    assert np.array_equal(opened.predict(data[0])[0], model.predict(data[0])[0])
    opened.save(tmp_path / "n")
    for file in (tmp_path / "m").iterdir():
        assert (tmp_path / "n" / file.name).read_bytes() == file.read_bytes()


def test_pruned_it_is_smaller_and_nearly_as_good(data, model: XLinear) -> None:
    X, Y, _ = data
    pruned = model.prune(0.1)
    assert len(pruned.chunks.entries) < len(model.chunks.entries)
    columns = unpack(pruned.chunks)
    parent = np.repeat(np.arange(columns.scale.size), np.diff(columns.entries[columns.rows]))
    assert np.abs(columns.weight * columns.scale[parent]).min() >= np.float32(0.1)
    assert pruned.config.threshold == 0.1
    assert (pruned.predict(X, k=1, beam=10)[0][:, 0] == Y.indices).mean() > 0.8
    assert np.array_equal(model.prune(0).predict(X)[1], model.predict(X)[1])


def shuffled_columns(X: csr_matrix) -> csr_matrix:
    """Return the same matrix with the entries of each row from last to first."""
    order = np.concatenate([np.arange(a, b)[::-1] for a, b in zip(X.indptr[:-1], X.indptr[1:], strict=True)])
    return csr_matrix((X.data[order], X.indices[order], X.indptr.copy()), shape=X.shape)


def test_how_a_matrix_is_stored_does_not_matter(data, model: XLinear) -> None:
    X, Y, tree = data
    wanted = model.predict(X)[1]
    halves = csr_matrix((np.repeat(X.data / 2, 2), np.repeat(X.indices, 2), 2 * X.indptr), shape=X.shape)
    for other in (shuffled_columns(X), X.tocsc(), X.astype(np.float64), X.tocoo(), halves):
        assert np.array_equal(model.predict(other)[1], wanted)
    again = XLinear.fit(shuffled_columns(X), _with_zeros(Y), tree, model.config)
    assert again.chunks.entries.tobytes() == model.chunks.entries.tobytes()


def _with_zeros(Y: csr_matrix) -> csr_matrix:
    """Return the matrix with explicit zeros stored beside its entries."""
    coo = Y.tocoo()
    rows, columns = np.append(coo.row, [0, 9]), np.append(coo.col, [20, 3])
    return csr_matrix((np.append(coo.data, [0, 0]), (rows, columns)), shape=Y.shape)


def test_rows_alone_are_answered_as_among_others(data, model: XLinear) -> None:
    X = data[0]
    labels, scores = model.predict(X, threads=3)
    alone = [model.predict(X[i]) for i in range(X.shape[0])]
    assert np.array_equal(np.concatenate([one for one, _ in alone]), labels)
    assert np.array_equal(np.concatenate([one for _, one in alone]), scores)
    empty = csr_matrix((3, X.shape[1]), dtype=np.float32)
    assert np.array_equal(model.predict(empty)[0], model.predict(empty.astype(np.float64))[0])
    assert model.predict(X[:0])[0].shape == (0, 10)


def test_what_is_given_stays_as_it_was(data, model: XLinear) -> None:
    X = shuffled_columns(data[0])
    before = (X.data.tobytes(), X.indices.tobytes(), X.indptr.tobytes())
    model.predict(X)
    XLinear.fit(X, data[1], data[2])
    assert (X.data.tobytes(), X.indices.tobytes(), X.indptr.tobytes()) == before


def test_shapes_that_do_not_fit_are_refused(data, model: XLinear) -> None:
    X, Y, tree = data
    for bad in ((X[:3], Y), (X, Y[:, :5])):
        with pytest.raises(ConfigError, match="do not fit"):
            XLinear.fit(*bad, tree)
    with pytest.raises(ConfigError, match="12"):
        model.predict(X[:, :5])


@pytest.mark.parametrize("wrong", [{"k": 0}, {"k": -1}, {"beam": 0}, {"beam": -2}])
def test_numbers_out_of_range_are_refused(data, model: XLinear, wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        model.predict(data[0], **wrong)


def test_another_kind_of_model_is_refused(model: XLinear, small_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelFormatError, match=r"'completion'\), not xlinear"):
        XLinear.open(small_folder)
    replace(model, n_features=5).save(tmp_path / "short")
    with pytest.raises(ModelFormatError, match="chunks"):
        XLinear.open(tmp_path / "short")


@pytest.mark.parametrize("settings", [{"colour": 1}, {"beam": 0}, [], None])
def test_damaged_settings_are_refused(model: XLinear, tmp_path: Path, settings: object) -> None:
    model.save(tmp_path / "m")
    file = tmp_path / "m" / "model.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"settings": settings}), "utf-8")
    with pytest.raises(ModelFormatError):
        XLinear.open(tmp_path / "m")


@pytest.mark.parametrize("n_features", [None, -5, "12", True, 10**30])
def test_damaged_sizes_are_refused(model: XLinear, tmp_path: Path, n_features: object) -> None:
    model.save(tmp_path / "m")
    file = tmp_path / "m" / "model.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"n_features": n_features}), "utf-8")
    with pytest.raises(ModelFormatError):
        XLinear.open(tmp_path / "m")


def test_random_labels_do_not_break_it() -> None:
    rng = np.random.default_rng(3)
    X, Y = random_rows(rng, 30, 5), csr_matrix(rng.random((30, 6)) < 0.3)
    strings = make_labels(list("abcdef")).strings
    tree = build_index("tree", Material(strings, positive_instances(X, csr_matrix(Y, dtype=np.float32))), IndexConfig())
    labels, scores = XLinear.fit(X, Y, tree).predict(X, k=6)
    assert np.isfinite(scores).all()
    assert (np.sort(labels, axis=1) == np.arange(6)).all()
