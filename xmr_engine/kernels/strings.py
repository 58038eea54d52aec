"""Sorted texts: where a text stands, and which begin with a prefix."""

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Codes, Ids, Offsets, Strings
from xmr_engine.kernels.compiled import kernel


@kernel
def encode_utf8(codes: Codes, start: int, stop: int, out: Bytes) -> int:
    """Write code points as UTF-8 into `out` (four bytes each at most); return how many bytes."""
    n = 0
    for i in range(start, stop):
        c = np.int64(codes[i])
        if c < 0x80:
            out[n] = c
            n += 1
        elif c < 0x800:
            out[n] = 0xC0 | c >> 6
            out[n + 1] = 0x80 | c & 0x3F
            n += 2
        elif c < 0x10000:
            out[n] = 0xE0 | c >> 12
            out[n + 1] = 0x80 | c >> 6 & 0x3F
            out[n + 2] = 0x80 | c & 0x3F
            n += 3
        else:
            out[n] = 0xF0 | c >> 18
            out[n + 1] = 0x80 | c >> 12 & 0x3F
            out[n + 2] = 0x80 | c >> 6 & 0x3F
            out[n + 3] = 0x80 | c & 0x3F
            n += 4
    return n


@kernel
def decode_utf8(text: Bytes, out: Codes) -> int:
    """Write the code points of a text; return how many there are."""
    n, at = 0, 0
    while at < text.size:
        lead = np.int64(text[at])
        more = 0 if lead < 0x80 else 1 if lead < 0xE0 else 2 if lead < 0xF0 else 3
        code = lead if more == 0 else lead & (0x3F >> more)
        for i in range(at + 1, min(at + 1 + more, text.size)):
            code = code << 6 | np.int64(text[i]) & 0x3F
        out[n] = code
        n += 1
        at += more + 1
    return n


@kernel
def compare(strings: Strings, i: int, text: Bytes, n: int) -> int:
    """Order text i against `text[:n]`: -1 before it, 0 equal to it, 1 longer but begun by it, 2 after it."""
    start, stop = strings.offsets[i], strings.offsets[i + 1]
    size = stop - start
    for j in range(min(size, n)):
        if strings.blob[start + j] != text[j]:
            return -1 if strings.blob[start + j] < text[j] else 2
    if size == n:
        return 0
    return -1 if size < n else 1


@kernel
def bisect(strings: Strings, text: Bytes, n: int, bound: int) -> int:
    """Return the first position whose order against `text[:n]` (see `compare`) is at least `bound`."""
    return bisect_within(strings, text, n, bound, (0, strings.offsets.size - 1))


@kernel
def bisect_within(strings: Strings, text: Bytes, n: int, bound: int, span: tuple[int, int]) -> int:
    """Return the first position of a span whose order against `text[:n]` is at least `bound`, its end if none is."""
    lo, hi = span
    while lo < hi:
        middle = (lo + hi) >> 1
        if compare(strings, middle, text, n) >= bound:
            hi = middle
        else:
            lo = middle + 1
    return lo


@kernel
def find_span(strings: Strings, text: Bytes, n: int) -> tuple[int, int]:
    """Return the span [lo, hi) of the texts that begin with `text[:n]`; lo <= hi even where texts are out of order."""
    lo = bisect(strings, text, n, 0)
    return lo, max(lo, bisect(strings, text, n, 2))


@kernel
def find_text(strings: Strings, text: Bytes, n: int) -> int:
    """Return the position of `text[:n]`, -1 where it is not held."""
    i = bisect(strings, text, n, 0)
    if i < strings.offsets.size - 1 and compare(strings, i, text, n) == 0:
        return i
    return -1


@kernel
def common_prefixes(strings: Strings) -> Ids:
    """Return, for each text, how many characters it shares with the one before it; shape (n,), the first 0."""
    n = strings.offsets.size - 1
    shared = np.zeros(n, np.int32)
    for i in range(1, n):
        a, b = strings.offsets[i - 1], strings.offsets[i]
        stop = min(b - a, strings.offsets[i + 1] - b)
        j = 0
        while j < stop and strings.blob[a + j] == strings.blob[b + j]:
            j += 1
        while j > 0 and b + j < strings.offsets[i + 1] and strings.blob[b + j] & 0xC0 == 0x80:
            j -= 1
        for k in range(j):
            shared[i] += strings.blob[b + k] & 0xC0 != 0x80
    return shared


@kernel
def count_extensions(strings: Strings, asked_before: Offsets, n_longer: Offsets, asked: Offsets) -> None:
    """Write, for each text, how many texts are it and more words, and how often they were asked in all.

    `asked_before` holds the running sums of how often each text was asked, from 0.
    """
    longest = 0
    for i in range(strings.offsets.size - 1):
        longest = max(longest, strings.offsets[i + 1] - strings.offsets[i])
    text = np.empty(longest + 1, np.uint8)
    for i in range(strings.offsets.size - 1):
        size = strings.offsets[i + 1] - strings.offsets[i]
        text[:size] = strings.blob[strings.offsets[i] : strings.offsets[i + 1]]
        text[size] = 32
        lo, hi = find_span(strings, text, size + 1)
        n_longer[i], asked[i] = hi - lo, asked_before[hi] - asked_before[lo]
