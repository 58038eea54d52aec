"""The chunks of a layer's parents: each parent's children fitted against the rows that the parent sees."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Floats, Ids, Offsets, Sparse, UInt16
from xmr_engine.kernels.chunks import spread
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.solver import Problem, Solver, add_row, fit_node, shuffled

MOST_PRODUCTS = 512
PRODUCTS_PER_CHILD = 16


class Task(NamedTuple):
    """What the chunks of a layer are trained on.

    Parent p (counted within the layer) has the children `children[p]` up to `children[p + 1]` (counted within the
    next) and sees the input rows `seen[seen_ptr[p] : seen_ptr[p + 1]]`; those of child c that answer it are
    `positive[positive_ptr[c] : positive_ptr[c + 1]]`. Rows ascend. A row that is `own` is seen by the children that
    it answers alone, not by their siblings.
    """

    children: Offsets
    seen_ptr: Offsets
    seen: Ids
    own: Bytes
    positive_ptr: Offsets
    positive: Ids


@kernel
def gather_rows(X: Sparse, rows: Ids, local: Ids) -> tuple[Offsets, Ids, Floats, Ids]:
    """Return the given rows over the features they use, and those features ascending.

    `local` is -1 everywhere, before and after; it has an entry for each feature of X.
    """
    indptr = np.zeros(rows.size + 1, np.int64)
    for i in range(rows.size):
        indptr[i + 1] = indptr[i] + X.indptr[rows[i] + 1] - X.indptr[rows[i]]
    indices, values = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.float32)
    used = np.empty(indptr[-1], np.int32)
    n_used = 0
    for i in range(rows.size):
        for j in range(X.indptr[rows[i] + 1] - X.indptr[rows[i]]):
            f = X.indices[X.indptr[rows[i]] + j]
            if local[f] < 0:
                local[f] = 0
                used[n_used] = f
                n_used += 1
    features = np.sort(used[:n_used])
    for i in range(n_used):
        local[features[i]] = i
    for i in range(rows.size):
        for j in range(X.indptr[rows[i] + 1] - X.indptr[rows[i]]):
            indices[indptr[i] + j] = local[X.indices[X.indptr[rows[i]] + j]]
            values[indptr[i] + j] = X.values[X.indptr[rows[i]] + j]
    for i in range(n_used):
        local[features[i]] = -1
    return indptr, indices, values, features


@kernel
def fit_chunks(
    X: Sparse, task: Task, first: int, last: int, solver: Solver, n_features: int
) -> tuple[Offsets, Ids, Offsets, UInt16, Floats]:
    """Fit the children of parents `first` up to `last`, each against its siblings' rows.

    Returns the number of rows of each chunk, the feature of each row, the number of entries of each row, and the
    child and weight of each entry (see `arrays.Chunks`). An only child is certain: its bias alone is 1.
    """
    local = np.full(n_features, -1, np.int32)
    place = np.zeros(X.indptr.size - 1, np.int32)
    n_rows_of = np.zeros(last - first, np.int64)
    features_out, counts_out = np.empty(1024, np.int32), np.empty(1024, np.int64)
    child_out, weight_out = np.empty(4096, np.uint16), np.empty(4096, np.float32)
    n_out, n_entries = 0, 0
    for p in range(first, last):
        seen = task.seen[task.seen_ptr[p] : task.seen_ptr[p + 1]]
        n_children = task.children[p + 1] - task.children[p]
        if n_children == 1 or seen.size == 0:
            features, row_entries, children, weights = certain_children(n_children, n_features - 1)
        else:
            kept = fit_children(X, task, p, (0, n_children), solver, (local, place))
            features, row_entries, children, weights = by_feature(kept[0], kept[1], kept[2])
        features_out = with_room(features_out, n_out + features.size)
        counts_out = with_room(counts_out, n_out + features.size)
        child_out = with_room(child_out, n_entries + children.size)
        weight_out = with_room(weight_out, n_entries + children.size)
        features_out[n_out : n_out + features.size] = features
        counts_out[n_out : n_out + features.size] = row_entries
        child_out[n_entries : n_entries + children.size] = children
        weight_out[n_entries : n_entries + children.size] = weights
        n_rows_of[p - first] = features.size
        n_out += features.size
        n_entries += children.size
    return n_rows_of, features_out[:n_out], counts_out[:n_out], child_out[:n_entries], weight_out[:n_entries]


@kernel
def fit_some(
    X: Sparse, task: Task, p: int, children: tuple[int, int], solver: Solver, n_features: int
) -> tuple[Ids, UInt16, Floats]:
    """Fit some children of a parent with scratch of its own, for parents that are too large for one thread."""
    scratch = (np.full(n_features, -1, np.int32), np.zeros(X.indptr.size - 1, np.int32))
    return fit_children(X, task, p, children, solver, scratch)


@kernel
def certain_children(n_children: int, bias: int) -> tuple[Ids, Offsets, UInt16, Floats]:
    """Return a chunk in which every child has the bias 1 and nothing else."""
    features, row_entries = np.full(1, bias, np.int32), np.full(1, n_children, np.int64)
    return features, row_entries, np.arange(n_children).astype(np.uint16), np.ones(n_children, np.float32)


@kernel
def products_of(rows: tuple[Offsets, Ids, Floats], n_features: int) -> Floats:
    """Return the products of all pairs of rows, shape (n_rows, n_rows)."""
    indptr, indices, values = rows
    n = indptr.size - 1
    gram, row = np.zeros((n, n), np.float32), np.zeros(n_features, np.float32)
    for i in range(n):
        for j in range(indptr[i], indptr[i + 1]):
            row[indices[j]] = values[j]
        for other in range(i, n):
            product = np.float32(0.0)
            for j in range(indptr[other], indptr[other + 1]):
                product += values[j] * row[indices[j]]
            gram[i, other] = gram[other, i] = product
        for j in range(indptr[i], indptr[i + 1]):
            row[indices[j]] = 0.0
    return gram


@kernel
def state_problem(X: Sparse, seen: Ids, n_children: int, local: Ids) -> tuple[Problem, Ids]:
    """Return the rows that siblings see as a problem, and the features these use."""
    indptr, indices, values, features = gather_rows(X, seen, local)
    norms, gram = np.zeros(seen.size, np.float32), np.empty((0, 0), np.float32)
    for i in range(seen.size):
        for j in range(indptr[i], indptr[i + 1]):
            norms[i] += values[j] * values[j]
    if seen.size <= min(MOST_PRODUCTS, PRODUCTS_PER_CHILD * n_children):
        gram = products_of((indptr, indices, values), features.size)
    return Problem((indptr, indices, values), norms, gram), features


@kernel
def weights_of(problem: Problem, sign: Floats, alpha: Floats, w: Floats) -> None:
    """Write the weights that follow from the dual variables."""
    indptr, indices, values = problem.rows
    w[:] = 0.0
    for i in range(alpha.size):
        if alpha[i] > 0.0:
            for j in range(indptr[i], indptr[i + 1]):
                w[indices[j]] += alpha[i] * sign[i] * values[j]


@kernel
def turn_signs(problem: Problem, before: Floats, sign: Floats, start: tuple[Floats, Floats]) -> None:
    """Turn the optimum for one of two siblings into the start for the other, whose signs are mostly the opposite."""
    alpha, state = start
    for j in range(state.size):
        state[j] = -state[j]
    for i in range(sign.size):
        if sign[i] != -before[i]:
            add_row(problem, i, alpha[i] * before[i], state)
            alpha[i] = 0.0


@kernel
def fit_children(
    X: Sparse, task: Task, p: int, children: tuple[int, int], solver: Solver, scratch: tuple[Ids, Ids]
) -> tuple[Ids, UInt16, Floats]:
    """Fit some children of a parent (counted from its first); return feature, child and weight of what is kept.

    Siblings share most negatives: each begins at the optimum for a node that no row answers. Of two, the second begins
    at what is best for the first, turned round.
    """
    local, place = scratch
    order = shuffled(task.seen_ptr[p], task.seen_ptr[p + 1], solver.draws)
    seen = task.seen[order]
    n_children = task.children[p + 1] - task.children[p]
    problem, features = state_problem(X, seen, n_children, local)
    for i in range(seen.size):
        place[seen[i]] = i
    size = seen.size if problem.gram.size > 0 else features.size
    negative = np.where(task.own[order] > 0, np.float32(0.0), np.float32(-1.0))
    none_alpha, none_state = np.zeros(seen.size, np.float32), np.zeros(size, np.float32)
    if n_children > 2:
        fit_node(problem, negative, solver, (none_alpha, none_state))
    alpha, state, w = none_alpha.copy(), none_state.copy(), np.empty(features.size, np.float32)
    sign, before = negative.copy(), negative.copy()
    kept_feature, kept_child = np.empty(1024, np.int32), np.empty(1024, np.uint16)
    kept_weight = np.empty(1024, np.float32)
    n_kept = 0
    for child in range(children[0], children[1]):
        c = task.children[p] + child
        before[:], sign[:] = sign, negative
        positive = task.positive[task.positive_ptr[c] : task.positive_ptr[c + 1]]
        for row in positive:
            sign[place[row]] = 1.0
        if n_children == 2 and child > children[0]:
            turn_signs(problem, before, sign, (alpha, state))
        else:
            alpha[:], state[:] = none_alpha, none_state
            for row in positive:
                add_row(problem, place[row], alpha[place[row]], state)
                alpha[place[row]] = 0.0
        fit_node(problem, sign, solver, (alpha, state))
        if problem.gram.size > 0:
            weights_of(problem, sign, alpha, w)
        else:
            w[:] = state
        kept_feature = with_room(kept_feature, n_kept + w.size)
        kept_child = with_room(kept_child, n_kept + w.size)
        kept_weight = with_room(kept_weight, n_kept + w.size)
        for f in range(w.size):
            if abs(w[f]) >= solver.threshold:
                kept_feature[n_kept], kept_child[n_kept], kept_weight[n_kept] = features[f], child, w[f]
                n_kept += 1
    return kept_feature[:n_kept], kept_child[:n_kept], kept_weight[:n_kept]


@kernel
def by_feature(kept_feature: Ids, kept_child: UInt16, kept_weight: Floats) -> tuple[Ids, Offsets, UInt16, Floats]:
    """Order entries found child by child into rows: features by their hashes, entries of each, children and weights."""
    hashes = np.empty(kept_feature.size, np.int64)
    for i in range(kept_feature.size):
        hashes[i] = spread(kept_feature[i])
    order = np.argsort(hashes, kind="mergesort")
    features, counts = np.empty(order.size, np.int32), np.zeros(order.size, np.int64)
    n = 0
    for i in order:
        if n == 0 or features[n - 1] != kept_feature[i]:
            features[n] = kept_feature[i]
            n += 1
        counts[n - 1] += 1
    return features[:n], counts[:n], kept_child[order], kept_weight[order]


@kernel
def with_room(array: Ids, n: int) -> Ids:
    """Return the array, or a longer one with the same beginning, that has room for n values."""
    if n <= array.size:
        return array
    longer = np.empty(max(n, 2 * array.size), array.dtype)
    longer[: array.size] = array
    return longer
