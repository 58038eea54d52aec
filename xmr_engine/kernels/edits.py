"""How well the beginning of a label answers what was typed: a band of costs, character by character.

Costs are whole numbers: a hundred an edit, and less than fifty for how unlikely it is.
"""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Codes, Ids, Offsets
from xmr_engine.kernels.compiled import kernel

EDIT = 100
SWAP, NEIGHBOUR, DOUBLED, MISSED, ADDED, OTHER = 100, 100, 100, 110, 110, 140
NO_CHANGE, SWAPPED, ANY_CHANGE = 0, 1, 2
UNREACHED = 1 << 20
END = np.int64(-1)
AFTER_ALL = np.int64(0x110000)


# Where the keys of a … z stand (QWERTY): the row from above, and the place in quarters of a key from the left.
KEY_ROW = np.array((1, 2, 2, 1, 0, 1, 1, 1, 0, 1, 1, 1, 2, 2, 0, 0, 0, 0, 1, 0, 0, 2, 0, 2, 0, 2))
KEY_PLACE = np.array(
    (1, 19, 11, 9, 8, 13, 17, 21, 28, 25, 29, 33, 27, 23, 32, 36, 0, 12, 5, 16, 24, 15, 4, 7, 20, 3)
)  # fmt: skip


class Typed(NamedTuple):
    """What was typed, as code points, and where it may be corrected.

    changes: what may have happened to each character, `NO_CHANGE`, `SWAPPED` with the next or the one before, or
    `ANY_CHANGE`: it was also replaced or added. gaps: before which one may be missing.
    """

    codes: Codes
    changes: Bytes
    gaps: Bytes


class Walk(NamedTuple):
    """Room for one walk: by depth, the costs of the band, the label's characters, and where each ends.

    costs: entry (d, b) is of the label's first d characters against the first d + b − width // 2 typed. best: the
    lowest cost at which the label's first d characters or fewer answer all that was typed. swaps: see `swappable`.
    """

    costs: Ids
    read: Offsets
    ends: Offsets
    best: Offsets
    swaps: Bytes


@kernel
def is_digit(code: int) -> bool:
    """Tell whether a character is a digit; digits are meant as they are typed."""
    return 48 <= code <= 57


@kernel
def are_neighbours(a: int, b: int) -> bool:
    """Tell whether two letters' keys touch."""
    if not (97 <= a <= 122 and 97 <= b <= 122) or a == b:
        return False
    return abs(KEY_ROW[a - 97] - KEY_ROW[b - 97]) <= 1 and abs(KEY_PLACE[a - 97] - KEY_PLACE[b - 97]) <= 4


@kernel
def replaced_cost(meant: int, typed: int) -> int:
    """Return the cost of one character typed for another."""
    return NEIGHBOUR if are_neighbours(meant, typed) else OTHER


@kernel
def swappable(codes: Codes, changes: Bytes) -> Bytes:
    """Tell of each typed character, and of the end, whether it may have changed places with the one before."""
    swaps = np.zeros(codes.size + 1, np.uint8)
    for j in range(1, codes.size):
        swaps[j] = codes[j] != codes[j - 1] and changes[j] != NO_CHANGE and changes[j - 1] != NO_CHANGE
    return swaps


@kernel
def fill_first(typed: Typed, costs: Ids, limit: int) -> None:
    """Write the costs of nothing read: of the first characters typed, each added."""
    middle = costs.shape[1] // 2
    costs[0, :] = limit
    costs[0, middle] = 0
    for b in range(middle + 1, costs.shape[1]):
        j = b - middle
        if j > typed.codes.size or typed.changes[j - 1] != ANY_CHANGE:
            break
        doubled = j > 1 and typed.codes[j - 1] == typed.codes[j - 2]
        costs[0, b] = min(limit, costs[0, b - 1] + (DOUBLED if doubled else ADDED))


@kernel
def typed_for(meant: int, code: int, change: int) -> int:
    """Return the cost of a character typed where another was meant, or the same."""
    if meant == code:
        return 0
    return replaced_cost(meant, code) if change == ANY_CHANGE and not is_digit(meant) else UNREACHED


@kernel
def fill_row(typed: Typed, walk: Walk, depth: int, limit: int) -> int:
    """Write the costs of a label's first `depth` characters; return the lowest, also of a swap begun with the last."""
    codes, changes, gaps, swaps = typed.codes, typed.changes, typed.gaps, walk.swaps
    costs, width, earlier = walk.costs, walk.costs.shape[1], max(depth - 2, 0)
    meant, prior = walk.read[depth - 1], walk.read[depth - 2] if depth > 1 else END
    n, shift = codes.size, depth - width // 2
    missed = limit if is_digit(meant) else DOUBLED if meant == prior else MISSED
    lowest = limit
    for b in range(width):
        j = b + shift
        cost = limit
        if 0 < j <= n:
            cost = min(limit, costs[depth - 1, b] + typed_for(meant, np.int64(codes[j - 1]), changes[j - 1]))
            if swaps[j - 1] and codes[j - 1] == prior and codes[j - 2] == meant:
                cost = min(cost, costs[earlier, b] + SWAP)
            if b > 0 and changes[j - 1] == ANY_CHANGE:
                cost = min(cost, costs[depth, b - 1] + (DOUBLED if j > 1 and codes[j - 1] == codes[j - 2] else ADDED))
        if 0 <= j < n:
            if b + 1 < width and gaps[j]:
                cost = min(cost, costs[depth - 1, b + 1] + missed)
            if swaps[j] and codes[j] == meant:
                lowest = min(lowest, costs[depth - 1, b] + SWAP)
        costs[depth, b] = cost
        lowest = min(lowest, cost)
    return lowest


@kernel
def answer_cost(walk: Walk, depth: int, n_typed: int, limit: int) -> int:
    """Return at what cost a label's first `depth` characters answer all that was typed."""
    width = walk.costs.shape[1]
    b = n_typed - depth + width // 2
    return np.int64(walk.costs[depth, b]) if 0 <= b < width else limit


@kernel
def next_wanted(typed: Typed, walk: Walk, depth: int, code: int) -> int:
    """Return the lowest character from `code` on with which a label may go on; `AFTER_ALL` where there is none."""
    codes, swaps, limit = typed.codes, walk.swaps, walk.best[depth]
    costs, width = walk.costs, walk.costs.shape[1]
    last = walk.read[depth - 1] if depth > 0 else END
    lowest, shift = AFTER_ALL, depth - width // 2
    for b in range(width):
        j = b + shift
        if not 0 <= j < codes.size:
            continue
        cost = np.int64(costs[depth, b])
        if cost < limit:
            if cost + EDIT < limit and (typed.changes[j] == ANY_CHANGE or typed.gaps[j]):
                return code
            lowest = lower(lowest, np.int64(codes[j]), code)
            if swaps[j + 1] and cost + SWAP < limit:
                lowest = lower(lowest, np.int64(codes[j + 1]), code)
        if swaps[j] and codes[j] == last and costs[max(depth - 1, 0), b] + SWAP < limit:
            lowest = lower(lowest, np.int64(codes[j - 1]), code)
    return lowest


@kernel
def lower(lowest: int, wanted: int, code: int) -> int:
    """Return the lower of two characters, unless the second stands before `code`."""
    return min(lowest, wanted) if wanted >= code else lowest
