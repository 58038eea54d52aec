"""What is offered beyond labels that begin with what was typed: what was meant by it, and a pool of completions.

A completion here is weighed as if what was meant had been typed, less a penalty for the edits.
"""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Codes, Doubles, Ids, Strings
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.edits import EDIT, is_digit
from xmr_engine.kernels.nearby import read_code
from xmr_engine.kernels.search import keep_best
from xmr_engine.kernels.strings import encode_utf8, find_span

FEW = 10
MOST_MEANT = 3
MOST_WITH_WORDS = 30
PENALTY = 2.0
SHORTEST = 3
SPACE = 32


class Pool(NamedTuple):
    """Completions gathered so far, `n` of them (one entry), each label once.

    n_meant: how many bytes of each label stand for what was typed. penalties: what each score was lowered by.
    """

    labels: Ids
    scores: Doubles
    sources: Bytes
    kinds: Bytes
    n_meant: Ids
    penalties: Doubles
    n: Ids


@kernel
def make_pool(room: int) -> Pool:
    """Return an empty pool."""
    return Pool(
        np.empty(room, np.int32),
        np.empty(room, np.float64),
        np.empty(room, np.uint8),
        np.empty(room, np.uint8),
        np.empty(room, np.int32),
        np.empty(room, np.float64),
        np.zeros(1, np.int32),
    )


@kernel
def penalty_of(cost: int) -> float:
    """Return what edits of this cost lower a score by."""
    return PENALTY * cost / EDIT


@kernel
def add_best(
    pool: Pool, labels: Ids, scores: Doubles, sources: Bytes, outside: tuple[int, int], meant: tuple[int, int, float]
) -> None:
    """Add the best few labels that do not lie in the span `outside`; of a label known by now, keep the higher score.

    meant: the kind of match, the bytes of each label that stand for what was typed, and the penalty. A label is left
    to the kind that brought it first.
    """
    kind, n_meant, penalty = meant
    for i in keep_best(scores, scores.size, FEW + outside[1] - outside[0]):
        if outside[0] <= labels[i] < outside[1]:
            continue
        at = 0
        while at < pool.n[0] and pool.labels[at] != labels[i]:
            at += 1
        if at < pool.n[0] and (pool.kinds[at] != kind or pool.scores[at] >= scores[i] - penalty):
            continue
        if at == pool.n[0]:
            if at == pool.labels.size:
                return
            pool.n[0] += 1
        pool.labels[at], pool.scores[at], pool.sources[at] = labels[i], scores[i] - penalty, sources[i]
        pool.kinds[at], pool.n_meant[at], pool.penalties[at] = kind, n_meant, penalty


@kernel
def order_pool(pool: Pool, most: int) -> Ids:
    """Return the positions of the pool's best completions, kind by kind, best first; of equal ones the lower label."""
    n = pool.n[0]
    order = np.empty(n, np.int64)
    for i in range(n):
        at = i
        while at > 0 and comes_first(pool, i, order[at - 1]):
            order[at] = order[at - 1]
            at -= 1
        order[at] = i
    return order[:most]


@kernel
def comes_first(pool: Pool, a: int, b: int) -> bool:
    """Tell whether one completion stands before another."""
    if pool.kinds[a] != pool.kinds[b]:
        return pool.kinds[a] < pool.kinds[b]
    if pool.scores[a] != pool.scores[b]:
        return pool.scores[a] > pool.scores[b]
    return pool.labels[a] < pool.labels[b]


@kernel
def replace_prefix(codes: Codes, start: int, labels: Strings, label: int, n_bytes: int) -> Codes:
    """Return texts between separators whose last one, from `start`, is replaced by the beginning of a label."""
    out = np.empty(start + n_bytes, np.uint32)
    out[:start] = codes[:start]
    n, at = start, 0
    while at < n_bytes:
        code, at = read_code(labels, label, at)
        out[n] = code
        n += 1
    return out[:n]


@kernel
def shorter_span(labels: Strings, typed: tuple[Codes, int, int]) -> tuple[tuple[int, int], int]:
    """Return the span of the longest shorter prefix that some label has, and the prefix's bytes; else an empty span.

    It keeps all finished words, at least `SHORTEST` characters, and every digit; of a single word at least half.
    """
    codes, start, stop = typed
    least = (stop - start + 1) // 2
    for i in range(start, stop):
        if codes[i] == SPACE:
            least = 0
    utf8 = np.empty(4 * (stop - start) + 1, np.uint8)
    for end in range(stop - 1, start + max(least, SHORTEST) - 1, -1):
        if codes[end] == SPACE or is_digit(np.int64(codes[end])):
            break
        n_bytes = encode_utf8(codes, start, end, utf8)
        span = find_span(labels, utf8, n_bytes)
        if span[0] < span[1]:
            return span, n_bytes
    return (0, 0), 0
