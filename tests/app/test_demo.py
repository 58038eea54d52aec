import os
import socket
import stat
import subprocess
import sys

import pytest

from app import demo


def test_a_busy_port_is_one_line_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"^error: port {port} is in use; .*PORT={port + 1}$"):
            demo.require_free(port)


def test_a_free_port_is_fine():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo.require_free(port)


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "instance" / "secret_key"
    key = demo.secret_key(path)
    assert len(key) == 64
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert demo.secret_key(path) == key


@pytest.fixture
def trainings(tmp_path, monkeypatch):
    """The logs that were trained on; a training only leaves the mark of a model."""
    trained = []

    def run(command, check):
        assert check is False
        trained.append(command)
        out = tmp_path / "models" / "queries"
        out.mkdir(parents=True, exist_ok=True)
        (out / "model.json").touch()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(demo, "_ROOT", tmp_path)
    monkeypatch.setattr(demo.subprocess, "run", run)
    return trained


def test_a_model_is_reused_while_its_log_is_unchanged(tmp_path, trainings, monkeypatch):
    log = tmp_path / "queries.tsv.gz"
    log.write_bytes(b"one")
    assert demo.model_of(log) == tmp_path / "models" / "queries"
    demo.model_of(log)
    assert len(trainings) == 1
    log.write_bytes(b"two")
    demo.model_of(log)
    assert len(trainings) == 2
    monkeypatch.setattr(demo, "_INDEXES", "hybrid")
    demo.model_of(log)
    assert len(trainings) == 3


def test_a_training_that_fails_ends_the_demo_and_is_not_remembered(tmp_path, monkeypatch):
    log = tmp_path / "queries.tsv"
    log.write_bytes(b"one")
    monkeypatch.setattr(demo, "_ROOT", tmp_path)
    monkeypatch.setattr(demo.subprocess, "run", lambda command, check: subprocess.CompletedProcess(command, 1))
    for _ in range(2):
        with pytest.raises(SystemExit) as ended:
            demo.model_of(log)
        assert ended.value.code == 1


def test_a_log_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(SystemExit, match=r"^error: .*absent\.tsv: no such file"):
        demo.model_of(tmp_path / "absent.tsv")


def test_a_log_it_cannot_read_is_one_line_and_exit_1(tmp_path, root):
    log = tmp_path / "poem.tsv"
    log.write_text("roses are red\n", encoding="utf-8")
    command = [sys.executable, "-m", "app.demo", "--port", str(free_port()), "--log", str(log)]
    outcome = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert outcome.returncode == 1
    assert [line for line in outcome.stderr.splitlines() if line.startswith("error: ")]
    assert "Traceback" not in outcome.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
