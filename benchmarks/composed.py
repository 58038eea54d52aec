"""Measure what composed completions are worth, and look up the evidence of some drawn at random.

MRR, BLEU weighted by rank and the share of rows with a completion: with composed completions, with those alone whose
every word the log has right after the one before or that are of the session (no back-off), and with none. Then so many
composed completions are drawn from all that the rows were answered with, and the evidence of every word of each is
looked up in the model's counts; one without evidence ends the run with an error.

    python -m benchmarks.composed --model MODEL
    python -m benchmarks.composed --model MODEL --split test
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import xmr_engine
from benchmarks.latency import DATA
from benchmarks.record import record
from xmr_engine.completer import Completer, Completion
from xmr_engine.data.pairs import contexts, read_pairs
from xmr_engine.evaluation.asking import place
from xmr_engine.evaluation.bleu import bleu_rr
from xmr_engine.evidence import find_evidence
from xmr_engine.text import normalise, normalise_prefix

ROWS, DRAWN, SEED = 3000, 500, 0
WITHOUT = ("index", "popular", "successor")
OFFERED = ("prefix", "composed", "typo")

Row = tuple[tuple[str, ...], str, str]


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a model of the train split")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of train, valid and test pairs")
    parser.add_argument("--split", default="valid", choices=("valid", "test"))
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.stderr.write(f"skipped: no folder {options.data.name}; name one by --data\n")
        return
    completer = xmr_engine.open_completer(options.model)
    completer.warm()
    rows = draw_rows(options.data / f"{options.split}.tsv.gz", options.rows)
    figures = measure(completer, rows)
    record("composed" if options.split == "test" else f"composed-{options.split}", figures)
    if figures["evidence"]["none"]:
        sys.exit("error: a composed completion has a word without evidence")


def draw_rows(path: Path, n: int) -> list[Row]:
    """Return rows drawn with a seed: the session's queries, what was typed, and the query meant."""
    pairs = read_pairs(path)
    drawn = np.random.default_rng(SEED).permutation(len(pairs.next))[:n]
    of_rows = contexts(pairs)
    return [(of_rows[i], pairs.prefix[i], pairs.next[i]) for i in drawn.tolist()]


def measure(completer: Completer, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the figures of one model on these rows."""
    model = completer.model
    strict = replace(model.config, ranking=replace(model.config.ranking, back_off=False))
    without_back_off = Completer(replace(model, config=strict), completer.name)
    known = np.array([model.labels.find(answer) is not None for _, _, answer in rows])
    answered = [completer.complete(prefix, previous) for previous, prefix, _ in rows]
    ways: dict[str, Callable[[Row], list[Completion]]] = {
        "without_back_off": lambda row: without_back_off.complete(row[1], row[0]),
        "labels_that_begin_so": lambda row: completer.complete(row[1], row[0], sources=WITHOUT),
    }
    figures = {"rows": len(rows), "seen": int(known.sum()), "composed": describe(rows, answered, known)}
    figures |= {name: describe(rows, [way(row) for row in rows], known) for name, way in ways.items()}
    return figures | {"evidence": look_up(completer, rows, answered)}


def describe(rows: Sequence[Row], answered: Sequence[list[Completion]], known: np.ndarray) -> dict[str, Any]:
    """Return MRR@10, BLEU by rank, and what kinds of completions rows got."""
    texts = [[found.text for found in completions] for completions in answered]
    ranks = [place(found, row[2]) for found, row in zip(texts, rows, strict=True)]
    gains = np.array([1.0 / rank if rank else 0.0 for rank in ranks])
    bleu = np.array([bleu_rr(found, row[2]) for found, row in zip(texts, rows, strict=True)])
    offered = [any(found.match in OFFERED for found in completions) for completions in answered]
    kinds = Counter(found.match for completions in answered for found in completions)
    return {
        "mrr": {name: round(float(gains[rows_].mean()), 4) for name, rows_ in _groups(known)},
        "bleu_rr": {name: round(float(bleu[rows_].mean()), 4) for name, rows_ in _groups(known)},
        "rows_with_prefix_composed_or_typo": round(float(np.mean(offered)), 4),
        "completions_a_row": {kind: round(count / len(rows), 3) for kind, count in sorted(kinds.items())},
    }


def _groups(known: np.ndarray) -> list[tuple[str, np.ndarray]]:
    return [("all", np.ones(known.size, bool)), ("seen", known), ("unseen", ~known)]


def look_up(completer: Completer, rows: Sequence[Row], answered: Sequence[list[Completion]]) -> dict[str, int]:
    """Return how often each kind of evidence speaks for a word of the drawn completions, `none` among them."""
    every = [
        (row, found.text)
        for row, completions in zip(rows, answered, strict=True)
        for found in completions
        if found.match == "composed"
    ]
    drawn = np.random.default_rng(SEED).permutation(len(every))[:DRAWN]
    supports: Counter[str] = Counter(dict.fromkeys(("pair", "session pair", "session", "begun", "none"), 0))
    for (previous, prefix, _), text in (every[i] for i in drawn.tolist()):
        queries = [normalise(query) for query in previous]
        successions = completer.model.statistics.successions
        evidence = find_evidence(successions, normalise_prefix(prefix), text, queries)
        supports.update(piece.support for piece in evidence)
    return {"completions": int(drawn.size), **dict(supports)}


if __name__ == "__main__":
    main()
