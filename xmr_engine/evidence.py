"""Why a composed completion may be offered: where the log or the session has each of its pieces.

Knows the model's successions and texts; must not know how completions are composed or scored.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Successions
from xmr_engine.kernels.strings import find_text

Support = Literal["pair", "session pair", "session", "begun", "none"]


class Evidence(NamedTuple):
    """What speaks for one piece where it stands.

    before: the piece before it, None at the begin. support: `pair`, the log has the two in a row (`times`);
    `session pair`, a query of the session has; `session`, a query of the session holds the piece, and the log has it
    after `places` other pieces; `begun`, the person typed its begin, and the log has it after `places` other pieces.
    """

    before: str | None
    piece: str
    support: Support
    times: int
    places: int


def find_evidence(successions: Successions, prefix: str, text: str, previous: Sequence[str]) -> list[Evidence]:
    """Return the evidence of every piece of a completion that is not wholly typed, in order.

    Parameters
    ----------
    prefix, text
        What is typed, and a completion that begins with it, both normalised.
    previous
        The session's queries, normalised.
    """
    finished = prefix.split(" ")[:-1]
    pieces = text.split(" ")
    fragment = prefix.split(" ")[-1]
    found = []
    for at in range(len(finished), len(pieces)):
        begun = at == len(finished) and fragment != ""
        found.append(_support(successions, pieces[at - 1] if at else None, pieces[at], begun, previous))
    return found


def _support(
    successions: Successions, before: str | None, piece: str, begun: bool, previous: Sequence[str]
) -> Evidence:
    """Return the strongest support of a piece after another."""
    times, places = times_in_row(successions, before, piece), places_of(successions, piece)
    heard = [query.split(" ") for query in previous]
    support: Support = "none"
    if times > 0:
        support = "pair"
    elif before is not None and any((before, piece) in zip(row, row[1:], strict=False) for row in heard):
        support = "session pair"
    elif places > 0 and any(piece in row for row in heard):
        support = "session"
    elif places > 0 and begun and before is not None:
        support = "begun"
    return Evidence(before, piece, support, times, places)


def times_in_row(successions: Successions, before: str | None, piece: str) -> int:
    """Return how often the log has a piece right after another, or first where that is None."""
    first = successions.count.size if before is None else find_piece(successions, before)
    second = find_piece(successions, piece)
    if first is None or second is None:
        return 0
    after = successions.after
    row = slice(int(after.rows[first]), int(after.rows[first + 1]))
    return int(after.count[row][after.ids[row] == second].sum())


def places_of(successions: Successions, piece: str) -> int:
    """Return how many different pieces the log has right before a piece."""
    found = find_piece(successions, piece)
    return 0 if found is None else int(successions.before[found])


def find_piece(successions: Successions, piece: str) -> int | None:
    """Return the id of a piece, None where the log does not have it."""
    data = np.frombuffer(piece.encode("utf-8", "surrogatepass"), np.uint8)
    found = int(find_text(successions.pieces, data, data.size))
    return found if found >= 0 else None
