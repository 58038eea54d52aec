"""What graded rows say of a ranked list.

Knows grades; knows nothing of texts or raters.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from xmr_engine.evaluation.resampling import intervals

__all__ = ["MOST_GRADE", "mean_with_interval", "ndcg", "typed_until_shown"]

MOST_GRADE = 3


def ndcg(grades: Sequence[int], pool: Iterable[int], k: int = 10) -> float | None:
    """Return nDCG@k with gain 2^grade − 1 and discount log2(1 + rank) (Burges et al., ICML 2005, section 6).

    ``None`` where no row of the pool is of any use.

    Parameters
    ----------
    grades
        Of the list's rows, best rank first.
    pool
        The grades of all rows judged for the same question: the ideal list is made of them.
    """
    ideal = _gain(sorted(pool, reverse=True)[:k])
    return None if ideal == 0.0 else _gain(grades[:k]) / ideal


def typed_until_shown(lists: Iterable[Sequence[str]], wanted: str) -> int | None:
    """Return after how many keystrokes the wanted query is in the list for the first time, if ever.

    Parameters
    ----------
    lists
        What is shown after the first, second, … keystroke.
    """
    return next((typed for typed, shown in enumerate(lists, 1) if wanted in shown), None)


def _gain(grades: Sequence[int]) -> float:
    """Return the discounted gain of grades in order."""
    return math.fsum((2**grade - 1) / math.log2(1 + rank) for rank, grade in enumerate(grades, 1))


def mean_with_interval(
    values: Sequence[float], units: Sequence[int]
) -> tuple[float | None, float | None, float | None]:
    """Return the mean of values and its 95 % bootstrap interval, values of one unit drawn together.

    Parameters
    ----------
    units
        Which unit each value is of, as any whole number.
    """
    if not values:
        return None, None, None
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(units))}
    column, unit = np.array(values), np.array([numbers[unit] for unit in units])
    ((low, high),) = intervals([column], unit)
    return float(column.mean()), low, high
