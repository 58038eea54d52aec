"""One call a keystroke: from code points to ordered labels."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Chunks, Codes, Doubles, Floats, Ids, Offsets, Tree
from xmr_engine.kernels.association import associate
from xmr_engine.kernels.candidates import Candidates, Limits, gather
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context, read_context, text_bounds
from xmr_engine.kernels.held import Held, Serving
from xmr_engine.kernels.pairs import pair_words
from xmr_engine.kernels.paths import path_scores
from xmr_engine.kernels.ranking import N_FEATURES, Asked, best_first, context_vectors, fill_features, latest_text
from xmr_engine.kernels.rows import input_row, row_room
from xmr_engine.kernels.strings import copy_texts, encode_utf8, find_span

N_BUCKETS = 14
PREFIX, COMPOSED, TYPO, WORDS, SHORTER = 0, 1, 2, 3, 4


class Weighed(NamedTuple):
    """Candidates with their features, shape (n_candidates, N_FEATURES), and the bucket of their weights."""

    candidates: Candidates
    features: Floats
    bucket: int


class Completed(NamedTuple):
    """Completions best first.

    labels: of each, -1 where it is none. sources: the bits of `candidates`. kinds: how each matched, one of
    `PREFIX` to `SHORTER`. Text i is `texts[stops[i - 1]:stops[i]]`, UTF-8. n_scored: nodes; n_candidates: texts ranked.
    """

    labels: Ids
    scores: Doubles
    sources: Bytes
    kinds: Bytes
    texts: Bytes
    stops: Offsets
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
    return length + (7 if n_queries > 0 else 0)


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
    candidates = gather(tree, chunks, statistics, row, span, associated, limits)
    paths = candidates.paths
    path_scores(tree, chunks, row, candidates.labels, paths)
    features = np.empty((candidates.labels.size, N_FEATURES), np.float32)
    vectors = context_vectors(statistics, context)
    paired = pair_words(statistics.word_pairs, context)
    asked = Asked(context, associated, latest_text(context), vectors, paired, n_bytes, span[1] - span[0])
    fill_features(serving.labels, statistics, asked, candidates.labels, paths, features)
    n_typed = 0
    for i in range(codes.size - 1, -1, -1):
        if codes[i] == 10:
            break
        n_typed += 1
    return Weighed(candidates, features, bucket_of(n_typed, context.labels.size))


@kernel
def complete(held: Held, codes: Codes, limits: Limits, k: int) -> Completed:
    """Return the k best completions for queries and prefix, which stand in `codes` between separators, oldest first."""
    serving = held.serving
    weighed = weigh(serving, held.tree, held.chunks, codes, limits)
    candidates = weighed.candidates
    weights = serving.weights[weighed.bucket]
    scores = np.zeros(candidates.labels.size, np.float64)
    for i in range(scores.size):
        for f in range(weights.size):
            scores[i] += weights[f] * np.float64(weighed.features[i, f])
    best = best_first(scores, k)
    labels = candidates.labels[best]
    texts, stops = copy_texts(serving.labels, labels)
    kinds = np.full(best.size, PREFIX, np.uint8)
    return Completed(
        labels, scores[best], candidates.sources[best], kinds, texts, stops, candidates.n_scored, scores.size
    )
