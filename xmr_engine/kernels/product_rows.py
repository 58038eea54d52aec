"""The feature row of a product query: tf-idf of word 1-, 2-, 3-grams and of character trigrams, side by side."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Codes, Floats, Ids, Offsets, Vocabulary
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.hashing import find_term
from xmr_engine.kernels.product_words import CHARS, text_terms


class ProductVectorizer(NamedTuple):
    """The sets of features. A set that is off has no idf; the last id of any other stands for all unknown terms."""

    words: Vocabulary
    pairs: Vocabulary
    triples: Vocabulary
    chars: Vocabulary


@kernel
def add_term(ids: Ids, values: Floats, n: int, term: int) -> int:
    """Count a term in a row whose ids ascend; return the new number of non-zeros."""
    at = n
    while at > 0 and ids[at - 1] >= term:
        at -= 1
    if at < n and ids[at] == term:
        values[at] += np.float32(1.0)
        return n
    for j in range(n, at, -1):
        ids[j], values[j] = ids[j - 1], values[j - 1]
    ids[at], values[at] = term, np.float32(1.0)
    return n + 1


@kernel
def set_part(vocabulary: Vocabulary, keys: Offsets, first: int, ids: Ids, values: Floats) -> int:
    """Write one set's l2-normalised tf-idf, ids counted from `first`; return its number of non-zeros."""
    rest = vocabulary.idf.size - 1
    if rest < 0:
        return 0
    n = 0
    for key in keys:
        term = find_term(vocabulary, key)
        n = add_term(ids, values, n, term if term >= 0 else rest)
    norm = 0.0
    for j in range(n):
        values[j] *= vocabulary.idf[ids[j]]
        norm += np.float64(values[j]) * values[j]
    for j in range(n):
        values[j] /= np.float32(np.sqrt(norm))
        ids[j] += first
    return n


@kernel
def product_row(vectorizer: ProductVectorizer, text: tuple[Codes, int, int], ids: Ids, values: Floats) -> int:
    """Write the row of a text: every set that is on with the same weight, l2-normalised together, no bias.

    Room: four entries a character. Source: semantic matching in product search (KDD 2021), section 3.
    """
    n = set_part(vectorizer.words, text_terms(text, 1), 0, ids, values)
    parts = 1 if n > 0 else 0
    first = vectorizer.words.idf.size
    added = set_part(vectorizer.pairs, text_terms(text, 2), first, ids[n:], values[n:])
    n, parts, first = n + added, parts + (added > 0), first + vectorizer.pairs.idf.size
    added = set_part(vectorizer.triples, text_terms(text, 3), first, ids[n:], values[n:])
    n, parts, first = n + added, parts + (added > 0), first + vectorizer.triples.idf.size
    added = set_part(vectorizer.chars, text_terms(text, CHARS), first, ids[n:], values[n:])
    n, parts = n + added, parts + (added > 0)
    for j in range(n):
        values[j] /= np.float32(np.sqrt(parts))
    return n


@kernel
def row_width(vectorizer: ProductVectorizer) -> int:
    """Return how many columns a row has."""
    words, pairs = vectorizer.words.idf.size, vectorizer.pairs.idf.size
    return words + pairs + vectorizer.triples.idf.size + vectorizer.chars.idf.size


@kernel
def product_rows(
    vectorizer: ProductVectorizer, codes: Codes, offsets: Offsets, out: tuple[Offsets, Ids, Floats]
) -> None:
    """Write the rows of many texts as csr arrays; room: four entries a character."""
    indptr, indices, values = out
    indptr[0] = 0
    for i in range(offsets.size - 1):
        at = indptr[i]
        text = (codes, offsets[i], offsets[i + 1])
        indptr[i + 1] = at + product_row(vectorizer, text, indices[at:], values[at:])
