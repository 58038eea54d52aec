"""What sessions of the log that resemble this one asked, by the rarity of the words they share."""

import numpy as np

from xmr_engine.kernels.arrays import Floats, Ids, Statistics
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context, is_among
from xmr_engine.kernels.spans import count_entries, entries_in_span

LEAST_COSINE = 0.05


@kernel
def rarity(word_sessions: Ids, word: int, n_sessions: float) -> float:
    """Return ln((sessions + 1) / (sessions with the word + 1))."""
    return np.log((n_sessions + 1.0) / (word_sessions[word] + 1.0))


@kernel
def asked_by_kin(
    statistics: Statistics, context: Context, span: tuple[int, int], n_sessions: float
) -> tuple[Ids, Floats]:
    """Return the labels of the span that sessions like this one asked, once a session, and how like each is: a cosine.

    A word counts by its square rarity and by the decay of the latest query that holds it.
    """
    askings = statistics.askings
    words, weights, norm = weigh_words(statistics, context, n_sessions)
    reach = (askings.label_rows[span[0]], askings.label_rows[span[1]])
    starts, stops = entries_in_span(askings.word_rows, askings.ids, words, reach)
    room, n_slots = count_entries((starts, stops)), 16
    while n_slots < 2 * room:
        n_slots *= 2
    slots, found, sums = np.full(n_slots, -1, np.int32), np.empty(room, np.int32), np.zeros(room, np.float32)
    n = 0
    for w in range(words.size):
        for at in range(starts[w], stops[w]):
            asking = askings.ids[at]
            slot = (np.int64(asking) * 40503) & (n_slots - 1)
            while slots[slot] >= 0 and found[slots[slot]] != asking:
                slot = (slot + 1) & (n_slots - 1)
            if slots[slot] < 0:
                slots[slot], found[n] = n, asking
                n += 1
            sums[slots[slot]] += weights[w]
    return near_enough(askings.labels, askings.norm, found[:n], sums, norm)


@kernel
def weigh_words(statistics: Statistics, context: Context, n_sessions: float) -> tuple[Ids, Floats, float]:
    """Return the words of a context, each once, what each counts, and the length of their vector."""
    words = np.empty(context.word_rows[context.labels.size], np.int32)
    weights = np.empty(words.size, np.float32)
    n, norm = 0, 1e-9
    for j in range(context.labels.size):
        for word in context.words[context.word_rows[j] : context.word_rows[j + 1]]:
            if is_among(words[:n], word):
                continue
            weight = rarity(statistics.word_sessions, word, n_sessions) ** 2 * context.decay[j]
            norm += weight * context.decay[j]
            words[n], weights[n] = word, weight
            n += 1
    return words[:n], weights[:n], np.sqrt(norm)


@kernel
def near_enough(labels: Ids, norms: Floats, found: Ids, sums: Floats, norm: float) -> tuple[Ids, Floats]:
    """Return the labels asked by the sessions whose cosine is not too low, and the cosines."""
    cosines = np.empty(found.size, np.float32)
    n = 0
    for i in range(found.size):
        cosine = sums[i] / (norm * max(norms[found[i]], np.float32(1e-9)))
        if cosine >= LEAST_COSINE:
            found[n], cosines[n] = labels[found[i]], cosine
            n += 1
    return found[:n], cosines[:n]
