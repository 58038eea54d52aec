"""What the log associates with a session: for every label of the span that it saw with the session, how strongly."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Counts, Doubles, Floats, Ids, Sessions, Statistics
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context
from xmr_engine.kernels.kin import rarity, similar_sessions
from xmr_engine.kernels.search import keep_best

FOLLOWED, FOLLOWED_SHARE, TOGETHER, WORDS, WORDS_NEXT, WORD_PMI = 0, 1, 2, 3, 4, 5
EARLIER = 6
KIN, KIN_SQUARED, KIN_CLOSEST, TWO_STEPS = 12, 13, 14, 15
N_SIGNALS = 16
MOST_STEPS = 64


class Associated(NamedTuple):
    """Labels touched, each once, and their signals, shape (n, N_SIGNALS): the latest query's, then the earlier ones'.

    `slots` finds a label's row by open addressing; -1 is free.
    """

    labels: Ids
    signals: Floats
    slots: Ids
    n: Ids


@kernel
def row_in_span(counts: Counts, row: int, lo: int, hi: int) -> tuple[int, int]:
    """Return the entries of a row whose ids lie in [lo, hi)."""
    return lower_bound(counts, row, lo), lower_bound(counts, row, hi)


@kernel
def lower_bound(counts: Counts, row: int, wanted: int) -> int:
    """Return the first entry of a row whose id is at least `wanted`."""
    lo, hi = counts.rows[row], counts.rows[row + 1]
    while lo < hi:
        middle = (lo + hi) >> 1
        if counts.ids[middle] < wanted:
            lo = middle + 1
        else:
            hi = middle
    return lo


@kernel
def count_of(counts: Counts, row: int, wanted: int) -> int:
    """Return how often a row saw an id."""
    at = lower_bound(counts, row, wanted)
    if at < counts.rows[row + 1] and counts.ids[at] == wanted:
        return np.int64(counts.count[at])
    return np.int64(0)


@kernel
def find_slot(slots: Ids, labels: Ids, label: int) -> int:
    """Return the slot that holds a label, or the free one where it belongs."""
    mask = slots.size - 1
    slot = (label * 40503) & mask
    while slots[slot] >= 0 and labels[slots[slot]] != label:
        slot = (slot + 1) & mask
    return slot


@kernel
def touch(associated: Associated, label: int) -> int:
    """Return the row of a label, made if need be."""
    slot = find_slot(associated.slots, associated.labels, label)
    if associated.slots[slot] < 0:
        row = associated.n[0]
        associated.labels[row] = label
        associated.signals[row, :] = 0.0
        associated.slots[slot] = row
        associated.n[0] += 1
    return associated.slots[slot]


@kernel
def make_room(statistics: Statistics, context: Context, span: tuple[int, int], room: int) -> Associated:
    """Return empty tables with room for every entry that the session can touch, and `room` more."""
    for j in range(context.labels.size):
        label = context.labels[j]
        if label >= 0:
            for counts in (statistics.followed, statistics.together):
                first, last = row_in_span(counts, label, span[0], span[1])
                room += last - first
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            for counts in (statistics.word_together, statistics.word_followed):
                first, last = row_in_span(counts, context.words[w], span[0], span[1])
                room += last - first
    room = min(room, span[1] - span[0]) + 1
    n_slots = 4
    while n_slots < 2 * room:
        n_slots *= 2
    return Associated(
        np.empty(room, np.int32),
        np.empty((room, N_SIGNALS), np.float32),
        np.full(n_slots, -1, np.int32),
        np.zeros(1, np.int32),
    )


@kernel
def associate(statistics: Statistics, context: Context, span: tuple[int, int], n_sessions: float) -> Associated:
    """Return the signals of every label of the span that the log associates with the session.

    Of query j, at `decay[j]`: how often it was followed by the label (and as a share), how often both stood in one
    session; of its words: the mean share of sessions with the word that ask the label in another query, of next
    queries likewise, and the strongest pointwise mutual information of a word and the label. Of the log's sessions
    that resemble this one: the sum of their cosines, of its squares, and the highest. And how much leads to the label
    over one query in between.
    """
    kin, cosines = similar_sessions(statistics, context, n_sessions)
    between, leads = one_step(statistics.together, statistics.count, context)
    room = 0
    for s in kin:
        room += statistics.sessions.label_rows[s + 1] - statistics.sessions.label_rows[s]
    for query in between:
        first, last = row_in_span(statistics.together, query, span[0], span[1])
        room += last - first
    associated = make_room(statistics, context, span, room)
    add_kin(statistics.sessions, associated, span, kin, cosines)
    for i in range(between.size):
        add_steps(statistics.together, statistics.count, associated, span, (between[i], leads[i]))
    for j in range(context.labels.size):
        base = 0 if j == 0 else EARLIER
        weight = context.decay[j]
        label = context.labels[j]
        if label >= 0:
            add_label_rows(statistics, associated, label, span, (base, weight))
        total = 1e-9
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            total += rarity(statistics, context.words[w], n_sessions)
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            word = context.words[w]
            share = weight * rarity(statistics, word, n_sessions) / total
            add_word_rows(statistics, associated, word, span, (base, weight, share, n_sessions))
    return associated


@kernel
def add_kin(sessions: Sessions, associated: Associated, span: tuple[int, int], kin: Ids, cosines: Floats) -> None:
    """Add what like sessions of the log asked."""
    signals = associated.signals
    for i in range(kin.size):
        for at in range(sessions.label_rows[kin[i]], sessions.label_rows[kin[i] + 1]):
            if span[0] <= sessions.labels[at] < span[1]:
                row = touch(associated, sessions.labels[at])
                signals[row, KIN] += cosines[i]
                signals[row, KIN_SQUARED] += cosines[i] * cosines[i]
                signals[row, KIN_CLOSEST] = max(signals[row, KIN_CLOSEST], cosines[i])


@kernel
def one_step(together: Counts, count: Ids, context: Context) -> tuple[Ids, Doubles]:
    """Return the queries most strongly tied to the session's, and how strongly: shared sessions over frequencies."""
    room = 0
    for label in context.labels:
        if label >= 0:
            room += together.rows[label + 1] - together.rows[label]
    queries, ties = np.empty(room, np.int32), np.empty(room, np.float64)
    n = 0
    for j in range(context.labels.size):
        label = context.labels[j]
        if label < 0:
            continue
        for at in range(together.rows[label], together.rows[label + 1]):
            queries[n] = together.ids[at]
            ties[n] = context.decay[j] * together.count[at] / np.sqrt((count[label] + 0.5) * (count[queries[n]] + 0.5))
            n += 1
    best = keep_best(ties, n, MOST_STEPS)
    return queries[best], ties[best]


@kernel
def add_steps(
    together: Counts, count: Ids, associated: Associated, span: tuple[int, int], step: tuple[int, float]
) -> None:
    """Add what stands beside one query that stands beside the session's."""
    query, lead = step
    first, last = row_in_span(together, query, span[0], span[1])
    for at in range(first, last):
        row = touch(associated, together.ids[at])
        tie = together.count[at] / np.sqrt((count[query] + 0.5) * (count[together.ids[at]] + 0.5))
        associated.signals[row, TWO_STEPS] += lead * tie


@kernel
def add_label_rows(
    statistics: Statistics, associated: Associated, label: int, span: tuple[int, int], how: tuple[int, float]
) -> None:
    """Add what followed one query and what stood beside it."""
    base, weight = how
    signals = associated.signals
    first, last = row_in_span(statistics.followed, label, span[0], span[1])
    total = statistics.followed.total[label] + 1.0
    for i in range(first, last):
        row = touch(associated, statistics.followed.ids[i])
        signals[row, base + FOLLOWED] += weight * statistics.followed.count[i]
        signals[row, base + FOLLOWED_SHARE] += weight * statistics.followed.count[i] / total
    first, last = row_in_span(statistics.together, label, span[0], span[1])
    for i in range(first, last):
        row = touch(associated, statistics.together.ids[i])
        signals[row, base + TOGETHER] += weight * statistics.together.count[i]


@kernel
def add_word_rows(
    statistics: Statistics,
    associated: Associated,
    word: int,
    span: tuple[int, int],
    how: tuple[int, float, float, float],
) -> None:
    """Add what sessions with one word asked besides, and what queries with it were followed by."""
    base, weight, share, n_sessions = how
    signals = associated.signals
    counts = statistics.word_together
    first, last = row_in_span(counts, word, span[0], span[1])
    scale = share / (counts.total[word] + 5.0)
    odds = n_sessions / (statistics.word_sessions[word] + 1e-9)
    for i in range(first, last):
        seen = np.float64(counts.count[i])
        row = touch(associated, counts.ids[i])
        signals[row, base + WORDS] += scale * seen
        information = np.log(seen * odds / max(statistics.count[counts.ids[i]], 1)) * seen / (seen + 1.0)
        signals[row, base + WORD_PMI] = max(signals[row, base + WORD_PMI], weight * information)
    counts = statistics.word_followed
    first, last = row_in_span(counts, word, span[0], span[1])
    scale = share / (counts.total[word] + 5.0)
    for i in range(first, last):
        row = touch(associated, counts.ids[i])
        signals[row, base + WORDS_NEXT] += scale * counts.count[i]
