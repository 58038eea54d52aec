"""Terms as numbers: a 62-bit hash of code points, and the table that finds a term's id by it."""

import numpy as np

from xmr_engine.kernels.arrays import Codes, Ids, Offsets, Vocabulary
from xmr_engine.kernels.compiled import kernel

_P1, _A1 = 2147483647, 1103515245
_P2, _A2 = 2147483629, 69069069


@kernel
def hash_codes(codes: Codes, start: int, stop: int) -> int:
    """Return the hash of `codes[start:stop]`, in [0, 2**62)."""
    first, second = 17, 29
    for i in range(start, stop):
        code = np.int64(codes[i]) + 1
        first = (first * _A1 + code) % _P1
        second = (second * _A2 + code) % _P2
    return (first << 31) | second


@kernel
def find_term(vocabulary: Vocabulary, key: int) -> int:
    """Return the id of the term with this hash, -1 where the vocabulary lacks it."""
    mask = vocabulary.keys.size - 1
    slot = (key ^ (key >> 29)) & mask
    for _ in range(vocabulary.keys.size):
        held = vocabulary.keys[slot]
        if held == key:
            return np.int64(vocabulary.ids[slot])
        if held == -1:
            return np.int64(-1)
        slot = (slot + 1) & mask
    return np.int64(-1)


@kernel
def fill_slots(hashes: Offsets, keys: Offsets, ids: Ids) -> None:
    """Enter every hash under its position; of equal hashes the first stays."""
    mask = keys.size - 1
    for i in range(hashes.size):
        key = hashes[i]
        slot = (key ^ (key >> 29)) & mask
        while keys[slot] not in (-1, key):
            slot = (slot + 1) & mask
        if keys[slot] == -1:
            keys[slot] = key
            ids[slot] = i
