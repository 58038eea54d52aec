"""The report: a model and the systems beside it, on the same rows, as one document.

Knows the parts of an evaluation; must not know how scores arise.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmr_engine.completer import Completer, open_completer
from xmr_engine.data.pairs import read_pairs
from xmr_engine.errors import DataError
from xmr_engine.evaluation.asking import Answers, Typed, ask, split_misses, type_out
from xmr_engine.evaluation.bleu import signature
from xmr_engine.evaluation.differences import (
    Key,
    describe_differences,
    difference_columns,
    most_changed,
    within,
)
from xmr_engine.evaluation.metrics import MEASURES, Column
from xmr_engine.evaluation.questions import SAMPLED, Rows, make_rows, settings
from xmr_engine.evaluation.resampling import FLIPS, RESAMPLES, intervals
from xmr_engine.evaluation.systems import MODEL, System, is_other_model, open_systems

LENGTHS = (1, 2, 3, 5, 8)
TYPED_ROWS = 1000

Progress = Callable[[str, float], None]


def evaluate(
    model: str | Path,
    pairs: str | Path,
    lengths: Sequence[int] = LENGTHS,
    against: Sequence[str] = (),
    rows: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Measure a model, and systems beside it, on pairs it has not seen.

    Parameters
    ----------
    model, pairs
        Paths of a model and of a pair file or log.
    lengths
        Prefix lengths asked of every row whose answer is that long, besides the row's own prefix.
    against
        Baselines (`mfq`, `mfq-backoff`, `successor`, `gru`, `mfq+gru`), indexes of the model, or paths of models.
    rows
        Draw so many rows; by default all are asked.
    seed
        Of whatever is drawn.
    progress
        Told the system and the share of its rows that is done.

    Returns
    -------
    dict
        The document of `evaluate --json`: plain values.

    Raises
    ------
    ConfigError, DataError, ModelFormatError
        A name, the pairs or a model cannot be used.
    """
    completer = open_completer(model)
    systems = open_systems(completer, Path(model), against)
    asked = make_rows(read_pairs(pairs, seed=seed), counter(completer), rows, seed)
    if not asked.next:
        raise DataError(f"{pairs}: holds no rows to evaluate")
    answers = answer_all(systems, asked, lengths, completer, progress)
    document = describe(systems, asked, answers, completer, seed)
    others = [name for name in systems if is_other_model(completer, name)]
    document["changes"] = {
        name: most_changed(answers[MODEL].ranks[SAMPLED], answers[name].ranks[SAMPLED], asked) for name in others
    }
    return document


def counter(completer: Completer) -> Callable[[str], int]:
    """Return what tells how often a query was asked in training, 0 for one that is no label."""
    labels, count = completer.model.labels, completer.model.statistics.count

    def count_of(text: str) -> int:
        label = labels.find(text)
        return 0 if label is None else int(count[label])

    return count_of


def answer_all(
    systems: Mapping[str, System],
    rows: Rows,
    lengths: Sequence[int],
    completer: Completer,
    progress: Progress | None = None,
) -> dict[str, Answers]:
    """Ask every system every row in every setting."""
    count_of, asked = counter(completer), settings(rows, lengths)
    report = progress or (lambda stage, share: None)
    return {
        name: ask(system, rows, asked, lambda text: count_of(text) > 0, lambda share, name=name: report(name, share))  # type: ignore[misc]
        for name, system in systems.items()
    }


def describe(
    systems: Mapping[str, System], rows: Rows, answers: Mapping[str, Answers], completer: Completer, seed: int = 0
) -> dict[str, Any]:
    """Return the document of what the systems answered, with the first system compared to each other one."""
    context = rows.with_context
    document: dict[str, Any] = {
        "model": completer.name,
        "corpus": completer.model.config.corpus,
        "synthetic": completer.synthetic,
        "rows": len(rows.next),
        "seen": int(rows.seen.sum()),
        "no_context": int((~context).sum()),
        "sessions": int(rows.unit.max()) + 1,
        "bleu_signature": signature(),
        "drawn": {"resamples": RESAMPLES, "sign_flips": FLIPS, "typed_rows": drawn_rows(rows, seed).size, "seed": seed},
        "systems": {},
    }
    count_of = counter(completer)
    for name, system in systems.items():
        typed = type_out(system, rows, drawn_rows(rows, seed), lambda text: count_of(text) > 0)
        figures = describe_answers(answers[name], rows, seed)
        figures["misses"] = split_misses(system, rows, answers[name].ranks[SAMPLED], counted_rows(rows))
        document["systems"][name] = figures | describe_rest(answers[name], typed)
    ours = answers[MODEL].ranks
    document["differences"] = {
        name: describe_differences(difference_columns(ours, answers[name].ranks, rows), rows.unit, seed)
        for name in systems
        if name != MODEL
    }
    return document


def describe_answers(answers: Answers, rows: Rows, seed: int) -> dict[str, Any]:
    """Return the figures of each group of rows in each setting: rows, MRR with its interval, Success, BLEU_RR."""
    context, seen = rows.with_context, rows.seen
    groups = {"all": context, "seen": context & seen, "no_context": ~context, "no_context_seen": ~context & seen}
    columns: dict[Key, Column] = {}
    for group, mask in groups.items():
        for setting, ranks in answers.ranks.items():
            for measure in MEASURES:
                columns[group, setting, measure] = within(ranks.gains(measure), mask)
        columns[group, SAMPLED, "bleu_rr"] = within(answers.bleu, mask)
    columns = {key: column for key, column in columns.items() if not np.isnan(column).all()}
    sure = {key: column for key, column in columns.items() if key[2] in ("mrr", "bleu_rr")}
    bounds = dict(zip(sure, intervals(list(sure.values()), rows.unit, seed), strict=True))
    figures: dict[str, Any] = {"all": {}, "seen": {}}
    for (group, setting, measure), column in columns.items():
        cell = figures.setdefault(group, {}).setdefault(setting, {"rows": int((~np.isnan(column)).sum())})
        cell[measure] = float(np.nanmean(column))
        if (bound := bounds.get((group, setting, measure))) is not None:
            cell[f"{measure}_ci"] = list(bound)
    return figures


def describe_rest(answers: Answers, typed: Typed) -> dict[str, Any]:
    """Return the times of a completion, and the keystrokes saved."""
    p50, p90, p99 = np.percentile(answers.milliseconds, [50, 90, 99])
    return {
        "latency_ms": {"p50": float(p50), "p90": float(p90), "p99": float(p99)},
        "keystrokes_saved": float(typed.saved.mean()),
        "keystrokes_saved_first": float(typed.saved_first.mean()),
    }


def counted_rows(rows: Rows) -> NDArray[np.int64]:
    """Return the rows with a session; all where none has."""
    chosen = np.flatnonzero(rows.with_context)
    return chosen.astype(np.int64) if chosen.size else np.arange(len(rows.next))


def drawn_rows(rows: Rows, seed: int) -> NDArray[np.int64]:
    """Return the rows that are typed out."""
    return np.sort(np.random.default_rng(seed).permutation(counted_rows(rows))[:TYPED_ROWS])
