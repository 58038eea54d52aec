"""One call a keystroke: from code points to ordered labels."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Codes, Doubles
from xmr_engine.kernels.candidates import Limits
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import last_start
from xmr_engine.kernels.held import Held
from xmr_engine.kernels.infix import labels_with_words
from xmr_engine.kernels.offering import (
    KIND,
    N_FACTS,
    SHORTER,
    TYPO,
    WORDS,
    Facts,
    best_worth_offering,
    copy_texts,
    fill_exact,
    fill_meant,
    merge,
)
from xmr_engine.kernels.popular import best_in_range
from xmr_engine.kernels.slips import (
    FEW,
    MOST_MEANT,
    MOST_WITH_WORDS,
    Pool,
    add_best,
    make_pool,
    order_pool,
    penalty_of,
    replace_prefix,
    shorter_span,
)
from xmr_engine.kernels.typos import corrections_of
from xmr_engine.kernels.weighing import scores_of, weigh, weigh_listed


class Completed(NamedTuple):
    """Completions best first, one row each.

    facts: shape (n, N_FACTS), whole numbers in the columns `LABEL` (-1 where it is none), `SOURCES` (the bits of
    `candidates`), `KIND` (how it matched, one of `PREFIX` to `SHORTER`), `MEANT` (how many bytes of the text stand for
    what was typed) and `STOP`: text i is `texts[STOP of i - 1:STOP of i]`, UTF-8. scores: shape (n, 2), the score and
    what it was lowered by. n_scored: nodes; n_candidates: texts ranked.
    """

    facts: Facts
    scores: Doubles
    texts: Bytes
    n_scored: int
    n_candidates: int


@kernel
def only_labels(limits: Limits) -> Limits:
    """Return the limits with nothing composed."""
    return Limits(limits.beam, limits.index, limits.popular, limits.successors, limits.slips, 0, 0)


@kernel
def gather_slips(held: Held, codes: Codes, limits: Limits, span: tuple[int, int], is_composed: bool) -> Pool:
    """Return what is offered where few labels begin with what was typed, whose span is given.

    is_composed: whether something composed is offered; what was typed makes sense then, and is corrected less boldly.
    """
    serving, statistics = held.serving, held.serving.statistics
    pool = make_pool(FEW * (MOST_MEANT + 2))
    start = last_start(codes)
    typed, known = (codes, start, codes.size), np.int64(0)
    if span[0] < span[1]:
        known = np.int64(statistics.count[best_in_range(statistics.count, statistics.maxima, span[0], span[1])])
    near = corrections_of(serving.words, serving.labels, statistics, typed, known, is_composed, MOST_MEANT)
    for c in range(near.costs.size):
        n_meant = np.int64(near.n_bytes[c])
        meant = replace_prefix(codes, start, serving.labels, near.spans[c, 0], n_meant)
        weighed = weigh(serving, held.tree, held.chunks, meant, only_labels(limits))
        candidates = weighed.candidates
        found = (TYPO, n_meant, penalty_of(np.int64(near.costs[c])))
        add_best(pool, candidates.labels, scores_of(weighed, serving.weights), candidates.sources, span, found)
    if span[0] == span[1]:
        labels = np.sort(labels_with_words(serving.words, statistics, typed, MOST_WITH_WORDS))
        if labels.size > 0:
            weighed = weigh_listed(serving, held.tree, held.chunks, codes[:start], labels)
            sources = weighed.candidates.sources
            add_best(pool, labels, scores_of(weighed, serving.weights), sources, span, (WORDS, np.int64(0), 0.0))
    return pool


@kernel
def back_off(held: Held, codes: Codes, limits: Limits, pool: Pool) -> None:
    """Add what a shorter prefix brings."""
    serving = held.serving
    start = last_start(codes)
    span, n_meant = shorter_span(serving.labels, (codes, start, codes.size))
    if span[0] < span[1]:
        meant = replace_prefix(codes, start, serving.labels, span[0], n_meant)
        weighed = weigh(serving, held.tree, held.chunks, meant, only_labels(limits))
        candidates = weighed.candidates
        found = (SHORTER, np.int64(n_meant), 0.0)
        add_best(pool, candidates.labels, scores_of(weighed, serving.weights), candidates.sources, (0, 0), found)


@kernel
def complete(held: Held, codes: Codes, limits: Limits, k: int) -> Completed:
    """Return the k best completions for queries and prefix, which stand in `codes` between separators, oldest first.

    What begins with the text typed comes first. Where that is few, what was meant by a slip of the finger follows,
    then labels with the typed words in another order; where there is nothing at all, what a shorter prefix brings.
    """
    serving = held.serving
    weighed = weigh(serving, held.tree, held.chunks, codes, limits)
    candidates, composed = weighed.candidates, weighed.composed
    scores = scores_of(weighed, serving.weights)
    n_labels = candidates.labels.size
    best = best_worth_offering(scores, n_labels, k)
    n_found = (best < n_labels).sum()
    pool = make_pool(0)
    if limits.slips > 0 and n_found < min(k, FEW):
        pool = gather_slips(held, codes, limits, weighed.span, best.size > n_found)
        if best.size + pool.n[0] == 0:
            back_off(held, codes, limits, pool)
    more = order_pool(pool, max(min(k, FEW) - n_found, 0))
    facts, weighed_by = np.empty((best.size + more.size, N_FACTS), np.int64), np.empty((best.size + more.size, 2))
    fill_exact(candidates, scores, best, weighed.n_bytes, (facts, weighed_by))
    fill_meant(pool, more, (facts[best.size :], weighed_by[best.size :]))
    if more.size > 0:
        order = merge(facts[:, KIND], weighed_by[:, 0], best.size, max(best.size, min(k, FEW)))
        facts, weighed_by = facts[order], weighed_by[order]
    texts = copy_texts(serving.labels, composed.strings, facts)
    return Completed(facts, weighed_by, texts, candidates.n_scored, scores.size)
