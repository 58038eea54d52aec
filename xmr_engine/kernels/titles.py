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
def read_title(shelf: Shelf, desk: Desk, product: int, out: Doubles) -> None:
    """Write what a title keeps of a query, `cover` to `like bought` of `retrieval.features.NAMES`."""
    lo, hi = shelf.title_rows[product], shelf.title_rows[product + 1]
    idf, n = shelf.stems.vocabulary.idf, desk.weights.size
    held, before, neighbours, first, last = np.int64(0), -2, 0, -1, -1
    near, far, bought = 0.0, 0.0, 0.0
    head = lo + shelf.head[product]
    out[5] = 0.0
    for e in range(lo, hi):
        stem = shelf.title_stems[e]
        now = np.int64(desk.places[stem]) - 1
        if now >= 0:
            held |= np.int64(1) << now
            neighbours += before == now - 1
            first = e if first < 0 else first
            last = e
            if e == head:
                out[5] = 2.0 if now == n - 1 else 1.0
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
    out[0], out[1], out[2] = share / desk.total, missing, missing == 0
    out[3] = neighbours / (n - 1) if n > 1 else 0.0
    out[4] = held >> (n - 1) & 1 if n > 0 else 0
    out[6] = (first - lo) / size if first >= 0 else 1.0
    out[7] = (last - lo) / size if last >= 0 else 0.0
    out[8] = numbers / desk.n_numbers if desk.n_numbers > 0 else 0.5
    out[9] = np.log(np.float64(size))
    out[11], out[12], out[13] = near / norm, far / norm, bought / norm


@kernel
def read_attributes(shelf: Shelf, asked: Asked, desk: Desk, product: int) -> float:
    """Return the share of a query's rarity that stands in a product's attributes."""
    lo, hi = shelf.attribute_rows[product], shelf.attribute_rows[product + 1]
    share = 0.0
    for s in range(asked.stems.size if lo < hi else 0):
        if asked.stems[s] >= 0:
            at = first_at_least(shelf.attribute_stems, lo, hi, asked.stems[s])
            if at < hi and shelf.attribute_stems[at] == asked.stems[s]:
                share += desk.weights[s]
    return share / desk.total
