"""What the title and the attributes of a product keep of a query."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Doubles, Floats, Ids
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.shelf import Asked, Shelf
from xmr_engine.kernels.spans import first_at_least


class Desk(NamedTuple):
    """What titles are read against.

    places: for each stem, its place in the query from 1, 0 for the others. weights: rarity of each stem of the query,
    which is `total` in all; sure, numbers: as in `Asked`. near, far, bought: vectors over stems, of the titles that
    share most with the query, of more of them, and of what was bought after like queries.
    """

    places: Bytes
    weights: Doubles
    sure: Doubles
    numbers: Bytes
    n_numbers: int
    total: float
    near: Floats
    far: Floats
    bought: Floats


@kernel
def add_titles(shelf: Shelf, products: Ids, weights: Doubles, out: Floats) -> None:
    """Add the titles of products, each of length one and times its weight, to a vector over stems."""
    for i in range(products.size):
        p = products[i]
        scale = weights[i] / (shelf.word_norm[p] + 1e-12)
        for e in range(shelf.title_rows[p], shelf.title_rows[p + 1]):
            out[shelf.title_stems[e]] += np.float32(scale * shelf.stems.vocabulary.idf[shelf.title_stems[e]])


@kernel
def read_titles(shelf: Shelf, desk: Desk, products: Ids, out: Doubles) -> None:
    """Write what titles keep of a query, a row each, `cover` to `like bought` of `retrieval.features.NAMES`."""
    idf, n, stems, places = shelf.stems.vocabulary.idf, desk.weights.size, shelf.title_stems, desk.places
    for i in range(products.size):
        product, row = products[i], out[i]
        lo, hi = shelf.title_rows[product], shelf.title_rows[product + 1]
        held, before, neighbours, first, last = np.int64(0), -2, 0, -1, -1
        near, far, bought = 0.0, 0.0, 0.0
        head = lo + shelf.head[product]
        row[5] = 0.0
        for e in range(lo, hi):
            stem = stems[e]
            now = np.int64(places[stem]) - 1
            if now >= 0:
                held |= np.int64(1) << now
                neighbours += before == now - 1
                first = e if first < 0 else first
                last = e
                if e == head:
                    row[5] = 2.0 if now == n - 1 else 1.0
            else:
                rarity = np.float64(idf[stem])
                near += rarity * desk.near[stem]
                far += rarity * desk.far[stem]
                bought += rarity * desk.bought[stem]
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
        row[11], row[12], row[13] = near / norm, far / norm, bought / norm


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
