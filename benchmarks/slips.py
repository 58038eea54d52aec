"""Measure what is offered where little begins with the text typed: after one slip of the finger, and on clean rows.

Of rows with a known answer and four or more characters typed, one character after the first is left out, added,
replaced or swapped with the next, drawn with a seed. Asked beside them: the same rows as they were typed, and all rows
for how many get any completion, of which kind, and how long they take with and without the further kinds.

    python -m benchmarks.slips --model MODEL
    python -m benchmarks.slips --model MODEL --split valid
"""

import argparse
import string
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import xmr_engine
from benchmarks.latency import DATA, _percentiles, _times
from benchmarks.record import record
from xmr_engine.completer import MATCHES, Completer, Completion
from xmr_engine.data.pairs import contexts, read_pairs
from xmr_engine.evaluation.asking import place
from xmr_engine.question import SOURCES

SHORTEST = 4
KINDS = ("added", "left out", "replaced", "swapped")
EVERY_SOURCE = tuple(name for name, _ in SOURCES if name != "composed")
LENGTHS = ((4, 5), (6, 8), (9, 14), (15, 200))

Complete = Callable[[str, Sequence[str]], list[Completion]]


class Row(NamedTuple):
    """A row of the log: the session's queries, the prefix as typed, as it was slipped and how, and the answer."""

    previous: tuple[str, ...]
    prefix: str
    slipped: str
    kind: str
    next: str


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a model of the train split; by default one is trained")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of train, valid and test pairs")
    parser.add_argument("--split", default="test", choices=("valid", "test"))
    parser.add_argument("--rows", type=int, default=3000)
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.stderr.write(f"skipped: no folder {options.data.name}; name one by --data\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or _train(options.data, Path(folder) / "model")
        completer = xmr_engine.open_completer(model)
        completer.warm()
        rows = draw_rows(options.data / f"{options.split}.tsv.gz", options.rows)
        record("slips" if options.split == "test" else f"slips-{options.split}", measure(completer, rows))


def measure(completer: Completer, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the figures of one model."""

    def alone(prefix: str, previous: Sequence[str]) -> list[Completion]:
        return completer.complete(prefix, previous, sources=EVERY_SOURCE)

    known = [row for row in rows if row.slipped and completer.model.labels.find(row.next) is not None]
    return {
        "rows": len(rows),
        "rows_with_a_slip": len(known),
        "after_one_slip": after_one_slip(completer.complete, alone, known),
        "shown_on_clean_rows": shown(completer.complete, rows),
        "milliseconds": {
            "all_kinds": _percentiles(_times(rows, lambda row: completer.complete(row.prefix, row.previous))),
            "prefix_alone": _percentiles(_times(rows, lambda row: alone(row.prefix, row.previous))),
            "all_kinds_slipped": _percentiles(_times(known, lambda row: completer.complete(row.slipped, row.previous))),
        },
    }


def after_one_slip(complete: Complete, alone: Complete, rows: Sequence[Row]) -> dict[str, Any]:
    """Return MRR@10 of clean and of slipped prefixes, all and by kind of slip and length."""
    clean = reciprocal_ranks(complete, [(row.prefix, row) for row in rows])
    slipped = reciprocal_ranks(complete, [(row.slipped, row) for row in rows])
    exact = reciprocal_ranks(alone, [(row.slipped, row) for row in rows])
    kinds = np.array([row.kind for row in rows])
    lengths = np.array([len(row.prefix) for row in rows])
    groups = {kind: kinds == kind for kind in KINDS}
    groups |= {f"{low}-{high} characters": (low <= lengths) & (lengths <= high) for low, high in LENGTHS}

    def figures(chosen: np.ndarray) -> dict[str, Any]:
        means = [round(float(ranks[chosen].mean()), 4) for ranks in (clean, slipped, exact)]
        named = dict(zip(("clean", "slipped", "slipped_prefix_alone"), means, strict=True))
        return {"rows": int(chosen.sum()), **named, "share_kept": round(means[1] / means[0], 4)}

    everything = np.ones(len(rows), bool)
    return figures(everything) | {name: figures(chosen) for name, chosen in groups.items() if chosen.any()}


def reciprocal_ranks(complete: Complete, asked: Sequence[tuple[str, Row]]) -> np.ndarray:
    """Return 1/rank of each row's answer, 0 where it is not among the ten."""
    ranks = [place([found.text for found in complete(prefix, row.previous)], row.next) for prefix, row in asked]
    return np.array([1.0 / rank if rank else 0.0 for rank in ranks])


def shown(complete: Complete, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the share of rows with any completion of each kind, and completions of each kind a row."""
    some, total = Counter(), Counter()
    for row in rows:
        kinds = [found.match for found in complete(row.prefix, row.previous)]
        total.update(kinds)
        some.update(set(kinds))
        some["any"] += bool(kinds)
        some["prefix, composed or typo"] += bool({"prefix", "composed", "typo"} & set(kinds))
    return {
        "share_of_rows": {
            kind: round(some[kind] / len(rows), 4) for kind in (*MATCHES, *sorted(set(some) - {*MATCHES}))
        },
        "completions_a_row": {kind: round(total[kind] / len(rows), 3) for kind in MATCHES},
    }


def draw_rows(path: Path, n_rows: int, seed: int = 0) -> list[Row]:
    """Return rows drawn as the quality benchmark draws them, each with a slip where enough is typed."""
    pairs, draw = read_pairs(path), np.random.default_rng(seed + 1)
    before = contexts(pairs)
    rows = []
    for i in np.random.default_rng(seed).permutation(len(pairs.next))[:n_rows]:
        prefix = pairs.prefix[i]
        slipped, kind = slip(prefix, draw) if len(prefix) >= SHORTEST else ("", "")
        rows.append(Row(before[i], prefix, slipped, kind, pairs.next[i]))
    return rows


def slip(text: str, draw: np.random.Generator) -> tuple[str, str]:
    """Return a text with one edit after its first character, every kind and place as likely, and the kind."""
    while True:
        kind, letter = KINDS[draw.integers(len(KINDS))], string.ascii_lowercase[draw.integers(26)]
        at = int(draw.integers(1, len(text) + (kind == "added") - (kind == "swapped")))
        rest = {
            "added": letter + text[at:],
            "left out": text[at + 1 :],
            "replaced": letter + text[at + 1 :],
            "swapped": text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
        }[kind]
        if text[:at] + rest != text:
            return text[:at] + rest, kind


def _train(data: Path, path: Path) -> Path:
    xmr_engine.train(data / "train.tsv.gz", valid=data / "valid.tsv.gz", out=path, threads=2)
    return path


if __name__ == "__main__":
    main()
