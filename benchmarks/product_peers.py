"""XR-Linear for products beside libpecos: the same rows, the same tree settings, trained and asked by turns in one run.

python -m benchmarks.product_peers PURCHASES-TRAIN CATALOGUE PURCHASES-TEST [--turns 5]
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.record import ROOT, record
from xmr_engine.data.products import read_catalogue, read_purchases
from xmr_engine.features.products import make_product_rows
from xmr_engine.indexing.embedding import positive_instances
from xmr_engine.indexing.kmeans import kmeans_split
from xmr_engine.indexing.tree import grow
from xmr_engine.retrieval.keeping import group
from xmr_engine.retrieval.settings import RetrievalConfig
from xmr_engine.retrieval.train import make_material, training_rows
from xmr_engine.xlinear import XLinear

PEER = ROOT / "benchmarks" / "peers"
DEPTHS = (10, 50, 100)
BEAMS = (10, 50)
WARM_UP = 100


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("purchases", "catalogue", "test"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--turns", type=int, default=5, help="trainings of each, by turns: %(default)s")
    parser.add_argument("--data", default="", help="name of the data")
    options = parser.parse_args()
    listed, config = read_catalogue(options.catalogue), RetrievalConfig()
    material = make_material(read_purchases(options.purchases), listed, config, str(options.purchases))
    X, Y = training_rows(material, np.ones(len(material.queries), np.bool_))
    places = {row.product_id: place for place, row in enumerate(listed)}
    wanted = group(read_purchases(options.test), places, str(options.test))
    Q = make_product_rows(material.vectorizer, sorted(wanted))
    answers = [np.array(sorted(wanted[query])) for query in sorted(wanted)]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name, matrix in (("X", X), ("Y", Y), ("Q", Q)):
            sparse.save_npz(work / f"{name}.npz", matrix, compressed=False)
        record("product-peers", {"data": options.data} | measure(work, (X, Y, Q), answers, options.turns))


def measure(work: Path, matrices: tuple[Any, Any, Any], answers: list[np.ndarray], turns: int) -> dict[str, Any]:
    """Train both by turns, then ask both by turns."""
    X, Y, Q = matrices
    XLinear.fit(X[:50], Y[:50], grow(Y.shape[1], kmeans_split(positive_instances(X, Y), 32, 100, 0), 2), threads=2)
    ours, theirs, model = [], [], None
    for _ in range(turns):
        theirs.append(ask_peer("train", work))
        start = time.perf_counter()
        tree = grow(Y.shape[1], kmeans_split(positive_instances(X, Y), 32, 100, 0), 2)
        middle = time.perf_counter()
        model = XLinear.fit(X, Y, tree, threads=2)
        ours.append({"index_seconds": middle - start, "matcher_seconds": time.perf_counter() - middle})
    assert model is not None
    rows = [Q[i] for i in range(Q.shape[0])]
    asked: dict[str, list[dict[str, float]]] = {"ours": [], "libpecos": []}
    for _ in range(turns):
        found = ask_peer("search", work)
        asked["libpecos"].append({beam: each["p50_ms"] for beam, each in found.items()})
        asked["ours"].append({str(beam): one_by_one(model, rows, beam) for beam in BEAMS})
    return {
        "rows": X.shape[0],
        "features": X.shape[1],
        "products": Y.shape[1],
        "queries": Q.shape[0],
        "ours": _told(ours) | {
            "mb_in_memory": sum(array.nbytes for array in model.chunks) / 1e6,
            "p50_ms": {str(beam): median(asked["ours"], str(beam)) for beam in BEAMS},
            "recall": {str(beam): recall(model.predict(Q, 100, beam)[0], answers) for beam in BEAMS},
        },
        "libpecos": _told(theirs) | {
            "mb_in_memory": theirs[0]["mb_in_memory"],
            "p50_ms": {str(beam): median(asked["libpecos"], str(beam)) for beam in BEAMS},
            "recall": {str(beam): recall(np.load(work / f"peer-{beam}.npy"), answers) for beam in BEAMS},
        },
    }  # fmt: skip


def ask_peer(step: str, work: Path) -> dict[str, Any]:
    """Run one step in the peer's environment."""
    command = [str(PEER / ".venv" / "bin" / "python"), str(PEER / "product_worker.py"), step, str(work)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def one_by_one(model: XLinear, rows: list[Any], beam: int) -> float:
    """Return the median milliseconds of one query alone, through the same door as the peer's."""
    times = []
    for row in [*rows[:WARM_UP], *rows]:
        start = time.perf_counter()
        model.predict(row, 100, beam)
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times[WARM_UP:]))


def recall(labels: np.ndarray, answers: list[np.ndarray]) -> dict[str, float]:
    """Return the mean share of the answers among the first found."""
    return {
        f"recall{k}": float(
            np.mean([np.isin(own, found[:k]).mean() for own, found in zip(answers, labels, strict=True)])
        )
        for k in DEPTHS
    }


def median(rows: list[dict[str, float]], key: str) -> float:
    """Return the median of one figure."""
    return float(np.median([row[key] for row in rows]))


def _told(rows: list[dict[str, float]]) -> dict[str, Any]:
    return {key: median(rows, key) for key in ("index_seconds", "matcher_seconds")} | {"turns": len(rows)}


if __name__ == "__main__":
    main()
