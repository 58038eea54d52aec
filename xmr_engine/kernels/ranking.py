"""The named features of candidates, column by column; `ranking.features` says what each means, in the same order."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Counts, Doubles, Floats, Ids, Int8, Offsets, Statistics, Strings
from xmr_engine.kernels.association import (
    EARLIER,
    FOLLOWED,
    FOLLOWED_SHARE,
    KIN,
    KIN_CLOSEST,
    KIN_SQUARED,
    TOGETHER,
    TWO_STEPS,
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

(
    PATH, POPULARITY, POPULARITY_NEXT, POPULARITY_FIRST, LENGTH, N_WORDS, REST, COMPLETE, WORD_COMPLETE,
    BURST, COMPANY, PREDECESSORS, EXTENSIONS, PLAUSIBILITY, WORD_PLAUSIBILITY, PLAUSIBLE_POPULARITY,
    AFTER, AFTER_SHARE, BESIDE, WORDS_BESIDE, WORDS_AFTER, WORD_INFORMATION,
    AFTER_EARLIER, AFTER_SHARE_EARLIER, BESIDE_EARLIER, WORDS_BESIDE_EARLIER, WORDS_AFTER_EARLIER,
    WORD_INFORMATION_EARLIER, BESIDE_SHARE, BESIDE_COSINE, BEFORE, BEFORE_EARLIER, TWO_STEPS_AWAY,
    KIN_SUM, KIN_SQUARES, KIN_NEAREST, KIN_RARE, SIMILAR, SIMILAR_EARLIER, SIMILAR_NEAREST, SIMILAR_POPULAR,
    NEW_WORDS, EXTENDS, EXTENDED_BY, EXTENDS_BY_WORD, KEPT_WORDS, ADDED_WORDS, KEEPS_ALL, SAME_FIRST, SAME_LAST,
    ONE_EDIT, TWO_EDITS, SPACES_ONLY, WORD_SWAPPED, SHARE_KEPT, IS_PREVIOUS, ASKED_BEFORE, ASKED_POPULAR,
    MEANING, MEANING_SESSION, MEANING_EARLIER, MEANING_POPULAR, COMPANY_MEANING, COMPANY_MEANING_SESSION,
    SESSION_POPULAR,
) = range(65)  # fmt: skip
N_FEATURES = 65
N_OWN = 6
N_DIMENSIONS = 48


class Asked(NamedTuple):
    """What the features of candidates are taken from: the session, its associations, and what is typed."""

    context: Context
    associated: Associated
    latest: Bytes
    vectors: Floats
    prefix_length: int
    n_asked: float


@kernel
def fill_features(
    labels: Strings, statistics: Statistics, asked: Asked, candidates: Ids, paths: Doubles, out: Floats
) -> None:
    """Write the features of every candidate, shape (n_candidates, N_FEATURES)."""
    out[:] = 0.0
    for i in range(candidates.size):
        out[i, PATH] = paths[i]
    own_features(labels, statistics.count, statistics.follow_count, candidates, asked.prefix_length, out)
    for i in range(candidates.size):
        for c in range(N_OWN):
            out[i, BURST + c] = statistics.own[candidates[i], c]
        out[i, PLAUSIBLE_POPULARITY] = out[i, WORD_PLAUSIBILITY] * out[i, POPULARITY]
    if asked.context.labels.size == 0:
        return
    session_features(statistics.count, asked, candidates, out)
    reverse_features(statistics.followed, asked.context, candidates, out)
    word_features(statistics.label_word_rows, statistics.label_words, statistics.words.idf, asked.context,
                  candidates, out)  # fmt: skip
    text_features(labels, asked.latest, candidates, out)
    repeat_features(asked.context.labels, statistics.count, candidates, out)
    meaning_features(statistics, asked.vectors, candidates, out)


@kernel
def latest_text(context: Context) -> Bytes:
    """Return the latest query as UTF-8, empty where there is none."""
    if context.labels.size == 0:
        return np.empty(0, np.uint8)
    out = np.empty(4 * (context.stops[0] - context.starts[0]), np.uint8)
    return out[: encode_utf8(context.codes, context.starts[0], context.stops[0], out)]


@kernel
def own_features(
    labels: Strings, count: Ids, follow_count: Ids, candidates: Ids, prefix_length: int, out: Floats
) -> None:
    """Write what each candidate is by itself and beside what is typed."""
    for i in range(candidates.size):
        label, row = candidates[i], out[i]
        start, size = labels.offsets[label], labels.offsets[label + 1] - labels.offsets[label]
        row[POPULARITY] = np.log1p(count[label])
        row[POPULARITY_NEXT] = np.log1p(follow_count[label])
        row[POPULARITY_FIRST] = np.log1p(max(count[label] - follow_count[label], 0))
        row[LENGTH] = np.log(max(size, 1))
        n_words = 1
        for at in range(start, start + size):
            n_words += labels.blob[at] == SPACE
        row[N_WORDS] = n_words
        row[REST] = np.log1p(max(size - prefix_length, 0))
        row[COMPLETE] = size == prefix_length
        row[WORD_COMPLETE] = size > prefix_length and labels.blob[start + prefix_length] == SPACE


@kernel
def session_features(count: Ids, asked: Asked, candidates: Ids, out: Floats) -> None:
    """Write what the log says of each candidate and the session."""
    context, associated = asked.context, asked.associated
    latest = 1.0
    if context.labels[0] >= 0:
        latest += count[context.labels[0]]
    asked_often = 0.0
    weight = 0.0
    for j in range(context.labels.size):
        weight += context.decay[j]
        if context.labels[j] >= 0:
            asked_often += context.decay[j] * np.log1p(count[context.labels[j]])
    for i in range(candidates.size):
        row = out[i]
        row[SESSION_POPULAR] = row[POPULARITY] * asked_often / weight
        row[TWO_STEPS_AWAY] = np.log(1e-3)
        at = associated.slots[find_slot(associated.slots, associated.labels, candidates[i])]
        if at < 0:
            continue
        s = associated.signals[at]
        often = max(count[candidates[i]], 1)
        share = often / asked.n_asked
        for part in range(2):
            base, f = part * EARLIER, AFTER + part * 6
            row[f] = np.log1p(s[base + FOLLOWED])
            row[f + 1] = s[base + FOLLOWED_SHARE]
            row[f + 2] = np.log1p(s[base + TOGETHER])
            row[f + 3] = np.log1p(0.1 * s[base + WORDS] / share)
            row[f + 4] = np.log1p(0.1 * s[base + WORDS_NEXT] / share)
            row[f + 5] = s[base + WORD_PMI]
        row[BESIDE_SHARE] = s[TOGETHER] / latest
        row[BESIDE_COSINE] = (s[TOGETHER] + s[EARLIER + TOGETHER]) / np.sqrt(latest * often)
        row[TWO_STEPS_AWAY] = np.log(1e-3 + s[TWO_STEPS])
        row[KIN_SUM] = np.log1p(s[KIN])
        row[KIN_SQUARES] = np.log1p(10.0 * s[KIN_SQUARED])
        row[KIN_NEAREST] = s[KIN_CLOSEST]
        row[KIN_RARE] = s[KIN_CLOSEST] / row[POPULARITY]


@kernel
def reverse_features(followed: Counts, context: Context, candidates: Ids, out: Floats) -> None:
    """Write how often the session's queries were asked right after each candidate."""
    for i in range(candidates.size):
        if followed.rows[candidates[i]] == followed.rows[candidates[i] + 1]:
            continue
        for j in range(context.labels.size):
            if context.labels[j] >= 0:
                before = context.decay[j] * count_of(followed, candidates[i], context.labels[j])
                out[i, BEFORE if j == 0 else BEFORE_EARLIER] += before
        out[i, BEFORE] = np.log1p(out[i, BEFORE])
        out[i, BEFORE_EARLIER] = np.log1p(out[i, BEFORE_EARLIER])


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
                row[SIMILAR_NEAREST] = max(row[SIMILAR_NEAREST], cosine)
        row[SIMILAR_POPULAR] = row[SIMILAR] * row[POPULARITY]


@kernel
def text_features(labels: Strings, latest: Bytes, candidates: Ids, out: Floats) -> None:
    """Write how each candidate's text relates to the latest query's."""
    n_latest_words = count_words(latest)
    scratch = np.empty((3, latest.size + 1), np.int32)
    for i in range(candidates.size):
        row = out[i]
        text = labels.blob[labels.offsets[candidates[i]] : labels.offsets[candidates[i] + 1]]
        shared = common_length(text, latest)
        extends = shared == latest.size and text.size > latest.size
        row[EXTENDS] = extends
        row[EXTENDED_BY] = shared == text.size and latest.size > text.size
        row[EXTENDS_BY_WORD] = extends and text[latest.size] == SPACE
        kept, same_first, same_last = compare_words(text, latest)
        n_words = row[N_WORDS]
        row[KEPT_WORDS] = kept
        row[ADDED_WORDS] = n_words - kept
        row[KEEPS_ALL] = kept >= n_latest_words and n_words > kept
        row[SAME_FIRST] = same_first
        row[SAME_LAST] = same_last
        row[WORD_SWAPPED] = n_words == n_latest_words and kept == n_words - 1 and n_words > 1
        row[SHARE_KEPT] = kept / n_words
        same = shared == text.size and shared == latest.size
        if not same and abs(text.size - latest.size) <= 2:
            distance = edit_distance(text, latest, scratch)
            row[ONE_EDIT] = distance == 1
            row[TWO_EDITS] = distance == 2
            row[SPACES_ONLY] = equal_without_spaces(text, latest)


@kernel
def repeat_features(queries: Ids, count: Ids, candidates: Ids, out: Floats) -> None:
    """Write whether each candidate was asked in this session already."""
    for i in range(candidates.size):
        out[i, IS_PREVIOUS] = queries[0] == candidates[i]
        if queries[0] != candidates[i] and is_among(queries[1:], candidates[i]):
            out[i, ASKED_BEFORE] = 1.0
            out[i, ASKED_POPULAR] = out[i, POPULARITY]


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
        for j in range(n + 1):
            near, beside = np.float32(0.0), np.float32(0.0)
            for d in range(own.size):
                near += own[d] * vectors[j, d]
                beside += company[d] * vectors[j, d]
            if j == 0:
                row[MEANING] = near * own_scale
                row[COMPANY_MEANING] = beside * company_scale
            if j == n:
                row[MEANING_SESSION] = near * own_scale
                row[COMPANY_MEANING_SESSION] = beside * company_scale
            elif j > 0:
                row[MEANING_EARLIER] = max(row[MEANING_EARLIER], near * own_scale)
        row[MEANING_POPULAR] = row[MEANING_SESSION] * row[POPULARITY]


@kernel
def best_first(scores: Doubles, k: int) -> Ids:
    """Return the positions of the k highest scores, best first; of equal ones the first."""
    order = np.argsort(-scores, kind="mergesort")
    return order[:k].astype(np.int32)
