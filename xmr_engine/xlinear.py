"""XR-Linear for any sparse inputs and labels: fit a tree's matchers, search them, prune them, keep them.

The general tool beneath completion and product retrieval. Knows matrices and trees; knows no text.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix

from xmr_engine import storage
from xmr_engine.config import MatchingConfig, from_dict, to_dict
from xmr_engine.errors import ConfigError, ModelFormatError
from xmr_engine.indexing.kmeans import as_sparse
from xmr_engine.kernels.arrays import Chunks, Doubles, Ids, Sparse, Tree
from xmr_engine.kernels.search import search_rows
from xmr_engine.matching.prune import prune_chunks
from xmr_engine.matching.train import Progress, train_matchers
from xmr_engine.parallel import in_order
from xmr_engine.parts import chunks_from, chunks_to, tree_from, tree_to

MOST_FEATURES = (1 << 31) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class XLinear:
    """A label tree with the weights of its nodes, for inputs of `n_features` columns (a bias is added)."""

    tree: Tree
    chunks: Chunks
    n_features: int
    config: MatchingConfig

    @classmethod
    def fit(
        cls,
        X: csr_matrix,
        Y: csr_matrix,
        tree: Tree,
        config: MatchingConfig | None = None,
        threads: int = 1,
        progress: Progress | None = None,
    ) -> Self:
        """Train the matchers of a tree.

        Parameters
        ----------
        X
            Inputs, shape (n_rows, n_features); a bias column of ones is appended.
        Y
            Labels of each input, shape (n_rows, n_labels); any non-zero counts as one.
        tree
            A tree whose labels are the columns of `Y`, from `xmr_engine.indexing`.

        Raises
        ------
        ConfigError
            The shapes do not fit one another.
        """
        config = config or MatchingConfig()
        if X.shape[0] != Y.shape[0] or Y.shape[1] != tree.leaf.size:
            raise ConfigError(
                f"X {X.shape}, Y {Y.shape} and a tree of {tree.leaf.size} labels do not fit; "
                "X and Y need one row an input, Y one column a label"
            )
        answers = csr_matrix(Y, dtype=np.float32, copy=True)
        answers.eliminate_zeros()
        chunks = train_matchers(_with_bias(X), answers, tree, config, threads, progress)
        return cls(tree=tree, chunks=chunks, n_features=X.shape[1], config=config)

    def predict(self, X: csr_matrix, k: int = 10, beam: int | None = None, threads: int = 1) -> tuple[Ids, Doubles]:
        """Return the k best labels of each row and their scores, shape (n_rows, k), best first.

        A score is the product over the path of exp(-max(1 - z, 0)**3), in (0, 1]. Where fewer labels were found,
        -1 and 0 fill up.

        Raises
        ------
        ConfigError
            X has another number of columns than the inputs of the training, or a number is below one.
        """
        if X.shape[1] != self.n_features:
            raise ConfigError(f"X has {X.shape[1]} columns, the model was trained on {self.n_features}")
        width = self.config.beam if beam is None else beam
        for name, number in (("k", k), ("beam", width), ("threads", threads)):
            if number < 1:
                raise ConfigError(f"{name} must be at least 1, got {number}")
        rows = _rows_with_bias(X)
        bounds = np.linspace(0, X.shape[0], (4 * threads if threads > 1 else 1) + 1).astype(int).tolist()
        blocks = [rows._replace(indptr=rows.indptr[a : b + 1]) for a, b in pairwise(bounds) if a < b]
        found = in_order(lambda block: self._search(block, k, width), blocks, threads)
        labels = np.concatenate([part[0] for part in found]) if found else np.zeros((0, k), np.int32)
        scores = np.concatenate([part[1] for part in found]) if found else np.zeros((0, k))
        return labels, np.exp(scores)

    def prune(self, threshold: float) -> Self:
        """Return the model without the weights below a threshold."""
        config = replace(self.config, threshold=max(threshold, self.config.threshold))
        return replace(self, chunks=prune_chunks(self.chunks, threshold), config=config)

    def save(self, path: str | Path) -> None:
        """Write the model to a folder, whole or not at all."""
        document = {"kind": "xlinear", "n_features": self.n_features, "settings": to_dict(self.config)}
        storage.write(Path(path), tree_to("", self.tree) | chunks_to("", self.chunks), document)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Return a saved model, memory-mapped.

        Raises
        ------
        ModelFormatError
            The folder holds no such model.
        """
        arrays, document = storage.read(Path(path))
        n_features = document.get("n_features")
        if document.get("kind") != "xlinear":
            raise ModelFormatError(f"{path}: holds a model of another kind ({document.get('kind')!r}), not xlinear")
        if not isinstance(n_features, int) or isinstance(n_features, bool) or not 0 <= n_features < MOST_FEATURES:
            raise ModelFormatError(f"{path}: n_features {n_features!r} cannot be; the model is damaged, train it anew")
        try:
            config = from_dict(MatchingConfig, document.get("settings", {}), "settings")
        except ConfigError as error:
            raise ModelFormatError(f"{path}: its settings are damaged ({error}); train the model anew") from None
        tree = tree_from("", arrays, None)
        chunks = chunks_from("", arrays, tree, n_features + 1)
        return cls(tree=tree, chunks=chunks, n_features=n_features, config=config)

    def _search(self, rows: Sparse, k: int, beam: int) -> tuple[Ids, Doubles]:
        spans = np.tile(np.array([0, self.tree.leaf.size], np.int32), (rows.indptr.size - 1, 1))
        return search_rows(self.tree, self.chunks, rows, spans, beam, k)


def _rows_with_bias(X: csr_matrix) -> Sparse:
    """Return the rows of a matrix with a last column of ones, as `_with_bias` does, without scipy where it can be."""
    plain = getattr(X, "format", "") == "csr" and X.dtype == np.float32 and X.indices.dtype == np.int32
    if not (plain and X.has_canonical_format):
        return as_sparse(_with_bias(X))
    n_rows, n_features = X.shape
    indptr = X.indptr + np.arange(n_rows + 1, dtype=np.int64)
    given = np.ones(indptr[-1], bool)
    given[indptr[1:] - 1] = False
    indices, values = np.full(given.size, n_features, np.int32), np.ones(given.size, np.float32)
    indices[given], values[given] = X.indices, X.data
    return Sparse(indptr, indices, values)


def _with_bias(X: csr_matrix) -> csr_matrix:
    """Return the matrix with a last column of ones; columns ascend within rows, each once."""
    n_rows, n_features = X.shape
    source = csr_matrix(X, dtype=np.float32, copy=True)
    source.sum_duplicates()
    ends = source.indptr[1:]
    indices, values = np.insert(source.indices, ends, n_features), np.insert(source.data, ends, 1.0)
    return csr_matrix((values, indices, source.indptr + np.arange(n_rows + 1)), shape=(n_rows, n_features + 1))
