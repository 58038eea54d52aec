"""What the log associates with a session: for every label of the span that it saw with the session, how strongly."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Counts, Doubles, Floats, Ids, Offsets, Sessions, Statistics
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context
from xmr_engine.kernels.kin import rarity, similar_sessions
from xmr_engine.kernels.search import first_at_least, keep_best

FOLLOWED, FOLLOWED_SHARE, SHARE_EARLIER, TOGETHER, TOGETHER_EARLIER = 0, 1, 2, 3, 4
KIN_SQUARED, KIN_CLOSEST, TWO_STEPS, SHARED_WORDS = 5, 6, 7, 8
N_SIGNALS = 9
MOST_STEPS = 128
MOST_LABELS_OF_WORD = 4000


class Associated(NamedTuple):
    """Labels touched, each once, and their signals, shape (n, N_SIGNALS).

    `slots` finds a label's row by open addressing; -1 is free.
    """

    labels: Ids
    signals: Floats
    slots: Ids
    n: Ids


@kernel
def count_of(counts: Counts, row: int, wanted: int) -> int:
    """Return how often a row saw an id."""
    at = first_at_least(counts.ids, counts.rows[row], counts.rows[row + 1], wanted)
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
def make_room(room: int) -> Associated:
    """Return empty tables with room for so many labels."""
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
def ids_in_span(rows: Offsets, ids: Ids, row: int, span: tuple[int, int]) -> tuple[int, int]:
    """Return the entries of a row whose ids, which ascend, lie in a span."""
    first = first_at_least(ids, rows[row], rows[row + 1], span[0])
    return first, first_at_least(ids, first, rows[row + 1], span[1])


@kernel
def associate(statistics: Statistics, context: Context, span: tuple[int, int], n_sessions: float) -> Associated:
    """Return the signals of every label of the span that the log associates with the session.

    How often the label followed the latest query, its share of what followed each query, how often both stood in
    one session. Of the log's sessions that resemble this one: the sum of squared cosines, and the highest. How much
    leads to the label over one query in between. How rare the words are that it shares with the session. What
    belongs to query j counts `decay[j]`.
    """
    together = statistics.together
    kin, cosines = similar_sessions(statistics, context, n_sessions)
    between, leads = one_step(together, statistics.count, context)
    room = 1 + span_room(statistics, context, span)
    kin, cosines, n_of_kin = within_span(statistics.sessions, span, kin, cosines)
    room += n_of_kin
    for query in between:
        first, last = ids_in_span(together.rows, together.ids, query, span)
        room += last - first
    associated = make_room(min(room, span[1] - span[0] + 1))
    add_kin(statistics.sessions, associated, span, kin, cosines)
    for i in range(between.size):
        add_steps(together, statistics.count, associated, span, (between[i], leads[i]))
    for j in range(context.labels.size):
        if context.labels[j] >= 0:
            add_followers(statistics.followed, associated, span, (j, context.labels[j], context.decay[j]))
            add_companions(together, associated, span, (j, context.labels[j], context.decay[j]))
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            word = context.words[w]
            rows, labels = statistics.word_label_rows, statistics.word_labels
            if rows[word + 1] - rows[word] <= MOST_LABELS_OF_WORD:
                first, last = ids_in_span(rows, labels, word, span)
                weight = context.decay[j] * rarity(statistics.word_sessions, word, n_sessions)
                for at in range(first, last):
                    associated.signals[touch(associated, labels[at]), SHARED_WORDS] += weight
    return associated


@kernel
def span_room(statistics: Statistics, context: Context, span: tuple[int, int]) -> int:
    """Return how many entries of the span the session's queries and words lead to at once."""
    room = 0
    for j in range(context.labels.size):
        label = context.labels[j]
        if label >= 0:
            first, last = ids_in_span(statistics.followed.rows, statistics.followed.ids, label, span)
            room += last - first
            first, last = ids_in_span(statistics.together.rows, statistics.together.ids, label, span)
            room += last - first
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            word = context.words[w]
            rows = statistics.word_label_rows
            if rows[word + 1] - rows[word] <= MOST_LABELS_OF_WORD:
                first, last = ids_in_span(rows, statistics.word_labels, word, span)
                room += last - first
    return room


@kernel
def add_followers(
    followed: Counts, associated: Associated, span: tuple[int, int], query: tuple[int, int, float]
) -> None:
    """Add what was asked right after a query: its place in the context, its label, what it counts."""
    j, label, weight = query
    first, last = ids_in_span(followed.rows, followed.ids, label, span)
    total = followed.total[label] + 1.0
    for at in range(first, last):
        row = touch(associated, followed.ids[at])
        if j == 0:
            associated.signals[row, FOLLOWED] += followed.count[at]
        associated.signals[row, FOLLOWED_SHARE if j == 0 else SHARE_EARLIER] += weight * followed.count[at] / total


@kernel
def add_companions(
    together: Counts, associated: Associated, span: tuple[int, int], query: tuple[int, int, float]
) -> None:
    """Add what stood in one session with a query: its place in the context, its label, what it counts."""
    j, label, weight = query
    first, last = ids_in_span(together.rows, together.ids, label, span)
    for at in range(first, last):
        row = touch(associated, together.ids[at])
        associated.signals[row, TOGETHER if j == 0 else TOGETHER_EARLIER] += weight * together.count[at]


@kernel
def within_span(sessions: Sessions, span: tuple[int, int], kin: Ids, cosines: Floats) -> tuple[Ids, Floats, int]:
    """Return the sessions whose labels, which ascend, may reach into the span, and how many labels they have.

    What memory must be waited for is read in loops without branches, where the waits overlap.
    """
    starts, stops = np.empty(kin.size, np.int64), np.empty(kin.size, np.int64)
    for i in range(kin.size):
        starts[i], stops[i] = sessions.label_rows[kin[i]], sessions.label_rows[kin[i] + 1]
    lowest, highest = np.empty(kin.size, np.int32), np.empty(kin.size, np.int32)
    n_held = 0
    for i in range(kin.size):
        if starts[i] < stops[i]:
            kin[n_held], cosines[n_held] = kin[i], cosines[i]
            starts[n_held], stops[n_held] = starts[i], stops[i]
            n_held += 1
    for i in range(n_held):
        lowest[i], highest[i] = sessions.labels[starts[i]], sessions.labels[stops[i] - 1]
    n, n_labels = 0, 0
    for i in range(n_held):
        if lowest[i] < span[1] and highest[i] >= span[0]:
            kin[n], cosines[n] = kin[i], cosines[i]
            n_labels += stops[i] - starts[i]
            n += 1
    return kin[:n], cosines[:n], n_labels


@kernel
def add_kin(sessions: Sessions, associated: Associated, span: tuple[int, int], kin: Ids, cosines: Floats) -> None:
    """Add what like sessions of the log asked."""
    signals = associated.signals
    for i in range(kin.size):
        for at in range(sessions.label_rows[kin[i]], sessions.label_rows[kin[i] + 1]):
            if span[0] <= sessions.labels[at] < span[1]:
                row = touch(associated, sessions.labels[at])
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
    first, last = ids_in_span(together.rows, together.ids, query, span)
    for at in range(first, last):
        row = touch(associated, together.ids[at])
        tie = together.count[at] / np.sqrt((count[query] + 0.5) * (count[together.ids[at]] + 0.5))
        associated.signals[row, TWO_STEPS] += lead * tie
