"""Composed completions: what is typed, its last piece finished, and likely next pieces.

Pieces come from the log's successions, from the session's queries, and, for the piece that is being typed, from all
pieces that begin so.
"""

import numpy as np

from xmr_engine.kernels.arrays import Ids, Successions
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import is_among
from xmr_engine.kernels.drafts import MOST_PIECES, Drafts, Heard, Typed, add_draft, no_drafts
from xmr_engine.kernels.spans import first_at_least
from xmr_engine.kernels.strings import find_span

MOST_FOLLOWERS = 10
MOST_BEGUN = 10
MOST_NEXT = 4
MOST_AFTER_NEXT = 2
MOST_QUERIES = 2
LEAST_BEGUN = 2


@kernel
def compose(successions: Successions, typed: Typed, heard: Heard, back_off: bool) -> Drafts:
    """Return rows of pieces that may stand where the fragment begins."""
    drafts = no_drafts()
    span = find_span(successions.pieces, typed.text[typed.fragment :], typed.text.size - typed.fragment)
    room = np.empty(MOST_FOLLOWERS + MOST_BEGUN + heard.pieces.size, np.int32)
    n = begun_pieces(successions, typed, heard, span, room)
    if back_off and typed.fragment > 0 and typed.text.size - typed.fragment >= LEAST_BEGUN:
        n = add_any(successions.before, span, room, n)
    for first in room[:n]:
        add_followed(successions, drafts, first)
        add_heard(successions, drafts, typed, heard, first)
    return drafts


@kernel
def begun_pieces(successions: Successions, typed: Typed, heard: Heard, span: tuple[int, int], out: Ids) -> int:
    """Write the pieces that may finish the fragment: seen after the piece before it, or of the session."""
    n = followers(successions, typed.last, span, out[:MOST_FOLLOWERS])
    for piece in heard.pieces:
        if not span[0] <= piece < span[1] or successions.before[piece] == 0:
            continue
        if not is_among(out[:n], piece) and not is_among(typed.finished, piece):
            out[n] = piece
            n += 1
    return n


@kernel
def add_any(before: Ids, span: tuple[int, int], out: Ids, n: int) -> int:
    """Add the pieces of a span that stand after most others, whatever they stand after; return how many there are."""
    found = np.empty(MOST_BEGUN, np.int32)
    for i in range(most_frequent(before, span, found)):
        if not is_among(out[:n], found[i]):
            out[n] = found[i]
            n += 1
    return n


@kernel
def add_followed(successions: Successions, drafts: Drafts, first: int) -> None:
    """Add a piece alone, and with what the log most often has after it: one piece more, or two."""
    row = np.empty(3, np.int32)
    row[0] = first
    add_draft(drafts, row[:1])
    everything = (0, successions.count.size)
    nexts, others = np.empty(MOST_NEXT, np.int32), np.empty(MOST_AFTER_NEXT, np.int32)
    for i in range(followers(successions, first, everything, nexts)):
        row[1] = nexts[i]
        add_draft(drafts, row[:2])
        if i < MOST_AFTER_NEXT:
            for j in range(followers(successions, np.int64(nexts[i]), everything, others)):
                row[2] = others[j]
                add_draft(drafts, row[:3])


@kernel
def add_heard(successions: Successions, drafts: Drafts, typed: Typed, heard: Heard, first: int) -> None:
    """Add a piece with pieces of the session's queries after it.

    From a query that holds the piece: what stands after it there, or after the one next to it. From the latest
    queries that do not: any of its ends and beginnings, as where one piece is put for another.
    """
    row = np.empty(MOST_PIECES, np.int32)
    row[0] = first
    for j in range(heard.rows.size - 1):
        query = heard.pieces[heard.rows[j] : heard.rows[j + 1]]
        held = is_among(query, first)
        if not held and j >= MOST_QUERIES:
            continue
        for i in range(query.size):
            if held and query[i] == first:
                add_stretches(successions, drafts, typed, query[i + 1 :], row)
                if i + 2 < query.size:
                    add_whole(successions, drafts, typed, query[i + 2 :], row)
            elif not held:
                add_whole(successions, drafts, typed, query[i:], row)
        if not held:
            add_stretches(successions, drafts, typed, query[: query.size - 1], row)


@kernel
def add_stretches(successions: Successions, drafts: Drafts, typed: Typed, query: Ids, row: Ids) -> None:
    """Add the row's first piece with every beginning of a stretch of a query."""
    for n in range(1, min(query.size, row.size - 1) + 1):
        add_whole(successions, drafts, typed, query[:n], row)


@kernel
def add_whole(successions: Successions, drafts: Drafts, typed: Typed, query: Ids, row: Ids) -> None:
    """Add the row's first piece with a stretch of a query, where all its pieces are new and may stand inside one."""
    if query.size >= row.size:
        return
    for i in range(query.size):
        piece = query[i]
        if piece < 0 or successions.before[piece] == 0 or is_among(typed.finished, piece):
            return
        if is_among(row[: i + 1], piece):
            return
        row[i + 1] = piece
    add_draft(drafts, row[: query.size + 1])


@kernel
def followers(successions: Successions, piece: int, span: tuple[int, int], out: Ids) -> int:
    """Write the pieces of a span most often seen right after a piece, most often first; return how many."""
    if piece < 0:
        return 0
    after = successions.after
    stop = after.rows[piece + 1]
    lo = first_at_least(after.ids, after.rows[piece], stop, span[0])
    hi = first_at_least(after.ids, lo, stop, span[1])
    n = most_frequent(after.count, (lo, hi), out)
    for i in range(n):
        out[i] = after.ids[out[i]]
    return n


@kernel
def most_frequent(values: Ids, span: tuple[int, int], out: Ids) -> int:
    """Write the positions of the highest values in a span, highest first, of equal ones the first; return how many."""
    n = 0
    for at in range(span[0], span[1]):
        value = values[at]
        if value <= 0 or (n == out.size and value <= values[out[n - 1]]):
            continue
        place = min(n, out.size - 1)
        while place > 0 and values[out[place - 1]] < value:
            out[place] = out[place - 1]
            place -= 1
        out[place] = at
        n = min(n + 1, out.size)
    return n
