"""How a label's text relates to a query's: shared words, extensions, slips of the finger."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Ids, Offsets
from xmr_engine.kernels.compiled import kernel

SPACE = 32


class Pieces(NamedTuple):
    """A text and its pieces between spaces: piece p is `text[starts[p]:stops[p]]`; equal pieces have equal keys."""

    text: Bytes
    starts: Offsets
    stops: Offsets
    keys: Offsets


@kernel
def common_length(a: Bytes, b: Bytes) -> int:
    """Return how many bytes two texts share from the start."""
    n = min(a.size, b.size)
    i = 0
    while i < n and a[i] == b[i]:
        i += 1
    return i


@kernel
def are_equal(a: Bytes, b: Bytes) -> bool:
    """Tell whether two pieces of text are the same."""
    return a.size == b.size and common_length(a, b) == a.size


@kernel
def split_text(text: Bytes) -> Pieces:
    """Return the pieces between the spaces of a text."""
    n = 1
    for byte in text:
        n += byte == SPACE
    starts, stops, keys = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    start = 0
    for p in range(n):
        key, stop = 0, start
        while stop < text.size and text[stop] != SPACE:
            key = add_to_key(key, text[stop])
            stop += 1
        starts[p], stops[p], keys[p] = start, stop, key
        start = stop + 1
    return Pieces(text, starts, stops, keys)


@kernel
def add_to_key(key: int, byte: int) -> int:
    """Return the key of a piece that goes on by one byte."""
    return (np.int64(key) * 69069 + np.int64(byte) + 1) & 0x7FFFFFFF


@kernel
def compare_words(label: Bytes, query: Pieces) -> tuple[int, bool, int]:
    """Return how many words of a label a query holds, whether their last words are the same, and the label's words."""
    kept, n_words, start, key, is_last = 0, 1, 0, 0, False
    for i in range(label.size + 1):
        if i < label.size and label[i] != SPACE:
            key = add_to_key(key, label[i])
            continue
        held, is_last = False, False
        for p in range(query.keys.size):
            if i > start and query.keys[p] == key:
                same = are_equal(query.text[query.starts[p] : query.stops[p]], label[start:i])
                held, is_last = held or same, same and p == query.keys.size - 1
        kept += held
        n_words += i < label.size
        start, key = i + 1, 0
    return kept, is_last, n_words


@kernel
def edit_distance(a: Bytes, b: Bytes, scratch: Ids) -> int:
    """Return how many insertions, deletions, replacements or swaps of neighbours part two texts; 3 for more than 2.

    `scratch` has the shape (3, b.size + 1).
    """
    if abs(a.size - b.size) > 2:
        return 3
    before, row, fresh = 0, 1, 2
    for j in range(b.size + 1):
        scratch[row, j] = j
    for i in range(1, a.size + 1):
        low, high = max(1, i - 2), min(b.size, i + 2)
        scratch[fresh, low - 1] = i if low == 1 else 3
        lowest = scratch[fresh, low - 1]
        for j in range(low, high + 1):
            above = scratch[row, j] if j < i + 2 else 3
            cost = min(above + 1, scratch[fresh, j - 1] + 1, scratch[row, j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                cost = min(cost, scratch[before, j - 2] + 1)
            scratch[fresh, j] = cost
            lowest = min(lowest, cost)
        if lowest > 2:
            return 3
        before, row, fresh = row, fresh, before
    return min(scratch[row, b.size], 3) if abs(a.size - b.size) <= 2 else 3
