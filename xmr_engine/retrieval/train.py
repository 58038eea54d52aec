"""The stages of a retrieval model, in order: from a catalogue and purchases to a model.

The ranker is fitted on queries that the tree and the purchase statistics it sees have not been trained on: the
queries are cut into folds, and each is searched by a tree trained on the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from xmr_engine import storage
from xmr_engine.baselines.two_tower import open_network, place_products
from xmr_engine.config import from_dict
from xmr_engine.data.products import Listed, Purchase, read_catalogue, read_purchases
from xmr_engine.features.codes import to_codes
from xmr_engine.features.products import fit_products, make_product_rows
from xmr_engine.frozen import freeze
from xmr_engine.indexing.embedding import positive_instances
from xmr_engine.indexing.kmeans import kmeans_split
from xmr_engine.indexing.tree import grow
from xmr_engine.kernels.product_rows import ProductVectorizer
from xmr_engine.kernels.retrieve import N_PRODUCT_BUCKETS, N_PRODUCT_FEATURES, Reach, consider
from xmr_engine.kernels.shelf import Shelf
from xmr_engine.retrieval.bought import Purchases, count_bought
from xmr_engine.retrieval.fit import ProductLists, fit_products_ranker
from xmr_engine.retrieval.keeping import group, keep_held, keep_shop
from xmr_engine.retrieval.measure import measure
from xmr_engine.retrieval.model import RetrievalModel, to_arrays, with_tree
from xmr_engine.retrieval.retriever import Retriever
from xmr_engine.retrieval.settings import RetrievalConfig
from xmr_engine.retrieval.shelving import build_shelf
from xmr_engine.text import normalise
from xmr_engine.xlinear import XLinear

Progress = Callable[[str, float], None]


class Material(NamedTuple):
    """What a model is trained on: purchases by query, its queries in order, normalised titles, and what all share."""

    purchases: Purchases
    queries: Sequence[str]
    titles: Sequence[str]
    vectorizer: ProductVectorizer
    shelf: Shelf


def train_products(
    purchases: str | Path,
    catalogue: str | Path,
    out: str | Path,
    *,
    held_out: str | Path | None = None,
    neural: str | Path | None = None,
    config: RetrievalConfig | Mapping[str, Any] | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> None:
    """Train a retrieval model on files and write it to a folder.

    Parameters
    ----------
    purchases, catalogue
        Files as `data.products` reads them.
    held_out
        Purchases that take no part in training: the model keeps them to show what was bought, and measures itself.
    neural
        Folder of a trained two-tower network, to be kept beside.

    Raises
    ------
    DataError, ConfigError, XmrError
        A file or a setting cannot be used, or the folder holds something else.
    """
    folder = Path(out)
    storage.require_replaceable(folder)
    chosen = config if isinstance(config, RetrievalConfig) else from_dict(RetrievalConfig, config or {})
    listed = read_catalogue(catalogue)
    rows, kept = read_purchases(purchases), read_purchases(held_out) if held_out else None
    network = open_network(neural) if neural else None
    model = train_model(rows, listed, chosen, threads, progress, str(purchases))
    if network is not None:
        model = replace(model, tower=place_products(network, [normalise(row.title) for row in listed]))
    if kept is not None:
        model = replace(model, held=keep_held(kept, model.shop, str(held_out)))
        model = replace(model, measured=measure(Retriever(model), told(progress, "measuring")))
    storage.write(folder, *to_arrays(model))


def train_model(
    purchases: Sequence[Purchase],
    listed: Sequence[Listed],
    config: RetrievalConfig,
    threads: int = 1,
    progress: Progress | None = None,
    name: str = "the purchases",
) -> RetrievalModel:
    """Return the model of a catalogue and the purchases in it."""
    material = make_material(purchases, listed, config, name)
    everything = np.ones(len(material.queries), np.bool_)
    linear = train_linear(material, everything, config, threads, told(progress, "training the tree"))
    model = RetrievalModel(
        config=config,
        shop=keep_shop(listed),
        vectorizer=material.vectorizer,
        tree=linear.tree,
        chunks=linear.chunks,
        shelf=material.shelf,
        bought=count_bought(
            material.purchases, material.queries, material.shelf.stems.vocabulary, len(material.titles)
        ),
        weights=freeze(np.zeros((N_PRODUCT_BUCKETS, N_PRODUCT_FEATURES))),
    )
    lists = held_out_lists(material, model, threads, told(progress, "searching for held-out queries"))
    ranking = config.ranking
    return replace(model, weights=fit_products_ranker(lists, ranking.ridge, ranking.bucket_ridge))


def make_material(
    purchases: Sequence[Purchase], listed: Sequence[Listed], config: RetrievalConfig, name: str
) -> Material:
    """Return what all parts of a training share."""
    grouped = group(purchases, {row.product_id: place for place, row in enumerate(listed)}, name)
    queries = sorted(grouped)
    titles = [normalise(row.title) for row in listed]
    attributes = [normalise(" , ".join(row.attributes.values())) for row in listed]
    vectorizer = fit_products([*queries, *titles], config.features.most())
    return Material(grouped, queries, titles, vectorizer, build_shelf(titles, attributes, queries))


def training_rows(material: Material, kept: NDArray[np.bool_]) -> tuple[csr_matrix, csr_matrix]:
    """Return X and Y of the tree: the kept queries with what was bought, then each title with itself."""
    queries = [material.queries[i] for i in np.flatnonzero(kept).tolist()]
    X = make_product_rows(material.vectorizer, [*queries, *material.titles])
    pairs = [(i, product) for i, query in enumerate(queries) for product in material.purchases[query]]
    n_products = len(material.titles)
    rows = np.concatenate([np.array([i for i, _ in pairs], np.int64), len(queries) + np.arange(n_products)])
    columns = np.concatenate([np.array([p for _, p in pairs], np.int64), np.arange(n_products)])
    return X, csr_matrix((np.ones(rows.size, np.float32), (rows, columns)), shape=(X.shape[0], n_products))


def train_linear(
    material: Material,
    kept: NDArray[np.bool_],
    config: RetrievalConfig,
    threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> XLinear:
    """Return XR-Linear on the kept queries: a k-means tree over PIFA vectors, and its matchers."""
    X, Y = training_rows(material, kept)
    index = config.index
    split = kmeans_split(positive_instances(X, Y), index.branching, index.leaf, config.seed)
    return XLinear.fit(X, Y, grow(Y.shape[1], split, threads), config.matching, threads, progress)


def held_out_lists(
    material: Material, model: RetrievalModel, threads: int, progress: Callable[[float], None]
) -> ProductLists:
    """Return what each held-out query's search brings, by a tree and statistics that have not seen it."""
    config = model.config.ranking
    random = np.random.default_rng(model.config.seed)
    n_queries = len(material.queries)
    folds = min(config.folds, n_queries)
    fold = random.permutation(n_queries) % folds
    wanted = np.zeros(n_queries, np.bool_)
    wanted[random.permutation(n_queries)[: config.lists]] = True
    reach = Reach(model.config.matching.beam, config.index, config.lexical, config.bought)
    features, sizes, bought, buckets = [np.zeros((0, N_PRODUCT_FEATURES), np.float32)], [0], [np.zeros(0, bool)], []
    for turn in range(folds if folds > 1 else 0):
        kept = fold != turn
        seen = [material.queries[i] for i in np.flatnonzero(kept).tolist()]
        counted = count_bought(material.purchases, seen, material.shelf.stems.vocabulary, len(material.titles))
        store = model.store()._replace(bought=counted)
        if config.index:
            linear = train_linear(material, kept, model.config, threads)
            store = with_tree(store, linear.tree, linear.chunks)
        for i in np.flatnonzero(~kept & wanted).tolist():
            query = material.queries[i]
            found = consider(store, (to_codes(query), 0, len(query)), reach)
            right = np.isin(found.products, list(material.purchases[query]))
            if right.any() and not right.all():
                features.append(found.features.astype(np.float32))
                sizes.append(right.size)
                bought.append(right)
                buckets.append(int(found.bucket))
        progress((turn + 1) / folds)
    bounds = np.cumsum(sizes).astype(np.int64)
    return ProductLists(np.concatenate(features), bounds, np.concatenate(bought), np.array(buckets, np.int64))


def told(progress: Progress | None, stage: str) -> Callable[[float], None]:
    """Return a progress of one stage."""

    def tell(share: float) -> None:
        if progress:
            progress(stage, share)

    tell(0.0)
    return tell
