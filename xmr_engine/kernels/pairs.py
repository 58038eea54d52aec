"""Words that the log ties to the session's words, as they stand in different queries of one session."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Floats, Ids, Sparse
from xmr_engine.kernels.association import find_slot
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context, is_among


class Paired(NamedTuple):
    """New words, and how strongly each is tied to the session's words and to the latest query's.

    `slots` finds a word's row by open addressing; -1 is free.
    """

    words: Ids
    session: Floats
    latest: Floats
    slots: Ids


@kernel
def pair_words(word_pairs: Sparse, context: Context) -> Paired:
    """Return the words tied to the context's words that the context does not hold."""
    known = context.words[: context.word_rows[context.labels.size]]
    room = 1
    for word in known:
        room += word_pairs.indptr[word + 1] - word_pairs.indptr[word]
    n_slots = 4
    while n_slots < 2 * room:
        n_slots *= 2
    slots, words = np.full(n_slots, -1, np.int32), np.empty(room, np.int32)
    session, latest = np.zeros(room, np.float32), np.zeros(room, np.float32)
    n = 0
    for j in range(context.labels.size):
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            if is_among(known[: context.word_rows[j]], known[w]):
                continue
            for at in range(word_pairs.indptr[known[w]], word_pairs.indptr[known[w] + 1]):
                other = word_pairs.indices[at]
                slot = find_slot(slots, words, other)
                if slots[slot] < 0:
                    if is_among(known, other):
                        continue
                    slots[slot], words[n] = n, other
                    n += 1
                row = slots[slot]
                session[row] = max(session[row], np.float32(context.decay[j]) * word_pairs.values[at])
                if j == 0:
                    latest[row] = max(latest[row], word_pairs.values[at])
    return Paired(words, session, latest, slots)
