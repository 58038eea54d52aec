"""Measure the training of the matchers beside libpecos: the same pairs, the same indexes, by turns.

Both train on the same matrices, with the same two threads, over the trees that the peer built. After each turn of the
one comes a turn of the other, so that a busy machine slows both. Mean reciprocal ranks of both stand beside the times.

    python -m benchmarks.training
    python -m benchmarks.training --short
    python -m benchmarks.training --work DIR --indexes tree
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack, load_npz

from benchmarks.peers import (
    DATA,
    SHORT_TEST_ROWS,
    SHORT_TRAIN_ROWS,
    TEST_ROWS,
    peer,
    prepare_environment,
    questions,
    read_pairs,
    say,
    take,
)
from benchmarks.record import record
from xmr_engine import XLinear
from xmr_engine.config import MatchingConfig
from xmr_engine.indexing.kmeans import as_sparse
from xmr_engine.indexing.tree import layers, make_tree
from xmr_engine.kernels.arrays import Tree
from xmr_engine.kernels.search import search_rows
from xmr_engine.labels import LabelTable, make_labels

INDEXES = ("tree", "hybrid-1", "trie")
ROUNDS, THREADS, BEAM, SHOWN = 5, 2, 10, 10
WARM_ROWS = 500


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--indexes", default=",".join(INDEXES), help="comma-separated: %(default)s")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of train and test pairs")
    parser.add_argument("--short", action="store_true", help="a part of the rows, one round")
    parser.add_argument("--work", type=Path, help="folder for the work files, kept and used again")
    options = parser.parse_args()
    if not options.data.is_dir():
        say(f"skipped: no folder {options.data.name}; name one by --data")
        return
    with tempfile.TemporaryDirectory(prefix="training-") as scratch:
        work = options.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        versions = prepare(work, options.data, short=options.short)
        rounds = 1 if options.short else ROUNDS
        figures = {kind: measure(work, kind, rounds) for kind in options.indexes.split(",")}
    record("training-short" if options.short else "training", {"rounds": rounds, "indexes": figures}, versions)


def prepare(work: Path, data: Path, *, short: bool) -> dict[str, str]:
    """Write rows and matrices into the work folder, unless they are there; return the peer's versions."""
    prepare_environment()
    kept = work / "versions.json"
    if not kept.is_file():
        train, test = read_pairs(data / "train.tsv.gz"), read_pairs(data / "test.tsv.gz")
        if short:
            train = take(train, range(SHORT_TRAIN_ROWS))
        drawn = np.random.default_rng(0).permutation(len(test.next))[: SHORT_TEST_ROWS if short else TEST_ROWS]
        queries = {name: asked._asdict() for name, asked in questions(take(test, drawn.tolist())).items()}
        rows = {"train": train._asdict(), "labels": sorted(set(train.next)), "queries": queries}
        (work / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
        kept.write_text(json.dumps(peer("features", work)["versions"]), encoding="utf-8")
    return dict(json.loads(kept.read_text(encoding="utf-8")))


def measure(work: Path, kind: str, rounds: int) -> dict[str, Any]:
    """Return the figures of one index: seconds of every turn, the medians' ratio, sizes and ranks."""
    if not (work / f"chain-{kind}").is_dir():
        peer("index", work, kind)
    X, Y, tree = load_npz(work / "X.npz").tocsr(), load_npz(work / "Y.npz").tocsr(), tree_of_chain(work, kind)
    config = MatchingConfig()
    XLinear.fit(X[:WARM_ROWS], Y[:WARM_ROWS], tree, config, THREADS)
    theirs, ours, processor = [], [], []
    for turn in range(rounds):
        trained = peer("train", work, kind)
        theirs.append(trained["seconds"])
        start, before = time.perf_counter(), sum(os.times()[:2])
        model = XLinear.fit(X, Y, tree, config, THREADS)
        ours.append(time.perf_counter() - start)
        processor.append(sum(os.times()[:2]) - before)
        say(f"{kind}, turn {turn + 1}: libpecos {theirs[-1]:.1f} s, ours {ours[-1]:.1f} s")
    peer("search", work, kind)
    return {
        "libpecos": _times(theirs) | {"weights": trained["nonzeros"], "mrr": their_ranks(work, kind)},
        "ours": _times(ours)
        | {"processor_s": round(float(np.median(processor)), 2)}
        | {"weights": len(model.chunks.entries), "mrr": our_ranks(work, model)},
        "ratio": round(float(np.median(ours) / np.median(theirs)), 3),
    }


def tree_of_chain(work: Path, kind: str) -> Tree:
    """Return the peer's cluster chain, top first, as one label tree."""
    folder = work / f"chain-{kind}"
    chain = [load_npz(folder / f"C{t}.npz").tocsc() for t in range(len(list(folder.glob("C*.npz"))))]
    nodes, n_nodes = np.zeros(1, np.int64), 1
    first_child, label = [], []
    for links in chain:
        sizes = np.diff(links.indptr)[nodes]
        first_child.append(n_nodes + np.cumsum(sizes) - sizes)
        label.append(np.full(nodes.size, -1))
        nodes = np.concatenate([links.indices[links.indptr[node] : links.indptr[node + 1]] for node in nodes])
        n_nodes += nodes.size
    first = np.concatenate([*first_child, np.full(nodes.size + 1, n_nodes)])
    labels = np.concatenate([*label, nodes])
    lo, hi = np.where(labels >= 0, labels, nodes.size), labels + 1
    tree = make_tree(first, labels, lo, hi)
    for start, stop in reversed(list(layers(tree))[1:]):
        np.minimum.at(lo, tree.parent[start:stop], lo[start:stop])
        np.maximum.at(hi, tree.parent[start:stop], hi[start:stop])
    return make_tree(first, labels, lo, hi)


def our_ranks(work: Path, model: XLinear) -> dict[str, float]:
    """Return MRR@10 of the rows whose answer is a label, the search held to the prefix's span, by setting."""
    rows = json.loads((work / "rows.json").read_text(encoding="utf-8"))
    labels = make_labels(rows["labels"])
    return {name: _mrr(work, name, asked, (labels, model)) for name, asked in rows["queries"].items()}


def _mrr(work: Path, name: str, asked: dict[str, list[str]], parts: tuple[LabelTable, XLinear]) -> float:
    labels, model = parts
    X = csr_matrix(load_npz(work / f"queries-{name}.npz"), dtype=np.float32)
    rows = as_sparse(hstack([X, np.ones((X.shape[0], 1), np.float32)], format="csr"))
    spans = np.array([labels.span(prefix) for prefix in asked["prefix"]], np.int32)
    wanted = np.array([-1 if found is None else found for found in map(labels.find, asked["next"])])
    found, _ = search_rows(model.tree, model.chunks, rows, spans, BEAM, SHOWN)
    gains = ((found == wanted[:, None]) / np.arange(1, SHOWN + 1)).sum(axis=1)
    return round(float(gains[wanted >= 0].mean()), 4)


def their_ranks(work: Path, kind: str) -> dict[str, float]:
    """Return the same of the peer, which filters what it found by the prefix."""
    known = set(json.loads((work / "rows.json").read_text(encoding="utf-8"))["labels"])
    queries = json.loads((work / "rows.json").read_text(encoding="utf-8"))["queries"]
    found = {}
    with np.load(work / f"ranks-{kind}.npz") as ranks:
        for name, asked in queries.items():
            seen = np.array([text in known for text in asked["next"]])
            rank = ranks[name].astype(float)
            gains = np.divide(1.0, rank, out=np.zeros(rank.size), where=rank > 0)
            found[name] = round(float(gains[seen].mean()), 4)
    return found


def _times(seconds: list[float]) -> dict[str, Any]:
    return {"seconds": [round(value, 2) for value in seconds], "median_s": round(float(np.median(seconds)), 2)}


if __name__ == "__main__":
    main()
