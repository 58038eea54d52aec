"""The feature row of an input: word tf-idf of the previous query, character tf-idf of the prefix, and a bias."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Codes, Floats, Ids, Offsets, Vocabulary
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.terms import char_terms, tfidf, word_terms


class Vectorizer(NamedTuple):
    """How texts become rows: two vocabularies and the longest n-gram of each (0 leaves a part out)."""

    words: Vocabulary
    chars: Vocabulary
    word_ngrams: int
    char_ngrams: int
    position_weighted: bool


@kernel
def most_terms(length: int, longest: int) -> int:
    """Return how many n-grams a text of this length can have at most."""
    return max(length * longest, 1)


@kernel
def previous_part(vectorizer: Vectorizer, text: tuple[Codes, int, int], ids: Ids, values: Floats) -> int:
    """Write the l2-normalised word tf-idf row of a query; return its number of non-zeros."""
    room = most_terms(text[2] - text[1], vectorizer.word_ngrams)
    keys, weights = np.empty(room, np.int64), np.empty(room, np.float64)
    row = np.empty(room, np.float64)
    n = tfidf(vectorizer.words, keys, weights, word_terms(text, vectorizer.word_ngrams, keys, weights), ids, row)
    for j in range(n):
        values[j] = row[j]
    return n


@kernel
def prefix_part(vectorizer: Vectorizer, text: tuple[Codes, int, int], ids: Ids, values: Floats) -> int:
    """Write the l2-normalised character tf-idf row of a text; return its number of non-zeros."""
    room = most_terms(text[2] - text[1], vectorizer.char_ngrams)
    keys, weights = np.empty(room, np.int64), np.empty(room, np.float64)
    row = np.empty(room, np.float64)
    n_terms = char_terms(text, vectorizer.char_ngrams, vectorizer.position_weighted, keys, weights)
    n = tfidf(vectorizer.chars, keys, weights, n_terms, ids, row)
    for j in range(n):
        values[j] = row[j]
    return n


@kernel
def input_row(
    vectorizer: Vectorizer,
    previous: tuple[Codes, int, int],
    prefix: tuple[Codes, int, int],
    ids: Ids,
    values: Floats,
) -> int:
    """Write the row of (previous, prefix): both parts side by side, l2-normalised together, then the bias 1.

    Source: PECOS for session-aware completion (KDD 2021), section 3; the parts weigh the same.
    """
    n_words = previous_part(vectorizer, previous, ids, values)
    n = n_words + prefix_part(vectorizer, prefix, ids[n_words:], values[n_words:])
    scale = np.float32(np.sqrt(0.5)) if 0 < n_words < n else np.float32(1.0)
    n_word_features = vectorizer.words.idf.size
    for j in range(n):
        values[j] *= scale
        if j >= n_words:
            ids[j] += n_word_features
    ids[n] = n_word_features + vectorizer.chars.idf.size
    values[n] = 1.0
    return n + 1


@kernel
def row_room(vectorizer: Vectorizer, previous_length: int, prefix_length: int) -> int:
    """Return how many non-zeros a row can have at most."""
    words = most_terms(previous_length, vectorizer.word_ngrams)
    return words + most_terms(prefix_length, vectorizer.char_ngrams) + 1


@kernel
def input_rows(
    vectorizer: Vectorizer,
    previous: tuple[Codes, Offsets],
    prefix: tuple[Codes, Offsets],
    out: tuple[Offsets, Ids, Floats],
) -> None:
    """Write the rows of many inputs as csr arrays; `out` has room for the largest rows possible."""
    indptr, indices, values = out
    (previous_codes, previous_offsets), (prefix_codes, prefix_offsets) = previous, prefix
    indptr[0] = 0
    for i in range(previous_offsets.size - 1):
        at = indptr[i]
        n = input_row(
            vectorizer,
            (previous_codes, previous_offsets[i], previous_offsets[i + 1]),
            (prefix_codes, prefix_offsets[i], prefix_offsets[i + 1]),
            indices[at:],
            values[at:],
        )
        indptr[i + 1] = at + n
