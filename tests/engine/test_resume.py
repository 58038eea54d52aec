"""A training that is killed goes on where it was, and ends as if nothing had been."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import xmr_engine
from tests.engine.small_model import SETTINGS, small_pairs
from xmr_engine import storage
from xmr_engine.completer import open_completer
from xmr_engine.data.pairs import write_pairs
from xmr_engine.errors import ModelFormatError
from xmr_engine.matching.train import Part
from xmr_engine.resume import LAYERS, keep_layers

MORTAL = """
import os, signal, sys
import xmr_engine
from xmr_engine import resume

write, left = resume._write, int(sys.argv[4])

def write_and_die(place, part):
    global left
    write(place, part)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

resume._write = write_and_die
xmr_engine.train(sys.argv[1], out=sys.argv[2], config=sys.argv[3])
"""


@pytest.fixture(scope="module")
def material(tmp_path_factory) -> tuple[Path, Path, Path]:
    """A file of pairs, one of settings, and the model of an undisturbed training."""
    folder = tmp_path_factory.mktemp("resume")
    write_pairs(small_pairs(60), folder / "pairs.tsv")
    (folder / "config.json").write_text(json.dumps(SETTINGS), "utf-8")
    xmr_engine.train(folder / "pairs.tsv", out=folder / "model", config=folder / "config.json")
    return folder / "pairs.tsv", folder / "config.json", folder / "model"


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def begun(material, out: Path, layers: int) -> int:
    """Train in a process that kills itself after so many more layers (0: never); return how it ended."""
    pairs, config, _ = material
    command = [sys.executable, "-c", MORTAL, str(pairs), str(out), str(config), str(layers)]
    return subprocess.run(command, cwd=Path(__file__).parents[2], timeout=600, check=False).returncode


def test_a_killed_training_goes_on_from_the_last_finished_layer(material, tmp_path: Path) -> None:
    out = tmp_path / "model"
    kept = storage.partial_path(out) / LAYERS
    before: set[str] = set()
    for more in (1, 4, 6):
        assert begun(material, out, more) == -signal.SIGKILL
        now = {path.name for path in kept.iterdir()}
        assert before < now
        assert len(now) == len(before) + more
        for path in (out, storage.partial_path(out)):
            with pytest.raises(ModelFormatError, match="no model here"):
                open_completer(path)
        before = now
    assert begun(material, out, 0) == 0
    assert contents(out) == contents(material[2])
    assert not storage.partial_path(out).exists()


def test_what_is_kept_serves_only_the_very_same_training(material, tmp_path: Path) -> None:
    pairs, config, model = material
    out = tmp_path / "model"
    assert begun(material, out, 5) == -signal.SIGKILL
    xmr_engine.train(pairs, out=out, config=config, seed=5)
    fresh = tmp_path / "fresh"
    xmr_engine.train(pairs, out=fresh, config=config, seed=5)
    assert contents(out) == contents(fresh)
    assert contents(out) != contents(model)


def test_a_kept_layer_that_is_damaged_is_fitted_again(material, tmp_path: Path) -> None:
    pairs, config, model = material
    out = tmp_path / "model"
    assert begun(material, out, 5) == -signal.SIGKILL
    damaged = sorted((storage.partial_path(out) / LAYERS).iterdir())
    (damaged[0] / "weight.npy").write_bytes(b"nothing")
    (damaged[1] / "child.npy").unlink()
    xmr_engine.train(pairs, out=out, config=config)
    assert contents(out) == contents(model)


def test_a_layer_is_fitted_once(tmp_path: Path, small_model) -> None:
    fitted = []
    part = Part(*(np.arange(3) for _ in Part._fields))

    def fit(rows, task, solver, n_features, report):
        fitted.append(task)
        return [part, part]

    tree = next(iter(small_model.indexes.values())).tree
    arrays = tuple(np.asarray(array) for array in (tree.lo, tree.hi, tree.label))
    solver = (1.0, 0.1, 10, 0.1, np.arange(4))

    class Settings(tuple):
        draws = np.arange(4)

    keep = keep_layers(fit, tmp_path / "layers")
    first = keep(arrays, arrays, Settings(solver), 7, lambda share: None)
    again = keep_layers(fit, tmp_path / "layers")(arrays, arrays, Settings(solver), 7, lambda share: None)
    assert len(fitted) == 1
    assert all(np.array_equal(a, b) for a, b in zip(first[0], again[0], strict=True))
    keep(arrays, arrays, Settings(solver), 8, lambda share: None)
    keep(arrays[:2], arrays, Settings(solver), 7, lambda share: None)
    assert len(fitted) == 3
    shutil.rmtree(tmp_path / "layers")
