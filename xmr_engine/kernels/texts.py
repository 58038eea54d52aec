"""How a label's text relates to a query's: shared words, extensions, slips of the finger."""

from xmr_engine.kernels.arrays import Bytes, Ids
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
def are_equal(a: Bytes, b: Bytes) -> bool:
    """Tell whether two pieces of text are the same."""
    return a.size == b.size and common_length(a, b) == a.size


@kernel
def compare_words(label: Bytes, query: Bytes) -> tuple[int, bool]:
    """Return how many words of a label a query holds, and whether their last words are the same."""
    kept, same_last = 0, False
    a = 0
    while a <= label.size:
        a_stop = next_word(label, a)
        held = False
        b = 0
        while b <= query.size:
            b_stop = next_word(query, b)
            if a_stop > a and are_equal(label[a:a_stop], query[b:b_stop]):
                held = True
                same_last |= a_stop == label.size and b_stop == query.size
            b = b_stop + 1
        kept += held
        a = a_stop + 1
    return kept, same_last


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
