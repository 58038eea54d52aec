"""What the log says of pieces in a row: how often one stood after another, and how likely it is there."""

import numpy as np

from xmr_engine.kernels.arrays import Successions
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.spans import count_of

LEAST_BEFORE = 0.1


@kernel
def times_after(successions: Successions, first: int, second: int) -> int:
    """Return how often the log has `second` right after `first`; 0 after a piece that it does not know."""
    if first < 0 or second < 0:
        return 0
    return count_of(successions.after, first, second)


@kernel
def smoothing(successions: Successions, first: int) -> tuple[float, float]:
    """Return the share of what was seen after a piece, per time seen, and the share left to what was not.

    Witten and Bell: the unseen get as many turns as there were different pieces after it.
    """
    if first < 0:
        return 0.0, 1.0
    kinds = np.float64(successions.after.rows[first + 1] - successions.after.rows[first])
    all_turns = np.float64(successions.after.total[first]) + kinds
    if all_turns <= 0.0:
        return 0.0, 1.0
    return 1.0 / all_turns, kinds / all_turns


@kernel
def chance_anywhere(successions: Successions, piece: int) -> float:
    """Return how likely a piece is after an unknown one: by how many different pieces stood before it (Kneser-Ney)."""
    n = successions.before.size
    return (successions.before[piece] + LEAST_BEFORE) / (successions.after.rows[n - 1] + n * LEAST_BEFORE)


@kernel
def chance_after(successions: Successions, first: int, second: int) -> float:
    """Return the probability of `second` right after `first`."""
    seen, unseen = smoothing(successions, first)
    return times_after(successions, first, second) * seen + unseen * chance_anywhere(successions, second)
