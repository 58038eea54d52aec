"""How far raters agree beyond chance: Cohen's kappa for two, Krippendorff's alpha for any number.

Knows categories and grades; knows nothing of who gave them or of what.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import Literal

from xmr_engine.errors import DataError

__all__ = ["Level", "cohen_kappa", "krippendorff_alpha"]

Level = Literal["nominal", "ordinal"]


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Return (observed − expected) / (1 − expected) agreement of two raters (Cohen, 1960).

    ``None`` where it is not defined: nothing was judged by both, or both used one and the same category only.

    Parameters
    ----------
    pairs
        For each thing that both judged, the category given by the first rater and by the second.
    """
    n = len(pairs)
    if n == 0:
        return None
    observed = sum(first == second for first, second in pairs) / n
    firsts, seconds = (Counter(pair[place] for pair in pairs) for place in (0, 1))
    expected = math.fsum(firsts[category] * seconds[category] for category in firsts) / (n * n)
    return None if expected == 1.0 else (observed - expected) / (1.0 - expected)


def krippendorff_alpha(units: Sequence[Sequence[int]], level: Level = "nominal") -> float | None:
    """Return 1 − observed / expected disagreement (Krippendorff, "Computing alpha-reliability", 2011).

    ``None`` where it is not defined: no unit has two values, or all values are the same.

    Parameters
    ----------
    units
        For each thing judged, the values it got, from any number of raters; units with one value count for nothing.
    level
        `nominal`: two values are the same or not; `ordinal`: values further apart disagree more, by their frequency.
    """
    if level not in ("nominal", "ordinal"):
        raise DataError(f"level must be nominal or ordinal, got {level!r}")
    paired = [unit for unit in units if len(unit) > 1]
    together: defaultdict[tuple[int, int], float] = defaultdict(float)
    for unit in paired:
        _count_pairs(unit, together)
    totals = Counter(value for unit in paired for value in unit)
    values = sorted(totals)
    n = sum(totals.values())
    apart = {
        (one, other): _distance(values, totals, one, other, level)
        for one, first in enumerate(values)
        for other, second in enumerate(values)
        if first < second
    }
    observed = math.fsum(together[values[one], values[other]] * far for (one, other), far in apart.items())
    expected = math.fsum(totals[values[one]] * totals[values[other]] * far for (one, other), far in apart.items())
    return None if expected == 0.0 else 1.0 - (n - 1) * observed / expected


def _count_pairs(unit: Sequence[int], together: defaultdict[tuple[int, int], float]) -> None:
    """Add a unit's coincidences: every ordered pair of its values, weighted by 1 / (number of values − 1)."""
    counts = Counter(unit)
    for value, count in counts.items():
        for other, others in counts.items():
            pairs = count * (others - (value == other))
            together[value, other] += pairs / (len(unit) - 1)


def _distance(values: Sequence[int], totals: Counter[int], one: int, other: int, level: Level) -> float:
    """Return the squared difference of two values, named by their places in order."""
    if level == "nominal":
        return 1.0
    between = sum(totals[value] for value in values[one : other + 1])
    return (between - (totals[values[one]] + totals[values[other]]) / 2) ** 2
