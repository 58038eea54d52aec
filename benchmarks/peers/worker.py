"""The peer's side of the comparison, one step a call: features, index, train, search.

Runs in the peer's environment, reads and writes only the work folder it is given, and prints one json document.
Knows nothing of how rows were drawn or what is reported of them.

    python worker.py features WORK        rows.json -> X, Y, labels and queries as npz
    python worker.py index WORK KIND      labels -> chain-KIND/
    python worker.py train WORK KIND      X, Y, chain-KIND/ -> model-KIND/
    python worker.py search WORK KIND     queries, model-KIND/ -> ranks-KIND.npz and the time of a search
    python worker.py times WORK KIND      queries, model-KIND/ -> the time of a search
"""

import argparse
import bisect
import importlib.metadata
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from chains import KINDS, build_chain
from features import PairEncoder
from pecos.utils.cluster_util import ClusterChain
from pecos.xmc.xlinear.model import XLinearModel
from scipy import sparse

SOLVER = {"solver_type": "L2R_L2LOSS_SVC_DUAL", "Cp": 1.0, "Cn": 1.0, "threshold": 0.1, "eps": 0.1, "max_iter": 100}
BEAM, SHOWN, LEAF = 10, 10, 100
SEARCH = {"beam_size": BEAM, "only_topk": BEAM * LEAF, "post_processor": "l3-hinge"}
TRAINING_THREADS = 2
WARM_UP = 100


def main() -> None:
    """Run the step named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("work", type=Path)
    parser.add_argument("kind", nargs="?", choices=KINDS)
    options = parser.parse_args()
    if (options.kind is None) != (options.step == "features"):
        parser.error("features takes no kind; index, train and search take one")
    known = (options.work,) if options.kind is None else (options.work, options.kind)
    print(json.dumps(STEPS[options.step](*known)))


def write_features(work: Path) -> dict[str, Any]:
    """Turn rows.json into matrices; tell the time of it, and of one query alone."""
    rows = json.loads((work / "rows.json").read_text(encoding="utf-8"))
    labels = rows["labels"]
    previous, prefixes, Y = merge_rows(rows["train"], labels)
    start = time.perf_counter()
    encoder = PairEncoder().fit(previous, prefixes)
    X = encoder.transform(previous, prefixes)
    seconds = time.perf_counter() - start
    sparse.save_npz(work / "X.npz", X, compressed=False)
    sparse.save_npz(work / "Y.npz", Y, compressed=False)
    sparse.save_npz(work / "labels.npz", encoder.grams.transform(labels), compressed=False)
    for name, queries in rows["queries"].items():
        Q = encoder.transform(queries["previous"], queries["prefix"])
        sparse.save_npz(work / f"queries-{name}.npz", Q, compressed=False)
    sampled = list(zip(rows["queries"]["sampled"]["previous"], rows["queries"]["sampled"]["prefix"], strict=True))
    packages = ("libpecos", "torch", "numpy", "scipy", "scikit-learn")
    return {
        "seconds": seconds,
        "training_rows": X.shape[0],
        "one_query": milliseconds(lambda pair: encoder.transform(pair[:1], pair[1:]), sampled),
        "versions": {f"peer {name}": importlib.metadata.version(name) for name in packages},
    }


def merge_rows(train: dict[str, list[str]], labels: list[str]) -> tuple[list[str], list[str], sparse.csr_matrix]:
    """Make equal (previous, prefix) one row with several labels, all of them 1, as the paper's recipe does."""
    number = {label: column for column, label in enumerate(labels)}
    merged: dict[tuple[str, str], set[int]] = {}
    for previous, prefix, answer in zip(train["previous"], train["prefix"], train["next"], strict=True):
        merged.setdefault((previous, prefix), set()).add(number[answer])
    indptr = np.cumsum([0, *map(len, merged.values())])
    columns = np.array([column for answers in merged.values() for column in sorted(answers)])
    shape = (len(merged), len(labels))
    Y = sparse.csr_matrix((np.ones(len(columns), dtype=np.float32), columns, indptr), shape=shape)
    return [pair[0] for pair in merged], [pair[1] for pair in merged], Y


def write_index(work: Path, kind: str) -> dict[str, Any]:
    """Build one kind of index and keep its chain."""
    labels = json.loads((work / "rows.json").read_text(encoding="utf-8"))["labels"]
    embedding = sparse.load_npz(work / "labels.npz").tocsr()
    start = time.perf_counter()
    chain = build_chain(kind, labels, embedding)
    seconds = time.perf_counter() - start
    ClusterChain(chain).save(str(work / f"chain-{kind}"))
    return {"seconds": seconds, "layers": len(chain), "nodes": sum(layer.shape[0] for layer in chain)}


def write_model(work: Path, kind: str) -> dict[str, Any]:
    """Train the matchers over an index; tell their time alone and the size of their weights."""
    X = sparse.load_npz(work / "X.npz").tocsr()
    Y = sparse.load_npz(work / "Y.npz").tocsc()
    chain = ClusterChain.load(str(work / f"chain-{kind}"))
    start = time.perf_counter()
    model = XLinearModel.train(X, Y, C=chain, bias=1.0, threads=TRAINING_THREADS, **SOLVER)
    seconds = time.perf_counter() - start
    model.save(str(work / f"model-{kind}"))
    weights = [layer.W for layer in model.model.model_chain]
    in_memory = sum(W.data.nbytes + W.indices.nbytes + W.indptr.nbytes for W in weights)
    on_disk = sum(path.stat().st_size for path in (work / f"model-{kind}").rglob("*") if path.is_file())
    nonzeros = sum(W.nnz for W in weights)
    return {"seconds": seconds, "mb": on_disk / 1e6, "mb_in_memory": in_memory / 1e6, "nonzeros": nonzeros}


def write_ranks(work: Path, kind: str) -> dict[str, Any]:
    """Find what is shown for each query, where its answer stands (0: not there), and the time of one search alone."""
    rows = json.loads((work / "rows.json").read_text(encoding="utf-8"))
    model = XLinearModel.load(str(work / f"model-{kind}"), is_predict_only=True)
    ranks, shown = {}, {}
    for name, queries in rows["queries"].items():
        found = model.predict(sparse.load_npz(work / f"queries-{name}.npz").tocsr(), threads=2, **SEARCH)
        ranks[name], shown[name] = ranks_of(found, queries, rows["labels"])
    np.savez(work / f"ranks-{kind}.npz", **ranks)
    np.savez(work / f"shown-{kind}.npz", **shown)
    return search_times(model, work)


def time_searches(work: Path, kind: str) -> dict[str, Any]:
    """Tell the time of one search alone, once more."""
    return search_times(XLinearModel.load(str(work / f"model-{kind}"), is_predict_only=True), work)


def search_times(model: XLinearModel, work: Path) -> dict[str, float]:
    """Time one search after another, each for one query whose features are ready."""
    Q = sparse.load_npz(work / "queries-sampled.npz").tocsr()
    return milliseconds(lambda row: model.predict(row, threads=1, **SEARCH), [Q[i] for i in range(Q.shape[0])])


def ranks_of(
    found: sparse.csr_matrix, queries: dict[str, list[str]], labels: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Drop the labels that do not begin with the prefix, rank by score and text; return answers' ranks and labels."""
    ranks = np.zeros(found.shape[0], dtype=np.int16)
    best = np.full((found.shape[0], SHOWN), -1, dtype=np.int32)
    for i, (prefix, answer) in enumerate(zip(queries["prefix"], queries["next"], strict=True)):
        low = bisect.bisect_left(labels, prefix)
        high = bisect.bisect_left(labels, prefix + chr(0x10FFFF))
        part = slice(found.indptr[i], found.indptr[i + 1])
        inside = (found.indices[part] >= low) & (found.indices[part] < high)
        ids, scores = found.indices[part][inside], found.data[part][inside]
        shown = ids[np.lexsort((ids, -scores))[:SHOWN]]
        place = np.flatnonzero([labels[label] == answer for label in shown])
        ranks[i] = place[0] + 1 if len(place) else 0
        best[i, : len(shown)] = shown
    return ranks, best


def milliseconds(call: Callable[[Any], object], inputs: Iterable[Any]) -> dict[str, float]:
    """Time one call after another, after some that do not count."""
    inputs = list(inputs)
    times = []
    for value in [*inputs[:WARM_UP], *inputs]:
        start = time.perf_counter()
        call(value)
        times.append(1000 * (time.perf_counter() - start))
    p50, p99 = np.percentile(times[min(WARM_UP, len(inputs)) :], (50, 99))
    return {"p50_ms": float(p50), "p99_ms": float(p99)}


STEPS = {
    "features": write_features,
    "index": write_index,
    "train": write_model,
    "search": write_ranks,
    "times": time_searches,
}

if __name__ == "__main__":
    main()
