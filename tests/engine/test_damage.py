"""Whatever an array holds, a model is refused when opened or answers without an accident.

Without the JIT every index is checked by Python, so a silent read beside an array shows there.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine.small import WITHOUT_JIT
from xmr_engine.completer import open_completer
from xmr_engine.errors import ModelFormatError

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),  # numbers beyond bounds may overflow; NumPy tells
    pytest.mark.filterwarnings("ignore::UserWarning"),  # a mangled header may look like one of Python 2
]

Mangle = Callable[[np.random.Generator, np.ndarray], np.ndarray]
QUESTIONS = [
    ("", []),
    ("a", []),
    ("é", ["camera"]),
    ("arvo c", ["arvo camera", "belin camera bag"]),
    ("desk lamp", ["desk lamp", "unheard of", "camera", "tent", "arvo tent red"]),
    ("zzz", ["zzz"]),
]


def some(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return a few positions, at least one."""
    return rng.integers(0, size, max(1, size // 50))


def noise(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """Return random bytes in the array's shape."""
    return np.frombuffer(rng.bytes(array.nbytes), array.dtype).reshape(array.shape).copy()


def spots(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """Return the array with random bytes at some entries."""
    at = some(rng, array.size)
    array.flat[at] = noise(rng, array).flat[at]
    return array


def extremes(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """Return the array with the largest and smallest numbers at some entries."""
    limits = np.finfo(array.dtype) if array.dtype.kind == "f" else np.iinfo(array.dtype)
    array.flat[some(rng, array.size)] = rng.choice([limits.min, limits.max])
    return array


def steps(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """Return the array with some entries one off."""
    at = some(rng, array.size)
    array.flat[at] = array.flat[at] + rng.choice(np.array([-1, 1])).astype(array.dtype)
    return array


def shuffled(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """Return the entries in random order."""
    return rng.permutation(array.ravel()).reshape(array.shape)


def turned(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """Return the entries from last to first."""
    return array.ravel()[::-1].reshape(array.shape).copy()


def constant(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """Return one value everywhere: zero, or one of the array's."""
    return np.full_like(array, rng.choice([np.zeros(1, array.dtype)[0], array.flat[rng.integers(array.size)]]))


MANGLES: dict[str, Mangle] = {
    mangle.__name__: mangle for mangle in (noise, spots, extremes, steps, shuffled, turned, constant)
}


@pytest.fixture(scope="module")
def copy(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small model whose files may be overwritten."""
    return Path(shutil.copytree(small_folder, tmp_path_factory.mktemp("damaged") / "model"))


def answers(path: Path) -> bool:
    """Open a model and ask it; return whether it was opened."""
    try:
        completer = open_completer(path)
    except ModelFormatError as error:
        return "\n" in str(error)  # a refusal is one line
    for prefix, previous in QUESTIONS:
        for index in completer.indexes:
            found = completer.complete(prefix, previous, k=7, index=index)
            assert len(found) <= 7
    return True


def written(file: Path, content: bytes) -> None:
    """Write a file anew beside the old one, so that no open page changes."""
    (file.parent / "new").write_bytes(content)
    (file.parent / "new").replace(file)


def replaced(path: Path, name: str, array: np.ndarray) -> None:
    stream = BytesIO()
    np.lib.format.write_array(stream, np.ascontiguousarray(array), version=(1, 0))
    written(path / f"{name}.npy", stream.getvalue())


def arrays_of(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    for file in sorted(path.glob("*.npy")):
        yield file.stem, np.load(file)


@pytest.mark.parametrize("mangle", MANGLES)
def test_mangled_contents_are_refused_or_borne(copy: Path, mangle: str) -> None:
    opened = refused = 0
    turns = 1 if WITHOUT_JIT or mangle == "turned" else 2
    for name, array in list(arrays_of(copy)):
        if array.size == 0 or (WITHOUT_JIT and name.startswith(("hybrid_", "trie_"))):
            continue
        for turn in range(turns):
            rng = np.random.default_rng([len(name), *name.encode(), turn])
            replaced(copy, name, MANGLES[mangle](rng, array.copy()))
            if answers(copy):
                opened += 1
            else:
                refused += 1
        replaced(copy, name, array)
    assert opened > 0
    assert refused > 0
    assert answers(copy)


def test_mangled_files_are_refused_or_borne(copy: Path) -> None:
    refused = 0
    for file in sorted(copy.glob("*.npy"))[:: 4 if WITHOUT_JIT else 1]:
        whole = file.read_bytes()
        rng = np.random.default_rng([*file.name.encode()])
        for _ in range(4):
            content = bytearray(whole)
            for at in rng.integers(0, 128, 2):
                content[at] = rng.integers(256)
            written(file, bytes(content))
            refused += not answers(copy)
        written(file, whole)
    assert refused > 20
    assert answers(copy)


def leaves(document: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value of a document, inner ones too."""
    if way:
        yield way
    items = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in items:
        yield from leaves(value, (*way, key))


ODD = [None, True, -1, 0, 1.5, 10**400, 1e308, float("nan"), "", "x" * 50, [], {}, [[]], {"a": 1}]


def test_mangled_documents_are_refused_or_borne(copy: Path) -> None:
    file = copy / "model.json"
    whole = file.read_text("utf-8")
    ways = [way for way in leaves(json.loads(whole)) if way[-1] != "sha256"]
    refused = 0
    for i, way in enumerate(ways[:: 9 if WITHOUT_JIT else 2]):
        document = json.loads(whole)
        place = document
        for key in way[:-1]:
            place = place[key]
        place[way[-1]] = ODD[i % len(ODD)]
        file.write_text(json.dumps(document), "utf-8")
        refused += not answers(copy)
    file.write_text(whole, "utf-8")
    assert refused > 20
    assert answers(copy)
