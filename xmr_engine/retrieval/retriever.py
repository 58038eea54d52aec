"""Products for queries: texts in, products out, one kernel call between.

Knows retrieval models; knows nothing of HTTP, files' layout or training.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from xmr_engine import storage
from xmr_engine.errors import ConfigError
from xmr_engine.features.codes import to_codes
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Codes
from xmr_engine.kernels.candidates import Limits
from xmr_engine.kernels.retrieve import (
    FROM_BOUGHT,
    FROM_TREE,
    FROM_WORDS,
    Reach,
    Store,
    match_words,
    retrieve,
    search_tree,
    tree_row,
)
from xmr_engine.matching.prune import prune_chunks
from xmr_engine.model import Index
from xmr_engine.retrieval.model import RetrievalModel, from_arrays, with_tree
from xmr_engine.text import normalise
from xmr_engine.trace import drawn_layers, trace_beam

BM25 = freeze(np.array([1.0, 0.0, 0.0]))
SOURCE_NAMES = (("index", FROM_TREE), ("lexical", FROM_WORDS), ("bought", FROM_BOUGHT))
MOST_PRODUCTS = 1000
MOST_BEAM = 1000
MOST_PRUNED = 8
LONGEST_QUERY = 2000


class Product(NamedTuple):
    """A product that fits a query: its id, its title, its score by the system asked, and which sources brought it."""

    product_id: str
    title: str
    score: float
    sources: tuple[str, ...]


class Search(NamedTuple):
    """A checked question."""

    query: str
    codes: tuple[Codes, int, int]
    k: int
    reach: Reach
    store: Store


class Retriever:
    """A retrieval model that answers. Threads may share it."""

    def __init__(self, model: RetrievalModel, name: str = "") -> None:
        self.model = model
        self.name = name
        self.systems = ("full", "xr-linear", "lexical", *(["neural"] if model.tower is not None else []))
        self._store = model.store()
        self._pruned: OrderedDict[float, Store] = OrderedDict()
        self._lock = Lock()

    @property
    def n_products(self) -> int:
        """How many products the catalogue has."""
        return len(self.model.shop.ids)

    @property
    def synthetic(self) -> bool:
        """Whether the purchases it was trained on were made up."""
        return self.model.config.synthetic

    @property
    def beam(self) -> int:
        """Nodes kept at a depth where nothing else is asked."""
        return self.model.config.matching.beam

    @property
    def measured(self) -> Mapping[str, Any]:
        """What the held-out purchases gave when the model was trained; empty where there were none."""
        return self.model.measured or {}

    def search(
        self, query: str, k: int = 10, beam: int | None = None, threshold: float | None = None, system: str = "full"
    ) -> list[Product]:
        """Return the k products that fit a query best, best first.

        Parameters
        ----------
        query
            What is looked for.
        beam, threshold
            Nodes kept at a depth, and the size below which the tree's weights are left out; the model's by default.
        system
            `full`, `xr-linear`, `lexical` or `neural`.

        Raises
        ------
        ConfigError
            A name is unknown or a number out of range.
        """
        return self._answer(self._ask(query, k, beam, threshold), system)

    def answer(
        self, query: str, k: int = 10, beam: int | None = None, threshold: float | None = None, system: str = "full"
    ) -> dict[str, Any]:
        """Return products as a document, with the time they took in milliseconds."""
        asked = self._ask(query, k, beam, threshold)
        started = time.perf_counter()
        found = self._answer(asked, system)
        took = (time.perf_counter() - started) * 1000.0
        rows = [{**product._asdict(), "sources": list(product.sources)} for product in found]
        document = {"model": self.name, "query": asked.query, "system": system, "took_ms": round(took, 4)}
        return document | {"products": rows}

    def compare(
        self, query: str, k: int = 10, beam: int | None = None, threshold: float | None = None
    ) -> dict[str, Any]:
        """Return every system's products side by side, who bought what, and the search on the tree.

        `purchased` and `times`: whether, and how often, shoppers whose purchases took no part in training bought the
        product after this query; `asked` tells whether any of them bought anything after it, `bought` how much.
        """
        asked = self._ask(query, k, beam, threshold)
        bought = self.purchased(asked.query)
        systems = {}
        for system in self.systems:
            document = min((self.answer(query, k, beam, threshold, system) for _ in range(2)), key=_took)
            rows = [row | _sold(bought.get(row["product_id"], 0)) for row in document["products"]]
            systems[system] = {"products": rows, "took_ms": document["took_ms"]}
        shown = {row["product_id"] for document in systems.values() for row in document["products"]}
        return {
            "query": asked.query,
            "asked": bool(bought),
            "bought": len(bought),
            "systems": systems,
            "cards": {product_id: self.attributes(product_id) for product_id in sorted(shown)},
            "tree": self._trace(asked),
            "megabytes": round(megabytes(asked.store), 3),
        }

    def purchased(self, query: str) -> dict[str, int]:
        """Return the products that held-out shoppers bought after a query, and how often."""
        held, ids = self.model.held, self.model.shop.ids
        at = held.queries.find(normalise(query)) if held is not None else None
        if held is None or at is None:
            return {}
        lo, hi = int(held.rows[at]), int(held.rows[at + 1])
        return {ids.text(int(held.products[i])): int(held.counts[i]) for i in range(lo, hi)}

    def attributes(self, product_id: str) -> dict[str, str]:
        """Return a product's further columns, none for a product that the catalogue lacks."""
        shop = self.model.shop
        at = shop.ids.find(product_id)
        if at is None:
            return {}
        places = range(int(shop.rows[at]), int(shop.rows[at + 1]))
        return {shop.name_texts.text(int(shop.names[i])): shop.value_texts.text(int(shop.values[i])) for i in places}

    def warm(self) -> None:
        """Run every kernel once."""
        self.compare(self.model.shop.titles.text(0), k=1)

    def _ask(self, query: str, k: int, beam: int | None, threshold: float | None) -> Search:
        """Return the question, checked."""
        width = self.model.config.matching.beam if beam is None else beam
        for name, number, most in (("k", k, MOST_PRODUCTS), ("beam", width, MOST_BEAM)):
            if not 1 <= number <= most:
                raise ConfigError(f"{name} must be from 1 to {most}, got {number}")
        if threshold is not None and not 0 <= threshold <= 1:
            raise ConfigError(f"threshold must be from 0 to 1, got {threshold}")
        text = normalise(query)
        if len(text) > LONGEST_QUERY:
            raise ConfigError(f"the query has {len(text):,} characters, at most {LONGEST_QUERY} are taken")
        ranking = self.model.config.ranking
        reach = Reach(width, ranking.index, max(ranking.lexical, k if ranking.lexical else 0), ranking.bought)
        return Search(text, (to_codes(text), 0, len(text)), k, reach, self._store_at(threshold))

    def _store_at(self, threshold: float | None) -> Store:
        """Return the store without the tree's weights below a threshold."""
        least = 0.0 if threshold is None else round(threshold, 3)
        if least <= self.model.config.matching.threshold:
            return self._store
        with self._lock:
            if least not in self._pruned:
                pruned = prune_chunks(self._store.chunks, least)
                self._pruned[least] = with_tree(self._store, self._store.tree, pruned)
            self._pruned.move_to_end(least)
            while len(self._pruned) > MOST_PRUNED:
                self._pruned.popitem(last=False)
            return self._pruned[least]

    def _answer(self, asked: Search, system: str) -> list[Product]:
        """Return one system's products."""
        if system not in self.systems:
            raise ConfigError(f"system {system!r} is unknown; the model has {', '.join(self.systems)}")
        if not asked.query:
            return []
        if system == "full":
            products, scores, sources = retrieve(asked.store, asked.codes, asked.reach, asked.k)
            return self._products(products, scores, sources)
        if system == "xr-linear":
            found = search_tree(asked.store, asked.codes, asked.reach.beam, asked.k)
            return self._products(found.labels, np.exp(found.scores), ["index"])
        if system == "lexical" or self.model.tower is None:
            return self._products(*match_words(asked.store.shelf, asked.codes, BM25, asked.k), ["lexical"])
        return self._products(*self.model.tower.search(asked.query, asked.k), ["neural"])

    def _products(self, ids: Any, scores: Any, sources: Any) -> list[Product]:  # noqa: ANN401
        """Return products by position with their scores; sources are marks a product, or one list for all."""
        shop = self.model.shop
        named = [sources] * len(ids) if isinstance(sources, list) else [_named(mark) for mark in sources.tolist()]
        rows = zip(ids.tolist(), scores.tolist(), named, strict=True)
        return [Product(shop.ids.text(p), shop.titles.text(p), score, tuple(by)) for p, score, by in rows]

    def _trace(self, asked: Search) -> dict[str, Any]:
        """Return the beam search layer by layer."""
        store, most = asked.store, asked.k
        row = tree_row(store.vectorizer, asked.codes)
        span = (0, self.n_products)
        traced = trace_beam(Index(store.tree, store.chunks), row, span, Limits(asked.reach.beam, most, 0, 0, 0))
        return {
            "nodes_visited": int(traced.n_scored),
            "candidates": int(traced.labels.size),
            "evaluated": [int(layer.nodes.size) for layer in traced.layers],
            "beam": drawn_layers(store.tree, traced),
        }


def megabytes(store: Store) -> float:
    """Return what the tree and its weights weigh."""
    return sum(array.nbytes for array in (*store.tree[:4], *store.chunks)) / 1e6


def open_retriever(path: str | Path) -> Retriever:
    """Return a saved retrieval model, ready to answer.

    Raises
    ------
    ModelFormatError
        The folder holds no such model, or a damaged one.
    """
    folder = Path(path)
    return Retriever(from_arrays(*storage.read(folder)), folder.name)


def _sold(times: int) -> dict[str, Any]:
    return {"purchased": times > 0, "times": times}


def _named(mark: int) -> list[str]:
    return [name for name, bit in SOURCE_NAMES if mark & bit]


def _took(document: Mapping[str, Any]) -> float:
    return float(document["took_ms"])
