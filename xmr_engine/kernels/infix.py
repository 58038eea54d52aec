"""Labels that hold what was typed in another order or further inside: each typed word begins a word of the label.

The vocabulary is sorted, so the words that a typed word begins are a range of ids, and the labels with any of them
stand in one piece of the postings. The typed word with the fewest is read; the label's own words tell the rest.
"""

import numpy as np

from xmr_engine.kernels.arrays import Codes, Ids, Offsets, Statistics, Strings
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.popular import better
from xmr_engine.kernels.strings import compare, encode_utf8, find_span
from xmr_engine.kernels.terms import word_bounds

MOST_READ = 4000
MOST_WORDS = 16
MOST_OTHER_WORDS = 2
LEAST_TYPED, LEAST_ALONE = 3, 4
SHORT = 4


@kernel
def typed_ranges(words: Strings, typed: tuple[Codes, int, int]) -> tuple[Offsets, int]:
    """Return for each typed word the range of known words that it begins, shape (n, 2), and how many characters.

    The narrowest range comes first. A finished word of fewer than `SHORT` characters begins itself alone.
    """
    codes, start, stop = typed
    starts, stops = np.empty(stop - start + 1, np.int64), np.empty(stop - start + 1, np.int64)
    n = word_bounds(codes, start, stop, starts, stops)
    ranges, n_codes = np.empty((n, 2), np.int64), 0
    utf8 = np.empty(4 * (stop - start) + 1, np.uint8)
    for w in range(n):
        n_codes += stops[w] - starts[w]
        n_bytes = encode_utf8(codes, starts[w], stops[w], utf8)
        lo, hi = find_span(words, utf8, n_bytes)
        if stops[w] < stop and stops[w] - starts[w] < SHORT:
            hi = lo + 1 if lo < hi and compare(words, lo, utf8, n_bytes) == 0 else lo
        at = w
        while at > 0 and ranges[at - 1, 1] - ranges[at - 1, 0] > hi - lo:
            ranges[at] = ranges[at - 1]
            at -= 1
        ranges[at, 0], ranges[at, 1] = lo, hi
    return ranges, n_codes


@kernel
def begins_all(statistics: Statistics, label: int, ranges: Offsets) -> bool:
    """Tell whether every range holds a word of the label, each its own, and the label has few words besides.

    Of two ranges one holds the other or they are apart, so the narrowest may choose first.
    """
    first, last = statistics.label_word_rows[label], statistics.label_word_rows[label + 1]
    if not 0 <= last - first - ranges.shape[0] <= MOST_OTHER_WORDS:
        return False
    taken = 0
    for r in range(ranges.shape[0]):
        held = False
        for at in range(first, last):
            if ranges[r, 0] <= statistics.label_words[at] < ranges[r, 1] and not taken >> (at - first) & 1:
                taken |= 1 << (at - first)
                held = True
                break
        if not held:
            return False
    return True


@kernel
def labels_with_words(words: Strings, statistics: Statistics, typed: tuple[Codes, int, int], most: int) -> Ids:
    """Return the most popular labels of which each typed word begins a word, best first, equal ones by id.

    A label has at most `MOST_OTHER_WORDS` words more than were typed. None where the typed words are too short to say
    much, or where more than `MOST_READ` labels hold even the rarest.
    """
    ranges, n_codes = typed_ranges(words, typed)
    found, n = np.empty(most, np.int32), 0
    if n_codes < (LEAST_ALONE if ranges.shape[0] == 1 else LEAST_TYPED) or not 1 <= ranges.shape[0] <= MOST_WORDS:
        return found[:0]
    rows = statistics.word_label_rows
    rarest = 0
    for r in range(1, ranges.shape[0]):
        size = rows[ranges[r, 1]] - rows[ranges[r, 0]]
        if size < rows[ranges[rarest, 1]] - rows[ranges[rarest, 0]]:
            rarest = r
    first, last = rows[ranges[rarest, 0]], rows[ranges[rarest, 1]]
    if last - first > MOST_READ:
        return found[:0]
    for at in range(first, last):
        label = np.int64(statistics.word_labels[at])
        if n == most and better(statistics.count, found[n - 1], label) != label:
            continue
        if begins_all(statistics, label, ranges):
            n = insert_popular(statistics.count, found, n, label)
    return found[:n]


@kernel
def insert_popular(count: Ids, found: Ids, n: int, label: int) -> int:
    """Put a label into its place among the first n, which are ordered, unless it stands there; return how many."""
    at = n
    while at > 0 and better(count, found[at - 1], label) == label and found[at - 1] != label:
        at -= 1
    if at > 0 and found[at - 1] == label:
        return n
    if n < found.size:
        n += 1
    if at == n:
        return n
    for i in range(n - 1, at, -1):
        found[i] = found[i - 1]
    found[at] = label
    return n
