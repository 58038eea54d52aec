"""Measure every system on the same rows of real search sessions: ours by each index, and what the papers compare with.

One run asks 3,000 rows at their own prefix and at fixed lengths, then again with the context withheld in part or whole.
Beside the model stand its other indexes, look-ups, the network (`--neural` names its folder) and libpecos, trained and
asked in the same run; what cannot run here is left out and named. The default split is `valid`: nobody tunes on `test`
by accident. A model of a synthetic log is refused.

    python -m benchmarks.quality                                    trains on `train`, fits on `valid`, asks `valid`
    python -m benchmarks.quality --split test --neural NETWORK      the figures to report
    python -m benchmarks.quality --model MODEL --systems mfq,tree --peers '' --rows 300
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import xmr_engine
from benchmarks.claims import claims, over_mfq
from benchmarks.peers import INDEXES
from benchmarks.record import ROOT, record
from benchmarks.rivals import ask_peers, open_rivals
from xmr_engine.completer import Completer
from xmr_engine.data.pairs import Pairs, read_pairs
from xmr_engine.errors import XmrError
from xmr_engine.evaluation.questions import make_rows
from xmr_engine.evaluation.report import LENGTHS, answer_all, counter, describe, describe_answers
from xmr_engine.evaluation.systems import MODEL, OfModel, open_systems

DATA = ROOT.parent / "shared" / "data" / "websearch"
ROWS = 3000
SYSTEMS = ("tree", "trie", "mfq", "mfq-backoff", "successor", "gru", "mfq+gru")
CONTEXTS = {"none": 0, "previous": 1, "last five": 5}
QUANTILES = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.9)
TO_REACH = {
    "all": {"sampled": 0.36},
    "seen": {"sampled": 0.87, "len1": 0.58, "len2": 0.67, "len3": 0.78, "len5": 0.86, "len8": 0.91},
}


class Run(NamedTuple):
    """What one run has in common: the model, its path, how many rows are asked, and a folder to work in."""

    completer: Completer
    path: Path
    rows: int
    work: Path


class Others(NamedTuple):
    """What stands beside the model: systems by name, the network's folder, the peer's indexes."""

    names: tuple[str, ...]
    neural: Path | None
    peers: tuple[str, ...]


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("valid", "test"), default="valid")
    parser.add_argument("--model", type=Path, help="a model trained on the train split; by default one is trained")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of train, valid, test and test-first pairs")
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="comma-separated: %(default)s")
    parser.add_argument("--neural", type=Path, help="folder of the network; by default neural/NAME beside the model")
    parser.add_argument("--peers", default=",".join(INDEXES), help="libpecos by these indexes: %(default)s")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--name", help="name of the result, by default after the split")
    options = parser.parse_args()
    if not options.data.is_dir():
        say(f"skipped: no folder {options.data.name}; name one by --data")
        return
    names, peers = (tuple(filter(None, text.split(","))) for text in (options.systems, options.peers))
    if unknown := sorted(set(peers) - set(INDEXES)):
        parser.error(f"unknown index {', '.join(unknown)}: choose from {', '.join(INDEXES)}")
    try:
        with tempfile.TemporaryDirectory(prefix="quality-") as work:
            path = options.model or train(options.data, Path(work) / "model")
            run = Run(xmr_engine.open_completer(path), path, options.rows, Path(work))
            figures, versions = measure(run, options.data, options.split, Others(names, options.neural, peers))
    except XmrError as error:
        sys.exit(f"error: {error}")
    show(figures)
    record(options.name or ("quality" if options.split == "test" else "quality-valid"), rounded(figures), versions)


def train(data: Path, out: Path) -> Path:
    """Train a model of all three indexes with the default settings."""
    config = {"corpus": data.name}
    say("training")
    xmr_engine.train(
        file_of(data, "train"),
        valid=file_of(data, "valid"),
        out=out,
        index=("hybrid", "tree", "trie"),
        config=config,
        threads=2,
    )
    return out


def measure(run: Run, data: Path, split: str, others: Others) -> tuple[dict[str, Any], dict[str, str]]:
    """Return all figures of one run, and the versions of the peer."""
    if run.completer.synthetic:
        sys.exit(f"error: {run.path}: trained on a synthetic log, whose figures are no quality")
    pairs = read_pairs(file_of(data, split))
    found, versions = compare(run, pairs, others, (file_of(data, "train"), file_of(data, split)))
    figures: dict[str, Any] = {"data": data.name, "split": split} | found
    figures["contexts"] = {name: by_context(run, pairs, last) for name, last in CONTEXTS.items()}
    figures["without_context"] = {"withheld": against_mfq(run, pairs, last=0)}
    if (first := file_of(data, f"{split}-first")).exists():
        figures["without_context"]["first queries"] = against_mfq(run, read_pairs(first))
    figures["over_mfq"] = over_mfq(figures["systems"])
    figures["claims"] = claims(figures["systems"])
    figures["to_reach"] = TO_REACH
    return figures, versions


def compare(run: Run, pairs: Pairs, others: Others, files: tuple[Path, Path]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the document of the model beside all other systems, on the same rows."""
    systems, left_out = open_rivals(run.completer, run.path, others.names, others.neural)
    rows = make_rows(pairs, counter(run.completer), run.rows)
    answers = answer_all(systems, rows, LENGTHS, run.completer, tell)
    document = {"index": run.completer.indexes[0]} | describe(systems, rows, answers, run.completer)
    for name, found in answers.items():
        times = np.percentile(found.milliseconds, QUANTILES).tolist()
        document["systems"][name]["latency_ms"]["quantiles"] = [list(p) for p in zip(QUANTILES, times, strict=True)]
    peers = ask_peers(files, others.peers, rows, answers[MODEL].ranks, run.work)
    document["systems"] |= peers.systems
    document["differences"] |= peers.differences
    document["left_out"] = left_out | peers.left_out
    for name, why in document["left_out"].items():
        say(f"left out: {name}: {why}")
    return document, peers.versions


def by_context(run: Run, pairs: Pairs, last: int) -> dict[str, Any]:
    """Return the model's figures where it is told only the session's last queries."""
    rows = make_rows(pairs, counter(run.completer), run.rows, last_queries=last)
    answers = answer_all({MODEL: OfModel(run.completer)}, rows, LENGTHS, run.completer)[MODEL]
    figures = describe_answers(answers, rows, 0)
    return {"all": figures["no_context"], "seen": figures["no_context_seen"]} if last == 0 else figures


def against_mfq(run: Run, pairs: Pairs, last: int | None = None) -> dict[str, Any]:
    """Return model and most frequent query without any context, and by how much they differ."""
    systems = open_systems(run.completer, run.path, ("mfq",))
    rows = make_rows(pairs, counter(run.completer), run.rows, last_queries=last)
    document = describe(systems, rows, answer_all(systems, rows, LENGTHS, run.completer), run.completer)
    figures = {
        name: {"all": found["no_context"], "seen": found["no_context_seen"]}
        for name, found in document["systems"].items()
    }
    return {"systems": figures, "differences": document["differences"]["mfq"]["no_context"]}


def show(figures: Mapping[str, Any]) -> None:
    """Write one table of MRR to stderr: systems down; all at the own prefix, seen at every length, across."""
    settings = ["sampled", *(f"len{length}" for length in LENGTHS)]
    say(f"{'':<22}{'all':>8}" + "".join(f"{name:>8}" for name in settings) + f"{'BLEU':>8}{'p50 ms':>8}{'p99 ms':>8}")
    for name, system in figures["systems"].items():
        seen = [system["seen"].get(setting, {}).get("mrr", np.nan) for setting in settings]
        bleu = system["seen"]["sampled"].get("bleu_rr", np.nan)
        times = [system["latency_ms"][p] for p in ("p50", "p99")]
        cells = [system["all"]["sampled"]["mrr"], *seen, bleu, *times]
        say(f"{name:<22}" + "".join(f"{cell:>8.3f}" for cell in cells))
    for name, found in figures["contexts"].items():
        seen = [found["seen"][setting]["mrr"] for setting in settings]
        say(f"{'context: ' + name:<22}" + "".join(f"{cell:>8.3f}" for cell in [found["all"]["sampled"]["mrr"], *seen]))


def rounded(value: Any) -> Any:  # noqa: ANN401
    """Return figures with four decimals."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, Mapping):
        return {name: rounded(part) for name, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list | tuple) else value


def file_of(data: Path, split: str) -> Path:
    """Return the pair file of a split, plain or compressed."""
    plain = data / f"{split}.tsv"
    return plain if plain.exists() else data / f"{split}.tsv.gz"


def tell(stage: str, share: float) -> None:
    """Tell how far a system is, a line each tenth or so."""
    if round(share * 1000) % 100 < 8:
        say(f"{stage}: {share:.0%}")


def say(message: str) -> None:
    """Tell what goes on, on stderr; stdout is for the figures."""
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
