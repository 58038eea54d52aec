"""What a query says on the shelf, and the titles' stems that it is read against."""

import numpy as np

from xmr_engine.kernels.arrays import Codes, Ids, Offsets, Vocabulary
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.hashing import find_term
from xmr_engine.kernels.product_words import (
    CHARS,
    PAIRS,
    Words,
    hash_run,
    is_digit,
    split_stems,
    text_terms,
    word_trigrams,
)
from xmr_engine.kernels.shelf import Asked, Shelf

MOST_STEMS = 30
MOST_OTHERS = 256
LIKE_ENOUGH = 0.5
SHORTEST_MENDED = 4


@kernel
def alike_stem(shelf: Shelf, words: Words, i: int) -> tuple[int, float]:
    """Return the stem of titles that shares most trigrams with a word, and the share (Dice); -1 where none is alike."""
    keys = np.empty(words.stops[i] - words.starts[i] + 2, np.int64)
    n = word_trigrams(words, i, keys, 0)
    shared = np.zeros(shelf.sizes.size, np.int32)
    touched = np.empty(shelf.sizes.size, np.int32)
    n_touched = 0
    for j in range(n):
        term = find_term(shelf.chars.vocabulary, keys[j])
        if term < 0:
            continue
        for e in range(shelf.alike_rows[term], shelf.alike_rows[term + 1]):
            stem = shelf.alike[e]
            if shared[stem] == 0:
                touched[n_touched] = stem
                n_touched += 1
            shared[stem] += 1
    best, highest, most = -1, 0.0, 0
    for t in range(n_touched):
        stem = touched[t]
        share = min(2.0 * shared[stem] / (n + shelf.sizes[stem]), 1.0)
        held = shelf.stems.rows[stem + 1] - shelf.stems.rows[stem]
        if share > highest or (share == highest and (held > most or (held == most and stem < best))):
            best, highest, most = stem, share, held
    if highest < LIKE_ENOUGH:
        return -1, 0.0
    return best, highest


@kernel
def distinct_terms(vocabulary: Vocabulary, keys: Offsets) -> Ids:
    """Return the known terms among hashes, each once, in order of their first place."""
    out = np.empty(min(keys.size, MOST_OTHERS), np.int32)
    n = 0
    for key in keys:
        term = find_term(vocabulary, key)
        known = term < 0 or n == out.size
        for j in range(n):
            if out[j] == term:
                known = True
                break
        if not known:
            out[n] = term
            n += 1
    return out[:n]


@kernel
def read_query(shelf: Shelf, text: tuple[Codes, int, int], mend: bool) -> Asked:
    """Return what a query says; a word that no title has is taken for the stem most alike, where `mend`."""
    words = split_stems(text)
    room = min(words.starts.size, MOST_STEMS)
    stems, sure, numbers = np.full(room, -1, np.int32), np.zeros(room, np.float64), np.zeros(room, np.uint8)
    n = 0
    for i in range(room):
        stem, share = find_term(shelf.stems.vocabulary, hash_run(words, i, i + 1, 0)), 1.0
        unheard = stem < 0 or shelf.stems.rows[stem] == shelf.stems.rows[stem + 1]
        if mend and unheard and words.stops[i] - words.starts[i] >= SHORTEST_MENDED:
            near, share_near = alike_stem(shelf, words, i)
            if near >= 0:
                stem, share = near, share_near
        known = False
        for j in range(n):
            known |= stem >= 0 and stems[j] == stem
        if not known:
            stems[n], sure[n] = stem, share if stem >= 0 else 0.0
            numbers[n] = 1 if is_digit(words.codes[words.starts[i]]) else 0
            n += 1
    both = text_terms(text, PAIRS)
    compounds = distinct_terms(shelf.stems.vocabulary, both)
    pairs = distinct_terms(shelf.pairs.vocabulary, both)
    single = distinct_terms(shelf.pairs.vocabulary, one_by_one(words))
    chars = distinct_terms(shelf.chars.vocabulary, text_terms(text, CHARS))
    return Asked(stems[:n], sure[:n], numbers[:n], compounds, joined(pairs, single), chars, words.starts.size)


@kernel
def one_by_one(words: Words) -> Offsets:
    """Return the hash of every word alone: what one query writes as one word, a title may write as two."""
    keys = np.empty(words.starts.size, np.int64)
    for i in range(keys.size):
        keys[i] = hash_run(words, i, i + 1, 0)
    return keys


@kernel
def joined(first: Ids, second: Ids) -> Ids:
    """Return the ids of both lists, each once."""
    out = np.empty(first.size + second.size, np.int32)
    out[: first.size] = first
    n = first.size
    for term in second:
        known = False
        for j in range(n):
            known |= out[j] == term
        if not known:
            out[n] = term
            n += 1
    return out[:n]


@kernel
def stem_titles(vocabulary: Vocabulary, codes: Codes, offsets: Offsets, out: tuple[Offsets, Ids]) -> None:
    """Write the stems of every title in order, csr; unknown ones are left out. Room: one stem a character."""
    indptr, stems = out
    indptr[0] = 0
    for i in range(offsets.size - 1):
        n = indptr[i]
        words = split_stems((codes, offsets[i], offsets[i + 1]))
        for w in range(words.starts.size):
            term = find_term(vocabulary, hash_run(words, w, w + 1, 0))
            if term >= 0:
                stems[n] = term
                n += 1
        indptr[i + 1] = n


@kernel
def spell_stems(stems: Vocabulary, chars: Vocabulary, texts: tuple[Codes, Offsets], out: tuple[Ids, Ids, Ids]) -> int:
    """Write (trigram, stem) for every stem's first occurrence, and each stem's number of trigrams; return how many."""
    codes, offsets = texts
    trigrams, owners, sizes = out
    total = 0
    for i in range(offsets.size - 1):
        words = split_stems((codes, offsets[i], offsets[i + 1]))
        for w in range(words.starts.size):
            stem = find_term(stems, hash_run(words, w, w + 1, 0))
            if stem < 0 or sizes[stem] > 0:
                continue
            keys = np.empty(words.stops[w] - words.starts[w] + 2, np.int64)
            n = word_trigrams(words, w, keys, 0)
            sizes[stem] = n
            for j in range(n):
                term = find_term(chars, keys[j])
                if term >= 0:
                    trigrams[total], owners[total] = term, stem
                    total += 1
    return total
