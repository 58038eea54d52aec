"""What was bought after which query, as the kernels read it."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from xmr_engine.features.products import count_texts
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Vocabulary
from xmr_engine.kernels.bought import Bought
from xmr_engine.kernels.product_words import STEMS, sum_rows

Purchases = Mapping[str, Mapping[int, int]]
"""query → product → how often it was bought."""


def count_bought(purchases: Purchases, queries: Sequence[str], stems: Vocabulary, n_products: int) -> Bought:
    """Return the purchases of these queries over the stems of a shelf."""
    counted = count_texts(queries, STEMS)
    known = np.zeros(counted.keys.size, np.int32)
    order = np.sort(stems.keys[stems.keys >= 0])
    slots = np.argsort(stems.keys, kind="stable")[-order.size :] if order.size else np.zeros(0, np.int64)
    known[:] = stems.ids[slots[np.searchsorted(order, counted.keys)]] if order.size else 0
    inside = csr_matrix((np.ones(known.size, np.float32), known, counted.indptr), shape=(len(queries), stems.idf.size))
    lists = inside.tocsc()
    lists.sort_indices()
    norm = sum_rows(freeze(counted.indptr), freeze(stems.idf[known]))
    products = [sorted(purchases[query].items()) for query in queries]
    rows = np.concatenate([[0], np.cumsum([len(each) for each in products])])
    flat = [pair for each in products for pair in each]
    ids, counts = np.array([p for p, _ in flat], np.int32), np.array([c for _, c in flat], np.int32)
    return Bought(
        freeze(lists.indptr, np.int64),
        freeze(lists.indices, np.int32),
        freeze(norm),
        freeze(rows, np.int64),
        freeze(ids),
        freeze(counts),
        freeze(np.bincount(ids, weights=counts, minlength=n_products), np.int32),
    )
