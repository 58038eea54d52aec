"""What a label is to a clustering: its text as a vector, or the inputs it answered (PIFA)."""

import numpy as np
from scipy.sparse import csr_matrix, diags_array


def normalise_rows(matrix: csr_matrix) -> csr_matrix:
    """Return the matrix with every non-empty row of length one, csr float32."""
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    norms[norms == 0.0] = 1.0
    return csr_matrix(diags_array(1.0 / norms) @ matrix, dtype=np.float32)


def positive_instances(X: csr_matrix, Y: csr_matrix) -> csr_matrix:
    """Return the normalised sum of the rows that a label answered, shape (n_labels, n_features).

    PIFA, positive instance feature aggregation (PECOS, JMLR 2022); rows of `Y` count with length one.
    """
    return normalise_rows(csr_matrix(normalise_rows(Y).T @ X))
