"""What `inspect` says of a model's folder, and that an altered array never passes."""

import json

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tests.engine.small_model import small_completer
from xmr_engine import storage
from xmr_engine.errors import ModelFormatError
from xmr_engine.indexing.kmeans import kmeans_split
from xmr_engine.indexing.tree import grow
from xmr_engine.inspection import inspect
from xmr_engine.model import to_arrays
from xmr_engine.xlinear import XLinear


@pytest.fixture
def saved(tmp_path):
    storage.write(tmp_path / "small", *to_arrays(small_completer().model))
    return tmp_path / "small"


@pytest.fixture
def saved_xlinear(tmp_path):
    labels = np.arange(12)
    X = csr_matrix(np.eye(12, dtype=np.float32)[labels])
    model = XLinear.fit(X, csr_matrix(np.eye(12)), grow(12, kmeans_split(X, 3, 2, 0)))
    model.save(tmp_path / "linear")
    return tmp_path / "linear"


def test_a_completion_model_tells_what_it_holds(saved):
    model = small_completer().model
    document = inspect(str(saved))
    assert json.loads(json.dumps(document)) == document
    assert document["kind"] == "completion"
    assert document["labels"] == len(model.labels)
    assert list(document["indexes"]) == list(model.indexes)
    for name, shape in document["indexes"].items():
        tree = model.indexes[name].tree
        assert shape["labels"] == len(model.labels)
        assert shape["nodes"] == tree.label.size == sum(shape["widths"])
        assert shape["widths"][0] == 1
        assert shape["depth"] == len(shape["widths"]) - 1
    assert set(document["arrays"]) == {file.stem for file in saved.glob("*.npy")}
    assert document["bytes"] == sum(file.stat().st_size for file in saved.glob("*.npy"))
    assert document["settings"]["matching"]["beam"] == 3
    assert document["trained_on"]["synthetic"] is True


def test_an_xlinear_model_tells_what_it_holds(saved_xlinear):
    document = inspect(saved_xlinear)
    assert json.loads(json.dumps(document)) == document
    assert (document["kind"], document["labels"], document["n_features"]) == ("xlinear", 12, 12)
    assert list(document["indexes"]) == ["index"]
    assert document["indexes"]["index"]["labels"] == 12


@pytest.mark.parametrize("name", ["count", "hybrid_entries", "label_blob"])
def test_an_altered_array_is_named(saved, name):
    file = saved / f"{name}.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(ModelFormatError, match=f"{name}.npy: was altered"):
        inspect(saved)


def test_a_part_that_breaks_a_law_is_refused_though_its_sum_is_right(saved):
    arrays, document = storage.read(saved)
    broken = dict(arrays) | {"tree_first_child": arrays["tree_first_child"][::-1].copy()}
    rest = {key: value for key, value in document.items() if key not in ("arrays", "format")}
    storage.write(saved, broken, rest)
    with pytest.raises(ModelFormatError, match="tree_first_child"):
        inspect(saved)


def test_an_altered_xlinear_model_is_refused(saved_xlinear):
    (saved_xlinear / "entries.npy").write_bytes((saved_xlinear / "entries.npy").read_bytes()[:-4])
    with pytest.raises(ModelFormatError, match="was altered"):
        inspect(saved_xlinear)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelFormatError, match="no model here"):
        inspect(tmp_path)
