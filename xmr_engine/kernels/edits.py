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
UNREACHED = np.int64(1 << 20)
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

    costs: entry (d, b) is of the label's first d characters against the first d + b − most_edits typed. best: the
    lowest cost at which the label's first d characters or fewer answer all that was typed.
    """

    costs: Ids
    read: Offsets
    ends: Offsets
    best: Offsets


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
def is_swapped(typed: Typed, walk: Walk, depth: int, j: int) -> bool:
    """Tell whether the label's character at `depth` is the j-th typed, which may be swapped with the one before."""
    if not 0 < j < typed.codes.size or typed.codes[j] != walk.read[depth - 1]:
        return False
    return typed.codes[j] != typed.codes[j - 1] and typed.changes[j] != NO_CHANGE and typed.changes[j - 1] != NO_CHANGE


@kernel
def cost_with_last(typed: Typed, walk: Walk, depth: int, j: int, b: int) -> int:
    """Return the cost of ending with the label's last character: typed as it is, as another, or before the last."""
    codes, costs, meant = typed.codes, walk.costs, walk.read[depth - 1]
    cost = UNREACHED
    if codes[j - 1] == meant:
        cost = np.int64(costs[depth - 1, b])
    elif typed.changes[j - 1] == ANY_CHANGE and not is_digit(meant):
        cost = np.int64(costs[depth - 1, b]) + replaced_cost(meant, np.int64(codes[j - 1]))
    if depth > 1 and j > 1 and codes[j - 2] == meant and is_swapped(typed, walk, depth - 1, j - 1):
        cost = min(cost, np.int64(costs[depth - 2, b]) + SWAP)
    return cost


@kernel
def fill_row(typed: Typed, walk: Walk, depth: int, most_edits: int) -> int:
    """Write the costs of a label's first `depth` characters; return the lowest, also of a swap begun with the last."""
    codes, costs, limit = typed.codes, walk.costs, (most_edits + 1) * EDIT
    n, width = codes.size, 2 * most_edits + 1
    lowest = limit
    for b in range(width):
        j = depth + b - most_edits
        cost = limit if depth > 0 or j != 0 else 0
        if 0 < j <= n and depth > 0:
            cost = min(cost, cost_with_last(typed, walk, depth, j, b))
        if 0 <= j < n and depth > 0 and b + 1 < width and typed.gaps[j] and not is_digit(walk.read[depth - 1]):
            doubled = depth > 1 and walk.read[depth - 2] == walk.read[depth - 1]
            cost = min(cost, np.int64(costs[depth - 1, b + 1]) + (DOUBLED if doubled else MISSED))
        if 0 < j <= n and b > 0 and typed.changes[j - 1] == ANY_CHANGE:
            doubled = j > 1 and codes[j - 1] == codes[j - 2]
            cost = min(cost, np.int64(costs[depth, b - 1]) + (DOUBLED if doubled else ADDED))
        costs[depth, b] = min(cost, limit)
        lowest = min(lowest, cost)
        if depth > 0 and is_swapped(typed, walk, depth, j):
            lowest = min(lowest, np.int64(costs[depth - 1, b]) + SWAP)
    return lowest


@kernel
def answer_cost(walk: Walk, depth: int, n_typed: int, most_edits: int) -> int:
    """Return at what cost a label's first `depth` characters answer all that was typed."""
    b = n_typed - depth + most_edits
    return np.int64(walk.costs[depth, b]) if 0 <= b <= 2 * most_edits else (most_edits + 1) * EDIT


@kernel
def may_begin_swap(typed: Typed, j: int) -> bool:
    """Tell whether a typed character may have changed places with the next."""
    return j + 1 < typed.codes.size and typed.changes[j] != NO_CHANGE and typed.changes[j + 1] != NO_CHANGE


@kernel
def next_wanted(typed: Typed, walk: Walk, depth: int, most_edits: int, code: int) -> int:
    """Return the lowest character from `code` on with which a label may go on; `AFTER_ALL` where there is none."""
    codes, limit = typed.codes, walk.best[depth]
    lowest = AFTER_ALL
    for b in range(2 * most_edits + 1):
        j, cost = depth + b - most_edits, np.int64(walk.costs[depth, b])
        if not 0 <= j < codes.size:
            continue
        if cost < most_edits * EDIT and cost < limit and (typed.changes[j] == ANY_CHANGE or typed.gaps[j]):
            return code
        if cost < limit and codes[j] >= code:
            lowest = min(lowest, np.int64(codes[j]))
        if cost + SWAP < limit and may_begin_swap(typed, j) and codes[j + 1] >= code:
            lowest = min(lowest, np.int64(codes[j + 1]))
        ends_swap = depth > 0 and codes[j - 1] >= code and is_swapped(typed, walk, depth, j)
        if ends_swap and np.int64(walk.costs[depth - 1, b]) + SWAP < limit:
            lowest = min(lowest, np.int64(codes[j - 1]))
    return lowest
