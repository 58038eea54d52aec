"""Where the time of a completion goes, stage by stage, measured within the compiled code.

The same kernels as a completion's are called in the same order, and cut off after each stage; what a stage takes is the
difference. Each row is asked once, as people ask, when memory has to be waited for; and many times in a row, when it
need not be.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numba import njit

from xmr_engine.completer import Completer
from xmr_engine.kernels.arrays import Codes
from xmr_engine.kernels.association import associate
from xmr_engine.kernels.candidates import Limits, fetch_candidates, gather
from xmr_engine.kernels.columns import N_FEATURES
from xmr_engine.kernels.complete import complete
from xmr_engine.kernels.held import hold
from xmr_engine.kernels.meaning import context_vectors
from xmr_engine.kernels.paths import score_paths
from xmr_engine.kernels.ranking import Asked, fill_features, split_latest
from xmr_engine.kernels.search import empty_memo, search_span
from xmr_engine.kernels.weighing import input_of
from xmr_engine.question import Question

STAGES = (
    "texts to ids and features",
    "what the log associates with the session",
    "beam search",
    "the other sources",
    "path scores of all candidates",
    "features of all candidates",
    "scores, order and texts",
)
OFTEN = 20
ROUNDS = 7


def stage_times(completer: Completer, questions: Sequence[Question]) -> dict[str, dict[str, float]]:
    """Return the mean milliseconds of each stage over the questions: `once`, and each of `OFTEN` `in_a_row`."""
    held = hold(completer.model.serving(), *completer.model.indexes[completer.indexes[0]])
    asked = [(held, question.codes(), question.limits) for question in questions]
    runs = [partial(_run_to, last) for last in range(len(STAGES) - 1)] + [_run_whole]
    found: dict[str, dict[str, float]] = {stage: {} for stage in STAGES}
    for kind, times in (("once", 1), ("in_a_row", OFTEN)):
        until = [_mean(asked, run, times) for run in runs]
        for stage, before, after in zip(STAGES, [0.0, *until], until, strict=False):
            found[stage][kind] = round(after - before, 4)
    return found


def _run_to(last: int, held: Any, codes: Codes, limits: Limits, times: int) -> float:  # noqa: ANN401
    return _run(held, codes, limits, times, last)


def _mean(items: Sequence[tuple[Any, Codes, Limits]], run: Callable[..., float], times: int) -> float:
    """Return the mean milliseconds of one of so many times in a row; of each item the median round."""
    run(*items[0], times)
    rounds = np.empty((ROUNDS, len(items)))
    for r in range(ROUNDS):
        for i, item in enumerate(items):
            start = time.perf_counter()
            run(*item, times)
            rounds[r, i] = time.perf_counter() - start
    return float(np.median(rounds, axis=0).mean()) / times * 1000.0


@njit
def _run(held: Any, codes: Codes, limits: Limits, times: int, last: int) -> float:  # noqa: ANN401
    """Run the stages up to `last` so many times; what is returned keeps them from being left out."""
    total = 0.0
    for _ in range(times):
        total += _stages(held, codes, limits, last)
    return total


@njit
def _run_whole(held: Any, codes: Codes, limits: Limits, times: int) -> int:  # noqa: ANN401
    total = 0
    for _ in range(times):
        total += complete(held, codes, limits, 10).n_candidates
    return total


@njit
def _stages(held: Any, codes: Codes, limits: Limits, last: int) -> float:  # noqa: ANN401
    serving = held.serving
    statistics = serving.statistics
    context, row, span, n_bytes = input_of(serving, codes)
    if last == 0:
        return float(n_bytes)
    associated = associate(statistics, context, span, serving.n_sessions)
    if last == 1:
        return float(associated.n[0])
    memo = empty_memo()
    found = search_span(held.tree, held.chunks, row, span, (limits.beam, limits.index), memo)
    if last == 2:
        return float(found.n_scored)
    candidates = gather(statistics, found, span, associated, limits)
    if last == 3:
        return float(candidates.labels.size)
    fetch_candidates(serving.labels, statistics, held.tree, candidates.labels)
    score_paths(held.tree, held.chunks, row, candidates.labels, candidates.paths, memo)
    if last == 4:
        return candidates.paths.sum()
    features = np.empty((candidates.labels.size, N_FEATURES), np.float32)
    vectors = context_vectors(statistics, context)
    asked = Asked(context, associated, split_latest(context), vectors, n_bytes, span[1] - span[0])
    fill_features(serving.labels, statistics, asked, candidates.labels, candidates.paths, features)
    return float(features.sum())
