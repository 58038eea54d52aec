"""Composed completions as candidates: their texts, and the ranker's features of each."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Codes, Floats, Ids, Offsets, Statistics, Strings, Successions
from xmr_engine.kernels.barred import holds_long_number, holds_phrase
from xmr_engine.kernels.candidates import Limits
from xmr_engine.kernels.columns import (
    ANY_NEW,
    ASKED_BEFORE,
    IS_PREVIOUS,
    LENGTH_OVER,
    MEANING,
    MEANING_EARLIER,
    N_FEATURES,
    NEW_WORDS,
    REST,
    TWO_STEPS_AWAY,
)
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.compose import compose
from xmr_engine.kernels.composed import COMPOSED_ASKED, COMPOSED_SPAN, N_COMPOSED, likelihoods, own_composed
from xmr_engine.kernels.context import Context, is_among
from xmr_engine.kernels.drafts import MOST_PIECES, SPACE, Drafts, Heard, Typed, read_heard, read_typed
from xmr_engine.kernels.hashing import find_term, hash_codes
from xmr_engine.kernels.held import Serving
from xmr_engine.kernels.meaning import Meant, add_vector, normalise_vector
from xmr_engine.kernels.pairs import pair_words
from xmr_engine.kernels.ranking import LOG_LEAST_TIE, Asked, cross_features
from xmr_engine.kernels.search import keep_best
from xmr_engine.kernels.strings import compare, decode_utf8
from xmr_engine.kernels.terms import word_bounds
from xmr_engine.kernels.wording import cosine_features, pair_features, text_features

MAIL = 64
N_ALL = N_FEATURES + N_COMPOSED


class Composed(NamedTuple):
    """Composed completions: texts, features of shape (n, N_ALL), and the pieces of each, the fragment's first."""

    strings: Strings
    features: Floats
    pieces: Ids
    sizes: Ids


@kernel
def compose_candidates(
    serving: Serving, asked: Asked, prefix: tuple[Codes, int, int], span: tuple[int, int], limits: Limits
) -> Composed:
    """Return the likeliest composed completions of a prefix that are no labels, ordered by text, with features."""
    statistics = serving.statistics
    successions = statistics.successions
    typed = read_typed(successions.pieces, prefix[0], prefix[1], prefix[2])
    if typed.text.size == 0 or is_among(typed.text, MAIL):
        return nothing_composed()
    heard = read_heard(successions.pieces, asked.context)
    drafts = compose(successions, typed, heard, limits.back_off > 0)
    chosen = keep_best(likelihoods(successions, typed, heard, drafts), drafts.n[0], limits.composed)
    by_text(drafts, chosen)
    strings, chosen = write_texts(serving.labels, successions, typed, drafts, chosen, span)
    rows = (drafts.pieces[chosen], drafts.sizes[chosen])
    features = np.zeros((chosen.size, N_ALL), np.float32)
    shared_features(statistics, asked, strings, typed.text.size, features[:, :N_FEATURES])
    repeated(typed, heard, rows, features)
    own_composed(successions, typed, heard, asked.context.decay, rows, features[:, N_FEATURES:])
    times_asked = 0
    for label in range(span[0], span[1]):
        times_asked += np.int64(statistics.count[label])
    features[:, N_FEATURES + COMPOSED_SPAN] = np.log1p(span[1] - span[0])
    features[:, N_FEATURES + COMPOSED_ASKED] = np.log1p(times_asked)
    return Composed(strings, features, *rows)


@kernel
def nothing_composed() -> Composed:
    """Return no completions."""
    strings = Strings(np.empty(0, np.uint8), np.zeros(1, np.int64))
    sizes = np.empty(0, np.int32)
    return Composed(strings, np.empty((0, N_ALL), np.float32), np.empty((0, MOST_PIECES), np.int32), sizes)


@kernel
def by_text(drafts: Drafts, chosen: Ids) -> None:
    """Order drafts by their texts: by their pieces, which are in order, a row before those that go on from it."""
    for i in range(1, chosen.size):
        moved = chosen[i]
        at = i
        while at > 0 and stands_before(drafts, moved, chosen[at - 1]):
            chosen[at] = chosen[at - 1]
            at -= 1
        chosen[at] = moved


@kernel
def stands_before(drafts: Drafts, a: int, b: int) -> bool:
    """Tell whether one draft's text comes before another's."""
    for i in range(min(drafts.sizes[a], drafts.sizes[b])):
        if drafts.pieces[a, i] != drafts.pieces[b, i]:
            return drafts.pieces[a, i] < drafts.pieces[b, i]
    return drafts.sizes[a] < drafts.sizes[b]


@kernel
def write_texts(
    labels: Strings, successions: Successions, typed: Typed, drafts: Drafts, chosen: Ids, span: tuple[int, int]
) -> tuple[Strings, Ids]:
    """Return the texts of chosen drafts, and which they are, without labels, what is typed, and what is barred."""
    blob = np.empty(text_room(successions.pieces, typed, drafts, chosen), np.uint8)
    offsets, kept = np.zeros(chosen.size + 1, np.int64), np.empty(chosen.size, np.int32)
    n = 0
    for d in chosen:
        start = offsets[n]
        stop = write_text(successions.pieces, typed, drafts.pieces[d, : drafts.sizes[d]], blob, start)
        text = blob[start:stop]
        barred = stop - start <= typed.text.size or holds_long_number(text) or holds_phrase(successions.blocked, text)
        for label in range(span[0], span[1]):
            barred |= compare(labels, label, text, text.size) == 0
        if not barred:
            kept[n] = d
            n += 1
            offsets[n] = stop
    return Strings(blob[: offsets[n]], offsets[: n + 1]), kept[:n]


@kernel
def text_room(pieces: Strings, typed: Typed, drafts: Drafts, chosen: Ids) -> int:
    """Return how many bytes the texts of drafts can take."""
    room = 1
    for d in chosen:
        room += typed.fragment
        for i in range(drafts.sizes[d]):
            room += pieces.offsets[drafts.pieces[d, i] + 1] - pieces.offsets[drafts.pieces[d, i]] + 1
    return room


@kernel
def write_text(pieces: Strings, typed: Typed, row: Ids, out: Bytes, at: int) -> int:
    """Write what is finished of the typed text and a row of pieces between spaces; return where it ends."""
    out[at : at + typed.fragment] = typed.text[: typed.fragment]
    at += typed.fragment
    for i in range(row.size):
        size = pieces.offsets[row[i] + 1] - pieces.offsets[row[i]]
        out[at : at + size] = pieces.blob[pieces.offsets[row[i]] : pieces.offsets[row[i] + 1]]
        out[at + size] = SPACE
        at += size + 1
    return at - 1


@kernel
def shared_features(statistics: Statistics, asked: Asked, strings: Strings, n_typed: int, out: Floats) -> None:
    """Write the features that composed completions share with labels."""
    n = strings.offsets.size - 1
    every = np.arange(n).astype(np.int32)
    for i in range(n):
        size = strings.offsets[i + 1] - strings.offsets[i]
        out[i, LENGTH_OVER] = max(np.log(size) - 2.5, 0.0)
        out[i, REST] = np.log1p(size - n_typed)
    if asked.context.labels.size > 0:
        rows, words = words_of_texts(statistics, strings)
        out[:, TWO_STEPS_AWAY] = LOG_LEAST_TIE
        session_words(statistics, asked.context, rows, words, out)
        text_features(strings, asked.latest, every, out)
        composed_meaning(statistics, asked.meant, rows, words, out)
    cross_features(0.0, out)


@kernel
def words_of_texts(statistics: Statistics, strings: Strings) -> tuple[Offsets, Ids]:
    """Return the known words of texts as csr."""
    n = strings.offsets.size - 1
    rows, words = np.zeros(n + 1, np.int64), np.empty(strings.blob.size, np.int32)
    codes, starts = np.empty(strings.blob.size + 1, np.uint32), np.empty(strings.blob.size + 1, np.int64)
    stops = np.empty(strings.blob.size + 1, np.int64)
    for i in range(n):
        size = decode_utf8(strings.blob[strings.offsets[i] : strings.offsets[i + 1]], codes)
        at = rows[i]
        for w in range(word_bounds(codes, 0, size, starts, stops)):
            word = find_term(statistics.words, hash_codes(codes, starts[w], stops[w]))
            if word >= 0:
                words[at] = word
                at += 1
        rows[i + 1] = at
    return rows, words[: rows[n]]


@kernel
def session_words(statistics: Statistics, context: Context, rows: Offsets, words: Ids, out: Floats) -> None:
    """Write what each text's words are to the session's: the same, new, or tied to them."""
    idf, known = statistics.words.idf, context.words[: context.word_rows[context.labels.size]]
    paired = pair_words(statistics.word_pairs, context, words)
    for i in range(rows.size - 1):
        own, norm = words[rows[i] : rows[i + 1]], 0.0
        for word in own:
            norm += np.float64(idf[word]) ** 2
            out[i, NEW_WORDS] += not is_among(known, word)
        out[i, ANY_NEW] = out[i, NEW_WORDS] > 0
        if out[i, NEW_WORDS] < own.size:
            cosine_features(idf, context, own, np.sqrt(norm), (i, out))
        pair_features(paired, own, (i, out))


@kernel
def composed_meaning(statistics: Statistics, meant: Meant, rows: Offsets, words: Ids, out: Floats) -> None:
    """Write how near in meaning each text's words are to the queries and the session."""
    n = meant.scale.size - 1
    own = np.zeros(meant.vectors.shape[1], np.float32)
    for i in range(rows.size - 1):
        own[:] = 0.0
        for w in range(rows[i], rows[i + 1]):
            word = words[w]
            add_vector(statistics.vectors, word, statistics.words.idf[word] * statistics.vector_scale[word], own)
        normalise_vector(own)
        for j in range(1, n + 1):
            near = np.float32(0.0)
            for d in range(own.size):
                near += own[d] * np.float32(meant.vectors[j, d])
            if j < n:
                out[i, MEANING_EARLIER] = max(out[i, MEANING_EARLIER], near * meant.scale[j])
            else:
                out[i, MEANING] = near * meant.scale[j]


@kernel
def repeated(typed: Typed, heard: Heard, rows: tuple[Ids, Ids], out: Floats) -> None:
    """Write whether a row of pieces makes a query of the session again."""
    n_finished = typed.finished.size
    for c in range(out.shape[0]):
        pieces = rows[0][c, : rows[1][c]]
        for j in range(heard.rows.size - 1):
            query = heard.pieces[heard.rows[j] : heard.rows[j + 1]]
            if query.size != n_finished + pieces.size:
                continue
            same = True
            for i in range(query.size):
                ours = typed.finished[i] if i < n_finished else pieces[i - n_finished]
                same &= query[i] == ours and query[i] >= 0
            if same:
                out[c, IS_PREVIOUS if j == 0 else ASKED_BEFORE] = 1.0
