"""Measure how training, memory, size and latency grow with the number of labels, on the synthetic shop log.

Each size is trained in a process of its own, with two threads, from prepared pairs to a written model. A tiny
one goes first, so that all kernels are compiled. All models are then asked by turns. With --keep, what is already
trained there is used again; the shop's figures say nothing of quality.

    python -m benchmarks.growth
    python -m benchmarks.growth --short
    python -m benchmarks.growth --sessions 6000 --keep DIR
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import xmr_engine
from benchmarks.record import ROOT, record
from xmr_engine.data.pairs import contexts, read_pairs
from xmr_engine.data.prepare import PairsConfig, prepare_pairs

SESSIONS = (6_000, 130_000, 3_650_000)
SHORT = (2_000, 20_000)
WARM = 300
THREADS = 2
ROWS = 2000
ROUNDS = 5
HELD_OUT = 20_000
FIGURES = "trained.json"


def main() -> None:
    """Train every size, then ask all models by turns, and record the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, nargs="+", help="sizes of the generated log")
    parser.add_argument("--short", action="store_true", help="small sizes, for a quick look")
    parser.add_argument("--keep", type=Path, help="folder for logs and models, kept and used again")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(trained(options.child)))
        return
    sizes = options.sessions or (SHORT if options.short else SESSIONS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folders = [folder / str(sessions) for sessions in sizes]
        for each, sessions in zip((folder / "warm", *folders), (WARM, *sizes), strict=True):
            _train(each, sessions)
        found = [
            {"sessions": sessions} | json.loads((each / FIGURES).read_text()) | asked
            for sessions, each, asked in zip(sizes, folders, ask_by_turns(folders), strict=True)
        ]
    smallest = found[0]["latency_ms"]["p50"]
    ratio = [round(size["latency_ms"]["p50"] / smallest, 2) for size in found]
    record("growth-short" if options.short else "growth", {"sizes": found, "p50_over_smallest": ratio})


def trained(folder: Path) -> dict[str, Any]:
    """Train on the pairs of a folder; return the figures, times in seconds."""
    started, stages, last = time.perf_counter(), {}, ""

    def progress(stage: str, _: float) -> None:
        nonlocal last
        if stage != last:
            stages[stage] = time.perf_counter()
            last = stage

    path = folder / "model"
    pairs, valid = folder / "pairs" / "train.tsv", folder / "pairs" / "valid.tsv"
    xmr_engine.train(pairs, valid=valid, out=path, threads=THREADS, progress=progress)
    ended = time.perf_counter()
    marks = [*stages.values(), ended]
    took = {name: round(b - a, 1) for name, a, b in zip(stages, marks, marks[1:], strict=False)}
    return {
        "train_s": round(ended - started, 1),
        "stages_s": {"read": round(marks[0] - started, 1)} | took,
        "processor_s": round(sum(os.times()[:2]), 1),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "model_mb": round(sum(file.stat().st_size for file in path.iterdir()) / 1e6, 1),
    }


def ask_by_turns(folders: list[Path]) -> list[dict[str, Any]]:
    """Return, for the model of each folder, its size, how it opens and how long a completion takes, round by round."""
    completers, opened = [], []
    for folder in folders:
        xmr_engine.open_completer(folder / "model")
        opening = time.perf_counter()
        completers.append(xmr_engine.open_completer(folder / "model"))
        opened.append(time.perf_counter() - opening)
        completers[-1].warm()
    drawn = [_drawn(folder / "pairs" / "test.tsv") for folder in folders]
    times = np.empty((len(folders), ROUNDS, ROWS))
    for turn in range(ROUNDS):
        for model, (completer, rows) in enumerate(zip(completers, drawn, strict=True)):
            for at, (prefix, context) in enumerate(rows):
                start = time.perf_counter()
                completer.complete(prefix, context)
                times[model, turn, at] = time.perf_counter() - start
    middle = np.median(times, axis=1) * 1000.0
    return [
        {
            "labels": completer.n_labels,
            "rows": completer.describe()["rows"],
            "open_ms": round(seconds * 1000.0, 1),
            "latency_ms": {f"p{q}": round(float(np.percentile(each, q)), 4) for q in (50, 90, 99)},
        }
        for completer, seconds, each in zip(completers, opened, middle, strict=True)
    ]


def _train(folder: Path, sessions: int) -> None:
    """Generate and prepare a log of so many sessions, and train on it in a process of its own; keep the figures."""
    if not (folder / "pairs" / "train.tsv").is_file():
        command = [sys.executable, "-m", "sample_models.shop", "--out", str(folder), "--sessions", str(sessions)]
        subprocess.run(command, check=True, cwd=ROOT)
        share = min(0.1, HELD_OUT / sessions)
        prepare_pairs([folder / "log.tsv"], folder / "pairs", PairsConfig(valid=share, test=share))
    if (folder / FIGURES).is_file():
        return
    command = [sys.executable, "-m", "benchmarks.growth", "--child", str(folder)]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    (folder / FIGURES).write_text(done.stdout)
    sys.stderr.write(f"{sessions} sessions: {done.stdout}")


def _drawn(test: Path) -> list[tuple[str, Any]]:
    """Return the prefix and context of test rows, drawn without replacement while there are enough."""
    pairs = read_pairs(test)
    context = contexts(pairs)
    rows = np.resize(np.random.default_rng(0).permutation(len(pairs.next)), ROWS)
    return [(pairs.prefix[row], context[row]) for row in rows]


if __name__ == "__main__":
    main()
