"""Count the pieces of labels (what stands between spaces) and which stood right after which."""

from collections.abc import Collection, Sequence

import numpy as np

from xmr_engine.features.codes import to_codes
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Offsets, Successions
from xmr_engine.kernels.hashing import hash_codes
from xmr_engine.labels import make_strings
from xmr_engine.ranking.counting import Column, count_weighted

MAIL = "@"


def count_successions(texts: Sequence[str], asked: Column, blocked: Collection[tuple[str, ...]] = ()) -> Successions:
    """Return the successions of labels' pieces, a label counting as often as it was asked.

    Labels were typed by enough people, so what stands in one was.

    Parameters
    ----------
    texts, asked
        The labels' texts, and how often each was asked.
    blocked
        Phrases, as words, that no completion may hold. A piece with an @ is left out as well: it could become part
        of an address.
    """
    split = [text.split(" ") for text in texts]
    pieces = sorted({piece for row in split for piece in row if piece and MAIL not in piece})
    ids = {piece: i for i, piece in enumerate(pieces)}
    n = len(pieces)
    rows = [[n, *(ids.get(piece, -1) for piece in row), n] for row in split]
    sizes = np.array([len(row) for row in rows], np.int64)
    flat = np.array([piece for row in rows for piece in row], np.int64)
    weight = np.repeat(np.asarray(asked, np.int64), sizes)
    follows = np.ones(flat.size, bool)
    follows[np.cumsum(sizes) - sizes] = False
    at = np.flatnonzero(follows & (flat >= 0))
    at = at[flat[at - 1] >= 0]
    after = count_weighted(flat[at - 1], flat[at], weight[at], n + 1)
    count = np.bincount(flat[flat >= 0], weights=weight[flat >= 0], minlength=n + 1)[:n]
    return Successions(
        make_strings(pieces),
        freeze(np.minimum(count, 2**31 - 1), np.int32),
        freeze(np.bincount(after.ids[: after.rows[n]], minlength=n + 1), np.int32),
        after,
        hash_phrases(blocked),
    )


def hash_phrases(phrases: Collection[tuple[str, ...]]) -> Offsets:
    """Return the hashes of phrases, their words joined by a space, ascending."""
    codes = [to_codes(" ".join(phrase)) for phrase in phrases]
    return freeze(np.sort(np.array([hash_codes(text, 0, text.size) for text in codes], np.int64)))
