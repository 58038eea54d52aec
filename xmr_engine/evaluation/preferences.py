"""What preferences by hand add up to: a share with its interval, and strengths from pairwise wins.

Knows counts; knows nothing of systems, raters or pages.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xmr_engine.errors import DataError
from xmr_engine.evaluation.resampling import Interval

__all__ = ["Z95", "bradley_terry", "bradley_terry_covariance", "bradley_terry_errors", "strongly_connected", "wilson"]

Z95 = 1.959963984540054  # the normal distribution's 97.5 % quantile
MOST_STEPS = 10_000
CLOSE = 1e-12


def wilson(successes: float, n: float, z: float = Z95) -> Interval:
    """Return the score interval of a share (Wilson, JASA 22, 1927); of nothing, the whole of 0 to 1."""
    if not 0 <= successes <= n:
        raise DataError(f"successes must be from 0 to {n}, got {successes}")
    if n == 0:
        return Interval(0.0, 1.0)
    share, square = successes / n, z * z
    middle = share + square / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    scale = 1 + square / n
    return Interval(max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0))


def bradley_terry(wins: Sequence[Sequence[float]]) -> list[float] | None:
    """Return each system's log strength, their mean 0; ``None`` where no finite estimate exists.

    Maximum likelihood of P(i beats j) = s_i / (s_i + s_j) (Bradley and Terry, Biometrika 39, 1952) by the
    minorise–maximise steps of Hunter (Annals of Statistics 32, 2004), eq. 3. A tie counts as half a win to both.

    Parameters
    ----------
    wins
        Shape (n_systems, n_systems): how often the row's system was preferred to the column's.
    """
    n_systems = len(wins)
    if any(len(row) != n_systems for row in wins):
        raise DataError(f"wins must be square, got rows of {sorted({len(row) for row in wins})} for {n_systems}")
    if n_systems < 2:
        return [0.0] * n_systems
    if not strongly_connected(wins):
        return None
    strength = [1.0] * n_systems
    won = [math.fsum(row) for row in wins]
    for _ in range(MOST_STEPS):
        raised = [won[i] / _burden(wins, strength, i) for i in range(n_systems)]
        scale = math.exp(math.fsum(map(math.log, raised)) / n_systems)
        moved = [value / scale for value in raised]
        change = max((abs(math.log(new / old)) for new, old in zip(moved, strength, strict=True)))
        strength = moved
        if change < CLOSE:
            break
    return [math.log(value) for value in strength]


def bradley_terry_errors(wins: Sequence[Sequence[float]], strengths: Sequence[float]) -> list[float]:
    """Return the standard error of each log strength, as far as the mean of all is taken for 0.

    The variances are on the diagonal of the covariance that `bradley_terry_covariance` gives.
    """
    return [math.sqrt(max(variance, 0.0)) for variance in np.diag(bradley_terry_covariance(wins, strengths))]


def bradley_terry_covariance(wins: Sequence[Sequence[float]], strengths: Sequence[float]) -> NDArray[np.float64]:
    """Return the estimated covariance of log strengths with mean 0: the pseudo-inverse of the Fisher information.

    Parameters
    ----------
    wins, strengths
        As `bradley_terry` takes and gives them.
    """
    won, log_strength = np.asarray(wins, np.float64), np.asarray(strengths, np.float64)
    wins_of_row = 1.0 / (1.0 + np.exp(log_strength[None, :] - log_strength[:, None]))
    weight = (won + won.T) * wins_of_row * wins_of_row.T
    np.fill_diagonal(weight, 0.0)
    inverse = np.linalg.pinv(np.diag(weight.sum(axis=1)) - weight, hermitian=True)
    return np.asarray(inverse, np.float64)


def strongly_connected(wins: Sequence[Sequence[float]]) -> bool:
    """Tell whether every system beat every other, directly or through others: the condition for finite strengths."""
    losses = [[row[i] for row in wins] for i in range(len(wins))]
    return all(len(_reached(counts)) == len(wins) for counts in (wins, losses))


def _reached(counts: Sequence[Sequence[float]]) -> set[int]:
    """Return who is reached from the first system along counts above 0."""
    seen = {0} if counts else set()
    waiting = list(seen)
    while waiting:
        row = counts[waiting.pop()]
        new = {other for other, count in enumerate(row) if count > 0 and other not in seen}
        seen |= new
        waiting.extend(new)
    return seen


def _burden(wins: Sequence[Sequence[float]], strength: Sequence[float], i: int) -> float:
    """Return the sum over a system's comparisons of 1 / (own strength + the other's)."""
    meetings = ((wins[i][j] + wins[j][i], strength[i] + strength[j]) for j in range(len(wins)) if j != i)
    return math.fsum(met / both for met, both in meetings)
