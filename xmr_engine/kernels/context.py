"""The session of an input as ids: which labels its queries are, and which words they hold."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Codes, Doubles, Ids, Offsets, Statistics, Strings
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.hashing import find_term, hash_codes
from xmr_engine.kernels.strings import encode_utf8, find_text
from xmr_engine.kernels.terms import word_bounds

SEPARATOR = 10


class Context(NamedTuple):
    """The queries asked so far, the latest first.

    labels: the label of each, -1 where it is none. Query j is `codes[starts[j]:stops[j]]` and its known words,
    each once, are `words[word_rows[j] : word_rows[j + 1]]`; norms holds the length of each tf-idf vector.
    decay: what a query counts beside the latest one.
    """

    codes: Codes
    starts: Offsets
    stops: Offsets
    labels: Ids
    word_rows: Offsets
    words: Ids
    norms: Doubles
    decay: Doubles


@kernel
def text_bounds(codes: Codes) -> Offsets:
    """Return where each of the texts between separators begins, and one past the last one's end plus one."""
    n = 1
    for code in codes:
        n += code == SEPARATOR
    bounds = np.zeros(n + 1, np.int64)
    at = 1
    for i in range(codes.size):
        if codes[i] == SEPARATOR:
            bounds[at] = i + 1
            at += 1
    bounds[n] = codes.size + 1
    return bounds


@kernel
def last_start(codes: Codes) -> int:
    """Return where the last of the texts between separators begins."""
    start = codes.size
    while start > 0 and codes[start - 1] != SEPARATOR:
        start -= 1
    return start


@kernel
def read_context(labels: Strings, statistics: Statistics, codes: Codes, bounds: Offsets, decay: float) -> Context:
    """Return the context of the texts before the last one, which are queries, oldest first."""
    n = bounds.size - 2
    starts, stops = np.empty(n, np.int64), np.empty(n, np.int64)
    found, norms, decays = np.empty(n, np.int32), np.zeros(n, np.float64), np.empty(n, np.float64)
    room = bounds[n] + 1
    word_rows, words = np.zeros(n + 1, np.int64), np.empty(room, np.int32)
    utf8, word_starts, word_stops = np.empty(4 * room, np.uint8), np.empty(room, np.int64), np.empty(room, np.int64)
    for j in range(n):
        start, stop = bounds[n - 1 - j], bounds[n - j] - 1
        starts[j], stops[j] = start, stop
        found[j] = find_text(labels, utf8, encode_utf8(codes, start, stop, utf8))
        decays[j] = decay**j
        at = word_rows[j]
        for w in range(word_bounds(codes, start, stop, word_starts, word_stops)):
            word = find_term(statistics.words, hash_codes(codes, word_starts[w], word_stops[w]))
            if word >= 0 and not is_among(words[word_rows[j] : at], word):
                words[at] = word
                norms[j] += statistics.words.idf[word] ** 2
                at += 1
        norms[j] = np.sqrt(norms[j])
        word_rows[j + 1] = at
    return Context(codes, starts, stops, found, word_rows, words, norms, decays)


@kernel
def is_among(ids: Ids, wanted: int) -> bool:
    """Tell whether an id occurs."""
    for i in ids:
        if i == wanted:
            return True
    return False
