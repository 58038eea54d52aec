"""Measure how training, memory, size and latency grow with the number of labels, on the synthetic shop log.

Each size is trained in a process of its own, with two threads, from prepared pairs to a written model. A tiny
one goes first, so that all kernels are compiled; the shop's figures say nothing of quality.

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


def main() -> None:
    """Measure every size and record the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, nargs="+", help="sizes of the generated log")
    parser.add_argument("--short", action="store_true", help="small sizes, for a quick look")
    parser.add_argument("--keep", type=Path, help="folder for logs and models, kept and used again")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(options.child)))
        return
    sizes = options.sessions or (SHORT if options.short else SESSIONS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        _size(folder / "warm", WARM)
        found = [_size(folder / str(sessions), sessions) for sessions in sizes]
    smallest = found[0]["latency_ms"]["p50"]
    ratio = [round(size["latency_ms"]["p50"] / smallest, 2) for size in found]
    record("growth-short" if options.short else "growth", {"sizes": found, "p50_over_smallest": ratio})


def measure(folder: Path) -> dict[str, Any]:
    """Train on the pairs of a folder and ask the model; return the figures, times in seconds unless named otherwise."""
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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    xmr_engine.open_completer(path)
    opening = time.perf_counter()
    completer = xmr_engine.open_completer(path)
    opened = time.perf_counter() - opening
    return {
        "labels": completer.n_labels,
        "rows": completer.describe()["rows"],
        "train_s": round(ended - started, 1),
        "stages_s": {"read": round(marks[0] - started, 1)} | took,
        "processor_s": round(sum(os.times()[:2]), 1),
        "peak_gib": round(peak, 2),
        "model_mb": round(sum(file.stat().st_size for file in path.iterdir()) / 1e6, 1),
        "open_ms": round(opened * 1000, 1),
        "latency_ms": _latency(completer, folder / "pairs" / "test.tsv"),
    }


def _size(folder: Path, sessions: int) -> dict[str, Any]:
    """Generate and prepare a log of so many sessions, and measure it in a process of its own."""
    if not (folder / "pairs" / "train.tsv").is_file():
        command = [sys.executable, "-m", "sample_models.shop", "--out", str(folder), "--sessions", str(sessions)]
        subprocess.run(command, check=True, cwd=ROOT)
        share = min(0.1, HELD_OUT / sessions)
        prepare_pairs([folder / "log.tsv"], folder / "pairs", PairsConfig(valid=share, test=share))
    command = [sys.executable, "-m", "benchmarks.growth", "--child", str(folder)]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = {"sessions": sessions} | json.loads(done.stdout)
    sys.stderr.write(f"{found['labels']} labels: {found['train_s']} s, {found['peak_gib']} GiB\n")
    return found


def _latency(completer: xmr_engine.Completer, test: Path) -> dict[str, float]:
    """Return the percentiles of one completion from text to text over test rows, the median of rounds each."""
    pairs = read_pairs(test)
    context = contexts(pairs)
    drawn = np.random.default_rng(0).permutation(len(pairs.next))[:ROWS]
    completer.warm()
    times = np.empty((ROUNDS, drawn.size))
    for turn in range(ROUNDS):
        for at, row in enumerate(drawn):
            start = time.perf_counter()
            completer.complete(pairs.prefix[row], context[row])
            times[turn, at] = time.perf_counter() - start
    middle = np.median(times, axis=0) * 1000.0
    return {f"p{q}": round(float(np.percentile(middle, q)), 4) for q in (50, 90, 99)}


if __name__ == "__main__":
    main()
