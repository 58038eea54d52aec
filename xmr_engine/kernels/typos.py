"""What was meant by a prefix with slips of the finger: which characters are in doubt, and the likeliest meanings.

A word that many labels have is meant as it is typed, so is the beginning of such words, and so are digits: whoever
types something new and right is not corrected.
"""

import numpy as np

from xmr_engine.kernels.arrays import Codes, Statistics, Strings
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.edits import ANY_CHANGE, EDIT, NO_CHANGE, OTHER, SWAPPED, Typed, is_digit
from xmr_engine.kernels.nearby import Corrections, near_spans
from xmr_engine.kernels.popular import best_in_range
from xmr_engine.kernels.search import keep_best
from xmr_engine.kernels.strings import compare, encode_utf8, find_span
from xmr_engine.kernels.terms import word_bounds

SPACE = 32
LEAST_TYPED, MOST_TYPED = 4, 200
TWO_EDITS_BEYOND = 8
TWO_LIKELY = 220
TIMES_AS_POPULAR = 10
LEAST_LABELS = 3
WORD_SHARE, FRAGMENT_SHARE = 4096, 12288


@kernel
def what_may_change(words: Strings, statistics: Statistics, typed: tuple[Codes, int, int]) -> Typed:
    """Return what was typed with its characters in doubt marked.

    Never the first character, a digit, or a space at the end; the last one only swapped with the one before, for
    nothing after it says that it was wrong.
    """
    codes, start, stop = typed
    n = stop - start
    changes, gaps = np.full(n, ANY_CHANGE, np.uint8), np.ones(n + 1, np.uint8)
    for i in range(n):
        if is_digit(np.int64(codes[start + i])):
            changes[i] = NO_CHANGE
    changes[0], gaps[0], gaps[n] = NO_CHANGE, 0, 0
    if changes[n - 1] == ANY_CHANGE:
        changes[n - 1] = NO_CHANGE if codes[stop - 1] == SPACE else SWAPPED
    starts, stops = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    utf8 = np.empty(4 * n + 1, np.uint8)
    for w in range(word_bounds(codes, start, stop, starts, stops)):
        n_bytes = encode_utf8(codes, starts[w], stops[w], utf8)
        lo, hi = find_span(words, utf8, n_bytes)
        share = FRAGMENT_SHARE
        if stops[w] < stop:
            share = WORD_SHARE
            hi = lo + 1 if lo < hi and compare(words, lo, utf8, n_bytes) == 0 else lo
        n_labels = statistics.word_label_rows[hi] - statistics.word_label_rows[lo]
        if n_labels >= max(LEAST_LABELS, statistics.count.size // share):
            changes[starts[w] - start : stops[w] - start] = NO_CHANGE
            gaps[starts[w] - start : stops[w] - start + 1] = 0
    return Typed(codes[start:stop], changes, gaps)


@kernel
def corrections_of(
    words: Strings,
    labels: Strings,
    statistics: Statistics,
    typed: tuple[Codes, int, int],
    known: int,
    makes_sense: bool,
    most: int,
) -> Corrections:
    """Return the `most` likeliest corrections of a prefix, by the most popular label of each and the cost.

    known: how often the most popular label that begins with the prefix as typed was asked, 0 for none; a correction
    must be `TIMES_AS_POPULAR` times that. makes_sense: whether something can be composed with it. Within one edit;
    within two, of likely kinds, where one finds nothing and what was typed makes no sense.
    """
    n = typed[2] - typed[1]
    if not LEAST_TYPED <= n <= MOST_TYPED:
        return near_nothing()
    doubted = what_may_change(words, statistics, typed)
    near = near_spans(labels, doubted, OTHER)
    if near.costs.size == 0 and n > TWO_EDITS_BEYOND and not makes_sense:
        near = near_spans(labels, doubted, TWO_LIKELY)
    worth = np.empty(near.costs.size, np.float64)
    kept, n_kept = np.empty(near.costs.size, np.int32), 0
    for i in range(near.costs.size):
        best = best_in_range(statistics.count, statistics.maxima, near.spans[i, 0], near.spans[i, 1])
        count = np.int64(statistics.count[best])
        if count >= TIMES_AS_POPULAR * known:
            kept[n_kept] = i
            worth[n_kept] = np.log1p(count) - near.costs[i] / EDIT
            n_kept += 1
    chosen = np.sort(kept[keep_best(worth, n_kept, most)])
    return Corrections(near.spans[chosen], near.n_bytes[chosen], near.costs[chosen], near.n_visited)


@kernel
def near_nothing() -> Corrections:
    """Return no corrections."""
    return Corrections(np.empty((0, 2), np.int32), np.empty(0, np.int32), np.empty(0, np.int32), 0)
