"""Candidates of an input, the features of each, and their scores."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Chunks, Codes, Doubles, Floats, Ids, Tree
from xmr_engine.kernels.association import associate
from xmr_engine.kernels.candidates import FROM_POPULAR, Candidates, Limits, fetch_candidates, gather
from xmr_engine.kernels.columns import N_FEATURES
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.composition import Composed, compose_candidates, nothing_composed
from xmr_engine.kernels.context import Context, last_start, read_context, text_bounds
from xmr_engine.kernels.held import Serving
from xmr_engine.kernels.meaning import context_vectors
from xmr_engine.kernels.paths import path_scores, score_paths
from xmr_engine.kernels.ranking import Asked, fill_features, split_latest
from xmr_engine.kernels.rows import input_row, row_room
from xmr_engine.kernels.search import empty_memo, nothing_found, search_span
from xmr_engine.kernels.strings import encode_utf8, find_span

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
    start = last_start(codes)
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
