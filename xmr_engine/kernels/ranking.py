"""The named features of candidates, column by column; `ranking.features` says what each means, in the same order."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Doubles, Floats, Ids, Int8, Offsets, Statistics, Strings
from xmr_engine.kernels.association import (
    FOLLOWED,
    FOLLOWED_SHARE,
    KIN_CLOSEST,
    KIN_SQUARED,
    SHARE_EARLIER,
    TOGETHER,
    TWO_STEPS,
    Associated,
    find_slot,
)
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context, is_among
from xmr_engine.kernels.pairs import Paired
from xmr_engine.kernels.strings import encode_utf8
from xmr_engine.kernels.texts import (
    common_length,
    compare_words,
    count_words,
    edit_distance,
)

(
    PATH, POPULARITY, POPULARITY_OVER_2, POPULARITY_OVER_3, POPULARITY_FIRST, SPAN_POPULARITY, LENGTH_OVER, REST,
    COMPLETE, BURST, N_EXTENSIONS, EXTENSIONS, PLAUSIBILITY, WORD_PLAUSIBILITY, PLAUSIBLE_POPULARITY,
    SESSION_POPULARITY, QUERIES_POPULARITY, AFTER, EVER_AFTER, AFTER_SHARE, AFTER_SHARE_EARLIER, BESIDE,
    TWO_STEPS_AWAY, TWO_STEPS_OVER, KIN_SQUARES, KIN_SQUARES_OVER, KIN_NEAREST, KIN_NEAREST_OVER, SPAN_KIN,
    PAIRED, PAIRED_LATEST_OVER, SIMILAR, SIMILAR_OVER, SIMILAR_POPULARITY, SIMILAR_EARLIER, KEPT_WORDS, NEW_WORDS,
    ANY_NEW, KEEPS_ALL, SAME_LAST, WORD_SWAPPED, EXTENDS, EXTENDED_BY, ONE_EDIT, TWO_EDITS, IS_PREVIOUS,
    ASKED_BEFORE, MEANING, MEANING_OVER, MEANING_POPULARITY, SPAN_MEANING, MEANING_EARLIER, COMPANY_MEANING,
) = range(53)  # fmt: skip
N_FEATURES = 53
N_OWN = 5
N_DIMENSIONS = 48
LEAST_TIE = 1e-3
LOG_LEAST_TIE = float(np.log(LEAST_TIE))


class Asked(NamedTuple):
    """What the features of candidates are taken from: the session, its associations, and what is typed."""

    context: Context
    associated: Associated
    latest: Bytes
    vectors: Floats
    paired: Paired
    prefix_length: int
    span_size: int


@kernel
def fill_features(
    labels: Strings, statistics: Statistics, asked: Asked, candidates: Ids, paths: Doubles, out: Floats
) -> None:
    """Write the features of every candidate, shape (n_candidates, N_FEATURES)."""
    out[:] = 0.0
    for i in range(candidates.size):
        out[i, PATH] = paths[i]
        for c in range(N_OWN):
            out[i, BURST + c] = statistics.own[candidates[i], c]
    own_features(labels, statistics.count, statistics.first_count, candidates, asked.prefix_length, out)
    if asked.context.labels.size > 0:
        session_features(statistics.count, asked, candidates, out)
        word_features(statistics.label_word_rows, statistics.label_words, statistics.words.idf, asked.context,
                      candidates, out)  # fmt: skip
        pair_features(statistics.label_word_rows, statistics.label_words, asked.paired, candidates, out)
        text_features(labels, asked.latest, candidates, out)
        repeat_features(asked.context.labels, candidates, out)
        meaning_features(statistics, asked.vectors, candidates, out)
    cross_features(np.log(max(asked.span_size, 1)), out)


@kernel
def cross_features(span: float, out: Floats) -> None:
    """Write products of features with popularity and with the logarithm of the span, and what lies over a knee."""
    for i in range(out.shape[0]):
        row = out[i]
        popularity = row[POPULARITY]
        row[POPULARITY_OVER_2] = max(popularity - 2.0, 0.0)
        row[POPULARITY_OVER_3] = max(popularity - 3.5, 0.0)
        row[SPAN_POPULARITY] = span * popularity
        row[PLAUSIBLE_POPULARITY] = row[WORD_PLAUSIBILITY] * popularity
        row[SESSION_POPULARITY] *= popularity
        row[QUERIES_POPULARITY] *= popularity
        row[TWO_STEPS_OVER] = max(row[TWO_STEPS_AWAY] + 3.5, 0.0)
        row[KIN_SQUARES_OVER] = max(row[KIN_SQUARES] - 0.7, 0.0)
        row[KIN_NEAREST_OVER] = max(row[KIN_NEAREST] - 0.5, 0.0)
        row[SPAN_KIN] = span * row[KIN_NEAREST]
        row[SIMILAR_OVER] = max(row[SIMILAR] - 0.3, 0.0)
        row[SIMILAR_POPULARITY] = row[SIMILAR] * popularity
        row[MEANING_OVER] = max(row[MEANING] - 0.6, 0.0)
        row[MEANING_POPULARITY] = row[MEANING] * popularity
        row[SPAN_MEANING] = span * row[MEANING]


@kernel
def latest_text(context: Context) -> Bytes:
    """Return the latest query as UTF-8, empty where there is none."""
    if context.labels.size == 0:
        return np.empty(0, np.uint8)
    out = np.empty(4 * (context.stops[0] - context.starts[0]), np.uint8)
    return out[: encode_utf8(context.codes, context.starts[0], context.stops[0], out)]


@kernel
def own_features(
    labels: Strings, count: Ids, first_count: Ids, candidates: Ids, prefix_length: int, out: Floats
) -> None:
    """Write what each candidate is by itself and beside what is typed."""
    for i in range(candidates.size):
        label, row = candidates[i], out[i]
        size = labels.offsets[label + 1] - labels.offsets[label]
        row[POPULARITY] = np.log1p(count[label])
        row[POPULARITY_FIRST] = np.log1p(first_count[label])
        row[LENGTH_OVER] = max(np.log(max(size, 1)) - 2.5, 0.0)
        row[REST] = np.log1p(max(size - prefix_length, 0))
        row[COMPLETE] = size == prefix_length


@kernel
def session_features(count: Ids, asked: Asked, candidates: Ids, out: Floats) -> None:
    """Write what the log says of each candidate and the session."""
    context, associated = asked.context, asked.associated
    often, weight = 0.0, 0.0
    for j in range(context.labels.size):
        weight += context.decay[j]
        if context.labels[j] >= 0:
            often += context.decay[j] * np.log1p(count[context.labels[j]])
    for i in range(candidates.size):
        row = out[i]
        row[SESSION_POPULARITY] = often / weight
        row[QUERIES_POPULARITY] = context.labels.size
        row[TWO_STEPS_AWAY] = LOG_LEAST_TIE
        at = associated.slots[find_slot(associated.slots, associated.labels, candidates[i])]
        if at < 0:
            continue
        s = associated.signals[at]
        row[AFTER] = np.log1p(s[FOLLOWED])
        row[EVER_AFTER] = s[FOLLOWED] > 0
        row[AFTER_SHARE] = s[FOLLOWED_SHARE]
        row[AFTER_SHARE_EARLIER] = s[SHARE_EARLIER]
        row[BESIDE] = np.log1p(s[TOGETHER])
        row[TWO_STEPS_AWAY] = np.log(LEAST_TIE + s[TWO_STEPS])
        row[KIN_SQUARES] = np.log1p(10.0 * s[KIN_SQUARED])
        row[KIN_NEAREST] = s[KIN_CLOSEST]


@kernel
def pair_features(word_rows: Offsets, label_words: Ids, paired: Paired, candidates: Ids, out: Floats) -> None:
    """Write how strongly each candidate's new words are tied to the session's words, and to the latest query's."""
    for i in range(candidates.size):
        latest = np.float32(0.0)
        for w in range(word_rows[candidates[i]], word_rows[candidates[i] + 1]):
            slot = find_slot(paired.slots, paired.words, label_words[w])
            at = paired.slots[slot]
            if at >= 0:
                out[i, PAIRED] += paired.session[at]
                latest += paired.latest[at]
        out[i, PAIRED_LATEST_OVER] = max(latest - np.float32(5.0), np.float32(0.0))


@kernel
def word_features(
    word_rows: Offsets, label_words: Ids, idf: Floats, context: Context, candidates: Ids, out: Floats
) -> None:
    """Write the tf-idf cosines of each candidate's words with the queries', and how many words are new."""
    n = context.labels.size
    for i in range(candidates.size):
        row = out[i]
        first, last = word_rows[candidates[i]], word_rows[candidates[i] + 1]
        norm = 0.0
        for w in range(first, last):
            norm += np.float64(idf[label_words[w]]) ** 2
            row[NEW_WORDS] += not is_among(context.words[: context.word_rows[n]], label_words[w])
        row[ANY_NEW] = row[NEW_WORDS] > 0
        if row[NEW_WORDS] == last - first:
            continue
        for j in range(n):
            words = context.words[context.word_rows[j] : context.word_rows[j + 1]]
            product = 0.0
            for w in range(first, last):
                if is_among(words, label_words[w]):
                    product += np.float64(idf[label_words[w]]) ** 2
            cosine = product / (np.sqrt(norm) * context.norms[j]) if product > 0.0 else 0.0
            if j == 0:
                row[SIMILAR] = cosine
            else:
                row[SIMILAR_EARLIER] += context.decay[j] * cosine


@kernel
def text_features(labels: Strings, latest: Bytes, candidates: Ids, out: Floats) -> None:
    """Write how each candidate's text relates to the latest query's."""
    n_latest_words = count_words(latest)
    scratch = np.empty((3, latest.size + 1), np.int32)
    for i in range(candidates.size):
        row = out[i]
        text = labels.blob[labels.offsets[candidates[i]] : labels.offsets[candidates[i] + 1]]
        shared = common_length(text, latest)
        row[EXTENDS] = shared == latest.size and text.size > latest.size
        row[EXTENDED_BY] = shared == text.size and latest.size > text.size
        kept, same_last = compare_words(text, latest)
        n_words = count_words(text)
        row[KEPT_WORDS] = kept
        row[KEEPS_ALL] = kept >= n_latest_words and text.size != latest.size
        row[SAME_LAST] = same_last
        row[WORD_SWAPPED] = n_words == n_latest_words and kept == n_words - 1 and n_words > 1
        same = shared == text.size and shared == latest.size
        if not same and abs(text.size - latest.size) <= 2:
            distance = edit_distance(text, latest, scratch)
            row[ONE_EDIT] = distance == 1
            row[TWO_EDITS] = distance == 2


@kernel
def repeat_features(queries: Ids, candidates: Ids, out: Floats) -> None:
    """Write whether each candidate was asked in this session already."""
    for i in range(candidates.size):
        out[i, IS_PREVIOUS] = queries[0] == candidates[i]
        out[i, ASKED_BEFORE] = queries[0] != candidates[i] and is_among(queries[1:], candidates[i])


@kernel
def add_vector(vectors: Int8, word: int, scale: float, out: Floats) -> None:
    """Add a row of small whole numbers times a scale."""
    factor = np.float32(scale)
    for d in range(out.size):
        out[d] += factor * vectors[word, d]


@kernel
def normalise_vector(vector: Floats) -> None:
    """Give a vector the length one, unless it is zero."""
    norm = np.float32(0.0)
    for d in range(vector.size):
        norm += vector[d] * vector[d]
    if norm > 0.0:
        scale = np.float32(1.0) / np.sqrt(norm)
        for d in range(vector.size):
            vector[d] *= scale


@kernel
def context_vectors(statistics: Statistics, context: Context) -> Floats:
    """Return the unit vector of every query, the latest first, then that of the whole session."""
    n = context.labels.size
    vectors = np.zeros((n + 1, statistics.vectors.shape[1]), np.float32)
    idf, scale = statistics.words.idf, statistics.vector_scale
    for j in range(n):
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            word = context.words[w]
            add_vector(statistics.vectors, word, idf[word] * scale[word], vectors[j])
        normalise_vector(vectors[j])
        for d in range(vectors.shape[1]):
            vectors[n, d] += np.float32(context.decay[j]) * vectors[j, d]
    normalise_vector(vectors[n])
    return vectors


@kernel
def meaning_features(statistics: Statistics, vectors: Floats, candidates: Ids, out: Floats) -> None:
    """Write how near in meaning each candidate, and its company in the log, is to the queries and the session."""
    n = vectors.shape[0] - 1
    for i in range(candidates.size):
        label, row = candidates[i], out[i]
        own, own_scale = statistics.label_vectors[label], statistics.label_vector_scale[label]
        company, company_scale = statistics.company_vectors[label], statistics.company_scale[label]
        for j in range(1, n + 1):
            near = np.float32(0.0)
            for d in range(own.size):
                near += own[d] * vectors[j, d]
            if j < n:
                row[MEANING_EARLIER] = max(row[MEANING_EARLIER], near * own_scale)
            else:
                row[MEANING] = near * own_scale
        beside = np.float32(0.0)
        for d in range(own.size):
            beside += company[d] * vectors[n, d]
        row[COMPANY_MEANING] = beside * company_scale


@kernel
def best_first(scores: Doubles, k: int) -> Ids:
    """Return the positions of the k highest scores, best first; of equal ones the first."""
    order = np.argsort(-scores, kind="mergesort")
    return order[:k].astype(np.int32)
