"""What a retrieval model finds of purchases it has not seen: recall by system, beam and weight threshold."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmr_engine.data.products import read_purchases
from xmr_engine.errors import ConfigError
from xmr_engine.features.codes import to_codes
from xmr_engine.kernels.retrieve import search_tree
from xmr_engine.matching.prune import prune_chunks
from xmr_engine.retrieval.keeping import keep_held
from xmr_engine.retrieval.model import Held
from xmr_engine.retrieval.retriever import Retriever, megabytes, open_retriever

DEPTHS = (10, 50, 100)
BEAMS = (1, 2, 3, 5, 10, 15, 20, 30, 50)
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
MOST_QUERIES = 1000


def recall_at(found: Sequence[str], bought: Sequence[str]) -> list[float]:
    """Return the share of what was bought among the first 10, 50, 100 found."""
    wanted = set(bought)
    return [len(wanted.intersection(found[:k])) / len(wanted) for k in DEPTHS]


def recalls(retriever: Retriever, held: Held, system: str, queries: NDArray[np.int64] | None = None) -> NDArray[Any]:
    """Return every query's recall by one system, shape (n_queries, 3)."""
    chosen = np.arange(len(held.queries)) if queries is None else queries
    rows = []
    for i in chosen.tolist():
        bought = [retriever.model.shop.ids.text(int(p)) for p in held.products[held.rows[i] : held.rows[i + 1]]]
        found = [product.product_id for product in retriever.search(held.queries.text(i), DEPTHS[-1], system=system)]
        rows.append(recall_at(found, bought))
    return np.array(rows, np.float64).reshape(-1, len(DEPTHS))


def measure(retriever: Retriever, progress: Callable[[float], None]) -> dict[str, Any]:
    """Return what at most 1,000 of the held-out queries give, as plain values without any time in them.

    `systems`: recall by system. `curve`: recall of XR-Linear and its megabytes for every beam and threshold.
    """
    held = retriever.model.held
    if held is None:
        raise ConfigError("the model holds no held-out purchases; train it with --held-out")
    queries = np.sort(np.random.default_rng(0).permutation(len(held.queries))[:MOST_QUERIES])
    systems = {system: _named(recalls(retriever, held, system, queries)) for system in retriever.systems}
    least = retriever.model.config.matching.threshold
    curve = []
    for turn, threshold in enumerate(THRESHOLDS):
        store = retriever.model.store()
        if threshold > least:
            store = store._replace(chunks=prune_chunks(store.chunks, threshold))
        for beam in BEAMS:
            rows = []
            for i in queries.tolist():
                text = held.queries.text(i)
                found = search_tree(store, (to_codes(text), 0, len(text)), beam, DEPTHS[-1]).labels
                hit = np.isin(found, held.products[held.rows[i] : held.rows[i + 1]])
                size = int(held.rows[i + 1] - held.rows[i])
                rows.append([float(hit[:k].sum()) / size for k in DEPTHS])
            weight = round(megabytes(store), 3)
            curve.append({"beam": beam, "threshold": threshold, "megabytes": weight} | _named(np.array(rows)))
        progress((turn + 1) / len(THRESHOLDS))
    return {"queries": int(queries.size), "systems": systems, "curve": curve}


def evaluate_products(retriever: Retriever, held: Held, name: str) -> dict[str, Any]:
    """Return the recall of every system with its 95 % bootstrap interval, over all queries of some purchases."""
    draws = np.random.default_rng(0).integers(0, len(held.queries), (1000, len(held.queries)))
    systems = {}
    for system in retriever.systems:
        found = recalls(retriever, held, system)
        low, high = np.percentile(found[draws].mean(axis=1), (2.5, 97.5), axis=0)
        bounds = zip(DEPTHS, low.tolist(), high.tolist(), strict=True)
        interval = {f"recall{k}_ci": [round(a, 4), round(b, 4)] for k, a, b in bounds}
        systems[system] = _named(found) | interval
    return {"model": retriever.name, "purchases": name, "queries": len(held.queries), "systems": systems}


def evaluate_file(model: str, purchases: str) -> dict[str, Any]:
    """Return the same for a model's folder and a file of purchases."""
    retriever = open_retriever(model)
    return evaluate_products(
        retriever, keep_held(read_purchases(purchases), retriever.model.shop, purchases), purchases
    )


def _named(rows: NDArray[Any]) -> dict[str, float]:
    return {f"recall{k}": round(float(mean), 4) for k, mean in zip(DEPTHS, rows.mean(axis=0), strict=True)}
