"""What the title and the attributes of a product keep of a query."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Doubles, Floats, Ids
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.prefetch import prefetch
from xmr_engine.kernels.shelf import Asked, Shelf
from xmr_engine.kernels.spans import first_at_least

NEAR, FAR, LIKE, PLACE = 0, 1, 2, 3
NEXT = 6


class Desk(NamedTuple):
    """What titles are read against.

    vectors: for each stem a row of four, so that one line of memory holds all that is asked of it. `NEAR`, `FAR` and
    `LIKE`: what it counts in the titles that share most with the query, in more of them, and in what was bought after
    like queries, by its rarity; `PLACE`: its place in the query from 1, 0 for the others. norm: the length of `LIKE`.
    weights: rarity of each stem of the query, which is `total` in all; sure, numbers: as in `Asked`.
    """

    vectors: Floats
    norm: float
    weights: Doubles
    sure: Doubles
    numbers: Bytes
    n_numbers: int
    total: float


@kernel
def add_titles(shelf: Shelf, products: Ids, weights: Doubles, vectors: Floats, column: int) -> float:
    """Add the titles of products, each of length one and times its weight, to a vector over stems.

    Returns by how much the square of the vector's length grew.
    """
    idf, grown = shelf.stems.vocabulary.idf, 0.0
    for i in range(products.size):
        p = products[i]
        scale = weights[i] / (shelf.word_norm[p] + 1e-12)
        for e in range(shelf.title_rows[p], shelf.title_rows[p + 1]):
            stem = shelf.title_stems[e]
            rarity = np.float64(idf[stem])
            grown += scale * (2.0 * vectors[stem, column] + scale * rarity * rarity)
            vectors[stem, column] += np.float32(scale * rarity * rarity)
    return grown


@kernel
def read_titles(shelf: Shelf, desk: Desk, products: Ids, out: Doubles) -> None:
    """Write what titles keep of a query, a row each, `cover` to `like bought` of `retrieval.features.NAMES`."""
    n, stems, vectors = desk.weights.size, shelf.title_stems, desk.vectors
    for i in range(products.size):
        prefetch(stems, shelf.title_rows[products[min(i + NEXT, products.size - 1)]])
        product, row = products[i], out[i]
        lo, hi = shelf.title_rows[product], shelf.title_rows[product + 1]
        held, before, neighbours, first, last = np.int64(0), -2, 0, -1, -1
        near, far, like = 0.0, 0.0, 0.0
        head = lo + shelf.head[product]
        row[5] = 0.0
        for e in range(lo, hi):
            stem = stems[e]
            now = np.int64(vectors[stem, PLACE]) - 1
            if now >= 0:
                held |= np.int64(1) << now
                neighbours += before == now - 1
                first = e if first < 0 else first
                last = e
                if e == head:
                    row[5] = 2.0 if now == n - 1 else 1.0
            else:
                near += vectors[stem, NEAR]
                far += vectors[stem, FAR]
                like += vectors[stem, LIKE]
            before = now
        share, missing, numbers = 0.0, 0, 0
        for s in range(n):
            if held >> s & 1:
                share += desk.weights[s] * desk.sure[s]
                numbers += desk.numbers[s]
            else:
                missing += 1
        size = max(hi - lo, 1)
        norm = np.float64(shelf.word_norm[product]) + 1e-12
        row[0], row[1], row[2] = share / desk.total, missing, missing == 0
        row[3] = neighbours / (n - 1) if n > 1 else 0.0
        row[4] = held >> (n - 1) & 1 if n > 0 else 0
        row[6] = (first - lo) / size if first >= 0 else 1.0
        row[7] = (last - lo) / size if last >= 0 else 0.0
        row[8] = numbers / desk.n_numbers if desk.n_numbers > 0 else 0.5
        row[9] = np.log(np.float64(size))
        row[11], row[12], row[13] = near / norm, far / norm, like / (norm * desk.norm)


@kernel
def read_attributes(shelf: Shelf, asked: Asked, desk: Desk, products: Ids, out: Doubles) -> None:
    """Write the share of a query's rarity that stands in each product's attributes."""
    stems = shelf.attribute_stems
    for i in range(products.size if stems.size > 0 else 0):
        lo, hi = shelf.attribute_rows[products[i]], shelf.attribute_rows[products[i] + 1]
        share = 0.0
        for s in range(asked.stems.size if lo < hi else 0):
            if asked.stems[s] >= 0:
                at = first_at_least(stems, lo, hi, asked.stems[s])
                if at < hi and stems[at] == asked.stems[s]:
                    share += desk.weights[s]
        out[i] = share / desk.total
