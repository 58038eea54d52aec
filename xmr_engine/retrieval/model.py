"""The frozen retrieval model: what training makes and serving reads. Trained and opened are the same type.

Knows which parts a model has; knows nothing of files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xmr_engine import __version__
from xmr_engine.baselines.two_tower import TwoTower, tower_from, tower_to
from xmr_engine.config import from_dict, to_dict
from xmr_engine.errors import ConfigError, ModelFormatError
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Chunks, Doubles, Ids, Offsets, Strings, Tree
from xmr_engine.kernels.bought import Bought
from xmr_engine.kernels.product_paths import gather_own
from xmr_engine.kernels.product_rows import ProductVectorizer
from xmr_engine.kernels.retrieve import N_PRODUCT_BUCKETS, N_PRODUCT_FEATURES, Store
from xmr_engine.kernels.shelf import Shelf
from xmr_engine.labels import LabelTable
from xmr_engine.parts import (
    Arrays,
    chunks_from,
    chunks_to,
    fetch,
    ids_from,
    numbers_from,
    pointers_from,
    require,
    strings_from,
    strings_to,
    tree_from,
    tree_to,
)
from xmr_engine.retrieval import parts
from xmr_engine.retrieval.settings import RetrievalConfig

KIND = "retrieval"
MIX = (1.0, 10.0, 30.0)


class Shop(NamedTuple):
    """The catalogue: product ids, ascending, titles as written, and attributes, csr of name and value."""

    ids: LabelTable
    titles: LabelTable
    rows: Offsets
    names: Ids
    values: Ids
    name_texts: LabelTable
    value_texts: LabelTable


class Held(NamedTuple):
    """Purchases that took no part in training: queries, ascending, and the products bought after each, csr."""

    queries: LabelTable
    rows: Offsets
    products: Ids
    counts: Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalModel:
    """Everything that retrieval needs. measured: what the held-out purchases gave, as plain values."""

    config: RetrievalConfig
    shop: Shop
    vectorizer: ProductVectorizer
    tree: Tree
    chunks: Chunks
    shelf: Shelf
    bought: Bought
    weights: Doubles
    held: Held | None = None
    tower: TwoTower | None = None
    measured: Mapping[str, Any] | None = None

    def store(self) -> Store:
        """Return what every search reads."""
        mix = freeze(np.array(MIX))
        own = gather_own(self.tree, self.chunks)
        return Store(self.vectorizer, self.tree, self.chunks, own, self.shelf, self.bought, self.weights, mix)


def with_tree(store: Store, tree: Tree, chunks: Chunks) -> Store:
    """Return a store with another tree, or with other weights."""
    return store._replace(tree=tree, chunks=chunks, own=gather_own(tree, chunks))


def to_arrays(model: RetrievalModel) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return a model as named arrays and a document of plain values."""
    arrays = parts.vectorizer_to(model.vectorizer) | tree_to("", model.tree) | chunks_to("", model.chunks)
    arrays |= parts.shelf_to(model.shelf) | parts.bought_to(model.bought) | {"weights": model.weights}
    arrays |= _shop_to(model.shop)
    if model.held is not None:
        held = {name: getattr(model.held, name) for name in ("rows", "products", "counts")}
        arrays |= strings_to("held_", model.held.queries.strings) | {f"held_{name}": a for name, a in held.items()}
    if model.tower is not None:
        arrays |= tower_to(model.tower)
    document = {
        "kind": KIND,
        "engine": __version__,
        "settings": to_dict(model.config),
        "labels": len(model.shop.ids),
        "trained_on": {
            "corpus": model.config.corpus,
            "synthetic": model.config.synthetic,
            "queries": int(model.bought.norm.size),
            "purchases": int(model.bought.times.sum()),
        },
        "step": model.shelf.step,
        "held_out": model.held is not None,
        "neural": model.tower is not None,
        "measured": dict(model.measured or {}),
    }
    return arrays, document


def from_arrays(arrays: Arrays, document: Mapping[str, Any]) -> RetrievalModel:
    """Return the model of these arrays; every bound that a kernel relies on is checked.

    Raises
    ------
    ModelFormatError
        A part is missing or damaged, or the document is of another kind of model.
    """
    if document.get("kind") != KIND:
        raise ModelFormatError(f"model.json: kind {document.get('kind')!r}, expected {KIND!r}; name a retrieval model")
    try:
        config = from_dict(RetrievalConfig, document["settings"], "settings")
        step = float(document["step"])
    except (KeyError, TypeError, ValueError, OverflowError, ConfigError) as error:
        raise ModelFormatError(f"model.json: its settings are damaged ({error}); train the model anew") from None
    if not 0 < step < 1 or not isinstance(document.get("measured"), dict):
        raise ModelFormatError("model.json: its settings contradict one another; train the model anew")
    shop = _shop_from(arrays)
    n_products = len(shop.ids)
    tree = tree_from("", arrays, n_products)
    vectorizer = parts.vectorizer_from(arrays)
    n_features = sum(each.idf.size for each in vectorizer) + 1
    shelf = parts.shelf_from(arrays, n_products, step)
    weights = fetch(arrays, "weights", "f8", 2)
    fits = weights.shape == (N_PRODUCT_BUCKETS, N_PRODUCT_FEATURES) and bool(np.isfinite(weights).all())
    require(fits, "weights", f"{N_PRODUCT_BUCKETS} times {N_PRODUCT_FEATURES} finite numbers")
    return RetrievalModel(
        config=config,
        shop=shop,
        vectorizer=vectorizer,
        tree=tree,
        chunks=chunks_from("", arrays, tree, n_features),
        shelf=shelf,
        bought=parts.bought_from(arrays, n_products, shelf.sizes.size),
        weights=weights,
        held=_held_from(arrays, n_products) if document.get("held_out") is True else None,
        tower=tower_from(arrays, n_products) if document.get("neural") is True else None,
        measured=document["measured"],
    )


def _shop_to(shop: Shop) -> dict[str, NDArray[Any]]:
    arrays = strings_to("product_", shop.ids.strings) | strings_to("title_", shop.titles.strings)
    arrays |= strings_to("attribute_name_", shop.name_texts.strings)
    arrays |= strings_to("attribute_value_", shop.value_texts.strings)
    return arrays | {"attribute_rows": shop.rows, "attribute_names": shop.names, "attribute_values": shop.values}


def _shop_from(arrays: Arrays) -> Shop:
    ids, titles = strings_from("product_", arrays), strings_from("title_", arrays)
    n_products = ids.offsets.size - 1
    require(n_products > 0 and titles.offsets.size == ids.offsets.size, "title_offsets", "a title a product")
    names, values = strings_from("attribute_name_", arrays), strings_from("attribute_value_", arrays)
    named = ids_from(arrays, "attribute_names", names.offsets.size - 1)
    valued = ids_from(arrays, "attribute_values", values.offsets.size - 1, named.size)
    rows = pointers_from(arrays, "attribute_rows", n_products, named.size)
    tables = (LabelTable(names), LabelTable(values))
    return Shop(LabelTable(ids), LabelTable(titles), rows, named, valued, *tables)


def _held_from(arrays: Arrays, n_products: int) -> Held:
    queries: Strings = strings_from("held_", arrays)
    products = ids_from(arrays, "held_products", n_products)
    rows = pointers_from(arrays, "held_rows", queries.offsets.size - 1, products.size)
    counts = numbers_from(arrays, "held_counts", products.size, "i4")
    return Held(LabelTable(queries), rows, products, counts)
