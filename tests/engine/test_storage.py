"""Models on disk: the same bits back, and one line for whatever is no whole model."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from xmr_engine import storage
from xmr_engine.errors import ModelFormatError, XmrError
from xmr_engine.model import from_arrays, to_arrays

ARRAYS = {
    "ids": np.arange(12, dtype=np.int32).reshape(3, 4),
    "none": np.zeros((0, 3), np.float32),
    "weights": np.linspace(0, 1, 7, dtype=np.float32),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny model that storage alone understands."""
    path = tmp_path / "model"
    storage.write(path, ARRAYS, {"kind": "nothing", "text": "évora ﷺ"})
    return path


@pytest.fixture
def copy(small_folder: Path, tmp_path: Path) -> Path:
    """A copy of the small model, to be damaged."""
    return Path(shutil.copytree(small_folder, tmp_path / "copy"))


def document_of(path: Path) -> dict[str, object]:
    return json.loads((path / "model.json").read_text("utf-8"))


def change(path: Path, **values: object) -> None:
    (path / "model.json").write_text(json.dumps(document_of(path) | values), "utf-8")


def change_array(path: Path, name: str, **values: object) -> None:
    document = document_of(path)
    document["arrays"][name] |= values
    change(path, **document)


def refusal(path: Path, act: Callable[[Path], object] = storage.read) -> str:
    """Return the one line with which a model is refused."""
    with pytest.raises(ModelFormatError) as caught:
        act(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def opened(path: Path) -> object:
    return from_arrays(*storage.read(path))


def test_what_was_written_is_read(folder: Path) -> None:
    arrays, document = storage.read(folder)
    assert document["text"] == "évora ﷺ"
    assert arrays.keys() == ARRAYS.keys()
    for name, array in arrays.items():
        assert type(array) is np.ndarray
        assert not array.flags.writeable
        assert (array.dtype, array.shape) == (ARRAYS[name].dtype, ARRAYS[name].shape)
        assert array.tobytes() == ARRAYS[name].tobytes()
    storage.verify(folder)


def test_a_read_array_is_a_view_of_the_file(folder: Path) -> None:
    array = storage.read(folder)[0]["ids"]
    while isinstance(array.base, np.ndarray):
        array = array.base
    assert isinstance(array, np.memmap) or type(array.base).__name__ == "mmap"


def test_the_same_arrays_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    storage.write(tmp_path / "again", dict(reversed(ARRAYS.items())), {"text": "évora ﷺ", "kind": "nothing"})
    names = sorted(file.name for file in folder.iterdir())
    assert names == sorted(file.name for file in (tmp_path / "again").iterdir())
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_model_is_replaced_whole(folder: Path) -> None:
    storage.write(folder, {"other": np.ones(2)}, {})
    assert storage.read(folder)[0].keys() == {"other"}
    assert sorted(file.name for file in folder.parent.iterdir()) == ["model"]


def test_a_half_written_model_leaves_the_old_one(folder: Path) -> None:
    storage.partial_path(folder).mkdir()
    (storage.partial_path(folder) / "left over").touch()
    with pytest.raises(ValueError, match="Object arrays"):
        storage.write(folder, {"a": np.ones(2), "b": np.array([None])}, {})
    assert storage.read(folder)[0].keys() == ARRAYS.keys()
    assert "no model here" in refusal(storage.partial_path(folder))


def test_what_is_no_model_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.txt").touch()
    for name in ("file", "folder"):
        with pytest.raises(XmrError, match=name):
            storage.write(tmp_path / name, {}, {})
    assert (tmp_path / "folder" / "thesis.txt").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[]", "names no format"),
        (b'{"format": "1"}', "names no format"),
        (b'{"format": true}', "names no format"),
        (b'{"format": 1}', "lists no arrays"),
        (b'{"format": 1, "arrays": []}', "lists no arrays"),
        (b'{"format": 2, "arrays": {}}', "format 2, this engine reads format 1; update the engine"),
        (b'{"format": 0, "arrays": {}}', "format 0, this engine reads format 1; train the model anew"),
    ],
)
def test_a_damaged_document_is_refused(folder: Path, content: bytes, told: str) -> None:
    (folder / "model.json").write_bytes(content)
    assert told in refusal(folder)


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    assert "no model here" in refusal(tmp_path)
    assert "no model here" in refusal(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    assert "Not a directory" in refusal(tmp_path / "file")


def rewritten(path: Path, name: str, array: np.ndarray) -> None:
    """Write another array under a name and record it as it is."""
    np.save(path / f"{name}.npy", array)
    size = (path / f"{name}.npy").stat().st_size
    change_array(path, name, shape=list(array.shape), dtype=array.dtype.str, bytes=size)


def archived(file: Path) -> None:
    with file.open("wb") as stream:
        np.savez(stream, a=np.ones(2))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda p: (p / "ids.npy").unlink(), "ids.npy: is missing"),
    "truncated": (lambda p: (p / "ids.npy").write_bytes((p / "ids.npy").read_bytes()[:-5]), "cannot be read"),
    "header only": (lambda p: (p / "ids.npy").write_bytes((p / "ids.npy").read_bytes()[:60]), "cannot be read"),
    "emptied": (lambda p: (p / "ids.npy").write_bytes(b""), "cannot be read"),
    "longer": (lambda p: (p / "ids.npy").write_bytes((p / "ids.npy").read_bytes() + b"more"), "bytes is"),
    "text": (lambda p: (p / "ids.npy").write_bytes(b"hello" * 50), "cannot be read"),
    "pickle": (lambda p: np.save(p / "ids.npy", np.array([{}]), allow_pickle=True), "cannot be read"),
    "archive": (lambda p: archived(p / "ids.npy"), "cannot be read"),
    "other type": (lambda p: np.save(p / "ids.npy", ARRAYS["ids"].astype(np.int64)), "dtype is <i8"),
    "other order": (lambda p: np.save(p / "ids.npy", ARRAYS["ids"].astype(">i4")), "dtype is >i4"),
    "other shape": (lambda p: np.save(p / "ids.npy", ARRAYS["ids"].reshape(4, 3)), "shape is [4, 3]"),
    "by columns": (lambda p: np.save(p / "ids.npy", np.asfortranarray(ARRAYS["ids"])), "row by row"),
    "no entry": (lambda p: change(p, arrays={"ids": None}), "json says None"),
    "bad name": (lambda p: change(p, arrays={"../ids": {}}), "'../ids' is no name"),
    "shape a number": (lambda p: change_array(p, "ids", shape=12), "ids.npy"),
    "shape of text": (lambda p: change_array(p, "ids", shape="3,4"), "ids.npy"),
    "a folder": (lambda p: ((p / "ids.npy").unlink(), (p / "ids.npy").mkdir()), "cannot be read"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_array_is_refused(folder: Path, damage: str) -> None:
    act, told = DAMAGES[damage]
    act(folder)
    assert told in refusal(folder)


def test_an_altered_array_is_found_by_its_hash(folder: Path) -> None:
    content = bytearray((folder / "weights.npy").read_bytes())
    content[-1] ^= 1
    (folder / "weights.npy").write_bytes(content)
    storage.read(folder)
    assert "weights.npy: was altered" in refusal(folder, storage.verify)
    rows = list(storage.hashes(folder, storage.read_document(folder)))
    assert [name for name, recorded, actual in rows if recorded != actual] == ["weights"]


def test_a_model_without_hashes_is_not_verified(folder: Path) -> None:
    change(folder, arrays={"ids": {}})
    assert "was altered" in refusal(folder, storage.verify)
    (folder / "ids.npy").unlink()
    assert "No such file" in refusal(folder, storage.verify)


def test_a_model_comes_back_bit_by_bit(small_model, small_folder: Path, tmp_path: Path) -> None:
    wanted, document = to_arrays(small_model)
    again, read = to_arrays(opened(small_folder))
    assert again.keys() == wanted.keys()
    for name, array in again.items():
        assert (array.dtype, array.shape, array.tobytes()) == (
            wanted[name].dtype,
            wanted[name].shape,
            wanted[name].tobytes(),
        )
        assert not array.flags.writeable
        assert not wanted[name].flags.writeable
    assert read == document
    storage.write(tmp_path / "again", again, read)
    for file in small_folder.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_every_array_of_a_model_is_needed_as_it_is(copy: Path) -> None:
    names = list(document_of(copy)["arrays"])
    assert len(names) > 40
    whole = (copy / "model.json").read_bytes()
    for name in names:
        document = json.loads(whole)
        del document["arrays"][name]
        (copy / "model.json").write_text(json.dumps(document), "utf-8")
        assert f"array {name} is missing" in refusal(copy, opened)


def test_every_array_of_a_model_has_its_type_and_shape(copy: Path) -> None:
    arrays = {name: np.array(array) for name, array in storage.read(copy)[0].items()}
    whole = (copy / "model.json").read_bytes()
    for name, array in arrays.items():
        content = (copy / f"{name}.npy").read_bytes()
        for other in (
            array.astype(np.complex128),
            array.reshape(1, *array.shape),
            np.append(array.ravel(), array.flat[:1]),
        ):
            if other.shape == array.shape and other.dtype == array.dtype:
                continue
            rewritten(copy, name, other)
            assert "array " in refusal(copy, opened), name
            (copy / "model.json").write_bytes(whole)
        (copy / f"{name}.npy").write_bytes(content)
    opened(copy)


@pytest.mark.parametrize(
    ("change_document", "told"),
    [
        (lambda d: d.update(kind="xlinear"), "kind 'xlinear', expected 'completion'"),
        (lambda d: d.pop("kind"), "kind None"),
        (lambda d: d.pop("settings"), "settings"),
        (lambda d: d["settings"].update(colour=1), "unknown key 'colour'"),
        (lambda d: d["settings"]["matching"].update(beam=0), "beam must be"),
        (lambda d: d.update(indexes=[]), "contradict"),
        (lambda d: d.update(indexes=["hybrid"]), "contradict"),
        (lambda d: d.update(indexes=3), "settings are damaged"),
        (lambda d: d.pop("trained_on"), "trained_on"),
        (lambda d: d["trained_on"].update(rows=0), "contradict"),
        (lambda d: d["trained_on"].update(rows=float("inf")), "settings are damaged"),
        (lambda d: d["trained_on"].update(rows=10**400), "model.json"),
        (lambda d: d["trained_on"].update(sessions=None), "settings are damaged"),
        (lambda d: d.pop("ranker"), "ranker"),
        (lambda d: d["ranker"].update(other={"path": 1.0}), "ranker"),
        (lambda d: d.update(ranker=[1]), "ranker"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused(copy: Path, change_document, told: str) -> None:
    document = document_of(copy)
    change_document(document)
    (copy / "model.json").write_text(json.dumps(document), "utf-8")
    assert told in refusal(copy, opened)


@pytest.mark.parametrize("weight", ["x", None, [1], float("nan"), float("inf"), pytest.param(10**400, id="huge"), {}])
def test_a_rankers_weight_is_a_finite_number(copy: Path, weight: object) -> None:
    document = document_of(copy)
    bucket = next(name for name, row in document["ranker"].items() if row)
    document["ranker"][bucket]["path"] = weight
    (copy / "model.json").write_text(json.dumps(document), "utf-8")
    assert "ranker" in refusal(copy, opened)
