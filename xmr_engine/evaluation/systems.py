"""What can be measured: everything that completes a prefix after a session's queries, opened by name.

Knows the models' door and the baselines; must not know how any of them comes to its answers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from xmr_engine.baselines.gru import Gru, open_gru
from xmr_engine.baselines.most_frequent import MostFrequent
from xmr_engine.baselines.reordered import Reordered
from xmr_engine.baselines.successor import Successor
from xmr_engine.completer import Completer, open_completer
from xmr_engine.errors import ConfigError

BASELINES = ("mfq", "mfq-backoff", "successor", "gru", "mfq+gru")
MODEL = "model"


class System(Protocol):
    """The one socket that every system fits."""

    def complete(self, prefix: str, previous: Sequence[str], k: int) -> list[str]:
        """Return at most k texts, best first, for what is typed and the session's queries, oldest first."""


class OfModel:
    """A model as a system, by one of its indexes."""

    def __init__(self, completer: Completer, index: str | None = None) -> None:
        self.completer = completer
        self.index = index

    def complete(self, prefix: str, previous: Sequence[str], k: int) -> list[str]:
        """Return the texts of the model's completions."""
        return [found.text for found in self.completer.complete(prefix, previous, k, index=self.index)]


def open_systems(completer: Completer, path: Path, against: Sequence[str]) -> dict[str, System]:
    """Return the model as `model`, and the systems named beside it.

    Raises
    ------
    ConfigError
        A name is neither a baseline, nor an index of the model, nor the path of a model.
    """
    systems: dict[str, System] = {MODEL: OfModel(completer)}
    for name in against:
        systems[name] = open_system(completer, path, name)
    return systems


def open_system(completer: Completer, path: Path, name: str) -> System:
    """Return the system of a name; baselines are made of the labels and counts of the model at `path`."""
    if name in BASELINES:
        return _baseline(completer, path, name)
    if name in completer.indexes:
        return OfModel(completer, name)
    if is_other_model(completer, name):
        return OfModel(open_completer(name))
    indexes, baselines = ", ".join(completer.indexes), ", ".join(BASELINES)
    raise ConfigError(
        f"{name!r} is no system; expected {baselines}, an index of the model ({indexes}), or the path of a model"
    )


def is_other_model(completer: Completer, name: str) -> bool:
    """Tell whether a system's name is the path of another model."""
    return name not in (*BASELINES, *completer.indexes, MODEL) and Path(name).is_dir()


def neural_path(path: Path) -> Path:
    """Return where the neural baseline of a model is kept."""
    whole = path.resolve()
    return whole.parent / "neural" / whole.name


def _baseline(completer: Completer, path: Path, name: str) -> System:
    labels, statistics = completer.model.labels, completer.model.statistics
    most_frequent = MostFrequent(labels, statistics.count, backoff=name == "mfq-backoff")
    if name == "successor":
        return Successor(most_frequent, statistics.followed)
    if name in ("mfq", "mfq-backoff"):
        return most_frequent
    gru = _neural(path, completer)
    return gru if name == "gru" else Reordered(most_frequent, gru)


def _neural(path: Path, completer: Completer) -> Gru:
    """Return the neural baseline trained for a model."""
    place = neural_path(path)
    if not place.is_dir():
        raise ConfigError(
            f"{place}: no neural baseline for this model; train it on the model's pairs: "
            f"python -m benchmarks.train_gru TRAIN --valid VALID --out {place}"
        )
    return open_gru(place, lambda text: completer.model.labels.find(text) is not None)
