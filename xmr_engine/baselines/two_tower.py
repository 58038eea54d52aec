"""The neural baseline of product retrieval: two towers over hashed words and character trigrams, answered in NumPy.

A text is the mean of its terms' vectors, mixed once by the tower of its kind, of length one; products are ranked by
the inner product with the query. Knows arrays and terms; knows nothing of torch, purchases or of how it is judged.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xmr_engine import storage
from xmr_engine.errors import ModelFormatError
from xmr_engine.features.products import count_texts
from xmr_engine.frozen import freeze
from xmr_engine.kernels.product_words import CHARS
from xmr_engine.parts import Arrays, fetch, numbers_from, require

KIND = "two-tower"
TERM_KINDS = (1, 2, CHARS)
BLOCK = 4096
Matrix = NDArray[np.float32]


class Side(NamedTuple):
    """One tower above the shared terms: what is made of a mean of vectors, shapes (d, d) and (d,)."""

    mixing: Matrix
    bias: Matrix


class Network(NamedTuple):
    """The trained arrays: a vector a bucket of terms, shape (n_buckets, d), and the two towers."""

    table: Matrix
    query: Side
    product: Side


class TwoTower(NamedTuple):
    """A network and the vectors of a catalogue's products, shape (n_products, d)."""

    network: Network
    products: Matrix

    def search(self, query: str, k: int) -> tuple[NDArray[np.int64], Matrix]:
        """Return the k products whose vectors lie nearest to the query's, best first, and the cosines."""
        scores = self.products @ embed([query], self.network.table, self.network.query)[0]
        best = np.argpartition(-scores, min(k, scores.size - 1))[:k]
        best = best[np.lexsort((best, -scores[best]))]
        return best, scores[best]


def buckets_of(texts: Sequence[str], n_buckets: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the buckets of every text's distinct terms, and where each text's begin, shape (n_texts + 1,)."""
    counted = [count_texts(texts, kind) for kind in TERM_KINDS]
    text = np.concatenate([np.repeat(np.arange(len(texts)), np.diff(each.indptr)) for each in counted])
    salted = np.concatenate([each.keys * 3 + turn for turn, each in enumerate(counted)])
    bucket = (salted % 2147483629) % n_buckets
    order = np.argsort(text, kind="stable")
    return bucket[order], np.concatenate([[0], np.cumsum(np.bincount(text, minlength=len(texts)))])


def embed(texts: Sequence[str], table: Matrix, side: Side) -> Matrix:
    """Return the vectors of texts, shape (n_texts, d), each of length one."""
    out = np.zeros((len(texts), table.shape[1]), np.float32)
    for first in range(0, len(texts), BLOCK):
        some = texts[first : first + BLOCK]
        bucket, bounds = buckets_of(some, table.shape[0])
        sizes = np.diff(bounds)
        total = np.zeros((len(some), table.shape[1]), np.float32)
        filled = np.flatnonzero(sizes)
        if filled.size:
            total[filled] = np.add.reduceat(table[bucket], bounds[:-1][filled], axis=0)
        mixed = np.tanh(total / np.maximum(sizes, 1)[:, None].astype(np.float32) @ side.mixing + side.bias)
        out[first : first + BLOCK] = mixed / (np.linalg.norm(mixed, axis=1, keepdims=True) + 1e-9)
    return out


def open_network(path: str | Path) -> Network:
    """Return a trained network's arrays.

    Raises
    ------
    ModelFormatError
        The folder holds no such network.
    """
    arrays, document = storage.read(Path(path))
    if document.get("kind") != KIND:
        raise ModelFormatError(f"{path}: holds a model of another kind ({document.get('kind')!r}), not {KIND}")
    return _network_from(arrays)


def place_products(network: Network, titles: Sequence[str]) -> TwoTower:
    """Return the network with a catalogue's products, whose titles are normalised; vectors in steps of 1/127."""
    vectors = embed(titles, network.table, network.product)
    scale = np.abs(vectors).max(axis=1, keepdims=True) / np.float32(127) + np.float32(1e-9)
    return TwoTower(network, freeze(np.round(vectors / scale) * scale))


def tower_to(tower: TwoTower) -> dict[str, NDArray[Any]]:
    """Return a tower as named arrays."""
    scale = np.abs(tower.products).max(axis=1) / np.float32(127)
    steps = np.round(tower.products / np.maximum(scale, np.float32(1e-9))[:, None])
    products = {"tower_products": freeze(steps, np.int8), "tower_product_scale": freeze(scale)}
    return network_to(tower.network) | products


def tower_from(arrays: Arrays, n_products: int) -> TwoTower:
    """Return the tower of these arrays."""
    network = _network_from(arrays)
    steps, scale = fetch(arrays, "tower_products", "i1", 2), numbers_from(arrays, "tower_product_scale", n_products)
    require(steps.shape == (n_products, network.table.shape[1]), "tower_products", "a vector a product")
    return TwoTower(network, freeze(steps * scale[:, None], np.float32))


def network_to(network: Network) -> dict[str, NDArray[Any]]:
    """Return a network as named arrays; vectors of terms in half precision."""
    arrays: dict[str, NDArray[Any]] = {"tower_table": freeze(network.table, np.float16)}
    for name in ("query", "product"):
        side: Side = getattr(network, name)
        arrays |= {f"tower_{name}_mixing": freeze(side.mixing, np.float32), f"tower_{name}_bias": freeze(side.bias)}
    return arrays


def _network_from(arrays: Arrays) -> Network:
    table = fetch(arrays, "tower_table", "f2", 2)
    require(table.size > 0 and bool(np.isfinite(table).all()), "tower_table", "finite numbers")
    size = table.shape[1]
    sides = []
    for name in ("query", "product"):
        mixing = fetch(arrays, f"tower_{name}_mixing", "f4", 2)
        fits = mixing.shape == (size, size) and bool(np.isfinite(mixing).all())
        require(fits, f"tower_{name}_mixing", f"{size} times {size} finite numbers")
        sides.append(Side(mixing, numbers_from(arrays, f"tower_{name}_bias", size)))
    return Network(freeze(table, np.float32), *sides)
