"""Is one system better than another, where, and by how much: paired on the same rows.

Knows rows, ranks and resampling; knows nothing of systems.
"""

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmr_engine.evaluation.metrics import Column, Ranks
from xmr_engine.evaluation.questions import SAMPLED, Rows, frequency_groups
from xmr_engine.evaluation.resampling import Interval, intervals, sign_flip_tests

MOST_CHANGED = 20

Key = tuple[str, ...]


def difference_columns(ours: dict[str, Ranks], theirs: dict[str, Ranks], rows: Rows) -> dict[Key, Column]:
    """Return our reciprocal rank less theirs, row by row, for every group; NaN outside of it."""
    context, seen = rows.with_context, rows.seen
    less = {name: ours[name].gains("mrr") - theirs[name].gains("mrr") for name in ours}
    columns: dict[Key, Column] = {}
    for name, column in less.items():
        columns["all", name] = within(column, context)
        columns["seen", name] = within(column, context & seen)
        columns["no_context", name] = within(column, ~context)
    columns["by_context", "seen"] = within(less[SAMPLED], context & rows.known_context)
    columns["by_context", "unseen"] = within(less[SAMPLED], context & ~rows.known_context)
    for group, mask in frequency_groups(rows).items():
        columns["by_frequency", group] = within(less[SAMPLED], context & mask)
    return {key: column for key, column in columns.items() if not np.isnan(column).all()}


def within(column: Column, mask: NDArray[np.bool_]) -> Column:
    """Return a column with NaN outside the mask."""
    return np.where(mask, column, np.nan)


def describe_differences(columns: dict[Key, Column], unit: NDArray[np.int64], seed: int) -> dict[str, Any]:
    """Return the mean of every column with its interval and p-value, nested as its key says."""
    values = list(columns.values())
    found: dict[str, Any] = {}
    bounds, p_values = intervals(values, unit, seed), sign_flip_tests(values, unit, seed)
    for (group, name), column, bound, p in zip(columns, values, bounds, p_values, strict=True):
        found.setdefault(group, {})[name] = _describe(column, bound, p)
    return found


def most_changed(ours: Ranks, theirs: Ranks, rows: Rows) -> list[dict[str, Any]]:
    """Return the queries whose reciprocal rank, summed over their rows, changed most, the most changed first."""
    ours_gains, theirs_gains = ours.gains("mrr"), theirs.gains("mrr")
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row, query in enumerate(rows.next):
        total = sums[query]
        total[0] += 1
        total[1] += float(ours_gains[row])
        total[2] += float(theirs_gains[row])
    order = sorted(sums.items(), key=lambda item: (-abs(item[1][1] - item[1][2]), item[0]))
    return [
        {"query": query, "rows": int(n), "mrr": a / n, "other_mrr": b / n, "change": a - b}
        for query, (n, a, b) in order[:MOST_CHANGED]
        if a != b
    ]


def _describe(column: Column, bound: Interval, p: float) -> dict[str, Any]:
    return {
        "rows": int((~np.isnan(column)).sum()),
        "mrr": float(np.nanmean(column)),
        "mrr_ci": list(bound),
        "p": p,
    }
