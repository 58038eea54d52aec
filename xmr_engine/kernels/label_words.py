"""The words of every label as ids."""

import numpy as np

from xmr_engine.kernels.arrays import Codes, Ids, Offsets, Vocabulary
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.hashing import find_term, hash_codes
from xmr_engine.kernels.terms import word_bounds


@kernel
def label_word_ids(words: Vocabulary, codes: Codes, offsets: Offsets, rows: Offsets, ids: Ids) -> None:
    """Write the known words of every text, in order, as csr: pointers into `rows`, ids into `ids`."""
    n = 0
    for text in range(offsets.size - 1):
        size = offsets[text + 1] - offsets[text] + 1
        starts, stops = np.empty(size, np.int64), np.empty(size, np.int64)
        for w in range(word_bounds(codes, offsets[text], offsets[text + 1], starts, stops)):
            word = find_term(words, hash_codes(codes, starts[w], stops[w]))
            if word >= 0:
                ids[n] = word
                n += 1
        rows[text + 1] = n
