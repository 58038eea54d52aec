"""Measure quality against latency along three knobs: beam width, depth of the hybrid's trie, pruning threshold.

Each point is asked twice: `index`, its own search alone, and `all`, with every source of candidates beside it, as a
completion is served. The ranker is the model's and stays as it is; depths are built and trained anew over the same
labels, thresholds drop weights of the trained index. All points of a knob take turns, so that a busy machine slows all.

    python -m benchmarks.curves --model MODEL            a model of the train split; by default one is trained
    python -m benchmarks.curves --model MODEL --rows 800
    python -m benchmarks.curves --model MODEL --short    few points and rows: does it run, not how good is it
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import xmr_engine
from benchmarks.quality import DATA, file_of, rounded, say, train
from benchmarks.record import record
from xmr_engine.completer import Completer
from xmr_engine.config import IndexConfig
from xmr_engine.data.pairs import read_pairs
from xmr_engine.data.privacy import screen
from xmr_engine.errors import XmrError
from xmr_engine.evaluation.asking import ask
from xmr_engine.evaluation.questions import Rows, make_rows, settings
from xmr_engine.evaluation.report import counter, describe_answers
from xmr_engine.features.rows import make_label_rows
from xmr_engine.features.rows import make_rows as make_input_rows
from xmr_engine.indexing.build import Material, build_index
from xmr_engine.inputs import make_inputs
from xmr_engine.matching.prune import prune_chunks
from xmr_engine.matching.train import train_matchers
from xmr_engine.model import Index, Model

BEAMS = (1, 2, 3, 5, 10, 15, 20, 30, 50)
DEPTHS = (0, 1, 2, 3, 4, 6)
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
SHORT_BEAMS, SHORT_DEPTHS, SHORT_THRESHOLDS = (1, 10, 50), (0, 1), (0.1, 0.3)
LENGTHS = (1, 2, 3)
ROWS, SHORT_ROWS, ROUNDS = 3000, 200, 3
SOURCES: dict[str, tuple[str, ...] | None] = {"index": ("index",), "all": None}


class Setting(NamedTuple):
    """A system: a model by its default index, at a beam, with some sources of candidates; None is the model's own."""

    completer: Completer
    beam: int | None = None
    sources: tuple[str, ...] | None = None

    def complete(self, prefix: str, previous: Sequence[str], k: int) -> list[str]:
        """Return the texts of the completions."""
        return [c.text for c in self.completer.complete(prefix, previous, k, None, self.beam, self.sources)]


class Knob(NamedTuple):
    """The points of one knob: a completer and a beam each; and what is known of each besides."""

    points: dict[float, tuple[Completer, int | None]]
    facts: dict[float, dict[str, Any]]


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a model trained on the train split; by default one is trained")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of train and valid pairs")
    parser.add_argument("--rows", type=int, help=f"rows of the validation split, by default {ROWS}")
    parser.add_argument("--threads", type=int, default=2, help="of training; what is measured runs on one")
    parser.add_argument("--short", action="store_true", help="few points and rows")
    options = parser.parse_args()
    if not options.data.is_dir():
        say(f"skipped: no folder {options.data.name}; name one by --data")
        return
    try:
        with tempfile.TemporaryDirectory(prefix="curves-") as work:
            path = options.model or train(options.data, Path(work) / "model")
            completer = xmr_engine.open_completer(path)
            if completer.synthetic:
                sys.exit(f"error: {path}: trained on a synthetic log, whose figures are no quality")
            figures = measure(completer, options)
    except XmrError as error:
        sys.exit(f"error: {error}")
    record("curves-short" if options.short else "curves", rounded(figures))


def measure(completer: Completer, options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of all knobs."""
    n_rows = options.rows or (SHORT_ROWS if options.short else ROWS)
    pairs = read_pairs(file_of(options.data, "valid"))
    rows = make_rows(pairs, counter(completer), n_rows)
    beams, depths, thresholds = (
        (SHORT_BEAMS, SHORT_DEPTHS, SHORT_THRESHOLDS) if options.short else (BEAMS, DEPTHS, THRESHOLDS)
    )
    figures: dict[str, Any] = {
        "data": options.data.name,
        "split": "valid",
        "synthetic": completer.synthetic,
        "model": completer.name,
        "index": completer.indexes[0],
        "beam_of_model": completer.model.config.matching.beam,
        "labels": completer.n_labels,
        "rows": len(rows.next),
        "seen": int(rows.seen.sum()),
        "rounds": ROUNDS,
        "short": options.short,
        "knobs": {},
    }
    knobs: Mapping[str, Callable[[], Knob]] = {
        "beam": lambda: by_beam(completer, beams),
        "threshold": lambda: by_threshold(completer, thresholds),
        "trie_depth": lambda: by_depth(completer.model, depths, options),
    }
    for name, make in knobs.items():
        figures["knobs"][name] = measure_knob(name, make(), rows, counter(completer))
    return figures


def by_beam(completer: Completer, beams: Sequence[int]) -> Knob:
    """Return the same model at several beams."""
    return Knob({beam: (completer, beam) for beam in beams}, {beam: {} for beam in beams})


def by_threshold(completer: Completer, thresholds: Sequence[float]) -> Knob:
    """Return the model's default index without the weights below each threshold."""
    name = completer.indexes[0]
    index = completer.model.indexes[name]
    knob = Knob({}, {})
    for threshold in thresholds:
        pruned = Index(index.tree, prune_chunks(index.chunks, threshold))
        add(knob, threshold, replace(completer.model, indexes={name: pruned}))
    return knob


def by_depth(model: Model, depths: Sequence[int], options: argparse.Namespace) -> Knob:
    """Return the model with hybrids of several trie depths over the same labels; depth 0 is the plain tree."""
    pairs = screen(read_pairs(file_of(options.data, "train")), blocklist=None, min_people=model.config.data.min_people)
    vectorizer = model.vectorizer()
    inputs = make_inputs(pairs, model.labels, lambda previous, prefix: make_input_rows(vectorizer, previous, prefix))
    material = Material(model.labels.strings, make_label_rows(vectorizer, model.labels.texts()))
    knob = Knob({}, {})
    for depth in depths:
        say(f"trie depth {depth}: training")
        kind, shape = ("hybrid", IndexConfig(trie_depth=depth)) if depth else ("tree", IndexConfig())
        start = time.process_time()
        tree = build_index(kind, material, shape, model.config.seed, options.threads)
        chunks = train_matchers(inputs.X, inputs.Y, tree, model.config.matching, options.threads)
        seconds = time.process_time() - start
        config = replace(model.config, indexes={kind: shape})
        add(knob, depth, replace(model, indexes={kind: Index(tree, chunks)}, config=config))
        knob.facts[depth]["processor_s_of_training"] = seconds
    return knob


def add(knob: Knob, at: float, model: Model) -> None:
    """Add a point: a model, and how large its index is."""
    completer = Completer(model)
    index = model.indexes[completer.indexes[0]]
    size = sum(array.nbytes for array in (*index.tree, *index.chunks))
    knob.points[at] = (completer, None)
    knob.facts[at] = {"nodes": int(index.tree.label.size), "weights": len(index.chunks.entries), "mb": size / 1e6}


def measure_knob(name: str, knob: Knob, rows: Rows, count_of: Callable[[str], int]) -> list[dict[str, Any]]:
    """Return the figures of every point: MRR of all and of seen rows, and the time of a completion."""
    asked = settings(rows, LENGTHS)
    systems = {
        (at, sources): Setting(completer, beam, only)
        for at, (completer, beam) in knob.points.items()
        for sources, only in SOURCES.items()
    }
    found: list[dict[str, Any]] = [{"at": at} | knob.facts[at] for at in knob.points]
    times = take_turns(systems, rows)
    for point in found:
        for sources in SOURCES:
            say(f"{name} {point['at']}: {sources}")
            answers = ask(systems[point["at"], sources], rows, asked, lambda text: count_of(text) > 0)
            figures = describe_answers(answers, rows, 0)
            point[sources] = {group: figures[group] for group in ("all", "seen")} | {
                "latency_ms": {f"p{q}": float(np.percentile(times[point["at"], sources], q)) for q in (50, 90, 99)}
            }
    return found


def take_turns(systems: Mapping[tuple[float, str], Setting], rows: Rows) -> dict[tuple[float, str], np.ndarray]:
    """Return each system's milliseconds a row, the median of rounds in which all take turns."""
    times = {key: np.empty((ROUNDS, len(rows.next))) for key in systems}
    for turn in range(ROUNDS):
        for key, system in systems.items():
            for row, (prefix, context) in enumerate(zip(rows.prefix, rows.context, strict=True)):
                start = time.perf_counter()
                system.complete(prefix, context, 10)
                times[key][turn, row] = time.perf_counter() - start
    return {key: 1000.0 * np.median(taken, axis=0) for key, taken in times.items()}


if __name__ == "__main__":
    main()
