"""Measure one completion from text to text, and where its time goes, single-threaded.

Rows of real search sessions are asked one by one, as a person would. Beside it stand the tree search alone and the
share of each source of candidates, and of each stage; libpecos by turns, where its trained models are named.

    python -m benchmarks.latency --model MODEL
    python -m benchmarks.latency --model MODEL --rows 500
    python -m benchmarks.training --work DIR && python -m benchmarks.latency --model MODEL --peer DIR
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import xmr_engine
from benchmarks.peers import INDEXES, peer
from benchmarks.record import ROOT, record
from benchmarks.stages import stage_times
from xmr_engine.completer import Completer
from xmr_engine.data.pairs import contexts, read_pairs
from xmr_engine.kernels.search import beam_search
from xmr_engine.kernels.weighing import input_of
from xmr_engine.question import SOURCES

DATA = ROOT.parent / "shared" / "data" / "websearch"
ROUNDS = 5
FEW = 10
STAGED = 400


class Ask(NamedTuple):
    """One keystroke: the session's queries, oldest first, and what is typed."""

    previous: tuple[str, ...]
    prefix: str


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a model of the train split; by default one is trained")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of train, valid and test pairs")
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--peer", type=Path, help="work folder of benchmarks.training, with libpecos' models")
    parser.add_argument("--name", default="latency", help="name of the result: %(default)s")
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.stderr.write(f"skipped: no folder {options.data.name}; name one by --data\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or _train(options.data, Path(folder) / "model")
        completer = xmr_engine.open_completer(model)
        completer.warm()
        asks = _draw(options.data, options.rows)
        figures = measure(completer, asks)
        if options.peer:
            figures["by_turns"] = beside_peer(completer, asks, options.peer)
        record(options.name, figures)


def measure(completer: Completer, asks: Sequence[Ask]) -> dict[str, Any]:
    """Return the figures of one model, in milliseconds."""
    labels = completer.model.labels
    spans = np.array([np.diff(labels.span(ask.prefix))[0] for ask in asks])
    lengths = np.array([len(ask.prefix) for ask in asks])
    wide = [ask for ask, n in zip(asks, spans, strict=True) if n >= FEW]
    whole = _times(asks, lambda ask: completer.complete(ask.prefix, ask.previous))
    by_source = {
        name: _times(asks, lambda ask, name=name: completer.complete(ask.prefix, ask.previous, sources=(name,)))
        for name, _ in SOURCES
    }
    return {
        "labels": completer.n_labels,
        "rows": len(asks),
        "rounds": ROUNDS,
        "text_to_text": {"all": _percentiles(whole), "span_of_ten_or_more": _percentiles(whole[spans >= FEW])},
        "by_prefix_length": {
            str(n): _percentiles(whole[lengths == n]) for n in (1, 2, 3, 5, 8, 12) if (lengths == n).any()
        },
        "one_source_alone": {name: _percentiles(times[spans >= FEW]) for name, times in by_source.items()},
        "stages": stage_times(completer, [completer.ask(ask.prefix, ask.previous) for ask in wide[:STAGED]]),
        "tree_search_alone": _percentiles(_search_times(completer, asks)[spans >= FEW]),
    }


def beside_peer(completer: Completer, asks: Sequence[Ask], work: Path) -> dict[str, Any]:
    """Return what a completion takes, from text to text, and what a search alone takes libpecos: medians of turns.

    Ours are the rows whose span has ten labels or more; the peer's search knows no span.
    """
    labels = completer.model.labels
    wide = [ask for ask in asks if np.diff(labels.span(ask.prefix))[0] >= FEW]
    kinds = [kind for kind in INDEXES if (work / f"model-{kind}").is_dir()]
    turns: dict[str, list[float]] = {name: [] for name in ("ours", *kinds)}
    for _ in range(ROUNDS):
        for kind in kinds:
            turns[kind].append(peer("times", work, kind)["p50_ms"])
        times = _times(wide, lambda ask: completer.complete(ask.prefix, ask.previous), rounds=1)
        turns["ours"].append(float(np.median(times)))
    middle = {name: float(np.median(values)) for name, values in turns.items()}
    return {
        "p50_ms": {name: [round(value, 4) for value in values] for name, values in turns.items()},
        "ratio": {kind: round(middle["ours"] / middle[kind], 3) for kind in kinds},
    }


def _search_times(completer: Completer, asks: Sequence[Ask]) -> np.ndarray:
    """Return the time of the beam search alone on the default index, its input ready."""
    serving, index = completer.model.serving(), completer.model.indexes[completer.indexes[0]]
    ready = []
    for ask in asks:
        question = completer.ask(ask.prefix, ask.previous)
        _, row, span, _ = input_of(serving, question.codes())
        ready.append((row, span, question.limits.beam))
    return _times(ready, lambda r: beam_search(index.tree, index.chunks, r[0], r[1], r[2], 10))


def _times(items: Sequence[Any], call: Callable[[Any], object], rounds: int = ROUNDS) -> np.ndarray:
    """Return the median time of each call over the rounds, milliseconds, shape (n_items,)."""
    times = np.empty((rounds, len(items)))
    for r in range(rounds):
        for i, item in enumerate(items):
            start = time.perf_counter()
            call(item)
            times[r, i] = time.perf_counter() - start
    return np.median(times, axis=0) * 1000.0


def _percentiles(times: np.ndarray) -> dict[str, float]:
    return {f"p{q}": round(float(np.percentile(times, q)), 4) for q in (50, 90, 99)} | {"calls": int(times.size)}


def _draw(data: Path, rows: int) -> list[Ask]:
    """Return keystrokes of the test sessions, drawn as the quality benchmark draws them."""
    pairs = read_pairs(data / "test.tsv.gz")
    context = contexts(pairs)
    drawn = np.random.default_rng(0).permutation(len(pairs.next))[:rows]
    return [Ask(context[i], pairs.prefix[i]) for i in drawn]


def _train(data: Path, path: Path) -> Path:
    xmr_engine.train(data / "train.tsv.gz", valid=data / "valid.tsv.gz", out=path, threads=2)
    return path


if __name__ == "__main__":
    main()
