"""Which of the ranked completions are offered, and in which order the kinds of them stand."""

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Doubles, Ids
from xmr_engine.kernels.candidates import FROM_COMPOSED
from xmr_engine.kernels.compiled import kernel

PREFIX, COMPOSED, TYPO, WORDS, SHORTER = 0, 1, 2, 3, 4
LEAST_SHARE = 0.005


@kernel
def worth_offering(scores: Doubles, n_labels: int) -> Ids:
    """Return the positions of all labels, and of the composed completions that have a fair chance among them all.

    The ranker is fitted as a softmax over the candidates, so their chances are the shares of exp(score).
    """
    total, highest = 0.0, scores.max() if scores.size > n_labels else 0.0
    for i in range(scores.size if scores.size > n_labels else 0):
        total += np.exp(scores[i] - highest)
    kept, n = np.empty(scores.size, np.int32), 0
    for i in range(scores.size):
        if i < n_labels or np.exp(scores[i] - highest) >= LEAST_SHARE * total:
            kept[n] = i
            n += 1
    return kept[:n]


@kernel
def fill_composed(labels: Ids, best: Ids) -> Ids:
    """Return the labels at these positions, -1 for positions beyond them, which are composed completions."""
    out = np.full(best.size, -1, np.int32)
    for i in range(best.size):
        if best[i] < labels.size:
            out[i] = labels[best[i]]
    return out


@kernel
def fill_sources(sources: Bytes, best: Ids) -> Bytes:
    """Return the sources at these positions; beyond them stands what is composed."""
    out = np.full(best.size, FROM_COMPOSED, np.uint8)
    for i in range(best.size):
        if best[i] < sources.size:
            out[i] = sources[best[i]]
    return out


@kernel
def merge(kinds: Bytes, scores: Doubles, n_exact: int, most: int) -> Ids:
    """Return the order of completions, exact ones and those beyond them each being in order.

    Labels that begin with what was typed go before what was meant by a slip. Between what is
    composed and what was meant the score decides.
    """
    order, n = np.empty(kinds.size, np.int32), 0
    last_label = 0
    for i in range(n_exact):
        if kinds[i] == PREFIX:
            last_label = i + 1
    i, j = 0, n_exact
    while i < n_exact or j < kinds.size:
        meant_first = j < kinds.size and (
            i == n_exact or (i >= last_label and kinds[j] == TYPO and scores[j] > scores[i])
        )
        order[n] = j if meant_first else i
        n += 1
        j += meant_first
        i += not meant_first
    return order[:most]
