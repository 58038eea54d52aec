"""The terms of a text: its word n-grams and its character n-grams, as hashes with their weights."""

import numpy as np

from xmr_engine.kernels.arrays import Codes, Doubles, Ids, Offsets, Vocabulary
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.hashing import find_term, hash_codes


@kernel
def is_word_code(c: int) -> bool:
    """Tell whether a code point belongs to a word; the twin of `text.is_word_character`."""
    if c < 0x80:
        return 97 <= c <= 122 or 48 <= c <= 57 or 65 <= c <= 90 or c == 95
    if c <= 0xBF:
        return c in (0xAA, 0xB2, 0xB3, 0xB5, 0xB9, 0xBA, 0xBC, 0xBD, 0xBE)
    if c in (0xD7, 0xF7):
        return False
    return not (0x2000 <= c <= 0x206F or 0x3000 <= c <= 0x303F)


@kernel
def word_bounds(codes: Codes, start: int, stop: int, starts: Offsets, stops: Offsets) -> int:
    """Write where each word of `codes[start:stop]` begins and ends; return how many there are."""
    n = 0
    inside = False
    for i in range(start, stop):
        if is_word_code(np.int64(codes[i])):
            if not inside:
                starts[n] = i
                inside = True
        elif inside:
            stops[n] = i
            n += 1
            inside = False
    if inside:
        stops[n] = stop
        n += 1
    return n


@kernel
def char_terms(text: tuple[Codes, int, int], longest: int, weighted: bool, keys: Offsets, weights: Doubles) -> int:
    """Write hash and weight of every character n-gram, n = 1 … `longest`; return how many.

    The weight of an n-gram that begins at position i (from 1, anew for each n) is 1/i when `weighted`, else 1.
    """
    codes, start, stop = text
    n = 0
    for size in range(1, longest + 1):
        for i in range(start, stop - size + 1):
            keys[n] = hash_codes(codes, i, i + size)
            weights[n] = 1.0 / (i - start + 1) if weighted else 1.0
            n += 1
    return n


@kernel
def word_terms(text: tuple[Codes, int, int], longest: int, keys: Offsets, weights: Doubles) -> int:
    """Write hash and weight (1) of every word n-gram, n = 1 … `longest`; return how many.

    An n-gram runs from the start of its first word to the end of its last one.
    """
    codes, start, stop = text
    starts = np.empty(stop - start + 1, np.int64)
    stops = np.empty(stop - start + 1, np.int64)
    n_words = word_bounds(codes, start, stop, starts, stops)
    n = 0
    for size in range(1, longest + 1):
        for i in range(n_words - size + 1):
            keys[n] = hash_codes(codes, starts[i], stops[i + size - 1])
            weights[n] = 1.0
            n += 1
    return n


@kernel
def tfidf(vocabulary: Vocabulary, keys: Offsets, weights: Doubles, n: int, ids: Ids, values: Doubles) -> int:
    """Write the l2-normalised tf-idf row of the first n terms, ids ascending; return its number of non-zeros."""
    size = 0
    for t in range(n):
        term = find_term(vocabulary, keys[t])
        if term < 0:
            continue
        at = size
        while at > 0 and ids[at - 1] >= term:
            at -= 1
        if at < size and ids[at] == term:
            values[at] += weights[t]
            continue
        for j in range(size, at, -1):
            ids[j] = ids[j - 1]
            values[j] = values[j - 1]
        ids[at] = term
        values[at] = weights[t]
        size += 1
    norm = 0.0
    for j in range(size):
        values[j] *= vocabulary.idf[ids[j]]
        norm += values[j] * values[j]
    for j in range(size):
        values[j] /= np.sqrt(norm)
    return size


@kernel
def list_terms(codes: Codes, offsets: Offsets, longest: int, words: bool, out: tuple[Offsets, Offsets, Ids]) -> int:
    """Write every distinct term of every text: its hash, where it begins and how long it is; return how many."""
    keys, begins, lengths = out
    total = 0
    for text in range(offsets.size - 1):
        start, stop = offsets[text], offsets[text + 1]
        first = total
        starts = np.empty(stop - start + 1, np.int64)
        stops = np.empty(stop - start + 1, np.int64)
        if words:
            n_units = word_bounds(codes, start, stop, starts, stops)
        else:
            n_units = stop - start
            for i in range(n_units):
                starts[i] = start + i
                stops[i] = start + i + 1
        for size in range(1, longest + 1):
            for i in range(n_units - size + 1):
                key = hash_codes(codes, starts[i], stops[i + size - 1])
                known = False
                for j in range(first, total):
                    if keys[j] == key:
                        known = True
                        break
                if not known:
                    keys[total] = key
                    begins[total] = starts[i]
                    lengths[total] = stops[i + size - 1] - starts[i]
                    total += 1
    return total
