"""The peer's side of XR-Linear for products: index and train on given matrices, search given queries.

python product_worker.py train WORK     X.npz, Y.npz -> peer/, and the seconds of index and matchers
python product_worker.py search WORK    Q.npz, peer/ -> peer-BEAM.npz, and the time of one query alone
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from pecos.xmc import Indexer, LabelEmbeddingFactory
from pecos.xmc.xlinear.model import XLinearModel
from scipy import sparse

SOLVER = {"solver_type": "L2R_L2LOSS_SVC_DUAL", "Cp": 1.0, "Cn": 1.0, "threshold": 0.1, "eps": 0.1, "max_iter": 100}
BEAMS, FOUND, THREADS = (10, 50), 100, 2


def main() -> None:
    """Run the step named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("train", "search"))
    parser.add_argument("work", type=Path)
    options = parser.parse_args()
    print(json.dumps({"train": train, "search": search}[options.step](options.work)))


def train(work: Path) -> dict[str, Any]:
    """Cluster the labels and train the matchers; keep the model."""
    X = sparse.load_npz(work / "X.npz").tocsr().astype(np.float32)
    Y = sparse.load_npz(work / "Y.npz").tocsc().astype(np.float32)
    start = time.perf_counter()
    vectors = LabelEmbeddingFactory.create(Y, X, method="pifa")
    chain = Indexer.gen(
        vectors, indexer_type="hierarchicalkmeans", nr_splits=32, max_leaf_size=100, seed=0, threads=THREADS
    )
    middle = time.perf_counter()
    model = XLinearModel.train(X, Y, C=chain, bias=1.0, threads=THREADS, **SOLVER)
    end = time.perf_counter()
    model.save(str(work / "peer"))
    weights = [layer.W for layer in model.model.model_chain]
    held = sum(W.data.nbytes + W.indices.nbytes + W.indptr.nbytes for W in weights)
    return {"index_seconds": middle - start, "matcher_seconds": end - middle, "mb_in_memory": held / 1e6}


def search(work: Path) -> dict[str, Any]:
    """Find labels for all queries, and time one query after another."""
    Q = sparse.load_npz(work / "Q.npz").tocsr().astype(np.float32)
    model = XLinearModel.load(str(work / "peer"), is_predict_only=True)
    rows = [Q[i] for i in range(Q.shape[0])]
    out = {}
    for beam in BEAMS:
        options = {"beam_size": beam, "only_topk": FOUND, "post_processor": "l3-hinge", "threads": 1}
        found = model.predict(Q, **options)
        order = [part[np.argsort(-values, kind="stable")] for part, values in _split(found)]
        labels = np.full((Q.shape[0], FOUND), -1, np.int32)
        for i, part in enumerate(order):
            labels[i, : part.size] = part[:FOUND]
        np.save(work / f"peer-{beam}.npy", labels)
        times = []
        for row in [*rows[:100], *rows]:
            start = time.perf_counter()
            model.predict(row, **options)
            times.append(1000 * (time.perf_counter() - start))
        out[str(beam)] = {"p50_ms": float(np.median(times[100:]))}
    return out


def _split(found: sparse.csr_matrix) -> list[tuple[np.ndarray, np.ndarray]]:
    bounds = list(zip(found.indptr[:-1], found.indptr[1:], strict=True))
    return [(found.indices[a:b], found.data[a:b]) for a, b in bounds]


if __name__ == "__main__":
    main()
