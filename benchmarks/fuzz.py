"""Feed the readers of logs and models with wrong input: only `XmrError` may come of it, no crash, no hang, no flood.

Every number is one input, the same at every run. Processes take some thousand at a time, within a bound of memory and
of time; where one dies, the number it died of is told.

    python -m benchmarks.fuzz --logs 60000 --models 60000
    python -m benchmarks.fuzz --only models 4711
"""

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import xmr_engine
from benchmarks.mutation import mutate
from benchmarks.record import record
from xmr_engine.completer import Completer, open_completer
from xmr_engine.data.events import read_events
from xmr_engine.data.pairs import read_pairs
from xmr_engine.data.privacy import screen
from xmr_engine.data.report import Report
from xmr_engine.errors import XmrError

BATCH = 4000
BATCH_SECONDS = 3000
MEMORY = 3 << 30
ASKED = (("", ()), ("a", ("camera",)), ("camera b", ("camera bag", "tent red")), ("é\u0301", ("zzz", "")))
LOG = "".join(
    f"{user}\t2006-03-0{day} 1{day}:0{user}:00\t{query}\n"
    for user in range(4)
    for day, query in enumerate(("camera", "camera bag", "tent", "café au lait", "数码相机", "desk lamp"), 1)
)
TSV = ("user\ttime\tquery\n" + LOG).encode()
CORPUS: dict[str, bytes] = {
    "log.tsv": TSV,
    "log.csv": b"user,time,query\r\n" + b"".join(b'%d,11%08d,"a ""b"", c%d"\r\n' % (n, n, n) for n in range(20)),
    "log.jsonl": b"".join(b'{"user": "u%d", "time": %d, "query": "red \\u00e9 shoes"}\n' % (n, n) for n in range(20)),
    "aol.txt": b"AnonID\tQuery\tQueryTime\tItemRank\tClickURL\n" + b"1\tshoes\t2006-03-01 07:17:12\t\t\n" * 20,
    "log.tsv.gz": gzip.compress(TSV, mtime=0),
    "pairs.tsv": b"previous\tprefix\tnext\tsession\n" + b"camera\tca\tcamera bag\t1\n\tt\ttent\t2\n" * 10,
}


def main() -> None:
    """Feed what the command line says and record how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=int, default=60_000)
    parser.add_argument("--models", type=int, default=60_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", nargs=2, metavar=("KIND", "NUMBER"), help="one input again, in this process")
    parser.add_argument("--batch", nargs=3, metavar=("KIND", "START", "STOP"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only or options.batch:
        kind, *numbers = options.only or options.batch
        start = int(numbers[0])
        tell_refusals(kind, range(start, int(numbers[1]) if options.batch else start + 1))
        return
    figures = {kind: feed_all(kind, getattr(options, kind), options.processes) for kind in ("logs", "models")}
    record("fuzz", figures)
    if any(found["findings"] for found in figures.values()):
        raise SystemExit(1)


def feed_all(kind: str, n_inputs: int, processes: int) -> dict[str, object]:
    """Return what came of so many inputs of a kind, fed in processes of their own."""
    starts = range(0, n_inputs, BATCH)
    with ThreadPoolExecutor(processes) as pool:
        found = list(pool.map(lambda start: _feed_apart(kind, start, min(start + BATCH, n_inputs)), starts))
    findings = [finding for _, finding in found if finding]
    return {"inputs": n_inputs, "refused": sum(refused for refused, _ in found), "findings": findings}


def feed(kind: str, numbers: Sequence[int], told: Callable[[int], None] = lambda _: None) -> int:
    """Feed inputs of a kind, by their numbers, and return how many were refused with an `XmrError`."""
    with tempfile.TemporaryDirectory() as folder:
        take = FEEDERS[kind](Path(folder))
        refused = 0
        for number in numbers:
            told(number)
            try:
                take(Random(f"{kind} {number}"))
            except XmrError as error:
                refused += 1
                if "\n" in str(error):
                    raise ValueError(f"a refusal of more than one line: {error}") from None
        return refused


def feed_logs(folder: Path) -> Callable[[Random], None]:
    """Return what makes a log wrong and reads it."""

    def take(draw: Random) -> None:
        name, content = draw.choice(list(CORPUS.items()))
        path = folder / name
        if name.endswith(".gz") and draw.random() < 0.7:
            path.write_bytes(gzip.compress(mutate(TSV, draw), 1, mtime=0))
        else:
            path.write_bytes(mutate(content, draw))
        if name.startswith("pairs"):
            screen(read_pairs(path), min_people=draw.choice((1, 2)))
        elif draw.random() < 0.02:
            read_pairs(path)
        else:
            for event in read_events([path], Report()):
                if "\n" in event.query or "\t" in event.query or not event.query:
                    raise ValueError(f"a query that is none: {event.query!r}")

    return take


def feed_models(folder: Path) -> Callable[[Random], None]:
    """Return what makes a model wrong, opens it and asks it."""
    _train(folder / "model")
    files = sorted((folder / "model").iterdir())

    def take(draw: Random) -> None:
        file = draw.choice(files) if draw.random() < 0.8 else folder / "model" / "model.json"
        whole = file.read_bytes()
        try:
            _put(file, mutate(whole, draw) if draw.random() < 0.5 else _wrong_content(whole, draw))
            if file.suffix == ".npy" and draw.random() < 0.3:
                _put(file, file.read_bytes()[: len(whole)].ljust(len(whole), b"\0"))
            _ask(open_completer(folder / "model"))
        finally:
            _put(file, whole)

    return take


FEEDERS = {"logs": feed_logs, "models": feed_models}


def tell_refusals(kind: str, numbers: range) -> None:
    """Feed inputs within bounds of memory; tell every number before it is fed, and at last how many were refused."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    refused = feed(kind, numbers, lambda number: sys.stderr.write(f"{number}\n"))
    sys.stdout.write(f"{refused}\n")


def _feed_apart(kind: str, start: int, stop: int) -> tuple[int, str | None]:
    """Feed a batch in a process of its own; return how many were refused, and what was found."""
    command = [sys.executable, "-m", "benchmarks.fuzz", "--batch", kind, str(start), str(stop)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=BATCH_SECONDS, check=False)
    except subprocess.TimeoutExpired as late:
        last = (late.stderr or b"").decode().split()[-1:]
        return 0, f"{kind} {last}: no end after {BATCH_SECONDS} s"
    if done.returncode == 0:
        return int(done.stdout), None
    numbers = [line for line in done.stderr.splitlines() if line.isdigit()]
    return 0, f"{kind} {numbers[-1:]}: exit {done.returncode}: {done.stderr.splitlines()[-1:]}"


def _wrong_content(whole: bytes, draw: Random) -> bytes:
    """Return a file whose head is kept: an array's numbers are wrong, or a document's values."""
    if whole[:1] == b"{":
        document = json.loads(whole)
        place = document
        while True:
            key = draw.choice(list(place) if isinstance(place, dict) else range(len(place)))
            if isinstance(place[key], dict | list) and place[key] and draw.random() < 0.8:
                place = place[key]
                continue
            place[key] = draw.choice(
                (None, True, -1, 0, 10**30, 1e308, "", "x" * 100, [], {}, [1, 2], "<f8", place[key])
            )
            return json.dumps(document).encode()
    head = 128
    return whole[:head] + mutate(whole[head:], draw)[: len(whole) - head].ljust(len(whole) - head, b"\x7f")


def _ask(completer: Completer) -> None:
    """Ask a model that was opened whatever may lead astray."""
    for prefix, previous in ASKED:
        for index in completer.indexes:
            if len(completer.complete(prefix, previous, k=5, index=index)) > 5:
                raise ValueError("more completions than were asked for")


def _put(file: Path, content: bytes) -> None:
    """Write a file anew beside the old one, so that no page that is still mapped changes."""
    beside = file.parent / "beside"
    beside.write_bytes(content)
    beside.replace(file)


def _train(path: Path) -> None:
    """Train a small model."""
    source = path.with_suffix(".tsv")
    queries = ("camera", "camera bag", "camera case", "tent", "tent red", "café", "desk lamp", "数码相机")
    lines = (f"{q % 37}\t{1_000_000 + q * 97}\t{queries[q * q % 8]} {'abcdefg'[q % 7]}\n" for q in range(900))
    source.write_text("user\ttime\tquery\n" + "".join(lines), encoding="utf-8")
    xmr_engine.train(source, out=path, index=("hybrid", "tree", "trie"))


if __name__ == "__main__":
    main()
