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
def pair_words(word_pairs: Sparse, context: Context, wanted: Ids) -> Paired:
    """Return those of the wanted words that are tied to the context's words and that the context does not hold."""
    known = context.words[: context.word_rows[context.labels.size]]
    paired = list_words(wanted, known)
    for j in range(context.labels.size):
        decay = np.float32(context.decay[j])
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            if is_among(known[: context.word_rows[j]], known[w]):
                continue
            for at in range(word_pairs.indptr[known[w]], word_pairs.indptr[known[w] + 1]):
                row = paired.slots[find_slot(paired.slots, paired.words, word_pairs.indices[at])]
                if row < 0:
                    continue
                paired.session[row] = max(paired.session[row], decay * word_pairs.values[at])
                if j == 0:
                    paired.latest[row] = max(paired.latest[row], word_pairs.values[at])
    return paired


@kernel
def list_words(wanted: Ids, known: Ids) -> Paired:
    """Return the wanted words that are not known, each once, tied to nothing yet."""
    n_slots = 4
    while n_slots < 4 * wanted.size:
        n_slots *= 2
    slots, words = np.full(n_slots, -1, np.int32), np.empty(wanted.size + 1, np.int32)
    n = 0
    for word in wanted:
        slot = find_slot(slots, words, word)
        if slots[slot] < 0 and not is_among(known, word):
            slots[slot], words[n] = n, word
            n += 1
    return Paired(words, np.zeros(n, np.float32), np.zeros(n, np.float32), slots)
