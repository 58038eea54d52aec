"""Measure every system on the same rows of real search sessions: ours by each index, and what the papers compare with.

One run asks 3,000 rows at their own prefix and at fixed lengths, then again with the context withheld in part or whole.
The default split is `valid`: nobody tunes on `test` by accident. A model of a synthetic log is refused.

    python -m benchmarks.quality                          trains on `train`, fits on `valid`, asks `valid`
    python -m benchmarks.quality --split test             the figures to report
    python -m benchmarks.quality --model MODEL --systems mfq,tree --rows 300
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import xmr_engine
from benchmarks.record import RESULTS, ROOT, record
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
PAPER_OVER_MFQ = {"len1": 0.71, "len2": 0.38, "len3": 0.17, "len5": 0.043}
TO_REACH = {
    "all": {"sampled": 0.36},
    "seen": {"sampled": 0.87, "len1": 0.58, "len2": 0.67, "len3": 0.78, "len5": 0.86, "len8": 0.91},
}


class Run(NamedTuple):
    """What one run has in common: the model, its path, and how many rows are asked."""

    completer: Completer
    path: Path
    rows: int


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("valid", "test"), default="valid")
    parser.add_argument("--model", type=Path, help="a model trained on the train split; by default one is trained")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of train, valid, test and test-first pairs")
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="comma-separated: %(default)s")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--name", help="name of the result, by default after the split")
    options = parser.parse_args()
    if not options.data.is_dir():
        say(f"skipped: no folder {options.data.name}; name one by --data")
        return
    names = tuple(name for name in options.systems.split(",") if name)
    try:
        with tempfile.TemporaryDirectory(prefix="quality-") as work:
            path = options.model or train(options.data, Path(work) / "model")
            figures = measure(path, options.data, options.split, names, options.rows)
    except XmrError as error:
        sys.exit(f"error: {error}")
    show(figures)
    record(options.name or ("quality" if options.split == "test" else "quality-valid"), rounded(figures))


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


def measure(path: Path, data: Path, split: str, names: tuple[str, ...], n_rows: int) -> dict[str, Any]:
    """Return all figures of one run."""
    completer = xmr_engine.open_completer(path)
    if completer.synthetic:
        sys.exit(f"error: {path}: trained on a synthetic log, whose figures are no quality")
    run, pairs = Run(completer, path, n_rows), read_pairs(file_of(data, split))
    figures: dict[str, Any] = {"data": data.name, "split": split} | compare(run, pairs, names)
    figures["contexts"] = {name: by_context(run, pairs, last) for name, last in CONTEXTS.items()}
    figures["without_context"] = {"withheld": against_mfq(run, pairs, last=0)}
    if (first := file_of(data, f"{split}-first")).exists():
        figures["without_context"]["first queries"] = against_mfq(run, read_pairs(first))
    if split == "test":
        figures["systems"] |= peers(figures)
    figures["over_mfq"] = over_mfq(figures["systems"])
    figures["claims"] = claims(figures["systems"])
    figures["to_reach"] = TO_REACH
    return figures


def compare(run: Run, pairs: Pairs, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the document of the model beside the systems named, on the same rows."""
    systems = open_systems(run.completer, run.path, names)
    rows = make_rows(pairs, counter(run.completer), run.rows)
    return describe(systems, rows, answer_all(systems, rows, LENGTHS, run.completer, tell), run.completer)


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


def peers(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `peers.py` measured of libpecos, where it asked as many rows."""
    kept = RESULTS / "peers.json"
    if not kept.exists():
        say("no figures of libpecos: run benchmarks/peers.py first")
        return {}
    found = json.loads(kept.read_text(encoding="utf-8"))["figures"]
    if found["rows"]["test"] != figures["rows"]:
        say("the figures of libpecos are of other rows: left out")
        return {}
    return {
        name: {
            **{
                group: {
                    setting: {"mrr": cell[group]}
                    | ({"bleu_rr": system["bleu_rr"][group]} if setting == "sampled" else {})
                    for setting, cell in system["mrr"].items()
                }
                for group in ("all", "seen")
            },
            "latency_ms": {"p50": system["search"]["p50_ms"], "p99": system["search"]["p99_ms"]},
            "latency_of": "the tree search alone, without its features",
        }
        for name, system in found["systems"].items()
        if name != "mfq"
    }


def over_mfq(systems: Mapping[str, Any]) -> dict[str, Any]:
    """Return the share by which the model's MRR on seen rows is above that of the most frequent query."""
    if "mfq" not in systems:
        return {}
    ours, theirs = systems[MODEL]["seen"], systems["mfq"]["seen"]
    return {
        setting: {"ours": round(cell["mrr"] / theirs[setting]["mrr"] - 1, 4), "paper": PAPER_OVER_MFQ.get(setting)}
        for setting, cell in ours.items()
    }


def claims(systems: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the paper's claims with our figures: ahead of others on seen queries, and how fast."""
    linear = [name for name in systems if name.startswith("libpecos")]
    found = []
    for name in (*linear, "mfq", "gru", "mfq+gru"):
        if name not in systems:
            continue
        ours, theirs = systems[MODEL], systems[name]
        for measure in ("mrr", "bleu_rr"):
            if measure in theirs["seen"]["sampled"]:
                pair = ours["seen"]["sampled"][measure], theirs["seen"]["sampled"][measure]
                found.append(claim(f"{measure} on seen queries above {name}", pair, pair[0] > pair[1]))
        pair = ours["latency_ms"]["p50"], theirs["latency_ms"]["p50"]
        found.append(claim(f"p50 of a completion below {name}", pair, pair[0] < pair[1]))
    return found


def claim(text: str, pair: tuple[float, float], holds: bool) -> dict[str, Any]:
    """Return one claim with both figures."""
    return {"claim": text, "ours": pair[0], "theirs": pair[1], "holds": bool(holds)}


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
