"""How a candidate's words and letters relate to the session's queries."""

import numpy as np

from xmr_engine.kernels.arrays import Floats, Ids, Offsets, Statistics, Strings
from xmr_engine.kernels.association import find_slot
from xmr_engine.kernels.columns import (
    ANY_NEW,
    CARD_NORM,
    EXTENDED_BY,
    EXTENDS,
    KEEPS_ALL,
    KEPT_WORDS,
    NEW_WORDS,
    ONE_EDIT,
    PAIRED,
    PAIRED_LATEST_OVER,
    SAME_LAST,
    SIMILAR,
    SIMILAR_EARLIER,
    TWO_EDITS,
    WORD_SWAPPED,
)
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context, is_among
from xmr_engine.kernels.pairs import Paired, pair_words
from xmr_engine.kernels.texts import Pieces, common_length, compare_words, edit_distance


@kernel
def words_of(statistics: Statistics, candidates: Ids) -> tuple[Offsets, Ids]:
    """Return the words of each candidate, in a row, and where they begin, shape (n_candidates + 1,)."""
    starts, bounds = np.empty(candidates.size, np.int64), np.zeros(candidates.size + 1, np.int64)
    for i in range(candidates.size):
        starts[i] = statistics.label_word_rows[candidates[i]]
        bounds[i + 1] = statistics.label_word_rows[candidates[i] + 1] - starts[i]
    for i in range(candidates.size):
        bounds[i + 1] += bounds[i]
    words = np.empty(bounds[candidates.size], np.int32)
    for i in range(candidates.size):
        for w in range(bounds[i + 1] - bounds[i]):
            words[bounds[i] + w] = statistics.label_words[starts[i] + w]
    return bounds, words


@kernel
def word_features(statistics: Statistics, context: Context, candidates: Ids, cards: Floats, out: Floats) -> None:
    """Write what each candidate's words are to the session's: the same, new, or tied to them."""
    bounds, words = words_of(statistics, candidates)
    paired = pair_words(statistics.word_pairs, context, words)
    known = context.words[: context.word_rows[context.labels.size]]
    for i in range(candidates.size):
        of_label = words[bounds[i] : bounds[i + 1]]
        for word in of_label:
            out[i, NEW_WORDS] += not is_among(known, word)
        out[i, ANY_NEW] = out[i, NEW_WORDS] > 0
        if out[i, NEW_WORDS] < of_label.size:
            cosine_features(statistics.words.idf, context, of_label, cards[i, CARD_NORM], (i, out))
        pair_features(paired, of_label, (i, out))


@kernel
def pair_features(paired: Paired, words: Ids, at: tuple[int, Floats]) -> None:
    """Write how strongly a candidate's new words are tied to the session's words, and to the latest query's."""
    i, out = at
    session, latest = np.float32(0.0), np.float32(0.0)
    for word in words:
        row = paired.slots[find_slot(paired.slots, paired.words, word)]
        if row >= 0:
            session += paired.session[row]
            latest += paired.latest[row]
    out[i, PAIRED] = session
    out[i, PAIRED_LATEST_OVER] = max(latest - np.float32(5.0), np.float32(0.0))


@kernel
def cosine_features(idf: Floats, context: Context, words: Ids, norm: float, at: tuple[int, Floats]) -> None:
    """Write the tf-idf cosines of a candidate's words with the queries'."""
    i, out = at
    for j in range(context.labels.size):
        of_query = context.words[context.word_rows[j] : context.word_rows[j + 1]]
        product = 0.0
        for word in words:
            if is_among(of_query, word):
                product += np.float64(idf[word]) ** 2
        cosine = product / (norm * context.norms[j]) if product > 0.0 else 0.0
        if j == 0:
            out[i, SIMILAR] = cosine
        else:
            out[i, SIMILAR_EARLIER] += context.decay[j] * cosine


@kernel
def text_features(labels: Strings, latest: Pieces, candidates: Ids, out: Floats) -> None:
    """Write how each candidate's text relates to the latest query's."""
    n_latest_words, query = latest.keys.size, latest.text
    scratch = np.empty((3, query.size + 1), np.int32)
    starts, stops = np.empty(candidates.size, np.int64), np.empty(candidates.size, np.int64)
    for i in range(candidates.size):
        starts[i], stops[i] = labels.offsets[candidates[i]], labels.offsets[candidates[i] + 1]
    for i in range(candidates.size):
        text = labels.blob[starts[i] : stops[i]]
        shared = common_length(text, query)
        out[i, EXTENDS] = shared == query.size and text.size > query.size
        out[i, EXTENDED_BY] = shared == text.size and query.size > text.size
        kept, same_last, n_words = compare_words(text, latest)
        out[i, KEPT_WORDS] = kept
        out[i, KEEPS_ALL] = kept >= n_latest_words and text.size != query.size
        out[i, SAME_LAST] = same_last
        out[i, WORD_SWAPPED] = n_words == n_latest_words and kept == n_words - 1 and n_words > 1
        same = shared == text.size and shared == query.size
        if not same and abs(text.size - query.size) <= 2:
            distance = edit_distance(text, query, scratch)
            out[i, ONE_EDIT] = distance == 1
            out[i, TWO_EDITS] = distance == 2
