"""Balanced spherical k-means on sparse points, by halving."""

import numpy as np

from xmr_engine.kernels.arrays import Doubles, Floats, Ids, Offsets, Sparse
from xmr_engine.kernels.compiled import kernel

Scratch = tuple[Doubles, Doubles]


@kernel
def add_direction(points: Sparse, members: Ids, sign: float, direction: Doubles, scratch: Doubles) -> None:
    """Add `sign` times the normalised mean of the members to `direction`; `scratch` is all zero, before and after."""
    norm = 0.0
    for m in members:
        for j in range(points.indptr[m], points.indptr[m + 1]):
            f = points.indices[j]
            before = scratch[f]
            scratch[f] += points.values[j]
            norm += scratch[f] * scratch[f] - before * before
    scale = sign / np.sqrt(norm) if norm > 0.0 else 0.0
    for m in members:
        for j in range(points.indptr[m], points.indptr[m + 1]):
            f = points.indices[j]
            direction[f] += scratch[f] * scale
            scratch[f] = 0.0


@kernel
def lean(points: Sparse, members: Ids, direction: Doubles) -> Doubles:
    """Return how far each member leans along `direction`, shape (n_members,)."""
    scores = np.zeros(members.size, np.float64)
    for i in range(members.size):
        for j in range(points.indptr[members[i]], points.indptr[members[i] + 1]):
            scores[i] += points.values[j] * direction[points.indices[j]]
    return scores


@kernel
def cut_by_weight(weights: Floats, members: Ids, share: float) -> int:
    """Return how many of the first members hold at least `share` of the weight; neither none nor all of them."""
    total = 0.0
    for m in members:
        total += weights[m]
    held = 0.0
    for i in range(members.size):
        if held >= total * share - 1e-9 and i > 0:
            return i
        held += weights[members[i]]
    return members.size - 1


@kernel
def halve(
    points: Sparse, weights: Floats, members: Ids, share: float, draws: Doubles, zeros: Scratch, n_rounds: int
) -> int:
    """Order the members so that the first ones form one cluster; return their number."""
    direction, scratch = zeros
    first = int(draws[0] * members.size)
    second = (first + 1 + int(draws[1] * (members.size - 1))) % members.size
    add_direction(points, members[first : first + 1], 1.0, direction, scratch)
    add_direction(points, members[second : second + 1], -1.0, direction, scratch)
    cut = 0
    for turn in range(n_rounds):
        order = np.argsort(-lean(points, members, direction), kind="mergesort")
        arranged = members[order]
        settled = turn > 0
        new_cut = cut_by_weight(weights, arranged, share)
        if turn > 0:
            settled = new_cut == cut
            for i in range(cut):
                if order[i] >= cut:
                    settled = False
                    break
        for m in members:
            for j in range(points.indptr[m], points.indptr[m + 1]):
                direction[points.indices[j]] = 0.0
        members[:] = arranged
        cut = new_cut
        if settled or turn == n_rounds - 1:
            break
        add_direction(points, members[:cut], 1.0, direction, scratch)
        add_direction(points, members[cut:], -1.0, direction, scratch)
    return cut


@kernel
def split_members(
    points: Sparse, weights: Floats, members: Ids, n_parts: int, draws: Doubles, zeros: Scratch, n_rounds: int
) -> Offsets:
    """Order the members into `n_parts` balanced clusters; return where each begins, shape (n_parts + 1,).

    Halves again and again, each time in proportion to the parts on either side; of members that weigh the
    same, cluster sizes differ by at most one. zeros: two arrays of a zero for each feature, before and after.
    """
    bounds = np.zeros(n_parts + 1, np.int64)
    bounds[n_parts] = members.size
    waiting = np.empty((n_parts + 1, 2), np.int64)
    waiting[0, 0], waiting[0, 1] = 0, n_parts
    n_waiting, n_halved = 1, 0
    while n_waiting > 0:
        n_waiting -= 1
        begin, end = waiting[n_waiting]
        if end - begin < 2:
            continue
        middle = (begin + end) // 2
        inside = members[bounds[begin] : bounds[end]]
        two = draws[2 * n_halved : 2 * n_halved + 2]
        cut = halve(points, weights, inside, (middle - begin) / (end - begin), two, zeros, n_rounds)
        bounds[middle] = bounds[begin] + cut
        n_halved += 1
        waiting[n_waiting, 0], waiting[n_waiting, 1] = begin, middle
        waiting[n_waiting + 1, 0], waiting[n_waiting + 1, 1] = middle, end
        n_waiting += 2
    return bounds
