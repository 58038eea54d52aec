"""Product queries and titles as sparse rows: which terms are features, how rare each is, and the rows of many texts."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from xmr_engine.features.codes import pack_codes
from xmr_engine.features.vocabulary import make_vocabulary
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Vocabulary
from xmr_engine.kernels.product_rows import ProductVectorizer, product_rows, row_width
from xmr_engine.kernels.product_words import CHARS, count_terms
from xmr_engine.keys import distinct

KINDS = {"words": 1, "pairs": 2, "triples": 3, "chars": CHARS}
ALL = 1 << 62


class Counted(NamedTuple):
    """The distinct terms of each text, csr: term hashes ascending within a text, and how often they occur."""

    indptr: NDArray[np.int64]
    keys: NDArray[np.int64]
    counts: NDArray[np.int32]


def count_texts(texts: Sequence[str], kind: int) -> Counted:
    """Return the terms of one kind (see `kernels.product_words`) of every text."""
    codes, offsets = pack_codes(texts)
    room = int(offsets[-1]) + len(texts) + 1
    indptr, keys = np.empty(len(texts) + 1, np.int64), np.empty(room, np.int64)
    counts = np.empty(room, np.int32)
    count_terms(codes, offsets, kind, (indptr, keys, counts))
    return Counted(indptr, keys[: indptr[-1]].copy(), counts[: indptr[-1]].copy())


def fit_products(texts: Sequence[str], most: dict[str, int | None]) -> ProductVectorizer:
    """Return the vectorizer of a collection.

    Parameters
    ----------
    texts
        The documents, normalised: queries and titles.
    most
        For each of `words`, `pairs`, `triples`, `chars`: the most terms that get an id of their own, None for no
        limit, 0 for a set that is left out. Frequent terms come first; all others share one id.
    """
    return ProductVectorizer(*(_fit_set(texts, kind, most[name]) for name, kind in KINDS.items()))


def make_product_rows(vectorizer: ProductVectorizer, texts: Sequence[str]) -> csr_matrix:
    """Return the rows of texts, shape (n_texts, n_features), csr float32, without a bias."""
    codes, offsets = pack_codes(texts)
    room = 4 * (int(offsets[-1]) + len(texts)) + 4
    indptr, indices = np.empty(len(texts) + 1, np.int64), np.empty(room, np.int32)
    values = np.empty(room, np.float32)
    product_rows(vectorizer, codes, offsets, (indptr, indices, values))
    held = (values[: indptr[-1]].copy(), indices[: indptr[-1]].copy(), indptr)
    return csr_matrix(held, shape=(len(texts), int(row_width(vectorizer))))


def _fit_set(texts: Sequence[str], kind: int, most: int | None) -> Vocabulary:
    """Return one set's vocabulary, its last id that of the rest; idf is ln((1 + n) / (1 + df)) + 1."""
    if most == 0:
        return make_vocabulary(np.zeros(0, np.int64), freeze(np.zeros(0), np.float32))
    counted = count_texts(texts, kind)
    keys, place, df = np.unique(counted.keys, return_inverse=True, return_counts=True)
    kept = np.sort(np.lexsort((keys, -df))[: ALL if most is None else most])
    outside = np.ones(keys.size, bool)
    outside[kept] = False
    text = np.repeat(np.arange(len(texts)), np.diff(counted.indptr))
    with_rest = distinct(text[outside[place]]).size
    idf = np.log((1.0 + len(texts)) / (1.0 + np.append(df[kept], with_rest))) + 1.0
    return make_vocabulary(keys[kept], freeze(idf, np.float32))
