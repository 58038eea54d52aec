"""Measure making a large log ready: time and memory of `pairs`, on queries of the synthetic shop asked by many people.

The log is as long as asked for; its distinct queries are those of some shop sessions, half of them with a number of
their own behind them, so that they grow with the log as those of people do. It is written once, by blocks.

    python -m benchmarks.prepare --rows 2000000
    python -m benchmarks.prepare --rows 20000000 --folder /large/disk
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.record import ROOT, record
from sample_models.shop.generate import Plan, generate
from xmr_engine.data.pairs import read_pairs

BLOCK = 50_000
MEGA = 1 << 20
SESSION_SECONDS = 3 * 3600


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--folder", type=Path, help="where the log and all else is written; by default a temporary one")
    parser.add_argument("--memory-limit", default="2GB")
    parser.add_argument("--min-people", type=int, default=3)
    parser.add_argument("--name", default="prepare", help="name of the result: %(default)s")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        log = Path(folder) / "log.tsv"
        distinct = write_log(log, sessions_of(Path(folder)), options.rows)
        made = prepare(log, Path(folder), options.memory_limit, options.min_people)
        sizes = {"rows": options.rows, "distinct_queries": distinct, "log_mb": _mb(log.stat().st_size)}
        record(options.name, sizes | made)


def sessions_of(folder: Path) -> list[list[str]]:
    """Return the queries of the sessions of a synthetic shop."""
    generate(folder / "shop", Plan(sessions=20_000, products=6_000))
    pairs = read_pairs(folder / "shop" / "log.tsv")
    sessions: dict[int, list[str]] = {}
    for number, text in zip(pairs.session, pairs.next, strict=True):
        sessions.setdefault(number, []).append(text)
    return list(sessions.values())


def write_log(path: Path, sessions: list[list[str]], n_rows: int, seed: int = 0) -> int:
    """Write a log of so many rows, ordered by time, and return how many distinct queries it has.

    There are a twentieth as many people as rows; sessions of a few hours overlap, so that their rows lie interleaved.
    """
    draw, distinct = Random(seed), set()
    n_people = max(1, n_rows // 20)
    written, start = 0, 1_500_000_000
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("user\ttime\tquery\n")
        while written < n_rows:
            block = []
            while len(block) < BLOCK:
                user, moment = draw.randrange(n_people), start + draw.randrange(SESSION_SECONDS)
                for text in draw.choice(sessions):
                    asked = f"{text} {draw.randrange(n_rows)}" if draw.random() < 0.5 else text
                    block.append((moment, user, asked))
                    moment += draw.randrange(5, 300)
            block = sorted(block[: n_rows - written])
            stream.writelines(f"u{user}\t{moment}\t{text}\n" for moment, user, text in block)
            distinct.update(hash(text) for _, _, text in block)
            written += len(block)
            start += SESSION_SECONDS
    return len(distinct)


def prepare(log: Path, folder: Path, memory_limit: str, min_people: int) -> dict[str, Any]:
    """Return what the command `pairs` takes: seconds, memory of the process, room on the disk, and what it kept."""
    limits = ["--memory-limit", memory_limit, "--min-people", str(min_people)]
    arguments = ["-m", "xmr_engine", "pairs", str(log), "--out", str(folder / "pairs"), *limits, "--json"]
    spool = folder / "spool"
    spool.mkdir()
    most, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            most[0] = max(most[0], room(spool) + room(folder / "pairs.partial"))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    try:
        environ = {"TMPDIR": str(spool), "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - started
    finally:
        over.set()
        watcher.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "memory_limit": memory_limit,
        "min_people": min_people,
        "seconds": round(seconds, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_memory_mb": _mb(used.ru_maxrss * 1024),
        "peak_disk_mb": _mb(most[0]),
    }


def room(folder: Path) -> int:
    """Return the bytes of a folder's files; those that go while it looks count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


def _mb(size: float) -> float:
    return round(size / MEGA, 1)


if __name__ == "__main__":
    main()
