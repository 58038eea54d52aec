"""Inputs and labels as sparse rows: fit the vectorizer, then turn many texts into csr matrices."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from xmr_engine.features.codes import pack_codes
from xmr_engine.kernels.rows import Vectorizer, input_rows


def make_rows(vectorizer: Vectorizer, previous: Sequence[str], prefix: Sequence[str]) -> csr_matrix:
    """Return the rows of (previous, prefix) pairs, shape (n_rows, n_features), csr float32.

    Columns: word n-grams of the previous query, then character n-grams of the prefix, then the bias.
    """
    n_features = vectorizer.words.idf.size + vectorizer.chars.idf.size + 1
    parts = [_block(vectorizer, previous[a:b], prefix[a:b]) for a, b in _blocks(len(prefix))]
    indptr = np.concatenate([[0], *(part[0] for part in parts)]).cumsum()
    indices = np.concatenate([part[1] for part in parts]) if parts else np.zeros(0, np.int32)
    values = np.concatenate([part[2] for part in parts]) if parts else np.zeros(0, np.float32)
    return csr_matrix((values, indices, indptr), shape=(len(prefix), n_features))


def make_label_rows(vectorizer: Vectorizer, texts: Sequence[str]) -> csr_matrix:
    """Return the character tf-idf rows of label texts, shape (n_labels, n_character_features), csr float32."""
    rows = make_rows(vectorizer, [""] * len(texts), texts)
    n_words = vectorizer.words.idf.size
    return rows[:, n_words : n_words + vectorizer.chars.idf.size].tocsr()


def _blocks(n: int, size: int = 100_000) -> list[tuple[int, int]]:
    return [(a, min(a + size, n)) for a in range(0, n, size)]


def _block(
    vectorizer: Vectorizer, previous: Sequence[str], prefix: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (non-zeros per row, column ids, values) of one block of rows."""
    previous_codes, prefix_codes = pack_codes(previous), pack_codes(prefix)
    n_words, n_chars = int(previous_codes[1][-1]), int(prefix_codes[1][-1])
    room = max(1, vectorizer.word_ngrams) * n_words + max(1, vectorizer.char_ngrams) * n_chars + 3 * len(prefix)
    indptr = np.empty(len(prefix) + 1, np.int64)
    indices, values = np.empty(room, np.int32), np.empty(room, np.float32)
    input_rows(vectorizer, previous_codes, prefix_codes, (indptr, indices, values))
    return np.diff(indptr), indices[: indptr[-1]].copy(), values[: indptr[-1]].copy()
