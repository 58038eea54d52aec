"""Which of the ranked completions are offered, and in which order the kinds of them stand."""

import numpy as np
from numpy.typing import NDArray

from xmr_engine.kernels.arrays import Bytes, Doubles, Ids, Strings
from xmr_engine.kernels.candidates import FROM_COMPOSED, Candidates
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.search import keep_best
from xmr_engine.kernels.slips import Pool

Facts = NDArray[np.int64]
LABEL, SOURCES, KIND, MEANT, STOP = 0, 1, 2, 3, 4
N_FACTS = 5
PREFIX, COMPOSED, TYPO, WORDS, SHORTER = 0, 1, 2, 3, 4
LEAST_SHARE = 0.005


@kernel
def best_worth_offering(scores: Doubles, n_labels: int, k: int) -> Ids:
    """Return the positions of the k best, best first, of all labels and of the composed that have a fair chance.

    The ranker is fitted as a softmax over the candidates, so their chances are the shares of exp(score).
    """
    if scores.size == n_labels:
        return keep_best(scores, n_labels, k)
    offered = worth_offering(scores, n_labels)
    return offered[keep_best(scores[offered], offered.size, k)]


@kernel
def worth_offering(scores: Doubles, n_labels: int) -> Ids:
    """Return the positions of all labels, and of the composed completions that have a fair chance among them all."""
    total, highest = 0.0, scores.max()
    for score in scores:
        total += np.exp(score - highest)
    kept, n = np.empty(scores.size, np.int32), 0
    for i in range(scores.size):
        if i < n_labels or np.exp(scores[i] - highest) >= LEAST_SHARE * total:
            kept[n] = i
            n += 1
    return kept[:n]


@kernel
def fill_exact(candidates: Candidates, scores: Doubles, best: Ids, n_bytes: int, out: tuple[Facts, Doubles]) -> None:
    """Write facts and scores of what begins with the `n_bytes` typed; positions beyond the labels are composed.

    The `STOP` of what is composed holds its place there until its text is copied.
    """
    facts, weighed = out
    n_labels = candidates.labels.size
    for row in range(best.size):
        i = np.int64(best[row])
        is_label = i < n_labels
        facts[row, LABEL] = candidates.labels[i] if is_label else -1
        facts[row, SOURCES] = candidates.sources[i] if is_label else FROM_COMPOSED
        facts[row, KIND] = PREFIX if is_label else COMPOSED
        facts[row, MEANT] = n_bytes
        facts[row, STOP] = 0 if is_label else i - n_labels
        weighed[row, 0], weighed[row, 1] = scores[i], 0.0


@kernel
def fill_meant(pool: Pool, more: Ids, out: tuple[Facts, Doubles]) -> None:
    """Write facts and scores of these completions of a pool."""
    facts, weighed = out
    for row in range(more.size):
        i = more[row]
        facts[row, LABEL], facts[row, SOURCES] = pool.labels[i], pool.sources[i]
        facts[row, KIND], facts[row, MEANT], facts[row, STOP] = pool.kinds[i], pool.n_meant[i], 0
        weighed[row, 0], weighed[row, 1] = pool.scores[i], pool.penalties[i]


@kernel
def copy_texts(labels: Strings, composed: Strings, facts: Facts) -> Bytes:
    """Return the completions' texts in a row, and write where each stops."""
    n, starts = 0, np.empty(facts.shape[0], np.int64)
    for i in range(starts.size):
        is_label = facts[i, LABEL] >= 0
        offsets = labels.offsets if is_label else composed.offsets
        text = facts[i, LABEL] if is_label else facts[i, STOP]
        starts[i] = offsets[text]
        n += offsets[text + 1] - offsets[text]
        facts[i, STOP] = n
    texts = np.empty(n, np.uint8)
    at = 0
    for i in range(starts.size):
        blob = labels.blob if facts[i, LABEL] >= 0 else composed.blob
        stop = facts[i, STOP]
        for b in range(stop - at):
            texts[at + b] = blob[starts[i] + b]
        at = stop
    return texts


@kernel
def merge(kinds: Facts, scores: Doubles, n_exact: int, most: int) -> Ids:
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
