"""The command line: what can be typed, what comes out, and one line for whatever goes wrong."""

import errno
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import xmr_engine
from xmr_engine.cli import main
from xmr_engine.errors import ConfigError, ModelFormatError

LOG = "user\ttime\tquery\n" + "".join(f"u{n % 5}\t{n * 900}\tquery {n % 11}\n" for n in range(60))

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.tsv"
    path.write_text(LOG, encoding="utf-8")
    return path


def fake_module(monkeypatch: pytest.MonkeyPatch, name: str, **contents: object) -> None:
    module = ModuleType(name)
    vars(module).update(contents)
    monkeypatch.setitem(sys.modules, name, module)


# ---------------------------------------------------------------- pairs


def test_pairs_writes_a_folder_and_a_report(run: Run, tmp_path: Path, log: Path) -> None:
    code, out, err = run("pairs", log, "--out", tmp_path / "out", "--json")
    assert code == 0
    assert json.loads(out) == json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert err.splitlines() == ["reading", "writing"]
    code, out, _ = run("pairs", log, "--out", tmp_path / "out")
    assert (code, out.splitlines()[0]) == (0, "rows  60")


def test_pairs_takes_every_option_of_its_table(run: Run, tmp_path: Path, log: Path) -> None:
    (tmp_path / "words.txt").write_text("rude\n", encoding="utf-8")
    numbers = ["--gap-minutes", "10", "--valid", "0.2", "--test", "0.3", "--min-people", "2", "--seed", "5"]
    options = [*numbers, "--format", "log", "--memory-limit", "100MB"]
    code, out, _ = run(
        "pairs", log, log, *options, "--blocklist", tmp_path / "words.txt", "--out", tmp_path / "o", "--json"
    )
    assert code == 0
    assert json.loads(out)["rows"] == 120


BAD_LOGS = {
    "empty": ("x.tsv", b"", "empty"),
    "header only": ("x.tsv", b"user\ttime\tquery\n", "no rows"),
    "header missing": ("x.tsv", LOG.partition("\n")[2].encode(), "line 1: columns u0, 0, query 0; expected a header"),
    "wrong columns": ("x.csv", b"a,b,c\n1,2,3\n", "line 1: columns a, b, c; expected a header"),
    "not UTF-8": (
        "x.tsv",
        b"user\ttime\tquery\n" + b"u\t1\tcaf\xe9\n" * 9,
        "9 of 9 rows.*line 2: bytes that are not UTF-8",
    ),
    "UTF-16": ("x.tsv", LOG.encode("utf-16"), "line 1"),
    "times do not parse": ("x.tsv", b"user\ttime\tquery\n" + b"u\tnoon\tq\n" * 9, "line 2: a time .*got 'noon'"),
    "milliseconds": ("x.tsv", b"user\ttime\tquery\nu\t1533115611000\tq\n", "line 2: a time .*got '1533115611000'"),
    "10 MB line only": ("x.tsv", b"user\ttime\tquery\nu\t1\t" + b"q" * 10_000_000, "line 2: line over 1 MB"),
    "10 MB header": ("x.tsv", b"q" * 10_000_000, "line 1: .*line over 1 MB"),
    "truncated gz": ("x.tsv.gz", gzip.compress(LOG.encode())[:-30], "ends too early"),
    "no gz": ("x.tsv.gz", LOG.encode(), "not a readable gz file"),
    "no parquet": ("x.parquet", LOG.encode(), "not a readable parquet file"),
    "unknown kind": ("x.xls", LOG.encode(), "unknown kind of file"),
    "pairs": ("x.tsv", b"previous\tprefix\tnext\n\ta\ta\n", "pairs where a log is expected"),
    "nothing left": (
        "x.tsv",
        b"user\ttime\tquery\nu\t1\t5551234567\n",
        "nothing is left of the log: 1 number of seven",
    ),
}


@pytest.mark.parametrize("case", BAD_LOGS)
def test_a_bad_log_is_one_line_and_exit_1(run: Run, tmp_path: Path, case: str) -> None:
    name, content, message = BAD_LOGS[case]
    (tmp_path / name).write_bytes(content)
    code, out, err = run("pairs", tmp_path / name, "--out", tmp_path / "out")
    assert (code, out) == (1, "")
    *told, last = err.splitlines()
    assert all(line.startswith(("reading", "writing")) for line in told)
    assert last.startswith(f"error: {tmp_path / name}") or case == "nothing left"
    assert re.search(message, last)
    assert len(last) < 600
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


GOOD_LOGS = {
    "one user": "".join(f"u\t{n * 3600}\tquery {n % 3}\n" for n in range(30)),
    "one event": "u\t1\tq\n",
    "every query unique": "".join(f"u{n}\t{n}\tquery number {n}\n" for n in range(30)),
    "one query": "".join(f"u{n}\t{n}\tq\n" for n in range(30)),
    "one 10 MB line": f"u\t1\tq\nu\t2\t{'q' * 10_000_000}\nu\t3\tr\n",
    "all at once": "".join(f"u\t0\tquery {n}\n" for n in range(30)),
    "strange text": "u\t1\te\u0301\u200f\nu\t2\t\U0001f600\x00\nu\t3\tשלום\n",
}


@pytest.mark.parametrize("case", GOOD_LOGS)
def test_an_odd_log_is_still_a_log(run: Run, tmp_path: Path, case: str) -> None:
    (tmp_path / "x.tsv").write_text("user\ttime\tquery\n" + GOOD_LOGS[case], encoding="utf-8")
    code, out, _ = run("pairs", tmp_path / "x.tsv", "--out", tmp_path / "out", "--json")
    assert code == 0
    report = json.loads(out)
    n_lost = sum(report["bad"].values()) + report["repeats"]
    assert sum(report["kept"].values()) == report["rows"] - n_lost > 0


def test_a_missing_file_and_a_directory(run: Run, tmp_path: Path) -> None:
    for source, message in ((tmp_path / "no.tsv", "no such file"), (tmp_path, "a directory")):
        code, _, err = run("pairs", source, "--out", tmp_path / "out")
        assert code == 1
        assert err.startswith(f"error: {source}: {message}")


def test_unwritable_outputs(run: Run, tmp_path: Path, log: Path) -> None:
    for out in (log, log / "below", Path("/proc/no/such")):
        code, _, err = run("pairs", log, "--out", out)
        assert code == 1
        assert err.splitlines()[-1].startswith("error: ")
        assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["log.tsv"]


def test_a_full_disk(run: Run, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("xmr_engine.data.sessions._write", full)
    code, _, err = run("pairs", log, "--out", tmp_path / "out")
    assert (code, err.splitlines()[-1]) == (1, "error: No space left on device")
    assert [path.name for path in tmp_path.iterdir()] == ["log.tsv"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["pairs"],
        ["pairs", "x.tsv"],
        ["pairs", "x.tsv", "--out", "o", "--valid", "1"],
        ["pairs", "x.tsv", "--out", "o", "--gap-minutes", "-1"],
        ["pairs", "x.tsv", "--out", "o", "--min-people", "0"],
        ["pairs", "x.tsv", "--out", "o", "--format", "excel"],
        ["train", "x.tsv", "--out", "m", "--branching", "1"],
        ["train", "x.tsv", "--out", "m", "--index", "tree,"],
        ["train", "--out", "m"],
        ["evaluate", "m", "p", "--lengths", "1,x"],
        ["evaluate", "m", "p", "--lengths", "0"],
        ["evaluate", "m"],
        ["complete", "m", "-k", "0"],
        ["complete", "m", "--beam", "0"],
        ["explain", "m", "--prefix", "a"],
        ["inspect"],
    ],
)
def test_bad_usage_is_exit_2(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "Usage: python -m xmr_engine" in err
    assert "Traceback" not in err


def test_help_and_version(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    for command in ("pairs", "train", "evaluate", "complete", "explain", "inspect"):
        assert command in out
        assert run(command, "--help")[0] == 0
    assert xmr_engine.__version__ in run("--version")[1]


def test_help_loads_neither_arrays_nor_databases() -> None:
    code = (
        "import sys; from xmr_engine.cli import main; code = main(['--help'])\n"
        "sys.exit(code or any(name in sys.modules for name in ('numpy', 'numba', 'duckdb', 'rich')))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert found.returncode == 0


def test_ctrl_c_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log.tsv"
    with log.open("w", encoding="utf-8") as stream:
        stream.write("user\ttime\tquery\n")
        stream.writelines(f"u{n % 999}\t{n}\tquery {n}\n" for n in range(2_000_000))
    command = [sys.executable, "-m", "xmr_engine", "pairs", str(log), "--out", str(tmp_path / "out")]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs are deaf to it
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=heard
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "reading\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "interrupted"
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["log.tsv"]


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = f"{sys.executable} -m xmr_engine pairs --help | true"
    found = subprocess.run(command, shell=True, capture_output=True, check=False, timeout=60)
    assert found.stderr == b""


# ---------------------------------------------------------------- the other commands


def test_train_passes_what_was_given_and_no_more(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    def train(*sources: str, progress: Callable[[str, float], None], **options: object) -> None:
        progress("features", 0.0)
        progress("features", 0.6)
        progress("features", 1.0)
        calls.append((sources, options))

    monkeypatch.setitem(vars(xmr_engine), "train", train)
    code, out, err = run("train", "a.tsv", "b.tsv", "--out", "m")
    assert (code, out) == (0, "")
    assert calls.pop() == (("a.tsv", "b.tsv"), {"out": "m"})
    assert "--min-people 3" in err
    assert [line for line in err.splitlines() if line.startswith("features")] == ["features", "features 50 %"]
    numbers = {
        "trie_depth": 2,
        "must_link": 3,
        "branching": 16,
        "leaf": 50,
        "beam": 20,
        "min_people": 3,
        "threads": 2,
        "seed": 4,
    }
    texts = {"valid": "v.tsv", "blocklist": "w.txt", "config": "c.json", "cluster": "tcp://h:1"}
    options = [part for name, value in {**numbers, **texts}.items() for part in (f"--{name.replace('_', '-')}", value)]
    code, _, err = run("train", "a.tsv", "--out", "m", "--index", "hybrid,trie", "--threshold", "0.2", *options)
    assert code == 0
    assert calls.pop() == (("a.tsv",), {"out": "m", "index": ("hybrid", "trie"), "threshold": 0.2, **numbers, **texts})
    assert "advice" not in err


def test_evaluate_writes_one_document_or_a_table(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {"sampled": {"mrr": 0.5, "mrr_ci": [0.4, 0.6]}, "len1": {"mrr": 0.25}}
    system = {
        "all": figures,
        "seen": figures,
        "misses": {"no_label": 3},
        "latency_ms": {"p50": 0.1},
        "keystrokes_saved": 0.4,
    }
    document = {"model": "m", "rows": 9, "seen": 6, "systems": {"model": system, "mfq": {"all": figures, "seen": {}}}}
    calls: list[Any] = []

    def evaluate(*arguments: object, **options: object) -> dict[str, Any]:
        calls.append((arguments, options))
        return document

    fake_module(monkeypatch, "xmr_engine.evaluation.report", evaluate=evaluate)
    code, out, _ = run("evaluate", "m", "p.tsv", "--lengths", "1,4", "--against", "mfq,tree", "--json")
    assert (code, json.loads(out)) == (0, document)
    assert calls.pop() == (("m", "p.tsv"), {"lengths": (1, 4), "against": ("mfq", "tree")})
    code, out, _ = run("evaluate", "m", "p.tsv")
    assert calls.pop() == (("m", "p.tsv"), {"lengths": (1, 2, 3, 5, 8), "against": ()})
    assert code == 0
    assert "MRR, all\n        sampled      len1\nmodel    0.5000    0.2500\nmfq      0.5000    0.2500\n" in out
    assert "keystrokes_saved  0.4" in out


class FakeCompleter:
    def answer(self, prefix: str, **options: object) -> dict[str, Any]:
        if options["index"] == "none":
            raise ConfigError("index 'none' is unknown; expected hybrid")
        found = {"text": "nikon é", "score": -1.5, "match": "prefix", "sources": ["index", "popular"]}
        return {"prefix": prefix, "options": options, "took_ms": 0.1, "completions": [found]}

    def explain(self, prefix: str, label: str, **options: object) -> dict[str, Any]:
        terms = [{"group": "typed", "term": "n", "value": 0.5}]
        return {"prefix": prefix, "label": label, "options": options, "groups": {"typed": 0.5}, "terms": terms}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_completer(path: str) -> FakeCompleter:
        if path == "bad":
            raise ModelFormatError("bad: no model.json;\nexpected a model directory")
        return FakeCompleter()

    monkeypatch.setitem(vars(xmr_engine), "open_completer", open_completer)


@pytest.mark.usefixtures("opened")
def test_complete_passes_its_options(run: Run) -> None:
    code, out, err = run(
        "complete", "m", "--previous", "a", "--previous", "b", "--prefix", "n ", "-k", 3, "--beam", 7, "--json"
    )
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["prefix"] == "n "
    assert document["options"] == {"previous": ["a", "b"], "k": 3, "index": None, "beam": 7}
    code, out, _ = run("complete", "m")
    assert code == 0
    assert "nikon é  prefix; index, popular" in out


@pytest.mark.usefixtures("opened")
def test_explain_passes_its_options(run: Run) -> None:
    code, out, _ = run(
        "explain", "m", "--prefix", "n", "--label", "nikon", "--index", "tree", "--previous", "a", "--json"
    )
    document = json.loads(out)
    assert code == 0
    assert (document["prefix"], document["label"]) == ("n", "nikon")
    assert document["options"] == {"previous": ["a"], "index": "tree"}
    code, out, _ = run("explain", "m", "--prefix", "n", "--label", "nikon")
    assert code == 0
    assert "groups\n  typed  0.5\nterms\n  typed  n  0.5\n" in out


def test_inspect_writes_what_inspection_says(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_module(monkeypatch, "xmr_engine.inspection", inspect=lambda path: {"labels": 3, "arrays": {path: "ok"}})
    assert json.loads(run("inspect", "m", "--json")[1]) == {"labels": 3, "arrays": {"m": "ok"}}
    assert run("inspect", "m")[1] == "labels  3\narrays\n  m  ok\n"


@pytest.mark.usefixtures("opened")
def test_a_bad_model_or_setting_is_one_line_and_exit_1(run: Run) -> None:
    for arguments in (["complete", "bad"], ["explain", "bad", "--prefix", "n", "--label", "m"]):
        assert run(*arguments) == (1, "", "error: bad: no model.json; expected a model directory\n")
    assert run("complete", "m", "--index", "none") == (1, "", "error: index 'none' is unknown; expected hybrid\n")
