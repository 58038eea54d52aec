"""One call a keystroke: from code points to ordered labels."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Chunks, Codes, Doubles, Floats, Ids, Tree
from xmr_engine.kernels.association import associate
from xmr_engine.kernels.candidates import FROM_POPULAR, Candidates, Limits, fetch_candidates, gather
from xmr_engine.kernels.columns import N_FEATURES
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.composition import Composed, compose_candidates, nothing_composed
from xmr_engine.kernels.context import SEPARATOR, Context, read_context, text_bounds
from xmr_engine.kernels.held import Held, Serving
from xmr_engine.kernels.infix import labels_with_words
from xmr_engine.kernels.meaning import context_vectors
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
from xmr_engine.kernels.paths import path_scores, score_paths
from xmr_engine.kernels.popular import best_in_range
from xmr_engine.kernels.ranking import Asked, fill_features, split_latest
from xmr_engine.kernels.rows import input_row, row_room
from xmr_engine.kernels.search import empty_memo, nothing_found, search_span
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
from xmr_engine.kernels.strings import encode_utf8, find_span
from xmr_engine.kernels.typos import corrections_of

FEW_LABELS = 10
N_LENGTHS = 7
N_PLAIN_BUCKETS = 2 * N_LENGTHS
N_BUCKETS = N_PLAIN_BUCKETS + 2


class Weighed(NamedTuple):
    """Candidates with their features, shape (n_candidates, N_FEATURES), and the bucket of their weights.

    plain_bucket: the one that applies where nothing is composed. composed: candidates that are no labels.
    span: of the labels that begin with the prefix, which has `n_bytes`.
    """

    candidates: Candidates
    features: Floats
    bucket: int
    plain_bucket: int
    composed: Composed
    span: tuple[int, int]
    n_bytes: int


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
def bucket_of(n_typed: int, n_queries: int) -> int:
    """Return which weights apply: by the number of characters typed, and whether there is a session."""
    if n_typed <= 3:
        length = n_typed
    elif n_typed <= 6:
        length = 4
    else:
        length = 5 if n_typed <= 10 else 6
    return length + (N_LENGTHS if n_queries > 0 else 0)


@kernel
def input_of(serving: Serving, codes: Codes) -> tuple[Context, tuple[Ids, Floats], tuple[int, int], int]:
    """Return context, feature row, span, and the prefix's length in bytes, of queries and prefix between separators."""
    bounds = text_bounds(codes)
    n = bounds.size - 2
    context = read_context(serving.labels, serving.statistics, codes, bounds, serving.decay)
    prefix = (codes, bounds[n], bounds[n + 1] - 1)
    previous = (codes, np.int64(0), np.int64(0))
    if n > 0:
        previous = (codes, bounds[n - 1], bounds[n] - 1)
    room = row_room(serving.vectorizer, previous[2] - previous[1], prefix[2] - prefix[1])
    ids, values = np.empty(room, np.int32), np.empty(room, np.float32)
    size = input_row(serving.vectorizer, previous, prefix, ids, values)
    utf8 = np.empty(4 * (prefix[2] - prefix[1]) + 1, np.uint8)
    n_bytes = encode_utf8(codes, prefix[1], prefix[2], utf8)
    return context, (ids[:size], values[:size]), find_span(serving.labels, utf8, n_bytes), n_bytes


@kernel
def weigh(serving: Serving, tree: Tree, chunks: Chunks, codes: Codes, limits: Limits) -> Weighed:
    """Return the candidates of an input and the features of each."""
    context, row, span, n_bytes = input_of(serving, codes)
    statistics = serving.statistics
    associated = associate(statistics, context, span, serving.n_sessions)
    memo, found = empty_memo(), nothing_found()
    if limits.index > 0:
        found = search_span(tree, chunks, row, span, (limits.beam, limits.index), memo)
    candidates = gather(statistics, found, span, associated, limits)
    paths = candidates.paths
    fetch_candidates(serving.labels, statistics, tree, candidates.labels)
    score_paths(tree, chunks, row, candidates.labels, paths, memo)
    features = np.empty((candidates.labels.size, N_FEATURES), np.float32)
    vectors = context_vectors(statistics, context)
    asked = Asked(context, associated, split_latest(context), vectors, n_bytes, span[1] - span[0])
    fill_features(serving.labels, statistics, asked, candidates.labels, paths, features)
    start = codes.size
    while start > 0 and codes[start - 1] != SEPARATOR:
        start -= 1
    composed, bucket = nothing_composed(), bucket_of(codes.size - start, context.labels.size)
    plain_bucket = bucket
    if limits.composed > 0 and span[1] - span[0] < FEW_LABELS:
        bucket = N_PLAIN_BUCKETS + (context.labels.size > 0)
        composed = compose_candidates(serving, asked, (codes, start, codes.size), span, limits)
    return Weighed(candidates, features, bucket, plain_bucket, composed, span, n_bytes)


@kernel
def scores_of(weighed: Weighed, weights: Doubles) -> Doubles:
    """Return the ranker's score of every candidate, the composed ones last."""
    own, n = weights[weighed.bucket], weighed.candidates.labels.size
    scores = np.empty(n + weighed.composed.sizes.size, np.float64)
    add_up(own, weighed.features, scores[:n])
    add_up(own, weighed.composed.features, scores[n:])
    return scores


@kernel
def add_up(weights: Doubles, features: Floats, out: Doubles) -> None:
    """Write the sum of weights times features of every row; two sums at once halve the wait for each addition."""
    n = features.shape[1]
    for i in range(out.size):
        even, odd = 0.0, 0.0
        for f in range(0, n - 1, 2):
            even += weights[f] * np.float64(features[i, f])
            odd += weights[f + 1] * np.float64(features[i, f + 1])
        if n % 2 == 1:
            even += weights[n - 1] * np.float64(features[i, n - 1])
        out[i] = even + odd


@kernel
def weigh_listed(serving: Serving, tree: Tree, chunks: Chunks, codes: Codes, labels: Ids) -> Weighed:
    """Return the features of given labels, ascending, as if nothing had been typed."""
    context, row, span, _ = input_of(serving, codes)
    statistics = serving.statistics
    associated = associate(statistics, context, (labels[0], labels[-1] + 1), serving.n_sessions)
    paths = np.full(labels.size, np.nan, np.float64)
    path_scores(tree, chunks, row, labels, paths)
    features = np.empty((labels.size, N_FEATURES), np.float32)
    vectors = context_vectors(statistics, context)
    asked = Asked(context, associated, split_latest(context), vectors, 0, span[1] - span[0])
    fill_features(serving.labels, statistics, asked, labels, paths, features)
    sources = np.full(labels.size, FROM_POPULAR, np.uint8)
    candidates, bucket = Candidates(labels, sources, paths, 0), bucket_of(0, context.labels.size)
    return Weighed(candidates, features, bucket, bucket, nothing_composed(), span, 0)


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
    start = codes.size
    while start > 0 and codes[start - 1] != SEPARATOR:
        start -= 1
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
    start = codes.size
    while start > 0 and codes[start - 1] != SEPARATOR:
        start -= 1
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
