"""Many texts as one array of code points, the form in which kernels read them."""

from collections.abc import Sequence

import numpy as np

from xmr_engine.kernels.arrays import Codes, Offsets

SEPARATOR = "\n"


def to_codes(text: str) -> Codes:
    """Return the code points of one text, shape (n_characters,), read-only."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def pack_codes(texts: Sequence[str]) -> tuple[Codes, Offsets]:
    """Return the code points of all texts in a row, and where each begins, shape (n_texts + 1,)."""
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    return to_codes("".join(texts)), offsets
