"""The systems of one table that are not the model's own: the network of a folder, libpecos from its own environment.

Whatever cannot run here is left out, with the reason. Knows the baselines and the peer; knows nothing of what is
claimed of them.
"""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import peers
from xmr_engine.baselines.gru import open_gru
from xmr_engine.baselines.most_frequent import MostFrequent
from xmr_engine.baselines.reordered import Reordered
from xmr_engine.completer import Completer
from xmr_engine.evaluation.asking import Answers
from xmr_engine.evaluation.differences import describe_differences, difference_columns
from xmr_engine.evaluation.metrics import Ranks
from xmr_engine.evaluation.questions import Rows, settings
from xmr_engine.evaluation.report import LENGTHS, describe_answers
from xmr_engine.evaluation.systems import System, neural_path, open_systems

NEURAL = ("gru", "mfq+gru")


class Opened(NamedTuple):
    """Systems by name, the model first, and why others are left out."""

    systems: dict[str, System]
    left_out: dict[str, str]


class Peers(NamedTuple):
    """Figures of the peer's systems, the model's differences to them, versions, and why others are left out."""

    systems: dict[str, Any]
    differences: dict[str, Any]
    versions: dict[str, str]
    left_out: dict[str, str]


def open_rivals(completer: Completer, path: Path, names: Sequence[str], neural: Path | None) -> Opened:
    """Return the model and the systems named, the network from its folder, by default the one beside the model."""
    place = neural or neural_path(path)
    systems = open_systems(completer, path, [name for name in names if name not in NEURAL])
    if not place.is_dir():
        reason = "no network for this model; python -m benchmarks.train_gru makes one, --neural names it"
        return Opened(systems, dict.fromkeys((name for name in names if name in NEURAL), reason))
    labels, count = completer.model.labels, completer.model.statistics.count
    for name in names:
        if name in NEURAL:
            gru = open_gru(place, lambda text: labels.find(text) is not None)
            systems[name] = gru if name == "gru" else Reordered(MostFrequent(labels, count, backoff=False), gru)
    return Opened({name: systems[name] for name in ("model", *names)}, {})


def ask_peers(
    files: tuple[Path, Path], kinds: Sequence[str], rows: Rows, ours: Mapping[str, Ranks], work: Path
) -> Peers:
    """Return what libpecos makes of the same rows, trained on the same pairs, now."""
    if not kinds:
        return Peers({}, {}, {}, {})
    try:
        compared = peers.compare(files, list(kinds), (None, len(rows.next)), work)
    except (SystemExit, OSError, subprocess.CalledProcessError) as error:
        return Peers({}, {}, {}, {f"libpecos {kind}": reason(error) for kind in kinds})
    found = Peers({}, {}, compared.versions, {})
    for name in compared.bleu:
        answers = as_answers(compared.ranks[name], compared.bleu[name], rows)
        steps = compared.figures["systems"][name]
        search, features = steps["search"], steps["features"]["one_query"]
        figures = describe_answers(answers, rows, 0)
        figures["latency_ms"] = {"p50": search["p50_ms"], "p99": search["p99_ms"]}
        figures["latency_of"] = "the tree search alone, without its features"
        figures["features_ms"] = {"p50": features["p50_ms"], "p99": features["p99_ms"]}
        figures["trained"] = {"matchers_s": steps["train"]["seconds"], "weights_mb": steps["train"]["mb"]}
        found.systems[name] = figures
        columns = difference_columns(dict(ours), answers.ranks, rows)
        found.differences[name] = describe_differences(columns, rows.unit, 0)
    return found


def as_answers(ranks: Mapping[str, np.ndarray], bleu: np.ndarray, rows: Rows) -> Answers:
    """Return the peer's ranks in the form of every other system's; its time is measured elsewhere."""
    places = {}
    for name, prefixes in settings(rows, LENGTHS).items():
        asked = np.array([prefix is not None for prefix in prefixes])
        places[name] = np.full(asked.size, -1, np.int16)
        places[name][asked] = ranks[name]
    return Answers({name: Ranks(column) for name, column in places.items()}, bleu, np.full(len(rows.next), np.nan))


def reason(error: BaseException) -> str:
    """Return why the peer cannot run, on one line."""
    if isinstance(error, subprocess.CalledProcessError):
        return f"its environment failed (exit {error.returncode})"
    if isinstance(error, OSError):
        return f"{Path(error.filename or '').name}: {error.strerror}"
    return str(error).removeprefix("error: ")
