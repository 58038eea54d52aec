"""Read-only arrays: frozen at birth, so that trained and opened models are the same kind of thing."""

from typing import TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def freeze(array: NDArray[Scalar], dtype: DTypeLike | None = None) -> NDArray[Scalar]:
    """Return the array C-contiguous, of the given type, and read-only."""
    frozen = np.ascontiguousarray(array, dtype=dtype).view()
    frozen.setflags(write=False)
    return frozen
