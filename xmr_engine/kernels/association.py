"""What the log associates with a session: for every label of the span that it saw with the session, how strongly."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Counts, Doubles, Floats, Ids, Offsets, Sparse, Statistics
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context
from xmr_engine.kernels.kin import asked_by_kin, rarity
from xmr_engine.kernels.search import keep_best
from xmr_engine.kernels.spans import Entries, count_entries, entries_in_span, entries_of

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
def associate(statistics: Statistics, context: Context, span: tuple[int, int], n_sessions: float) -> Associated:
    """Return the signals of every label of the span that the log associates with the session.

    How often the label followed the latest query, its share of what followed each query, how often both stood in
    one session. Of the log's sessions that resemble this one: the sum of squared cosines, and the highest. How much
    leads to the label over one query in between. How rare the words are that it shares with the session. What
    belongs to query j counts `decay[j]`.
    """
    followed, together = statistics.followed, statistics.together
    kin, cosines = asked_by_kin(statistics, context, span, n_sessions)
    between, leads = one_step(statistics.ties, context)
    steps = entries_in_span(statistics.ties.indptr, statistics.ties.indices, between, span)
    followers = entries_in_span(followed.rows, followed.ids, context.labels, span)
    companions = entries_in_span(together.rows, together.ids, context.labels, span)
    words = telling_words(statistics.word_label_rows, context)
    sharing = entries_in_span(statistics.word_label_rows, statistics.word_labels, words, span)
    room = kin.size + count_entries(steps) + count_entries(followers) + count_entries(companions)
    associated = make_room(min(1 + room + count_entries(sharing), span[1] - span[0] + 1))
    add_kin(associated, kin, cosines)
    add_steps(statistics.ties, associated, leads, steps)
    add_followers(followed, associated, context, followers)
    add_companions(together, associated, context, companions)
    add_sharing(statistics, associated, (words, context), sharing, n_sessions)
    return associated


@kernel
def telling_words(rows: Offsets, context: Context) -> Ids:
    """Return the context's words, query by query, -1 for what too many labels hold to tell anything."""
    words = context.words[: context.word_rows[context.labels.size]].copy()
    for w in range(words.size):
        if rows[words[w] + 1] - rows[words[w]] > MOST_LABELS_OF_WORD:
            words[w] = -1
    return words


@kernel
def add_sharing(
    statistics: Statistics, associated: Associated, asked: tuple[Ids, Context], sharing: Entries, n_sessions: float
) -> None:
    """Add how rare the words are that labels share with the queries."""
    (words, context), (starts, stops) = asked, sharing
    for j in range(context.labels.size):
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            if starts[w] < stops[w]:
                weight = context.decay[j] * rarity(statistics.word_sessions, words[w], n_sessions)
                for at in range(starts[w], stops[w]):
                    associated.signals[touch(associated, statistics.word_labels[at]), SHARED_WORDS] += weight


@kernel
def add_followers(followed: Counts, associated: Associated, context: Context, followers: Entries) -> None:
    """Add what was asked right after each query."""
    starts, stops = followers
    for j in range(context.labels.size):
        if starts[j] == stops[j]:
            continue
        total = followed.total[context.labels[j]] + 1.0
        for at in range(starts[j], stops[j]):
            row = touch(associated, followed.ids[at])
            share = context.decay[j] * followed.count[at] / total
            if j == 0:
                associated.signals[row, FOLLOWED] += followed.count[at]
            associated.signals[row, FOLLOWED_SHARE if j == 0 else SHARE_EARLIER] += share


@kernel
def add_companions(together: Counts, associated: Associated, context: Context, companions: Entries) -> None:
    """Add what stood in one session with each query."""
    starts, stops = companions
    for j in range(context.labels.size):
        for at in range(starts[j], stops[j]):
            row = touch(associated, together.ids[at])
            associated.signals[row, TOGETHER if j == 0 else TOGETHER_EARLIER] += context.decay[j] * together.count[at]


@kernel
def add_kin(associated: Associated, kin: Ids, cosines: Floats) -> None:
    """Add what like sessions of the log asked."""
    signals = associated.signals
    for i in range(kin.size):
        row = touch(associated, kin[i])
        signals[row, KIN_SQUARED] += cosines[i] * cosines[i]
        signals[row, KIN_CLOSEST] = max(signals[row, KIN_CLOSEST], cosines[i])


@kernel
def one_step(ties: Sparse, context: Context) -> tuple[Ids, Doubles]:
    """Return the queries most strongly tied to the session's, and how strongly."""
    starts, stops = entries_of(ties.indptr, context.labels)
    room = count_entries((starts, stops))
    queries, leads = np.empty(room, np.int32), np.empty(room, np.float64)
    n = 0
    for j in range(context.labels.size):
        for at in range(starts[j], stops[j]):
            queries[n], leads[n] = ties.indices[at], context.decay[j] * ties.values[at]
            n += 1
    best = keep_best(leads, n, MOST_STEPS)
    return queries[best], leads[best]


@kernel
def add_steps(ties: Sparse, associated: Associated, leads: Doubles, steps: Entries) -> None:
    """Add what is tied to the queries that are tied to the session's."""
    starts, stops = steps
    for i in range(leads.size):
        for at in range(starts[i], stops[i]):
            associated.signals[touch(associated, ties.indices[at]), TWO_STEPS] += leads[i] * ties.values[at]
