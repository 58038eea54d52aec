"""The spans of labels that begin with something like what was typed.

The sorted labels are walked as a trie. Where the band of costs of the characters read so far is out of reach, all
labels that begin with them are passed over by bisection.
"""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Ids, Offsets, Strings
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.edits import (
    AFTER_ALL,
    EDIT,
    END,
    Typed,
    Walk,
    answer_cost,
    fill_first,
    fill_row,
    next_wanted,
    swappable,
)
from xmr_engine.kernels.strings import bisect_within, encode_utf8

MOST_VISITED = 600
MOST_CORRECTIONS = 256


class Corrections(NamedTuple):
    """Spans of labels and what leads there, the cheapest first, of equal cost those with the longer beginning first.

    spans: shape (n, 2). n_bytes: how long the corrected beginning is. costs: of its edits. n_visited: nodes read.
    """

    spans: Ids
    n_bytes: Ids
    costs: Ids
    n_visited: int


class Found(NamedTuple):
    """The spans kept so far, `n` of them, and how many characters of labels were read."""

    spans: Ids
    n_bytes: Ids
    costs: Ids
    n: Offsets
    visited: Offsets


@kernel
def read_code(strings: Strings, label: int, at: int) -> tuple[int, int]:
    """Return the character of a label that begins at a byte, and where the next begins; `END` after the last."""
    i, stop = strings.offsets[label] + at, strings.offsets[label + 1]
    if i >= stop:
        return END, at
    first = np.int64(strings.blob[i])
    if first < 0x80:
        return first, at + 1
    size = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    code = first & (0x7F >> size)
    for j in range(1, size):
        code = code << 6 | (np.int64(strings.blob[i + j]) & 0x3F if i + j < stop else 0)
    return code, min(at + size, stop - strings.offsets[label])


@kernel
def is_before(strings: Strings, label: int, other: int, shared: tuple[int, int], code: int) -> bool:
    """Tell whether a label shares the bytes [from, to) with another and then has a character before `code`."""
    a, b = strings.offsets[label], strings.offsets[other]
    if strings.offsets[label + 1] - a < shared[1]:
        return False
    for j in range(shared[0], shared[1]):
        if strings.blob[a + j] != strings.blob[b + j]:
            return False
    return read_code(strings, label, shared[1])[0] < code


@kernel
def pass_over(strings: Strings, label: int, stop: int, shared: tuple[int, int], code: int) -> int:
    """Return the first label after this one that is not `is_before`, `stop` at most; by steps of growing length."""
    lo, step = label, 1
    while lo + step < stop and is_before(strings, lo + step, label, shared, code):
        lo += step
        step *= 2
    hi = min(lo + step, stop)
    while hi - lo > 1:
        middle = (lo + hi) >> 1
        if is_before(strings, middle, label, shared, code):
            lo = middle
        else:
            hi = middle
    return hi


@kernel
def shared_depth(strings: Strings, walk: Walk, labels: tuple[int, int], base: int, depth: int) -> int:
    """Return how many of the first `depth` characters two labels share that share the first `base`."""
    a, b = strings.offsets[labels[0]], strings.offsets[labels[1]]
    size = strings.offsets[labels[1] + 1] - b
    while base < depth and walk.ends[base + 1] <= size:
        for j in range(walk.ends[base], walk.ends[base + 1]):
            if strings.blob[a + j] != strings.blob[b + j]:
                return base
        base += 1
    return base


@kernel
def follow_typed(strings: Strings, typed: Typed, walk: Walk, found: Found, limit: int) -> Ids:
    """Fill the walk along what was typed; return the span of each of its beginnings that some label has."""
    n = typed.codes.size
    spans = np.zeros((n + 1, 2), np.int32)
    utf8 = np.empty(4 * n + 1, np.uint8)
    spans[0, 1] = strings.offsets.size - 1
    n_bytes, depth = 0, 0
    fill_first(typed, walk.costs, limit)
    while True:
        if depth > 0:
            walk.read[depth - 1] = typed.codes[depth - 1]
            walk.best[depth] = walk.best[depth - 1]
            fill_row(typed, walk, depth, limit)
        walk.ends[depth] = n_bytes
        cost = answer_cost(walk, depth, n, limit)
        if cost < walk.best[depth]:
            walk.best[depth] = cost
            if depth < n:
                keep(found, (spans[depth, 0], spans[depth, 1]), n_bytes, cost)
        if depth == n:
            break
        n_bytes += encode_utf8(typed.codes, depth, depth + 1, utf8[n_bytes:])
        lo = bisect_within(strings, utf8, n_bytes, 0, (spans[depth, 0], spans[depth, 1]))
        hi = bisect_within(strings, utf8, n_bytes, 2, (lo, spans[depth, 1]))
        if lo == hi:
            break
        depth += 1
        spans[depth, 0], spans[depth, 1] = lo, hi
    return spans[: depth + 1]


@kernel
def keep(found: Found, span: tuple[int, int], n_bytes: int, cost: int) -> None:
    """Add a span, unless there is no room."""
    n = found.n[0]
    if n < found.costs.size and span[0] < span[1]:
        found.spans[n, 0], found.spans[n, 1] = span
        found.n_bytes[n], found.costs[n] = n_bytes, cost
        found.n[0] += 1


@kernel
def walk_range(
    strings: Strings, typed: Typed, walk: Walk, found: Found, labels: tuple[int, int], base: int, limit: int
) -> None:
    """Read the labels of a range, which share the first `base` characters of what was typed, and keep what is near."""
    label, stop = labels
    depth = base
    while label < stop and found.visited[0] < MOST_VISITED:
        found.visited[0] += 1
        code, end = read_code(strings, label, walk.ends[depth])
        wanted = next_wanted(typed, walk, depth, max(code, 0))
        alive = False
        if wanted == code:
            walk.read[depth], walk.ends[depth + 1] = code, end
            walk.best[depth + 1] = walk.best[depth]
            lowest = fill_row(typed, walk, depth + 1, limit)
            cost = answer_cost(walk, depth + 1, typed.codes.size, limit)
            if cost < walk.best[depth]:
                walk.best[depth + 1] = cost
                after = pass_over(strings, label, stop, (walk.ends[base], end), AFTER_ALL)
                keep(found, (label, after), end, cost)
            alive = lowest < walk.best[depth + 1]
            wanted = code + 1
        if alive:
            depth += 1
            continue
        before = label
        label = pass_over(strings, label, stop, (walk.ends[base], walk.ends[depth]), wanted)
        if label < stop:
            depth = shared_depth(strings, walk, (before, label), base, depth)


@kernel
def near_spans(strings: Strings, typed: Typed, most_cost: int) -> Corrections:
    """Return the spans of labels that begin with what was typed but for edits of `most_cost` at most.

    An edit is a character left out, added, replaced, or swapped with the next. What shares the longest beginning with
    what was typed is read first; after `MOST_VISITED` characters of labels the rest is left.
    """
    n = typed.codes.size
    most_edits, limit = most_cost // EDIT, most_cost + 1
    room = n + most_edits + 3
    walk = Walk(
        np.empty((room, 2 * most_edits + 1), np.int32),
        np.zeros(room, np.int64),
        np.zeros(room, np.int64),
        np.full(room, limit, np.int64),
        swappable(typed.codes, typed.changes),
    )
    found = Found(
        np.empty((MOST_CORRECTIONS, 2), np.int32),
        np.empty(MOST_CORRECTIONS, np.int32),
        np.empty(MOST_CORRECTIONS, np.int32),
        np.zeros(1, np.int64),
        np.zeros(1, np.int64),
    )
    spans = follow_typed(strings, typed, walk, found, limit)
    inner = (spans[-1, 1], spans[-1, 1])
    for depth in range(spans.shape[0] - 1, -1, -1):
        if depth < n:
            walk_range(strings, typed, walk, found, (spans[depth, 0], inner[0]), depth, limit)
            walk_range(strings, typed, walk, found, (inner[1], spans[depth, 1]), depth, limit)
        inner = (spans[depth, 0], spans[depth, 1])
    n_found = found.n[0]
    order = np.argsort(found.costs[:n_found].astype(np.int64) * (1 << 20) - found.n_bytes[:n_found], kind="mergesort")
    return Corrections(found.spans[order], found.n_bytes[order], found.costs[order], found.visited[0])
