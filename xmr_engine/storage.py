"""Models on disk: one flat directory of `model.json` and one `.npy` an array.

Knows files, hashes and shapes; never what an array means.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmr_engine.errors import ModelFormatError, XmrError

FORMAT = 1
DOCUMENT = "model.json"
LARGEST_DOCUMENT = 64 << 20
_UNREADABLE = (ValueError, OSError, SyntaxError, TokenError, TypeError, EOFError, OverflowError, MemoryError)

Arrays = Mapping[str, NDArray[Any]]


def partial_path(path: Path) -> Path:
    """Return the folder in which the model of this path is built; it is never openable."""
    return path.with_name(path.name + ".partial")


def require_replaceable(path: Path) -> None:
    """Raise `XmrError` where a model could not be put: a file, or a folder that holds anything but a model."""
    if path.is_dir() and any(path.iterdir()) and not (path / DOCUMENT).is_file():
        raise XmrError(f"{path}: the folder is not empty and holds no model; name another one")
    if path.exists() and not path.is_dir():
        raise XmrError(f"{path}: is a file; name a folder for the model")


def write(path: Path, arrays: Arrays, document: Mapping[str, Any]) -> None:
    """Write a model beside its path, then rename it into place; an older model there is replaced whole."""
    require_replaceable(path)
    partial = partial_path(path)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    entries = {name: _write_array(partial / f"{name}.npy", array) for name, array in sorted(arrays.items())}
    whole = {"format": FORMAT, **document, "arrays": entries}
    content = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    _write_bytes(partial / DOCUMENT, content.encode("utf-8", "backslashreplace"))
    _rename_over(partial, path)


def read(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return a model's arrays, memory-mapped and read-only, and its document.

    Names, shapes, types and sizes are checked; what the arrays hold is not.

    Raises
    ------
    ModelFormatError
        The folder holds no model, one of another format, or one that lacks or garbles an array.
    """
    document = read_document(path)
    return {name: _read_array(path, name, entry) for name, entry in document["arrays"].items()}, document


def fingerprint(path: Path) -> str:
    """Return the sha256 of `model.json`, which names those of all arrays: two models are the same if it is."""
    return hashlib.sha256((path / DOCUMENT).read_bytes()).hexdigest()


def read_document(path: Path) -> dict[str, Any]:
    """Return `model.json`, its outline checked."""
    file = path / DOCUMENT
    try:
        size = file.stat().st_size
        if size > LARGEST_DOCUMENT:
            raise ModelFormatError(f"{file}: {size} bytes, more than any model's; train the model anew")
        document = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelFormatError(f"{path}: no model here (no {DOCUMENT}); train one, or name another folder") from None
    except (ValueError, RecursionError):
        raise ModelFormatError(f"{file}: is no JSON; the model is damaged, train it anew") from None
    except OSError as error:
        raise ModelFormatError(f"{file}: {error.strerror or error}") from None
    found = document.get("format") if isinstance(document, dict) else None
    if not isinstance(found, int) or isinstance(found, bool):
        raise ModelFormatError(f"{file}: names no format; it is no model of this engine")
    if found != FORMAT:
        way_out = "update the engine" if found > FORMAT else "train the model anew"
        raise ModelFormatError(f"{file}: format {found}, this engine reads format {FORMAT}; {way_out}")
    if not isinstance(document.get("arrays"), dict):
        raise ModelFormatError(f"{file}: lists no arrays; the model is damaged, train it anew")
    return dict(document)


def verify(path: Path) -> None:
    """Compare the sha256 of every array with the one recorded.

    Raises
    ------
    ModelFormatError
        An array was altered.
    """
    for name, recorded, actual in hashes(path, read_document(path)):
        if recorded != actual:
            raise ModelFormatError(f"{path / name}.npy: was altered (its sha256 is not the one recorded)")


def hashes(path: Path, document: Mapping[str, Any]) -> Iterator[tuple[str, object, str]]:
    """Yield (name, recorded sha256, actual sha256) of every array of a document."""
    for name, entry in sorted(document["arrays"].items()):
        file = _array_file(path, name)
        try:
            with file.open("rb") as stream:
                actual = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise ModelFormatError(f"{file}: {error.strerror or error}") from None
        yield name, entry.get("sha256") if isinstance(entry, dict) else None, actual


def _array_file(path: Path, name: str) -> Path:
    if not name.isidentifier():
        raise ModelFormatError(f"{path / DOCUMENT}: {name[:80]!r} is no name of an array")
    return path / f"{name}.npy"


def _write_array(file: Path, array: NDArray[Any]) -> dict[str, Any]:
    with file.open("xb") as stream:
        np.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)
        stream.flush()
        os.fsync(stream.fileno())
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return {"shape": list(array.shape), "dtype": array.dtype.str, "bytes": file.stat().st_size, "sha256": digest}


def _write_bytes(file: Path, content: bytes) -> None:
    with file.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _rename_over(partial: Path, path: Path) -> None:
    old = path.with_name(path.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if path.exists():
        path.rename(old)
    partial.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def _read_array(path: Path, name: str, entry: object) -> NDArray[Any]:
    """Return one array as a plain read-only view of the file's pages."""
    file = _array_file(path, name)
    expected = entry if isinstance(entry, dict) else {}
    try:
        size = file.stat().st_size
        array = _unmapped(file) if 0 in expected.get("shape", []) else np.lib.format.open_memmap(file, mode="r")
    except FileNotFoundError:
        raise ModelFormatError(f"{file}: is missing; the model is incomplete, train it anew") from None
    except _UNREADABLE as error:
        raise ModelFormatError(f"{file}: cannot be read ({str(error)[:80]}); train the model anew") from None
    got = {"shape": list(array.shape), "dtype": array.dtype.str, "bytes": size}
    for key, value in got.items():
        if expected.get(key) != value:
            raise ModelFormatError(f"{file}: {key} is {value}, {DOCUMENT} says {expected.get(key)}; train it anew")
    if not array.flags.c_contiguous:
        raise ModelFormatError(f"{file}: is not stored row by row; train the model anew")
    view = array.view(np.ndarray)
    view.setflags(write=False)
    return view


def _unmapped(file: Path) -> NDArray[Any]:
    """Return an array without content, which no system maps."""
    with file.open("rb") as stream:
        array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return array
