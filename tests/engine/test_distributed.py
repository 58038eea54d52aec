"""Training on a cluster gives the bytes of one machine, and a worker that dies is no loss."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

import xmr_engine
from tests.engine.small import WITHOUT_JIT
from tests.engine.small_model import SETTINGS, small_pairs
from xmr_engine import distributed
from xmr_engine.data.pairs import write_pairs
from xmr_engine.errors import ConfigError
from xmr_engine.kernels.fitting import Task

pytestmark = pytest.mark.skipif(WITHOUT_JIT, reason="workers would take minutes; the parts are tested with the JIT")
whole_fit_part = distributed.fit_part


def mortal_fit_part(rows, task, solver, n_features):
    """Fit a part; the first process that is asked dies of it."""
    try:
        os.close(os.open(os.environ["MORTAL_MARK"], os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return whole_fit_part(rows, task, solver, n_features)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_cluster_gives_the_same_bytes_even_where_a_worker_dies(tmp_path: Path, monkeypatch) -> None:
    mark = tmp_path / "died"
    monkeypatch.setenv("MORTAL_MARK", str(mark))
    monkeypatch.setattr(distributed, "fit_part", mortal_fit_part)
    monkeypatch.setattr(distributed, "ROWS_A_TASK", 40)
    write_pairs(small_pairs(60), tmp_path / "pairs.tsv")
    for out, cluster in (("one", None), ("many", "local")):
        xmr_engine.train(tmp_path / "pairs.tsv", out=tmp_path / out, config=SETTINGS, threads=2, cluster=cluster)
    assert mark.exists()
    assert contents(tmp_path / "many") == contents(tmp_path / "one")


def test_a_cluster_that_is_not_there_is_one_line(monkeypatch) -> None:
    monkeypatch.setattr(distributed, "_WAIT_SECONDS", 1)
    with (
        pytest.raises(ConfigError, match=r"cluster: no scheduler answers at 'tcp://127.0.0.1:1'"),
        distributed.gather_crew("tcp://127.0.0.1:1", 1),
    ):
        pass


def task_of(rng: np.random.Generator, n_parents: int) -> Task:
    n_children, n_seen = rng.integers(0, 5, n_parents), rng.integers(0, 9, n_parents)
    children = np.concatenate([[0], np.cumsum(n_children)])
    n_positive = rng.integers(0, 4, int(children[-1]))

    def pointers(counts) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    seen = rng.integers(0, 99, int(n_seen.sum())).astype(np.int32)
    positive = rng.integers(0, 99, int(n_positive.sum())).astype(np.int32)
    return Task(children, pointers(n_seen), seen, seen.astype(np.uint8), pointers(n_positive), positive)


@pytest.mark.parametrize("n_ranges", [1, 2, 7, 50])
def test_parts_of_a_task_are_the_task(n_ranges: int) -> None:
    task = task_of(np.random.default_rng(n_ranges), 20)
    ranges = distributed.ranges_of(task, n_ranges)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == 20
    assert all(a[1] == b[0] for a, b in zip(ranges, ranges[1:], strict=False))
    parts = [distributed.part_of(task, *span) for span in ranges]
    for name in ("seen", "own", "positive"):
        assert np.array_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(task, name))
    for name in ("children", "seen_ptr", "positive_ptr"):
        steps = np.concatenate([np.diff(getattr(part, name)) for part in parts])
        assert np.array_equal(steps, np.diff(getattr(task, name)))
