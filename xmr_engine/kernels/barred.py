"""What a composed text must not hold, whatever its pieces are: long numbers, and phrases of the block list."""

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Offsets
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.hashing import hash_codes
from xmr_engine.kernels.strings import decode_utf8
from xmr_engine.kernels.terms import word_bounds

FEW_DIGITS = 7
SPACE = 32


@kernel
def holds_long_number(text: Bytes) -> bool:
    """Tell whether seven or more digits stand together, with nothing but signs that group digits between them.

    More is refused than `data.privacy` refuses: a number grown piece by piece is nobody's query.
    """
    n = 0
    for byte in text:
        if 48 <= byte <= 57:
            n += 1
            if n >= FEW_DIGITS:
                return True
        elif byte < 0x80 and byte != SPACE and not 0x28 <= byte <= 0x2F:
            n = 0
    return False


@kernel
def holds_phrase(blocked: Offsets, text: Bytes) -> bool:
    """Tell whether any words in a row are one of the phrases, which are hashes, ascending."""
    if blocked.size == 0:
        return False
    codes, room = np.empty(text.size + 1, np.uint32), text.size + 1
    starts, stops = np.empty(room, np.int64), np.empty(room, np.int64)
    n_words = word_bounds(codes, 0, decode_utf8(text, codes), starts, stops)
    phrase = np.empty(room, np.uint32)
    for first in range(n_words):
        size = 0
        for last in range(first, n_words):
            if last > first:
                phrase[size] = SPACE
                size += 1
            for i in range(starts[last], stops[last]):
                phrase[size] = codes[i]
                size += 1
            key = hash_codes(phrase, 0, size)
            at = np.searchsorted(blocked, key)
            if at < blocked.size and blocked[at] == key:
                return True
    return False
