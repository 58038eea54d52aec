"""What speaks for a composed completion: chances of its pieces, and what the session says of them."""

import numpy as np

from xmr_engine.kernels.arrays import Doubles, Floats, Ids, Successions
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import is_among
from xmr_engine.kernels.drafts import Drafts, Heard, Typed, are_pieces_in_row
from xmr_engine.kernels.spans import first_at_least
from xmr_engine.kernels.strings import find_span
from xmr_engine.kernels.successions import chance_after, chance_anywhere, smoothing, times_after

(
    COMPOSED, COMPOSED_SPAN, COMPOSED_ASKED, BEGUN_CHANCE, BEGUN_GAIN, BEGUN_SEEN, BEGUN_COUNT, BEGUN_HEARD,
    BEGUN_WHOLE, BEGUN_TYPED, BEGUN_REST, BEGUN_MASS, LAST_KNOWN, BACKED_OFF, ADDED, ADDED_CHANCE, ADDED_GAIN,
    ADDED_HEARD, ADDED_UNSEEN, HEARD_IN_ROW, END_CHANCE, ENDS_HEARD,
) = range(22)  # fmt: skip
N_COMPOSED = 22
HEARD_SHARE = 0.15
LEAST = 1e-9


@kernel
def begun_mass(successions: Successions, typed: Typed) -> float:
    """Return the probability that a piece which begins as the fragment does stands after the piece before it."""
    if typed.fragment == typed.text.size:
        return 1.0
    span = find_span(successions.pieces, typed.text[typed.fragment :], typed.text.size - typed.fragment)
    seen, unseen = smoothing(successions, typed.last)
    total = 0.0
    for piece in range(span[0], span[1]):
        total += unseen * chance_anywhere(successions, piece)
    if typed.last >= 0:
        after = successions.after
        stop = after.rows[typed.last + 1]
        at = first_at_least(after.ids, after.rows[typed.last], stop, span[0])
        while at < stop and after.ids[at] < span[1]:
            total += seen * after.count[at]
            at += 1
    return total


@kernel
def heard_chance(heard: Heard, first: int, second: int) -> float:
    """Return how likely the session makes a piece after another: where it stood there, or at all."""
    if are_pieces_in_row(heard, first, second):
        return 0.5
    if is_among(heard.pieces, second):
        return 0.5 / heard.pieces.size
    return 0.0


@kernel
def heard_decay(heard: Heard, decay: Doubles, piece: int) -> float:
    """Return what the latest query that holds a piece counts, 0 where none does."""
    for j in range(heard.rows.size - 1):
        if is_among(heard.pieces[heard.rows[j] : heard.rows[j + 1]], piece):
            return decay[j]
    return 0.0


@kernel
def ends_query(heard: Heard, piece: int) -> bool:
    """Tell whether a query of the session ends with a piece."""
    for j in range(heard.rows.size - 1):
        if heard.rows[j + 1] > heard.rows[j] and heard.pieces[heard.rows[j + 1] - 1] == piece:
            return True
    return False


@kernel
def likelihoods(successions: Successions, typed: Typed, heard: Heard, drafts: Drafts) -> Doubles:
    """Return for every draft the mixed log probability of its pieces and its end, for cutting."""
    n, share = drafts.n[0], heard_share(heard)
    out = np.zeros(n, np.float64)
    end = successions.count.size
    for d in range(n):
        before = typed.last
        for i in range(drafts.sizes[d] + 1):
            piece = np.int64(drafts.pieces[d, i]) if i < drafts.sizes[d] else end
            chance = chance_after(successions, before, piece)
            said = 0.5 * ends_query(heard, before) if piece == end else heard_chance(heard, before, piece)
            out[d] += np.log((1.0 - share) * chance + share * said)
            before = piece
    return out


@kernel
def heard_share(heard: Heard) -> float:
    """Return what the session's word counts beside the log's."""
    return HEARD_SHARE if heard.pieces.size > 0 else 0.0


@kernel
def heard_mass(successions: Successions, typed: Typed, heard: Heard) -> float:
    """Return the probability that the session gives to pieces which begin as the fragment does."""
    span = find_span(successions.pieces, typed.text[typed.fragment :], typed.text.size - typed.fragment)
    total = 0.0
    for i in range(heard.pieces.size):
        piece = heard.pieces[i]
        if span[0] <= piece < span[1] and not is_among(heard.pieces[:i], piece):
            total += heard_chance(heard, typed.last, piece)
    return total


@kernel
def own_composed(
    successions: Successions, typed: Typed, heard: Heard, decay: Doubles, rows: tuple[Ids, Ids], out: Floats
) -> None:
    """Write what speaks for rows of pieces, given with their sizes; shape (n_rows, N_COMPOSED), natural logarithms."""
    share = heard_share(heard)
    mass = begun_mass(successions, typed)
    mixed_mass = (1.0 - share) * mass + share * heard_mass(successions, typed, heard)
    n_begun, offsets = typed.text.size - typed.fragment, successions.pieces.offsets
    for c in range(out.shape[0]):
        row, first = out[c], np.int64(rows[0][c, 0])
        seen, chance = times_after(successions, typed.last, first), chance_after(successions, typed.last, first)
        mixed = (1.0 - share) * chance + share * heard_chance(heard, typed.last, first)
        row[COMPOSED] = 1.0
        row[BEGUN_CHANCE] = np.log(chance / max(mass, LEAST) + LEAST)
        row[BEGUN_GAIN] = np.log(mixed / max(mixed_mass, LEAST) + LEAST) - row[BEGUN_CHANCE]
        row[BEGUN_SEEN] = np.log1p(seen)
        row[BEGUN_COUNT] = np.log1p(successions.count[first])
        row[BEGUN_HEARD] = heard_decay(heard, decay, first)
        row[BEGUN_REST] = np.log1p(offsets[first + 1] - offsets[first] - n_begun)
        row[BEGUN_WHOLE] = offsets[first + 1] - offsets[first] == n_begun
        row[BEGUN_TYPED] = np.log1p(n_begun)
        row[BEGUN_MASS] = np.log(mass + LEAST)
        row[LAST_KNOWN] = typed.last >= 0
        row[BACKED_OFF] = seen == 0 and row[BEGUN_HEARD] == 0.0
        row[HEARD_IN_ROW] = are_pieces_in_row(heard, typed.last, first)
        added_pieces(successions, heard, rows[0][c, : rows[1][c]], row)


@kernel
def added_pieces(successions: Successions, heard: Heard, pieces: Ids, row: Floats) -> None:
    """Write what speaks for the pieces after the first one, and for the end."""
    share, before = heard_share(heard), np.int64(pieces[0])
    row[ADDED] = pieces.size - 1
    for i in range(1, pieces.size):
        piece = np.int64(pieces[i])
        chance, said = chance_after(successions, before, piece), heard_chance(heard, before, piece)
        row[ADDED_CHANCE] += np.log(chance)
        row[ADDED_GAIN] += np.log((1.0 - share) * chance + share * said) - np.log(chance)
        row[ADDED_HEARD] += said > 0.0
        row[ADDED_UNSEEN] += times_after(successions, before, piece) == 0
        row[HEARD_IN_ROW] += are_pieces_in_row(heard, before, piece)
        before = piece
    row[END_CHANCE] = np.log(chance_after(successions, before, successions.count.size))
    row[ENDS_HEARD] = ends_query(heard, before)
