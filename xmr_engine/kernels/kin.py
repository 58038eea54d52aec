"""Sessions of the log that resemble this one, by the rarity of the words they share."""

import numpy as np

from xmr_engine.kernels.arrays import Floats, Ids, Statistics
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context, is_among

MOST_SESSIONS_OF_WORD = 4000
LEAST_COSINE = 0.05


@kernel
def rarity(word_sessions: Ids, word: int, n_sessions: float) -> float:
    """Return ln((sessions + 1) / (sessions with the word + 1))."""
    return np.log((n_sessions + 1.0) / (word_sessions[word] + 1.0))


@kernel
def similar_sessions(statistics: Statistics, context: Context, n_sessions: float) -> tuple[Ids, Floats]:
    """Return the log's sessions whose words resemble the context's, and the cosine of each.

    A word counts by its square rarity and by the decay of the latest query that holds it. Words of very many
    sessions tell nothing and are left out.
    """
    sessions = statistics.sessions
    words = context.words[: context.word_rows[context.labels.size]]
    n_slots, room = 16, 0
    for word in words:
        size = sessions.word_rows[word + 1] - sessions.word_rows[word]
        room += size if size <= MOST_SESSIONS_OF_WORD else 0
    while n_slots < 2 * room:
        n_slots *= 2
    slots, found, sums = np.full(n_slots, -1, np.int32), np.empty(room, np.int32), np.zeros(room, np.float32)
    n, norm = 0, 1e-9
    for j in range(context.labels.size):
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            word = words[w]
            if is_among(words[: context.word_rows[j]], word):
                continue
            weight = rarity(statistics.word_sessions, word, n_sessions) ** 2 * context.decay[j]
            norm += weight * context.decay[j]
            if sessions.word_rows[word + 1] - sessions.word_rows[word] > MOST_SESSIONS_OF_WORD:
                continue
            for at in range(sessions.word_rows[word], sessions.word_rows[word + 1]):
                session = sessions.ids[at]
                slot = (np.int64(session) * 40503) & (n_slots - 1)
                while slots[slot] >= 0 and found[slots[slot]] != session:
                    slot = (slot + 1) & (n_slots - 1)
                if slots[slot] < 0:
                    slots[slot], found[n] = n, session
                    n += 1
                sums[slots[slot]] += weight
    return near_enough(sessions.norm, found[:n], sums, np.sqrt(norm))


@kernel
def near_enough(norms: Floats, found: Ids, sums: Floats, norm: float) -> tuple[Ids, Floats]:
    """Return the sessions found whose cosine is not too low, and the cosines."""
    cosines = np.empty(found.size, np.float32)
    for i in range(found.size):
        cosines[i] = sums[i] / (norm * max(norms[found[i]], np.float32(1e-9)))
    n = 0
    for i in range(found.size):
        if cosines[i] >= LEAST_COSINE:
            found[n], cosines[n] = found[i], cosines[i]
            n += 1
    return found[:n], cosines[:n]
