"""Word vectors from the company that words keep in sessions: positive pointwise mutual information, reduced."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Floats, Int8
from xmr_engine.kernels.columns import N_DIMENSIONS

N_ROUNDS = 4


def word_vectors(session_words: csr_matrix, seed: int) -> NDArray[np.float32]:
    """Return a vector for each word, shape (n_words, N_DIMENSIONS).

    Parameters
    ----------
    session_words
        Which words each session holds, shape (n_sessions, n_words).
    seed
        Of the random projection that the reduction starts from.
    """
    information = _information(session_words)
    vectors = _reduce(information, min(N_DIMENSIONS, information.shape[0]), seed)
    return np.pad(vectors, ((0, 0), (0, N_DIMENSIONS - vectors.shape[1])))


def label_vectors(label_words: csr_matrix, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the unit vector of each label's words, which `label_words` weighs, shape (n_labels, N_DIMENSIONS)."""
    summed = np.asarray(label_words @ vectors)
    return np.asarray(summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9), np.float32)


def company_vectors(together: csr_matrix, of_labels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean vector of the queries beside each label; the fewer and the more scattered, the shorter."""
    summed = np.asarray(together @ of_labels)
    return np.asarray(summed / (np.linalg.norm(summed, axis=1, keepdims=True) + 1.0), np.float32)


def compact(vectors: NDArray[np.float32]) -> tuple[Int8, Floats]:
    """Return vectors as whole numbers of one byte and a scale for each."""
    scale = np.abs(vectors).max(axis=1, initial=0.0) / 127.0
    whole = np.round(vectors / np.where(scale > 0, scale, 1.0)[:, None])
    return freeze(whole, np.int8), freeze(scale, np.float32)


def _information(session_words: csr_matrix) -> csr_matrix:
    """Return the positive pointwise mutual information of words in sessions; long sessions count less a pair."""
    size = np.maximum(np.asarray(session_words.sum(axis=1)).ravel(), 1.0)
    even = csr_matrix(diags_array(1.0 / np.sqrt(size)) @ session_words)
    together = csr_matrix(even.T @ even).tocoo()
    apart = together.row != together.col
    row, column, seen = together.row[apart], together.col[apart], together.data[apart]
    n_words = session_words.shape[1]
    often = np.bincount(row, weights=seen, minlength=n_words)
    smoothed = often**0.75
    smoothed *= seen.sum() / max(smoothed.sum(), 1e-9)
    information = np.log(seen * seen.sum() / (often[row] * smoothed[column]))
    positive = information > 0
    shape = (n_words, n_words)
    return csr_matrix((information[positive].astype(np.float32), (row[positive], column[positive])), shape=shape)


def _reduce(matrix: csr_matrix, rank: int, seed: int) -> NDArray[np.float32]:
    """Return the left factor U·√S of a truncated singular value decomposition, by randomised subspace iteration."""
    probe = np.random.default_rng(seed).standard_normal((matrix.shape[1], rank + 8)).astype(np.float32)
    basis, _ = np.linalg.qr(matrix @ probe)
    for _ in range(N_ROUNDS):
        basis, _ = np.linalg.qr(matrix.T @ basis)
        basis, _ = np.linalg.qr(matrix @ basis)
    left, strength, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    return np.asarray((basis @ left)[:, :rank] * np.sqrt(strength[:rank]), np.float32)
