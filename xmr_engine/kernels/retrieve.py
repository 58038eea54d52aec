"""One product query, from text to ordered products: the matched sets united, their features, the linear ranker."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Chunks, Codes, Doubles, Floats, Ids, Tree
from xmr_engine.kernels.bought import Bought, Neighbours, bought_after, like_queries
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.product_paths import Own, climb, read_clusters, read_own
from xmr_engine.kernels.product_rows import ProductVectorizer, product_row, row_width
from xmr_engine.kernels.search import Found, beam_search, keep_best
from xmr_engine.kernels.shelf import Asked, Gathered, Shelf, gather
from xmr_engine.kernels.shelf_query import read_query
from xmr_engine.kernels.spans import distinct, first_at_least
from xmr_engine.kernels.titles import FAR, LIKE, NEAR, PLACE, Desk, add_titles, read_attributes, read_titles

N_PRODUCT_FEATURES = 33
N_PRODUCT_BUCKETS = 4
FROM_TREE, FROM_WORDS, FROM_BOUGHT = 1, 2, 4
N_NEAR, N_FAR, N_LIKE = 10, 40, 20
MIDDLE, WIDTH = 60.0, 20.0
SHARP, CROWD = 6.0, 20.0
UNKNOWN_RARITY = 8.0
LEAST_SQUARE = 1e-9


class Store(NamedTuple):
    """Everything that a search reads: the tree's inputs and weights, the shelf, what was bought, the ranker.

    own: weights of the products' own classifiers, which `chunks` holds too, by product.
    """

    vectorizer: ProductVectorizer
    tree: Tree
    chunks: Chunks
    own: Own
    shelf: Shelf
    bought: Bought
    weights: Doubles
    mix: Doubles


class Reach(NamedTuple):
    """How far a search reaches: the beam, and the most products that the tree, the words and the purchases bring."""

    beam: int
    tree: int
    words: int
    bought: int


class Considered(NamedTuple):
    """Products with their features, shape (n, N_PRODUCT_FEATURES), their sources, and the ranker's bucket."""

    products: Ids
    features: Doubles
    sources: Ids
    bucket: int


@kernel
def tree_row(vectorizer: ProductVectorizer, text: tuple[Codes, int, int]) -> tuple[Ids, Floats]:
    """Return a query's row with the bias last."""
    room = 4 * (text[2] - text[1]) + 5
    ids, values = np.empty(room, np.int32), np.empty(room, np.float32)
    n = product_row(vectorizer, text, ids, values)
    ids[n], values[n] = row_width(vectorizer), np.float32(1.0)
    return ids[: n + 1], values[: n + 1]


@kernel
def search_tree(store: Store, text: tuple[Codes, int, int], beam: int, most: int) -> Found:
    """Return the products that the beam reaches, best first, with the logarithms of their path products."""
    if most == 0:
        return Found(np.empty(0, np.int32), np.empty(0, np.float64), 0)
    row = tree_row(store.vectorizer, text)
    return beam_search(store.tree, store.chunks, row, (0, store.tree.leaf.size), beam, most)


@kernel
def bucket_of(asked: Asked) -> int:
    """Return which weights order the products of a query: by how many stems it has."""
    return min(max(asked.n_words, 1), N_PRODUCT_BUCKETS) - 1


@kernel
def consider(store: Store, text: tuple[Codes, int, int], reach: Reach) -> Considered:
    """Return the products that any source brings for a query, with what the ranker reads of each."""
    shelf, idf = store.shelf, store.shelf.stems.vocabulary.idf
    asked = read_query(shelf, text, True)
    row = tree_row(store.vectorizer, text)
    brought = np.empty(0, np.int32)
    if reach.tree > 0:
        span = (0, store.tree.leaf.size)
        brought = beam_search(store.tree, store.chunks, row, span, reach.beam, reach.tree).labels
    near = like_queries(store.bought, idf, asked.stems, asked.sure)
    after, gains = bought_after(store.bought, near, reach.bought)
    gathered = gather(shelf, asked, distinct(np.concatenate((brought, after))), reach.words, store.mix)
    products, scores = gathered
    n = products.size
    features, sources = np.zeros((n, N_PRODUCT_FEATURES), np.float64), np.zeros(n, np.int32)
    for product in brought:
        at = first_at_least(products, 0, n, product)
        if at < n and products[at] == product:  # not so where scores are no numbers, in a damaged model
            sources[at] |= FROM_TREE
    for i in range(after.size):
        at = first_at_least(products, 0, n, after[i])
        if at == n or products[at] != after[i]:
            continue
        features[at, 3], features[at, 4] = np.log1p(gains[i, 0]), gains[i, 1]
        features[at, 5] = np.log1p(gains[i, 2])
        sources[at] |= FROM_BOUGHT
    fill_features(store, asked, near, gathered, features)
    if reach.tree > 0:
        read_tree(store, row, products, features)
    for i in range(n):
        if scores[i, 1] > 0.0 or scores[i, 2] > 0.0:
            sources[i] |= FROM_WORDS
    return Considered(products, features, sources, bucket_of(asked))


@kernel
def read_tree(store: Store, row: tuple[Ids, Floats], products: Ids, features: Doubles) -> None:
    """Write what the tree says of products, the beam's and the others."""
    tree, n = store.tree, products.size
    clusters, weights = np.empty(n, np.int32), np.empty(n, np.float64)
    for i in range(n):
        clusters[i] = tree.parent[tree.leaf[products[i]]]
        weights[i] = np.exp(SHARP * (features[i, 14] - 1.0))
    way = climb(tree, store.chunks, row, clusters)
    found, own = np.zeros((n, 4), np.float64), np.zeros(n, np.float64)
    read_clusters(tree, way, products, weights, found)
    read_own(tree, store.chunks.scale, store.own, row, products, own)
    for i in range(n):
        features[i, 0], features[i, 1] = own[i], np.log1p(CROWD * found[i, 3])
        features[i, 29], features[i, 30], features[i, 31] = found[i, 0], found[i, 1], found[i, 2]
        features[i, 32] = own[i] * features[i, 2]


@kernel
def lay_desk(store: Store, asked: Asked, near: Neighbours, best: Ids, gains: Doubles) -> Desk:
    """Return what the titles of a query's products are read against; `best` are the first by words, with totals."""
    shelf, n, square = store.shelf, asked.stems.size, 0.0
    vectors, weights = np.zeros((shelf.sizes.size, 4), np.float32), np.full(n, UNKNOWN_RARITY, np.float64)
    for column, most in ((NEAR, N_NEAR), (FAR, N_FAR)):
        some = best[:most]
        if some.size > 0:
            add_titles(shelf, some, gains[:most] / (gains[0] * some.size + 1e-12), vectors, column)
    for i in range(min(near.queries.size, N_LIKE)):
        lo, hi = store.bought.rows[near.queries[i]], store.bought.rows[near.queries[i] + 1]
        alike = np.full(hi - lo, near.cosines[i] / (hi - lo))
        square += add_titles(shelf, store.bought.products[lo:hi], alike, vectors, LIKE)
    for s in range(n):
        stem = asked.stems[s]
        if stem >= 0:
            weights[s] = shelf.stems.vocabulary.idf[stem]
            square -= (np.float64(vectors[stem, LIKE]) / max(weights[s], 1e-12)) ** 2
            vectors[stem, LIKE], vectors[stem, PLACE] = 0.0, s + 1
    norm = np.sqrt(square) if square > LEAST_SQUARE else 1.0
    total = np.sum(weights) + 1e-9
    n_numbers = np.int64(np.sum(asked.numbers))
    return Desk(vectors, norm, weights, asked.sure, asked.numbers, n_numbers, total)


@kernel
def fill_features(store: Store, asked: Asked, near: Neighbours, gathered: Gathered, features: Doubles) -> None:
    """Write what products share with a query by words, and what their titles keep of it."""
    products, scores = gathered
    n = products.size
    totals, top = np.empty(n, np.float64), np.full(4, 1e-9)
    for i in range(n):
        totals[i] = store.mix[0] * scores[i, 0] + store.mix[1] * scores[i, 1] + store.mix[2] * scores[i, 2]
        for c in range(3):
            top[c] = max(top[c], scores[i, c])
        top[3] = max(top[3], totals[i])
    order = np.argsort(-totals, kind="mergesort")
    desk = lay_desk(store, asked, near, products[order[:N_FAR]], totals[order[:N_FAR]])
    for place in range(n):
        features[order[place], 2] = 1.0 / (1.0 + np.exp((place - MIDDLE) / WIDTH))
    for i in range(n):
        row = features[i]
        row[6], row[7] = scores[i, 0] / 10.0, scores[i, 0] / desk.total
        row[8], row[9] = scores[i, 1], scores[i, 2]
        row[10] = np.log1p(np.float64(store.bought.times[products[i]]))
        row[11], row[12], row[13] = scores[i, 0] / top[0], scores[i, 1] / top[1], scores[i, 2] / top[2]
        row[14] = totals[i] / top[3]
    read_titles(store.shelf, desk, products, features[:, 15:])
    read_attributes(store.shelf, asked, desk, products, features[:, 25])


@kernel
def retrieve(store: Store, text: tuple[Codes, int, int], reach: Reach, k: int) -> tuple[Ids, Doubles, Ids]:
    """Return the k best products, their scores and sources, best first; of equal scores the earlier product."""
    considered = consider(store, text, reach)
    scores = np.zeros(considered.products.size, np.float64)
    for i in range(scores.size):
        for f in range(N_PRODUCT_FEATURES):
            scores[i] += considered.features[i, f] * store.weights[considered.bucket, f]
    best = keep_best(scores, scores.size, k)
    return considered.products[best], scores[best], considered.sources[best]


@kernel
def match_words(shelf: Shelf, text: tuple[Codes, int, int], mix: Doubles, k: int) -> tuple[Ids, Doubles]:
    """Return the k products that a mix of the three scores by words puts first, no word mended."""
    asked = read_query(shelf, text, False)
    gathered = gather(shelf, asked, np.empty(0, np.int32), k, mix)
    scores = np.empty(gathered.products.size, np.float64)
    for i in range(scores.size):
        row = gathered.scores[i]
        scores[i] = mix[0] * row[0] + mix[1] * row[1] + mix[2] * row[2]
    best = keep_best(scores, scores.size, k)
    return gathered.products[best], scores[best]
