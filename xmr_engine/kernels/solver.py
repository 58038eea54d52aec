"""One-vs-all linear classifiers of sibling nodes: squared hinge, by dual coordinate descent.

Source of the method: Hsieh et al., A Dual Coordinate Descent Method for Large-scale Linear SVM (ICML 2008).
"""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Floats, Ids, Offsets
from xmr_engine.kernels.compiled import kernel

BLOCK = 8
SMALL_STEP = 0.1
FEW_VIOLATED = 0.02


class Solver(NamedTuple):
    """The optimisation: cost of an error, tolerance, most passes, weights below `threshold` dropped."""

    cost: float
    tolerance: float
    n_passes: int
    threshold: float
    draws: Ids


class Problem(NamedTuple):
    """Rows that siblings see, over the features they use, and the squares of their lengths.

    gram: the products of all pairs of rows, or nothing. What follows from the dual variables is kept up with them:
    with the products, every row's product with the weights; without, the weights.
    """

    rows: tuple[Offsets, Ids, Floats]
    norms: Floats
    gram: Floats


@kernel
def add_row(problem: Problem, i: int, amount: float, state: Floats) -> None:
    """Add a multiple of one row to what follows from the dual variables."""
    indptr, indices, values = problem.rows
    if problem.gram.size > 0:
        state += amount * problem.gram[i]
    else:
        for j in range(indptr[i], indptr[i + 1]):
            state[indices[j]] += amount * values[j]


@kernel
def fit_node(problem: Problem, sign: Floats, solver: Solver, start: tuple[Floats, Floats]) -> None:
    """Fit one linear classifier; `sign` is +1 for rows of the node, -1 for the others, 0 for rows left out.

    `start` holds the dual variables to begin with and what follows from them (see `Problem`); both are brought to the
    optimum. Rows stand shuffled; each pass takes them in small blocks, the blocks in an order of its own: memory is
    read mostly in a line, and no order of rows stays. Where rows are many, it is enough that they violate the optimum
    by little on average: the worst of a million would keep all of them busy.
    """
    (indptr, indices, values), norms, gram = problem
    alpha, state = start
    dense = gram.size > 0
    every = np.flatnonzero(sign).astype(np.int32)
    active = every.copy()
    n_rows = every.size
    n_active = n_rows
    diagonal = np.float32(0.5 / solver.cost)
    highest_before = np.inf
    least = np.float32(solver.tolerance * SMALL_STEP)
    spare = np.empty(n_rows, np.int32)
    for turn in range(solver.n_passes):
        highest, lowest, violated = -np.inf, np.inf, 0.0
        n_kept = 0
        active, spare = shuffle_blocks(active, spare, n_active, solver.draws, turn), active
        for at in range(n_active):
            i = active[at]
            product = state[i] if dense else np.float32(0.0)
            for j in range(0 if dense else indptr[i], 0 if dense else indptr[i + 1]):
                product += values[j] * state[indices[j]]
            gradient = product * sign[i] - np.float32(1.0) + alpha[i] * diagonal
            free = alpha[i] > 0.0
            if not free and gradient > highest_before:
                continue
            projected = gradient if free else min(gradient, np.float32(0.0))
            highest, lowest = max(highest, projected), min(lowest, projected)
            violated += abs(projected)
            if abs(projected) > least:
                before = alpha[i]
                alpha[i] = max(before - gradient / (norms[i] + diagonal), np.float32(0.0))
                step = (alpha[i] - before) * sign[i]
                for j in range(gram.shape[0]):
                    state[j] += step * gram[i, j]
                for j in range(0 if dense else indptr[i], 0 if dense else indptr[i + 1]):
                    state[indices[j]] += step * values[j]
            active[n_kept] = i
            n_kept += 1
        whole = n_active == n_rows
        n_active = n_kept
        calm = not dense and violated <= solver.tolerance * FEW_VIOLATED * n_rows
        if highest - lowest <= solver.tolerance or calm:
            if whole:
                break
            active = every.copy()
            n_active = n_rows
            highest_before = np.inf
            continue
        highest_before = highest if highest > 0 else np.inf


@kernel
def shuffle_blocks(rows: Ids, out: Ids, n: int, draws: Ids, turn: int) -> Ids:
    """Return `out` with the first n rows block by block, the blocks in an order that the draws decide."""
    n_blocks = (n + BLOCK - 1) // BLOCK
    order = np.arange(n_blocks).astype(np.int32)
    at = 0
    for b in range(n_blocks):
        j = b + draws[(b + turn * 7919) % draws.size] % (n_blocks - b)
        order[b], order[j] = order[j], order[b]
        start = order[b] * BLOCK
        for i in range(start, min(start + BLOCK, n)):
            out[at] = rows[i]
            at += 1
    return out


@kernel
def shuffled(start: int, stop: int, draws: Ids) -> Ids:
    """Return the positions from `start` up to `stop` in an order that the draws decide."""
    order = np.arange(start, stop)
    for i in range(order.size - 1):
        j = i + draws[i % draws.size] % (order.size - i)
        order[i], order[j] = order[j], order[i]
    return order
