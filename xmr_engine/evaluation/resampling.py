"""How sure a mean is: bootstrap intervals and sign-flip tests that draw whole sessions, not rows.

Knows columns of numbers and which session each row is of; knows nothing of what the numbers are.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
FLIPS = 9999
AT_ONCE = 1 << 22

Column = NDArray[np.float64]


class Interval(NamedTuple):
    """The 95 % interval of a mean."""

    low: float
    high: float


def intervals(columns: Sequence[Column], unit: NDArray[np.int64], seed: int = 0) -> list[Interval]:
    """Return the percentile bootstrap interval of each column's mean over its rows that are not NaN.

    Rows of one unit are drawn together; all columns share the draws.
    """
    sums, counts = _totals(columns, unit)
    n_units = sums.shape[0]
    rng = np.random.default_rng(seed)
    means = np.empty((RESAMPLES, len(columns)))
    chunk = max(AT_ONCE // max(n_units, 1), 1)
    for start in range(0, RESAMPLES, chunk):
        n_drawn = min(chunk, RESAMPLES - start)
        weights = np.empty((n_drawn, n_units))
        for i in range(n_drawn):
            weights[i] = np.bincount(rng.integers(0, n_units, n_units), minlength=n_units)
        n_rows = weights @ counts
        means[start : start + n_drawn] = np.divide(
            weights @ sums, n_rows, out=np.full_like(n_rows, np.nan), where=n_rows > 0
        )
    bounds = np.nanpercentile(means, [2.5, 97.5], axis=0)
    return [Interval(float(low), float(high)) for low, high in bounds.T]


def sign_flip_tests(columns: Sequence[Column], unit: NDArray[np.int64], seed: int = 0) -> list[float]:
    """Return for each column of differences the two-sided p-value of its mean not being 0.

    The signs of whole units are flipped at random; the smallest p-value is 1 / (FLIPS + 1).
    """
    sums, _ = _totals(columns, unit)
    observed = np.abs(sums.sum(axis=0)) * (1.0 - 1e-12)
    rng = np.random.default_rng(seed)
    n_beyond = np.zeros(len(columns), np.int64)
    chunk = max(AT_ONCE // max(sums.shape[0], 1), 1)
    for start in range(0, FLIPS, chunk):
        n_flips = min(chunk, FLIPS - start)
        signs = rng.integers(0, 2, (n_flips, sums.shape[0]), dtype=np.int8) * 2.0 - 1.0
        n_beyond += (np.abs(signs @ sums) >= observed).sum(axis=0)
    return [float(n) for n in (1 + n_beyond) / (1 + FLIPS)]


def _totals(columns: Sequence[Column], unit: NDArray[np.int64]) -> tuple[Column, Column]:
    """Return each unit's sum and number of rows, shape (n_units, n_columns); NaN rows count for nothing."""
    n_units = int(unit.max(initial=-1)) + 1
    sums, counts = np.zeros((n_units, len(columns))), np.zeros((n_units, len(columns)))
    for i, column in enumerate(columns):
        there = ~np.isnan(column)
        sums[:, i] = np.bincount(unit[there], column[there], n_units)
        counts[:, i] = np.bincount(unit[there], minlength=n_units)
    return sums, counts
