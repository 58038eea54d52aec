"""The short forms of the benchmarks, one after the other: whether each runs, and how long it takes.

They ask a few hundred rows of models of a part of the log, so their figures (`benchmarks/results/*-short.json`, which
are not kept) tell what broke, not how good anything is. The full forms are commands of their own.

    python -m benchmarks.bench
"""

import argparse
import gzip
import itertools
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.peers import DATA, SHORT_TRAIN_ROWS
from benchmarks.quality import train
from benchmarks.record import ROOT

ROWS = 300
NO_LOAD = ("--seconds", "1", "--soak", "9", "--kill", "6", "--reload", "6")


def main() -> None:
    """Run all of them; exit 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of train, valid and test pairs")
    data, begun = parser.parse_args().data, time.monotonic()
    failed = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for name, *arguments in commands(data, Path(folder)):
            started = time.monotonic()
            command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
            failed += [name] if done.returncode else []
            told = f"failed (exit {done.returncode})" if done.returncode else "done"
            sys.stderr.write(f"== {name}: {told}, {time.monotonic() - started:.0f} s\n")
    sys.stderr.write(f"== all: {time.monotonic() - begun:.0f} s{', failed: ' + ', '.join(failed) if failed else ''}\n")
    sys.exit(1 if failed else 0)


def commands(data: Path, folder: Path) -> list[tuple[str, ...]]:
    """Return the commands; those that need a log are left out, and that is said, where there is none."""
    on_synthetic = [
        ("serving", *NO_LOAD, "--name", "serving-short"),
        ("growth", "--short"),
        ("prepare", "--rows", "200000", "--name", "prepare-short"),
    ]
    if not data.is_dir():
        sys.stderr.write(
            f"skipped: no folder {data.name}: quality, latency, curves, training, peers; --data names one\n"
        )
        return on_synthetic
    part = shortened(data, folder / data.name)
    model = str(train(part, folder / "model"))
    few = ("--data", str(part), "--model", model, "--rows", str(ROWS))
    on_log = [
        ("quality", *few, "--peers", "", "--name", "quality-short"),
        ("latency", *few, "--name", "latency-short"),
        ("curves", *few, "--short"),
        ("training", "--data", str(data), "--short"),
        ("peers", "--train", str(data / "train.tsv.gz"), "--test", str(data / "test.tsv.gz"), "--short"),
    ]
    return on_log + on_synthetic


def shortened(data: Path, folder: Path) -> Path:
    """Write the first training rows and all others into a folder of the same name; return it."""
    folder.mkdir()
    for path in data.glob("*.tsv.gz"):
        if path.name != "train.tsv.gz":
            (folder / path.name).symlink_to(path.resolve())
    with gzip.open(data / "train.tsv.gz") as lines, gzip.open(folder / "train.tsv.gz", "wb") as part:
        part.writelines(itertools.islice(lines, SHORT_TRAIN_ROWS + 1))
    return folder


if __name__ == "__main__":
    main()
