"""What was bought after queries like this one."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Doubles, Floats, Ids, Offsets
from xmr_engine.kernels.compiled import kernel

LEAST_LIKE = 0.3
MOST_NEIGHBOURS = 100


class Bought(NamedTuple):
    """The queries that ended in a purchase, and the products bought.

    word_rows, word_queries: the queries with each stem, ascending. norm: length of each query's vector of rarities.
    rows, products, counts: csr of the products bought after each query, and how often. times: purchases a product.
    """

    word_rows: Offsets
    word_queries: Ids
    norm: Floats
    rows: Offsets
    products: Ids
    counts: Ids
    times: Ids


class Neighbours(NamedTuple):
    """Queries like one asked, and how like it they are (cosine), most alike first."""

    queries: Ids
    cosines: Doubles


@kernel
def like_queries(bought: Bought, idf: Floats, stems: Ids, sure: Doubles) -> Neighbours:
    """Return the queries whose stems make a cosine of at least `LEAST_LIKE` with those asked."""
    score, seen = np.zeros(bought.norm.size, np.float32), np.empty(bought.norm.size, np.int32)
    n, norm = 0, 0.0
    for s in range(stems.size):
        stem = stems[s]
        if stem < 0:
            norm += 36.0
            continue
        gain = np.float32(idf[stem] * idf[stem] * sure[s])
        norm += np.float64(idf[stem]) * idf[stem]
        for e in range(bought.word_rows[stem], bought.word_rows[stem + 1]):
            query = bought.word_queries[e]
            if score[query] == 0.0 and gain > 0.0 and n < seen.size:
                seen[n] = query
                n += 1
            score[query] += gain
    queries, cosines = np.empty(n, np.int32), np.empty(n, np.float64)
    kept = 0
    for i in range(n):
        cosine = score[seen[i]] / (np.sqrt(norm) * bought.norm[seen[i]] + 1e-12)
        if cosine >= LEAST_LIKE:
            queries[kept], cosines[kept] = seen[i], cosine
            kept += 1
    order = np.argsort(-cosines[:kept], kind="mergesort")[:MOST_NEIGHBOURS]
    return Neighbours(queries[order], cosines[order])


@kernel
def bought_after(bought: Bought, near: Neighbours, most: int) -> tuple[Ids, Doubles]:
    """Return the products bought after queries, ascending, with the cosines' sum, their maximum and their purchases.

    Columns: Σ cosine over queries, the largest cosine, Σ cosine · ln(1 + times). At most `most` products, by the first.
    """
    total = 0
    for query in near.queries:
        total += bought.rows[query + 1] - bought.rows[query]
    products, gains = np.empty(total, np.int32), np.empty((total, 2), np.float64)
    n = 0
    for i in range(near.queries.size):
        for e in range(bought.rows[near.queries[i]], bought.rows[near.queries[i] + 1]):
            products[n], gains[n, 0] = bought.products[e], near.cosines[i]
            gains[n, 1] = near.cosines[i] * np.log1p(np.float64(bought.counts[e]))
            n += 1
    order = np.argsort(products, kind="mergesort")
    found, scores = np.empty(total, np.int32), np.zeros((total, 3), np.float64)
    kept = 0
    for i in order:
        if kept == 0 or found[kept - 1] != products[i]:
            found[kept] = products[i]
            kept += 1
        scores[kept - 1, 0] += gains[i, 0]
        scores[kept - 1, 1] = max(scores[kept - 1, 1], gains[i, 0])
        scores[kept - 1, 2] += gains[i, 1]
    best = np.sort(np.argsort(-scores[:kept, 0], kind="mergesort")[:most])
    return found[best], scores[best]
