"""Read-only arrays: frozen at birth, so that trained and opened models are the same kind of thing."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def freeze(array: NDArray[Any], dtype: DTypeLike | None = None) -> NDArray[Any]:
    """Return the array C-contiguous, of the given type, and read-only."""
    frozen = np.ascontiguousarray(array, dtype=dtype).view()
    frozen.setflags(write=False)
    return frozen
