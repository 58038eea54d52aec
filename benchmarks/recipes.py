"""The twelve configurations of the paper's Table 2, made of this engine's stages.

A configuration is an input, a label vector and an index; the matcher alone ranks. As in the paper clusters halve and
leaves hold 100 labels. Knows the engine's stages; knows nothing of how answers are judged.
"""

import time
from typing import NamedTuple

from scipy.sparse import csr_matrix

from xmr_engine.config import FeatureConfig, IndexConfig, MatchingConfig, TrainConfig
from xmr_engine.data.pairs import Pairs
from xmr_engine.features.rows import make_label_rows, make_rows
from xmr_engine.indexing.build import Material, build_index
from xmr_engine.indexing.embedding import positive_instances
from xmr_engine.inputs import Inputs, fit_inputs, make_inputs
from xmr_engine.kernels.arrays import Chunks, Tree
from xmr_engine.kernels.rows import Vectorizer
from xmr_engine.kernels.search import beam_search
from xmr_engine.labels import LabelTable
from xmr_engine.matching.train import train_matchers
from xmr_engine.model import make_vectorizer

SHOWN, BEAM, SEARCHED = 10, 10, 1000


class Recipe(NamedTuple):
    """One configuration: the prefix in the input, the label's vector, the index and its depth (trie or must-link)."""

    prefix: str
    embedding: str
    kind: str
    depth: int = 0


RECIPES = (
    Recipe("none", "pifa", "tree"),
    Recipe("none", "simple", "tree"),
    Recipe("simple", "pifa", "tree"),
    Recipe("simple", "simple", "tree"),
    Recipe("position", "pifa", "tree"),
    Recipe("position", "position", "tree"),
    Recipe("position", "position", "hybrid", 1),
    Recipe("position", "position", "hybrid", 2),
    Recipe("position", "position", "hybrid", 3),
    Recipe("position", "none", "trie", 16),
    Recipe("simple", "none", "trie", 16),
    Recipe("position", "position", "tree", 5),
)
FEATURES = {
    "none": FeatureConfig(char_ngrams=0),
    "simple": FeatureConfig(position_weighted=False),
    "position": FeatureConfig(position_weighted=True),
}


class Searcher(NamedTuple):
    """A trained configuration."""

    vectorizer: Vectorizer
    labels: LabelTable
    tree: Tree
    chunks: Chunks


def train(recipe: Recipe, pairs: Pairs, labels: LabelTable, threads: int) -> tuple[Searcher, dict[str, float]]:
    """Return one configuration trained on pairs, and the seconds of features, index and matchers."""
    start = time.perf_counter()
    vectorizer = fit(recipe.prefix, pairs)
    inputs = make_inputs(pairs, labels, lambda previous, prefix: make_rows(vectorizer, previous, prefix))
    vectors = embed(recipe.embedding, inputs, pairs, labels)
    featured = time.perf_counter()
    tree = build_index(recipe.kind, Material(labels.strings, vectors), shape(recipe), 0, threads)
    indexed = time.perf_counter()
    chunks = train_matchers(inputs.X, inputs.Y, tree, MatchingConfig(), threads)
    trained = time.perf_counter()
    seconds = {"features": featured - start, "index": indexed - featured, "matchers": trained - indexed}
    return Searcher(vectorizer, labels, tree, chunks), seconds


def fit(kind: str, train: Pairs) -> Vectorizer:
    """Return the vectorizer of a kind, fitted on the training pairs."""
    config = TrainConfig(features=FEATURES[kind])
    return make_vectorizer(config, *fit_inputs(train, config))


def embed(kind: str, inputs: Inputs, pairs: Pairs, labels: LabelTable) -> csr_matrix:
    """Return one vector a label; a trie looks at none."""
    if kind == "pifa":
        return positive_instances(inputs.X, inputs.Y)
    return make_label_rows(fit("simple" if kind == "none" else kind, pairs), labels.texts())


def shape(recipe: Recipe) -> IndexConfig:
    """Return the index's settings; a tree's depth is that of its must-link constraints."""
    if recipe.kind == "tree":
        return IndexConfig(branching=2, leaf=100, must_link=recipe.depth)
    return IndexConfig(branching=2, leaf=100, trie_depth=recipe.depth)


class Found(NamedTuple):
    """The completions of some rows, and the milliseconds of each search alone."""

    completions: list[list[str]]
    milliseconds: list[float]


def search(searcher: Searcher, pairs: Pairs, within: bool) -> Found:
    """Return the first ten completions of every row that begin with its prefix."""
    rows = make_rows(searcher.vectorizer, pairs.previous, pairs.prefix)
    whole = (0, len(searcher.labels))
    found = Found([], [])
    for i, prefix in enumerate(pairs.prefix):
        row = (rows.indices[rows.indptr[i] : rows.indptr[i + 1]], rows.data[rows.indptr[i] : rows.indptr[i + 1]])
        lo, hi = searcher.labels.span(prefix)
        start = time.perf_counter()
        most = SHOWN if within else SEARCHED
        labels = beam_search(searcher.tree, searcher.chunks, row, (lo, hi) if within else whole, BEAM, most).labels
        shown = labels[(labels >= lo) & (labels < hi)][:SHOWN]
        found.milliseconds.append(1000 * (time.perf_counter() - start))
        found.completions.append([searcher.labels.text(label) for label in shown.tolist()])
    return found
