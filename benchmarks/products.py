"""Product retrieval measured: systems, curves over beam and threshold, feature sets, with and without XR-Linear.

python -m benchmarks.products PURCHASES-TRAIN CATALOGUE PURCHASES-TEST --name NAME [--neural NETWORK]
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import bm25s
import numpy as np

from benchmarks.record import record
from xmr_engine.baselines.two_tower import open_network, place_products
from xmr_engine.data.products import Listed, Purchase, read_catalogue, read_purchases
from xmr_engine.features.codes import to_codes
from xmr_engine.features.products import make_product_rows
from xmr_engine.frozen import freeze
from xmr_engine.kernels.product_words import split_stems
from xmr_engine.kernels.retrieve import match_words
from xmr_engine.retrieval.keeping import keep_held
from xmr_engine.retrieval.measure import DEPTHS, measure, recalls
from xmr_engine.retrieval.model import Held, RetrievalModel
from xmr_engine.retrieval.retriever import Retriever
from xmr_engine.retrieval.settings import ProductFeatureConfig, RetrievalConfig
from xmr_engine.retrieval.train import make_material, train_linear, train_model
from xmr_engine.text import normalise

FEATURE_SETS = {
    "words": {"pairs": 0, "triples": 0, "chars": 0},
    "words, pairs": {"triples": 0, "chars": 0},
    "words, pairs, triples": {"triples": None, "chars": 0},
    "words, pairs, trigrams": {"triples": 0},
    "all": {"triples": None},
}
COSINES = freeze(np.array([0.0, 10.0, 30.0]))


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("purchases", "catalogue", "test"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--name", required=True, help="name of the data in the result's file name")
    parser.add_argument("--neural", type=Path, help="a trained two-tower network")
    parser.add_argument("--synthetic", action="store_true", help="the purchases were made up")
    parser.add_argument("--sets", action="store_true", help="the feature sets too: five more trainings")
    options = parser.parse_args()
    listed, bought = read_catalogue(options.catalogue), read_purchases(options.purchases)
    config = RetrievalConfig()
    figures: dict[str, Any] = {"data": options.name, "synthetic": options.synthetic}
    figures |= {"products": len(listed), "purchases": len(bought)}
    start = time.perf_counter()
    model = train_model(bought, listed, config, threads=2)
    figures["training_seconds"] = {"full": round(time.perf_counter() - start, 1)}
    start = time.perf_counter()
    bare = train_model(bought, listed, replace(config, ranking=replace(config.ranking, index=0)), threads=2)
    figures["training_seconds"]["full without XR-Linear"] = round(time.perf_counter() - start, 1)
    start = time.perf_counter()
    make_material(bought, listed, config, options.name)
    figures["training_seconds"]["features and lexical"] = round(time.perf_counter() - start, 1)
    held = keep_held(read_purchases(options.test), model.shop, str(options.test))
    if options.neural:
        titles = [normalise(row.title) for row in listed]
        model = replace(model, tower=place_products(open_network(options.neural), titles))
    retriever = Retriever(replace(model, held=held))
    figures["queries"] = len(held.queries)
    figures["systems"], rows = systems(retriever, Retriever(bare), held)
    figures["gain of XR-Linear"] = gain(rows["full"], rows["full without XR-Linear"])
    figures["curve"] = measure(retriever, lambda share: None)["curve"]
    figures["beam_ms"] = beam_times(retriever, held)
    if options.sets:
        figures["feature_sets"] = {name: feature_set(name, bought, listed, held) for name in FEATURE_SETS}
    record(f"products-{options.name}", figures)


def systems(retriever: Retriever, bare: Retriever, held: Held) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return every system's recall, with its interval, and its milliseconds a query; and recall by query."""
    rows = {system: recalls(retriever, held, system) for system in retriever.systems}
    rows["full without XR-Linear"] = recalls(bare, held, "full")
    texts = held.queries.texts()
    answers = [held.products[a:b] for a, b in zip(held.rows[:-1], held.rows[1:], strict=True)]
    shelf = retriever.model.shelf
    rows["cosines of words and trigrams"] = np.array(
        [
            _recall(match_words(shelf, (to_codes(q), 0, len(q)), COSINES, 100)[0], a)
            for q, a in zip(texts, answers, strict=True)
        ]
    )
    library = library_index(retriever.model)
    rows["lexical by bm25s"] = np.array(
        [_recall(ask_library(library, q), a) for q, a in zip(texts, answers, strict=True)]
    )
    figures = {name: _with_interval(found) for name, found in rows.items()}
    for system in retriever.systems:
        figures[system] |= timed(lambda q, s=system: retriever.search(q, 10, system=s), texts)
    figures["full without XR-Linear"] |= timed(lambda q: bare.search(q, 10), texts)
    figures["lexical by bm25s"] |= timed(lambda q: ask_library(library, q), texts)
    return figures, rows


def library_index(model: RetrievalModel) -> bm25s.BM25:
    """Return the library's index over the same stems, with the same constants."""
    library = bm25s.BM25(k1=0.6, b=0.5, method="lucene")
    library.index([stems(normalise(title)) for title in model.shop.titles.texts()], show_progress=False)
    return library


def ask_library(library: bm25s.BM25, query: str) -> np.ndarray:
    """Return the library's first hundred products."""
    scores = library.get_scores(stems(query) or ["nothing"])
    best = np.argpartition(-scores, 100)[:100] if scores.size > 100 else np.arange(scores.size)
    return best[np.lexsort((best, -scores[best]))]


def stems(text: str) -> list[str]:
    """Return a text's stems as the engine makes them."""
    words = split_stems((to_codes(text), 0, len(text)))
    return ["".join(map(chr, words.codes[a:b])) for a, b in zip(words.starts, words.stops, strict=True)]


def gain(ours: np.ndarray, other: np.ndarray) -> dict[str, Any]:
    """Return by how much one system's recall is above another's on the same queries, with a 95 % interval."""
    difference = ours - other
    draws = np.random.default_rng(0).integers(0, len(difference), (2000, len(difference)))
    low, high = np.percentile(difference[draws].mean(axis=1), (2.5, 97.5), axis=0)
    return {
        f"recall{k}": {
            "gain": round(float(difference[:, i].mean()), 4),
            "ci": [round(float(low[i]), 4), round(float(high[i]), 4)],
        }
        for i, k in enumerate(DEPTHS)
    }


def beam_times(retriever: Retriever, held: Held) -> dict[str, float]:
    """Return XR-Linear's milliseconds a query by beam."""
    texts = held.queries.texts()[:500]
    return {
        str(beam): timed(lambda q, b=beam: retriever.search(q, 10, beam=b, system="xr-linear"), texts)["p50_ms"]
        for beam in (1, 2, 3, 5, 10, 15, 20, 30, 50)
    }


def feature_set(name: str, bought: list[Purchase], listed: list[Listed], held: Held) -> dict[str, Any]:
    """Return what XR-Linear finds by some sets of features alone."""
    config = RetrievalConfig(features=ProductFeatureConfig(**FEATURE_SETS[name]))
    material = make_material(bought, listed, config, "the purchases")
    start = time.perf_counter()
    linear = train_linear(material, np.ones(len(material.queries), np.bool_), config, threads=2)
    seconds = time.perf_counter() - start
    found = linear.predict(make_product_rows(material.vectorizer, held.queries.texts()), 100)[0]
    answers = [held.products[a:b] for a, b in zip(held.rows[:-1], held.rows[1:], strict=True)]
    rows = np.array([_recall(labels, own) for labels, own in zip(found, answers, strict=True)])
    megabytes = sum(array.nbytes for array in linear.chunks) / 1e6
    return _with_interval(rows) | {"seconds": round(seconds, 1), "megabytes": round(megabytes, 1)}


def timed(ask: Any, texts: list[str]) -> dict[str, float]:  # noqa: ANN401
    """Return the median and the 99th percentile of one question after another, in milliseconds."""
    times = []
    for text in [*texts[:50], *texts]:
        start = time.perf_counter()
        ask(text)
        times.append(1000 * (time.perf_counter() - start))
    p50, p99 = np.percentile(times[min(50, len(texts)) :], (50, 99))
    return {"p50_ms": round(float(p50), 4), "p99_ms": round(float(p99), 4)}


def _recall(found: np.ndarray, answers: np.ndarray) -> list[float]:
    return [float(np.isin(answers, found[:k]).mean()) for k in DEPTHS]


def _with_interval(rows: np.ndarray) -> dict[str, Any]:
    draws = np.random.default_rng(0).integers(0, len(rows), (1000, len(rows)))
    low, high = np.percentile(rows[draws].mean(axis=1), (2.5, 97.5), axis=0)
    means = rows.mean(axis=0)
    return {f"recall{k}": round(float(means[i]), 4) for i, k in enumerate(DEPTHS)} | {
        f"recall{k}_ci": [round(float(low[i]), 4), round(float(high[i]), 4)] for i, k in enumerate(DEPTHS)
    }


if __name__ == "__main__":
    main()
