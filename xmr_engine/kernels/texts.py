"""How a label's text relates to a query's: shared words, extensions, slips of the finger."""

import numpy as np

from xmr_engine.kernels.arrays import Bytes
from xmr_engine.kernels.compiled import kernel

SPACE = 32


@kernel
def common_length(a: Bytes, b: Bytes) -> int:
    """Return how many bytes two texts share from the start."""
    n = min(a.size, b.size)
    i = 0
    while i < n and a[i] == b[i]:
        i += 1
    return i


@kernel
def next_word(text: Bytes, start: int) -> int:
    """Return where the word that begins at `start` ends: at a space or at the end."""
    stop = start
    while stop < text.size and text[stop] != SPACE:
        stop += 1
    return stop


@kernel
def count_words(text: Bytes) -> int:
    """Return how many pieces between spaces a text has."""
    n = 1
    for byte in text:
        n += byte == SPACE
    return n


@kernel
def compare_words(label: Bytes, query: Bytes) -> tuple[int, bool, bool]:
    """Return how many words of a label a query holds, whether their first words are the same, and their last."""
    kept, same_first, same_last = 0, False, False
    a = 0
    while a <= label.size:
        a_stop = next_word(label, a)
        b = 0
        while b <= query.size:
            b_stop = next_word(query, b)
            size = a_stop - a
            if size > 0 and b_stop - b == size:
                equal = True
                for i in range(size):
                    if label[a + i] != query[b + i]:
                        equal = False
                        break
                if equal:
                    kept += 1
                    same_first |= a == 0 and b == 0
                    same_last |= a_stop == label.size and b_stop == query.size
                    break
            b = b_stop + 1
        a = a_stop + 1
    return kept, same_first, same_last


@kernel
def edit_distance(a: Bytes, b: Bytes) -> int:
    """Return how many insertions, deletions, replacements or swaps of neighbours part two texts; 3 for more than 2."""
    if abs(a.size - b.size) > 2:
        return 3
    before, row = np.zeros(b.size + 1, np.int32), np.arange(b.size + 1).astype(np.int32)
    for i in range(1, a.size + 1):
        fresh = np.full(b.size + 1, 3, np.int32)
        fresh[0] = i
        lowest = fresh[0]
        for j in range(max(1, i - 2), min(b.size, i + 2) + 1):
            cost = min(row[j] + 1, fresh[j - 1] + 1, row[j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                cost = min(cost, before[j - 2] + 1)
            fresh[j] = cost
            lowest = min(lowest, cost)
        if lowest > 2:
            return 3
        before, row = row, fresh
    return min(row[b.size], 3)


@kernel
def equal_without_spaces(a: Bytes, b: Bytes) -> bool:
    """Tell whether two texts differ by their spaces alone."""
    i, j = 0, 0
    while True:
        while i < a.size and a[i] == SPACE:
            i += 1
        while j < b.size and b[j] == SPACE:
            j += 1
        if i == a.size or j == b.size:
            return i == a.size and j == b.size
        if a[i] != b[j]:
            return False
        i += 1
        j += 1
