"""The words of queries and titles, their stems, and the terms made of them, as hashes.

A term's kind: CHARS are the character trigrams of each word with `#` at both of its ends; 1, 2, 3 are runs of so many
words; STEMS are stems, digits and letters parted; PAIRS are two neighbouring stems written as one word, so that
"deck over" and "deckover" meet.
"""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Codes, Floats, Ids, Offsets
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.hashing import hash_codes
from xmr_engine.kernels.terms import word_bounds

CHARS, STEMS, PAIRS = 0, 4, 5
EDGE, SPACE = 35, 32
_E, _H, _I, _S, _U, _Y = 101, 104, 105, 115, 117, 121


class Words(NamedTuple):
    """The words of a text: word i is `codes[starts[i]:stops[i]]`."""

    codes: Codes
    starts: Offsets
    stops: Offsets


@kernel
def is_digit(c: int) -> bool:
    """Tell whether a code point is an ASCII digit."""
    return 48 <= c <= 57


@kernel
def split_words(text: tuple[Codes, int, int]) -> Words:
    """Return the words of a text as they stand, in a copy of it."""
    codes = text[0][text[1] : text[2]].copy()
    starts, stops = np.empty(codes.size + 1, np.int64), np.empty(codes.size + 1, np.int64)
    n = word_bounds(codes, 0, codes.size, starts, stops)
    return Words(codes, starts[:n], stops[:n])


@kernel
def stem_end(codes: Codes, start: int, stop: int) -> int:
    """Take the plural off a word of ASCII letters in place; return where the word ends now."""
    size = stop - start
    if size < 4:
        return stop
    for i in range(start, stop):
        if not 97 <= codes[i] <= 122:
            return stop
    last, before, third = codes[stop - 1], codes[stop - 2], codes[stop - 3]
    if last != _S:
        return stop
    if before == _E and third == _I and size > 4:
        codes[stop - 3] = _Y
        return stop - 2
    if before == _E and size > 4 and (third in (_S, 120, 122) or (third == _H and codes[stop - 4] in (99, _S))):
        return stop - 2
    return stop if before in (_S, _U, _I) else stop - 1


@kernel
def split_stems(text: tuple[Codes, int, int]) -> Words:
    """Return the stems of a text in a copy of it: digits apart from letters, plurals taken off."""
    whole = split_words(text)
    codes = whole.codes
    starts, stops = np.empty(codes.size + 1, np.int64), np.empty(codes.size + 1, np.int64)
    n = 0
    for i in range(whole.starts.size):
        begin = whole.starts[i]
        for j in range(begin + 1, whole.stops[i] + 1):
            if j == whole.stops[i] or is_digit(codes[j]) != is_digit(codes[j - 1]):
                starts[n], stops[n] = begin, stem_end(codes, begin, j)
                n += 1
                begin = j
    return Words(codes, starts[:n], stops[:n])


@kernel
def hash_run(words: Words, first: int, last: int, gap: int) -> int:
    """Return the hash of words `first` up to `last` (exclusive), parted by the code `gap`, 0 for none."""
    size = 0
    for i in range(first, last):
        size += words.stops[i] - words.starts[i] + 1
    run = np.empty(size, np.uint32)
    n = 0
    for i in range(first, last):
        if i > first and gap:
            run[n] = gap
            n += 1
        for j in range(words.starts[i], words.stops[i]):
            run[n] = words.codes[j]
            n += 1
    return hash_codes(run, 0, n)


@kernel
def word_trigrams(words: Words, i: int, keys: Offsets, n: int) -> int:
    """Write the hashes of a word's trigrams from position n on; return the new number of hashes."""
    size = words.stops[i] - words.starts[i]
    framed = np.empty(size + 2, np.uint32)
    framed[0], framed[size + 1] = EDGE, EDGE
    framed[1 : size + 1] = words.codes[words.starts[i] : words.stops[i]]
    for j in range(size):
        keys[n] = hash_codes(framed, j, j + 3)
        n += 1
    return n


@kernel
def text_terms(text: tuple[Codes, int, int], kind: int) -> Offsets:
    """Return the hashes of a text's terms of a kind, in order, as often as they occur."""
    words = split_stems(text) if kind >= STEMS else split_words(text)
    n_words = words.starts.size
    if kind == CHARS:
        keys = np.empty(text[2] - text[1] + 1, np.int64)
        n = 0
        for i in range(n_words):
            n = word_trigrams(words, i, keys, n)
        return keys[:n]
    size = 1 if kind == STEMS else (2 if kind == PAIRS else kind)
    gap = 0 if kind == PAIRS else SPACE
    keys = np.empty(max(n_words - size + 1, 0), np.int64)
    for i in range(keys.size):
        keys[i] = hash_run(words, i, i + size, gap)
    return keys


@kernel
def count_terms(codes: Codes, offsets: Offsets, kind: int, out: tuple[Offsets, Offsets, Ids]) -> None:
    """Write each text's distinct terms, ascending by hash, and how often it has each: csr `indptr`, `keys`, `counts`.

    `out` has room for one term a character and one more a text.
    """
    indptr, keys, counts = out
    total = 0
    indptr[0] = 0
    for i in range(offsets.size - 1):
        found = np.sort(text_terms((codes, offsets[i], offsets[i + 1]), kind))
        first = total
        for key in found:
            if total > first and keys[total - 1] == key:
                counts[total - 1] += 1
            else:
                keys[total], counts[total] = key, 1
                total += 1
        indptr[i + 1] = total


@kernel
def sum_rows(indptr: Offsets, values: Floats) -> Floats:
    """Return the length of each row of values."""
    out = np.zeros(indptr.size - 1, np.float32)
    for i in range(out.size):
        total = 0.0
        for j in range(indptr[i], indptr[i + 1]):
            total += np.float64(values[j]) * values[j]
        out[i] = np.sqrt(total)
    return out
