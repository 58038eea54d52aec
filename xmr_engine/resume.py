"""Layers kept on disk as they are finished, so that a training that was killed goes on where it was.

Knows arrays by their content, and files; knows nothing of what a layer means. A layer is found by the hash of all that
decides about it: other rows, another tree or other settings never find it.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xmr_engine import __version__
from xmr_engine.compilation import kernel_hash
from xmr_engine.kernels.arrays import Sparse
from xmr_engine.kernels.fitting import Task
from xmr_engine.kernels.solver import Solver
from xmr_engine.matching.train import Fit, Part, Progress

LAYERS = "layers"
_UNREADABLE = (ValueError, OSError, EOFError)


def keep_layers(fit: Fit, folder: Path) -> Fit:
    """Return what fits a layer, unless the folder holds it, and puts it there when it is finished."""
    digests: dict[int, tuple[Sparse, bytes]] = {}

    def digest_of(rows: Sparse) -> bytes:
        """Return the hash of the input rows; there is one set of them a model, asked for again at every layer."""
        if id(rows) not in digests:
            digests[id(rows)] = (rows, _digest(rows))
        return digests[id(rows)][1]

    def fit_or_find(rows: Sparse, task: Task, solver: Solver, n_features: int, report: Progress) -> list[Part]:
        settings = repr((solver[:4], n_features, kernel_hash(), __version__)).encode()
        inputs = (digest_of(rows), _digest(task), _digest([solver.draws]), settings)
        place = folder / hashlib.sha256(b"".join(inputs)).hexdigest()[:32]
        found = _read(place)
        if found is None:
            found = _joined(fit(rows, task, solver, n_features, report))
            _write(place, found)
        report(1.0)
        return [found]

    return fit_or_find


def _digest(arrays: Iterable[NDArray[np.generic]]) -> bytes:
    """Return the hash of some arrays' types, shapes and content."""
    total = hashlib.blake2b(digest_size=32)
    for array in arrays:
        total.update(f"{array.dtype.str} {array.shape};".encode())
        total.update(np.ascontiguousarray(array).data)
    return total.digest()


def _joined(parts: list[Part]) -> Part:
    """Return the chunks of a layer as one."""
    return Part(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _write(place: Path, part: Part) -> None:
    """Write a layer beside its place, then rename it: a place that exists is whole."""
    beside = place.with_name(f"{place.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for name, array in part._asdict().items():
        with (beside / f"{name}.npy").open("wb") as stream:
            np.lib.format.write_array(stream, array, allow_pickle=False)
            stream.flush()
            os.fsync(stream.fileno())
    shutil.rmtree(place, ignore_errors=True)
    beside.rename(place)


def _read(place: Path) -> Part | None:
    """Return the layer kept at a place; None where there is none, or it cannot be read."""
    try:
        return Part(*(np.load(place / f"{name}.npy", allow_pickle=False) for name in Part._fields))
    except FileNotFoundError:
        return None
    except _UNREADABLE:
        shutil.rmtree(place, ignore_errors=True)
        return None
