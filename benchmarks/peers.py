"""Measure libpecos, and the most frequent query, on the rows on which this project is measured.

libpecos needs an older numpy and torch, so it lives in an environment of its own (made on the first run) and works
through ``peers/worker.py``; the two sides share a work folder of matrices and json. Pair files hold normalised text.

    python -m benchmarks.peers
    python -m benchmarks.peers --indexes tree --short
    python -m benchmarks.peers --train train.tsv.gz --test test.tsv.gz --work DIR
"""

import argparse
import bisect
import gzip
import json
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.record import ROOT, record
from xmr_engine.evaluation.bleu import bleu_rr

PEER = ROOT / "benchmarks" / "peers"
ENVIRONMENT = PEER / ".venv"
CACHE = PEER / ".cache"
DATA = ROOT.parent / "shared" / "data" / "websearch"
INDEXES = ("tree", "hybrid-1", "hybrid-3", "trie")
LENGTHS = (1, 2, 3, 5, 8)
TEST_ROWS = 3000
SHORT_TRAIN_ROWS, SHORT_TEST_ROWS = 20_000, 300
SHOWN = 10


class Pairs(NamedTuple):
    """Columns of a pair file, of equal length."""

    previous: list[str]
    prefix: list[str]
    next: list[str]


class Compared(NamedTuple):
    """The figures of all systems, versions of the peer, and by system: ranks by setting, BLEU_RR of every row."""

    figures: dict[str, Any]
    versions: dict[str, str]
    ranks: dict[str, dict[str, np.ndarray]]
    bleu: dict[str, np.ndarray]


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--indexes", default=",".join(INDEXES), help="comma-separated: %(default)s")
    parser.add_argument("--train", type=Path, default=DATA / "train.tsv.gz", help="pairs to train on")
    parser.add_argument("--test", type=Path, default=DATA / "test.tsv.gz", help="pairs to ask")
    parser.add_argument("--short", action="store_true", help="a part of the rows: does it run, not how good is it")
    parser.add_argument("--work", type=Path, help="keep the work files in this folder")
    options = parser.parse_args()
    kinds = [kind for kind in options.indexes.split(",") if kind]
    if unknown := sorted(set(kinds) - set(INDEXES)):
        parser.error(f"unknown index {', '.join(unknown)}: choose from {', '.join(INDEXES)}")
    if missing := [path for path in (options.train, options.test) if not path.exists()]:
        say(f"skipped: no {' and no '.join(path.name for path in missing)}; name pair files by --train and --test")
        return
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        work = options.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        limits = (SHORT_TRAIN_ROWS, SHORT_TEST_ROWS) if options.short else (None, TEST_ROWS)
        compared = compare((options.train, options.test), kinds, limits, work)
    keep_ranks(compared.ranks, "short" if options.short else "full")
    record("peers-short" if options.short else "peers", compared.figures, compared.versions)


def compare(files: tuple[Path, Path], kinds: list[str], limits: tuple[int | None, int], work: Path) -> Compared:
    """Measure every system on the same rows.

    Parameters
    ----------
    files
        Pairs to train on, and pairs to ask.
    kinds
        The peer's indexes.
    limits
        Most training rows, None for all, and how many rows are drawn to be asked.
    work
        Folder of the files that both sides read.
    """
    train, test = map(read_pairs, files)
    train = take(train, range(min(limits[0] or len(train.next), len(train.next))))
    drawn = np.random.default_rng(0).permutation(len(test.next))[: limits[1]]
    queries = questions(take(test, drawn.tolist()))
    labels = sorted(set(train.next))
    known = set(labels)
    seen = {name: np.array([text in known for text in asked.next]) for name, asked in queries.items()}
    rows = {"train": train._asdict(), "labels": labels, "queries": {n: q._asdict() for n, q in queries.items()}}
    (work / "rows.json").write_text(json.dumps(rows), encoding="utf-8")

    ranks = {"mfq": most_frequent(train, queries)}
    gains: dict[str, np.ndarray] = {}
    systems: dict[str, Any] = {"mfq": {}}
    versions: dict[str, str] = {}
    if kinds:
        prepare_environment()
        features = peer("features", work)
        versions = features.pop("versions")
    for kind in kinds:
        name = f"libpecos {kind}"
        systems[name] = {"features": features, **libpecos(work, kind)}
        with np.load(work / f"ranks-{kind}.npz") as kept:
            ranks[name] = dict(kept)
        with np.load(work / f"shown-{kind}.npz") as kept:
            gains[name] = bleu(kept["sampled"], queries["sampled"].next, labels)
        systems[name]["bleu_rr"] = means(gains[name], seen["sampled"])
    for name, system in systems.items():
        system["mrr"] = {setting: means(reciprocal(r), seen[setting]) for setting, r in ranks[name].items()}
        say(f"{name}: {system['mrr']}")
    sizes = {"train": len(train.next), "labels": len(labels), "test": len(drawn), "seen": int(seen["sampled"].sum())}
    figures = {"data": files[0].parent.name, "rows": sizes, "systems": systems}
    return Compared(figures, versions, ranks, gains)


def read_pairs(path: Path) -> Pairs:
    """Read the columns of a tab-separated pair file, plain or gzipped; no quoting."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as lines:
        header = next(lines).rstrip("\n").split("\t")
        columns = list(zip(*(line.rstrip("\n").split("\t") for line in lines), strict=True))
    return Pairs(*(list(columns[header.index(name)]) for name in Pairs._fields))


def take(pairs: Pairs, rows: list[int] | range) -> Pairs:
    """Return some rows of pairs, in the order named."""
    return Pairs(*([column[row] for row in rows] for column in pairs))


def questions(rows: Pairs) -> dict[str, Pairs]:
    """Return what is asked: each row at its own prefix, and at fixed lengths where its answer is that long."""
    asked = {"sampled": rows}
    for length in LENGTHS:
        long = take(rows, [row for row, text in enumerate(rows.next) if len(text) >= length])
        asked[f"len{length}"] = long._replace(prefix=[text[:length] for text in long.next])
    return asked


def most_frequent(train: Pairs, queries: dict[str, Pairs]) -> dict[str, np.ndarray]:
    """Return the rank of each answer among the most frequent labels that begin with the prefix, then by text."""
    count = Counter(train.next)
    labels = sorted(count)
    best: dict[str, list[str]] = {}

    def shown(prefix: str) -> list[str]:
        if prefix not in best:
            low, high = bisect.bisect_left(labels, prefix), bisect.bisect_left(labels, prefix + chr(0x10FFFF))
            best[prefix] = sorted(labels[low:high], key=lambda text: (-count[text], text))[:SHOWN]
        return best[prefix]

    def rank(prefix: str, answer: str) -> int:
        return shown(prefix).index(answer) + 1 if answer in shown(prefix) else 0

    return {name: np.array([rank(*one) for one in zip(q.prefix, q.next, strict=True)]) for name, q in queries.items()}


def libpecos(work: Path, kind: str) -> dict[str, Any]:
    """Return the peer's figures for one index: building it, training over it, one search at a time."""
    return {step: peer(step, work, kind) for step in ("index", "train", "search")}


def peer(step: str, *arguments: Path | str) -> dict[str, Any]:
    """Run one step of the worker in the peer's environment and return what it measured."""
    say(f"libpecos: {step} {' '.join(map(str, arguments[1:]))}".rstrip())
    run = subprocess.run(
        [environment_python(), PEER / "worker.py", step, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(run.stdout.splitlines()[-1]))


def prepare_environment() -> None:
    """Make the peer's environment, unless it is there and holds the pinned versions."""
    requirements = PEER / "requirements.txt"
    installed = ENVIRONMENT / "installed.txt"
    wanted = requirements.read_text(encoding="utf-8")
    if installed.exists() and installed.read_text(encoding="utf-8") == wanted:
        return
    if sys.version_info >= (3, 13):
        sys.exit("error: libpecos has no wheel for Python 3.13 or newer: run this with Python 3.11 or 3.12")
    say("making the peer's environment (torch is large)")
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    subprocess.run([environment_python(), "-m", "pip", "install", "-q", "-r", requirements], check=True)
    installed.write_text(wanted, encoding="utf-8")


def environment_python() -> Path:
    """Return the interpreter of the peer's environment."""
    return ENVIRONMENT / "bin" / "python"


def reciprocal(ranks: np.ndarray) -> np.ndarray:
    """Return 1/rank of every row, 0 where the answer is not among those shown."""
    return np.divide(1.0, ranks, out=np.zeros(len(ranks)), where=ranks > 0)


def means(gains: np.ndarray, seen: np.ndarray) -> dict[str, float]:
    """Return the mean over all rows and over those whose answer is a label."""
    return {"all": round(float(gains.mean()), 4), "seen": round(float(gains[seen].mean()), 4)}


def bleu(shown: np.ndarray, answers: list[str], labels: list[str]) -> np.ndarray:
    """Return BLEU_RR of every row; -1 fills up what is shown."""
    lists = [[labels[label] for label in row if label >= 0] for row in shown.tolist()]
    return np.array([bleu_rr(found, answer) for found, answer in zip(lists, answers, strict=True)])


def keep_ranks(ranks: dict[str, dict[str, np.ndarray]], name: str) -> None:
    """Keep every row's rank beside the environment, for comparing row by row later."""
    CACHE.mkdir(exist_ok=True)
    flat = {f"{system}/{setting}": r for system, settings in ranks.items() for setting, r in settings.items()}
    np.savez_compressed(CACHE / f"ranks-{name}.npz", **flat)


def say(message: str) -> None:
    """Tell what goes on, on stderr; stdout is for the figures."""
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
