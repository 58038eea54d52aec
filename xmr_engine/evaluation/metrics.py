"""Gains of a rank: MRR and Success, as ir-measures has them.

Knows ranks; knows nothing of texts or systems.
"""

from functools import lru_cache
from typing import NamedTuple

import ir_measures
import numpy as np
from ir_measures import RR, Success
from numpy.typing import NDArray

SHOWN = 10
MEASURES = {"mrr": RR @ SHOWN, "success1": Success @ 1, "success10": Success @ SHOWN}

Column = NDArray[np.float64]


class Ranks(NamedTuple):
    """Where each row's answer stands: from 1; 0 where it is not shown; -1 where the row is not asked."""

    places: NDArray[np.int16]

    def gains(self, measure: str) -> Column:
        """Return a measure of every row, NaN where it is not asked."""
        return np.where(self.places < 0, np.nan, gains_by_rank(measure)[np.maximum(self.places, 0)])


@lru_cache
def gains_by_rank(measure: str) -> Column:
    """Return what a measure gives each rank, shape (SHOWN + 1,); rank 0 is an answer that is not shown."""
    wanted, kind = {"answer": 1}, MEASURES[measure]
    ranks = range(SHOWN + 1)
    shown = {
        str(rank): {"answer" if place == rank else str(place): float(SHOWN - place) for place in range(1, SHOWN + 1)}
        for rank in ranks
    }
    found = ir_measures.iter_calc([kind], {str(rank): wanted for rank in ranks}, shown)
    value = {int(one.query_id): float(one.value) for one in found}
    gains = np.array([value[rank] for rank in ranks])
    gains.setflags(write=False)
    return gains
