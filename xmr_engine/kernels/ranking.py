"""The named features of a candidate; their order is that of `ranking.features.FEATURES`."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Doubles, Floats, Ids, Statistics, Strings
from xmr_engine.kernels.association import (
    EARLIER,
    FOLLOWED,
    FOLLOWED_SHARE,
    KIN,
    KIN_CLOSEST,
    KIN_SQUARED,
    TOGETHER,
    WORD_PMI,
    WORDS,
    WORDS_NEXT,
    Associated,
    count_of,
    find_slot,
)
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context, is_among
from xmr_engine.kernels.strings import encode_utf8
from xmr_engine.kernels.texts import (
    SPACE,
    common_length,
    compare_words,
    count_words,
    edit_distance,
    equal_without_spaces,
)

N_FEATURES = 55


class Asked(NamedTuple):
    """What the features of a candidate are taken from, beside the candidate itself."""

    labels: Strings
    statistics: Statistics
    context: Context
    associated: Associated
    prefix_length: int
    n_sessions: float
    n_asked: float


@kernel
def fill_features(asked: Asked, candidates: Ids, paths: Doubles, out: Floats) -> None:
    """Write the features of every candidate, shape (n_candidates, N_FEATURES)."""
    context = asked.context
    latest = np.empty(0, np.uint8)
    if context.labels.size > 0:
        size = context.stops[0] - context.starts[0]
        latest = np.empty(4 * size, np.uint8)
        latest = latest[: encode_utf8(context.codes, context.starts[0], context.stops[0], latest)]
    n_latest_words = count_words(latest)
    vectors = context_vectors(asked.statistics, context)
    for i in range(candidates.size):
        label = candidates[i]
        row = out[i]
        row[:] = 0.0
        text = asked.labels.blob[asked.labels.offsets[label] : asked.labels.offsets[label + 1]]
        row[0] = paths[i]
        own_features(asked, label, text, row)
        if context.labels.size > 0:
            associated_features(asked, label, row)
            similar_features(asked, label, row)
            text_features(text, latest, n_latest_words, row)
            repeat_features(asked, label, row)
            vector_features(asked, label, vectors, row)


@kernel
def own_features(asked: Asked, label: int, text: Bytes, row: Floats) -> None:
    """Write what the candidate is by itself."""
    statistics = asked.statistics
    n = asked.prefix_length
    row[1] = np.log1p(statistics.count[label])
    row[2] = np.log1p(statistics.follow_count[label])
    row[3] = np.log1p(max(statistics.count[label] - statistics.follow_count[label], 0))
    row[4] = np.log(max(text.size, 1))
    row[5] = count_words(text)
    row[6] = np.log1p(max(text.size - n, 0))
    row[7] = text.size == n
    row[8] = text.size > n and text[n] == SPACE


@kernel
def associated_features(asked: Asked, label: int, row: Floats) -> None:
    """Write what the log says of the candidate and the session."""
    context, statistics = asked.context, asked.statistics
    slot = find_slot(asked.associated.slots, asked.associated.labels, label)
    at = asked.associated.slots[slot]
    share = max(statistics.count[label], 1) / asked.n_asked
    asked_latest = 0.0
    if context.labels[0] >= 0:
        asked_latest = np.float64(statistics.count[context.labels[0]])
    if at >= 0:
        s = asked.associated.signals[at]
        for part in range(2):
            base, f = part * EARLIER, 9 + part * 6
            row[f] = np.log1p(s[base + FOLLOWED])
            row[f + 1] = s[base + FOLLOWED_SHARE]
            row[f + 2] = np.log1p(s[base + TOGETHER])
            row[f + 3] = np.log1p(0.1 * s[base + WORDS] / share)
            row[f + 4] = np.log1p(0.1 * s[base + WORDS_NEXT] / share)
            row[f + 5] = s[base + WORD_PMI]
        row[21] = s[TOGETHER] / (asked_latest + 1.0)
        both = s[TOGETHER] + s[EARLIER + TOGETHER]
        row[22] = both / np.sqrt((asked_latest + 1.0) * max(statistics.count[label], 1))
        row[23] = s[FOLLOWED] > 0
        row[47] = np.log1p(s[KIN])
        row[48] = np.log1p(10.0 * s[KIN_SQUARED])
        row[49] = s[KIN_CLOSEST]
        row[50] = s[KIN] / np.sqrt(max(statistics.count[label], 1))
        row[51] = np.log1p(1000.0 * s[KIN_CLOSEST])
    for j in range(context.labels.size):
        if context.labels[j] >= 0:
            before = count_of(statistics.followed, label, context.labels[j])
            row[24 if j == 0 else 25] += context.decay[j] * before
    row[24], row[25] = np.log1p(row[24]), np.log1p(row[25])


@kernel
def similar_features(asked: Asked, label: int, row: Floats) -> None:
    """Write the tf-idf cosines of the candidate's words with the queries', and how many of its words are new."""
    context, statistics = asked.context, asked.statistics
    first, last = statistics.label_word_rows[label], statistics.label_word_rows[label + 1]
    norm = 0.0
    for w in range(first, last):
        norm += statistics.words.idf[statistics.label_words[w]] ** 2
    for j in range(context.labels.size):
        words = context.words[context.word_rows[j] : context.word_rows[j + 1]]
        product = 0.0
        for w in range(first, last):
            if is_among(words, statistics.label_words[w]):
                product += statistics.words.idf[statistics.label_words[w]] ** 2
        cosine = product / np.sqrt(norm * context.norms[j] ** 2) if product > 0.0 else 0.0
        if j == 0:
            row[26] = cosine
        else:
            row[27] += context.decay[j] * cosine
            row[28] = max(row[28], cosine)
    n_known = 0
    for w in range(first, last):
        n_known += is_among(context.words[: context.word_rows[context.labels.size]], statistics.label_words[w])
    row[29] = row[26] * row[1]
    row[30] = last - first - n_known


@kernel
def text_features(text: Bytes, latest: Bytes, n_latest_words: int, row: Floats) -> None:
    """Write how the candidate's text relates to the latest query's."""
    shared = common_length(text, latest)
    row[31] = shared == latest.size and text.size > latest.size
    row[32] = shared == text.size and latest.size > text.size
    row[33] = row[31] > 0 and text[latest.size] == SPACE
    kept, same_first, same_last = compare_words(text, latest)
    n_words = count_words(text)
    row[34] = kept
    row[35] = n_words - kept
    row[36] = kept >= n_latest_words and n_words > kept
    row[37] = same_first
    row[38] = same_last
    same = shared == text.size and shared == latest.size
    if not same and abs(text.size - latest.size) <= 2:
        distance = edit_distance(text, latest)
        row[39] = distance == 1
        row[40] = distance == 2
        row[41] = equal_without_spaces(text, latest)
    row[42] = n_words == n_latest_words and kept == n_words - 1 and n_words > 1
    row[43] = kept / n_words


@kernel
def repeat_features(asked: Asked, label: int, row: Floats) -> None:
    """Write whether the candidate was asked in this session already."""
    labels = asked.context.labels
    row[44] = labels[0] == label
    row[45] = is_among(labels[1:], label) and labels[0] != label
    row[46] = row[45] * row[1]


@kernel
def add_vector(statistics: Statistics, word: int, out: Floats) -> None:
    """Add a word's vector times its rarity."""
    scale = statistics.vector_scale[word] * statistics.words.idf[word]
    for d in range(out.size):
        out[d] += scale * statistics.vectors[word, d]


@kernel
def normalise_vector(vector: Floats) -> None:
    """Give a vector the length one, unless it is zero."""
    norm = np.float32(0.0)
    for d in range(vector.size):
        norm += vector[d] * vector[d]
    if norm > 0.0:
        vector /= np.sqrt(norm)


@kernel
def context_vectors(statistics: Statistics, context: Context) -> Floats:
    """Return the unit vector of every query, the latest first, then that of the whole session."""
    n = context.labels.size
    vectors = np.zeros((n + 1, statistics.vectors.shape[1]), np.float32)
    for j in range(n):
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            add_vector(statistics, context.words[w], vectors[j])
        normalise_vector(vectors[j])
        vectors[n] += np.float32(context.decay[j]) * vectors[j]
    normalise_vector(vectors[n])
    return vectors


@kernel
def vector_features(asked: Asked, label: int, vectors: Floats, row: Floats) -> None:
    """Write how near the candidate's words are in meaning to the latest query, the session, the nearest query."""
    statistics = asked.statistics
    own = np.zeros(vectors.shape[1], np.float32)
    for w in range(statistics.label_word_rows[label], statistics.label_word_rows[label + 1]):
        add_vector(statistics, statistics.label_words[w], own)
    normalise_vector(own)
    n = vectors.shape[0] - 1
    for j in range(n + 1):
        near = np.float32(0.0)
        for d in range(own.size):
            near += own[d] * vectors[j, d]
        if j == 0:
            row[52] = near
        if j == n:
            row[53] = near
        elif j > 0:
            row[54] = max(row[54], near)


@kernel
def best_first(scores: Doubles, k: int) -> Ids:
    """Return the positions of the k highest scores, best first; of equal ones the first."""
    order = np.argsort(-scores, kind="mergesort")
    return order[:k].astype(np.int32)
