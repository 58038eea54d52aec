"""Asking a system: every row in every setting, one at a time, and what became of the answers.

Knows the systems' socket; must not know how answers arise.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xmr_engine.evaluation.bleu import bleu_rr
from xmr_engine.evaluation.metrics import SHOWN, Column, Ranks
from xmr_engine.evaluation.questions import SAMPLED, Rows
from xmr_engine.evaluation.systems import System

DEEP = 1000
WARM_UP = 50

IsLabel = Callable[[str], bool]
Asked = Mapping[str, Sequence[str | None]]
Told = Callable[[float], None]


class Answers(NamedTuple):
    """What one system made of the rows: ranks by setting; BLEU_RR and milliseconds at the row's own prefix."""

    ranks: dict[str, Ranks]
    bleu: Column
    milliseconds: Column


class Typed(NamedTuple):
    """Share of each drawn row's answer not typed before it stood among the ten, and before it stood first."""

    saved: Column
    saved_first: Column


def ask(system: System, rows: Rows, asked: Asked, is_label: IsLabel, told: Told = lambda share: None) -> Answers:
    """Return what a system answers to every row in every setting."""
    n_rows = len(rows.next)
    places = {name: np.full(n_rows, -1, np.int16) for name in asked}
    bleu, milliseconds = np.full(n_rows, np.nan), np.full(n_rows, np.nan)
    for row in range(min(WARM_UP, n_rows)):
        system.complete(rows.prefix[row], rows.context[row], SHOWN)
    for row, (context, wanted) in enumerate(zip(rows.context, rows.next, strict=True)):
        if row % 256 == 0:
            told(row / n_rows)
        for name, prefixes in asked.items():
            prefix = prefixes[row]
            if prefix is None:
                continue
            started = time.perf_counter()
            found = system.complete(prefix, context, SHOWN)
            took = time.perf_counter() - started
            found = without_echo(found, prefix, is_label)
            places[name][row] = place(found, wanted)
            if name == SAMPLED:
                bleu[row], milliseconds[row] = bleu_rr(found, wanted), 1000.0 * took
    return Answers({name: Ranks(column) for name, column in places.items()}, bleu, milliseconds)


def place(found: Sequence[str], wanted: str) -> int:
    """Return the rank of a text, from 1; 0 where it is not there."""
    return found.index(wanted) + 1 if wanted in found else 0


def without_echo(found: list[str], prefix: str, is_label: IsLabel) -> list[str]:
    """Return completions without the typed text, which is none unless it is a label."""
    if prefix in found and not is_label(prefix):
        return [text for text in found if text != prefix]
    return found


def split_misses(system: System, rows: Rows, ranks: Ranks, counted: NDArray[np.int64]) -> dict[str, int]:
    """Return how many of the counted rows were missed, by reason: no label, never a candidate, ranked below ten.

    A candidate is what stands among the first thousand completions.
    """
    misses = {"no_label": 0, "no_candidate": 0, "ranked_low": 0}
    for row in counted[ranks.places[counted] == 0]:
        if rows.frequency[row] == 0:
            misses["no_label"] += 1
        elif rows.next[row] in system.complete(rows.prefix[row], rows.context[row], DEEP):
            misses["ranked_low"] += 1
        else:
            misses["no_candidate"] += 1
    return misses


def type_out(system: System, rows: Rows, drawn: NDArray[np.int64], is_label: IsLabel) -> Typed:
    """Type the answers of some rows key by key until the system shows them first."""
    saved, first = np.zeros(drawn.size), np.zeros(drawn.size)
    for i, row in enumerate(drawn):
        wanted = rows.next[row]
        for n_typed in range(len(wanted)):
            prefix = wanted[:n_typed]
            found = without_echo(system.complete(prefix, rows.context[row], SHOWN), prefix, is_label)
            rank = place(found, wanted)
            if rank and not saved[i]:
                saved[i] = 1.0 - n_typed / len(wanted)
            if rank == 1:
                first[i] = 1.0 - n_typed / len(wanted)
                break
    return Typed(saved, first)
