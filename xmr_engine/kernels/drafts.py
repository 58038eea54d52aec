"""Drafts of composed completions: rows of pieces that may follow what is typed, each row once."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Codes, Ids, Offsets, Strings
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context
from xmr_engine.kernels.strings import encode_utf8, find_text

SPACE = 32
MOST_PIECES = 6
MOST_DRAFTS = 512
N_SLOTS = 1024


class Typed(NamedTuple):
    """What is typed, as UTF-8: its finished pieces (-1: unknown to the log), and where the fragment begins.

    last: the piece before the fragment; one past the last piece where there is none.
    """

    text: Bytes
    fragment: int
    finished: Ids
    last: int


class Heard(NamedTuple):
    """The pieces of the session's queries, the latest query first, -1 where the log does not know one: csr."""

    rows: Offsets
    pieces: Ids


class Drafts(NamedTuple):
    """Rows of pieces; the first one holds the fragment. n: how many (one entry); slots find a row by its pieces."""

    pieces: Ids
    sizes: Ids
    slots: Ids
    n: Ids


@kernel
def find_pieces(pieces: Strings, text: Bytes, out: Ids) -> int:
    """Write the ids of a text's pieces, -1 where unknown; return how many there are."""
    n, start = 0, 0
    for i in range(text.size + 1):
        if i == text.size or text[i] == SPACE:
            if i > start:
                out[n] = find_text(pieces, text[start:i], i - start)
                n += 1
            start = i + 1
    return n


@kernel
def read_typed(pieces: Strings, codes: Codes, start: int, stop: int) -> Typed:
    """Return what is typed, cut at its last space."""
    utf8 = np.empty(4 * (stop - start) + 1, np.uint8)
    text = utf8[: encode_utf8(codes, start, stop, utf8)]
    fragment = text.size
    while fragment > 0 and text[fragment - 1] != SPACE:
        fragment -= 1
    finished = np.empty(fragment // 2 + 1, np.int32)
    finished = finished[: find_pieces(pieces, text[:fragment], finished)]
    last = finished[finished.size - 1] if finished.size > 0 else pieces.offsets.size - 1
    return Typed(text, fragment, finished, np.int64(last))


@kernel
def read_heard(pieces: Strings, context: Context) -> Heard:
    """Return the pieces of the session's queries."""
    n = context.labels.size
    room = 1
    for j in range(n):
        room += context.stops[j] - context.starts[j]
    rows, found, utf8 = np.zeros(n + 1, np.int64), np.empty(room, np.int32), np.empty(4 * room, np.uint8)
    for j in range(n):
        size = encode_utf8(context.codes, context.starts[j], context.stops[j], utf8)
        rows[j + 1] = rows[j] + find_pieces(pieces, utf8[:size], found[rows[j] :])
    return Heard(rows, found[: rows[n]])


@kernel
def no_drafts() -> Drafts:
    """Return an empty set of drafts."""
    return Drafts(
        np.empty((MOST_DRAFTS, MOST_PIECES), np.int32),
        np.empty(MOST_DRAFTS, np.int32),
        np.full(N_SLOTS, -1, np.int32),
        np.zeros(1, np.int32),
    )


@kernel
def add_draft(drafts: Drafts, row: Ids) -> None:
    """Add a row of pieces unless it is known, holds an unknown piece, or there is no room."""
    n = drafts.n[0]
    if n == MOST_DRAFTS or row.size > MOST_PIECES:
        return
    key = np.int64(row.size)
    for piece in row:
        if piece < 0:
            return
        key = (key * 1000003 + piece) & 0xFFFFFFFFFF
    slot = (key ^ (key >> 17)) & (N_SLOTS - 1)
    while drafts.slots[slot] >= 0:
        known = drafts.slots[slot]
        if drafts.sizes[known] == row.size and np.array_equal(drafts.pieces[known, : row.size], row):
            return
        slot = (slot + 1) & (N_SLOTS - 1)
    drafts.slots[slot] = n
    drafts.sizes[n] = row.size
    drafts.pieces[n, : row.size] = row
    drafts.n[0] = n + 1


@kernel
def are_pieces_in_row(heard: Heard, first: int, second: int) -> bool:
    """Tell whether a query of the session holds one piece right after the other."""
    for j in range(heard.rows.size - 1):
        for i in range(heard.rows[j] + 1, heard.rows[j + 1]):
            if heard.pieces[i] == second and heard.pieces[i - 1] == first:
                return True
    return False
