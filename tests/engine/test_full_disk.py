"""Commands that run out of room: one clear line, and nothing half-written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import xmr_engine
from tests.engine.small_model import small_pairs
from xmr_engine import storage
from xmr_engine.data.pairs import write_pairs
from xmr_engine.errors import ModelFormatError

ROOT = Path(__file__).resolve().parents[2]
KILOBYTES = {"pairs": 1, "train": 24}


def with_little_room(folder: Path, command: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command that may write no file longer than some kilobytes; its temporary files lie in the folder."""
    (folder / "temporary").mkdir()
    limited = ["bash", "-c", f'ulimit -f {KILOBYTES[command]}; exec "$@"', "bash", sys.executable, "-m", "xmr_engine"]
    return subprocess.run(
        [*limited, command, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder / "temporary")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def told(outcome: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that says what is wrong."""
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert "Traceback" not in outcome.stderr
    return outcome.stderr.splitlines()[-1]


def test_a_log_is_not_made_ready_by_halves(tmp_path: Path) -> None:
    log = tmp_path / "log.tsv"
    log.write_text("user\ttime\tquery\n" + "".join(f"u\t{n}\tquery {n}\n" for n in range(2000)), encoding="utf-8")
    assert told(with_little_room(tmp_path, "pairs", log, "--out", tmp_path / "out")).startswith("error: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.tsv", "temporary"]
    assert not list((tmp_path / "temporary").iterdir())


@pytest.mark.parametrize("before", [False, True], ids=["new", "in place of an old one"])
def test_a_model_is_not_written_by_halves(tmp_path: Path, small_folder: Path, before: bool) -> None:
    pairs, out = tmp_path / "pairs.tsv", tmp_path / "model"
    write_pairs(small_pairs(60), pairs)
    if before:
        shutil.copytree(small_folder, out)
    assert told(with_little_room(tmp_path, "train", pairs, "--out", out)).startswith("error: ")
    assert out.exists() is before
    if before:
        storage.verify(out)
        assert xmr_engine.open_completer(out).complete("")
    with pytest.raises(ModelFormatError):
        xmr_engine.open_completer(storage.partial_path(out))
