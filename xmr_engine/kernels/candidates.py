"""The united matching: labels from the beam, the most popular of the span, and those the session leads to."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Doubles, Ids, Statistics, Strings, Tree
from xmr_engine.kernels.association import (
    FOLLOWED,
    KIN_SQUARED,
    SHARED_WORDS,
    TOGETHER,
    TOGETHER_EARLIER,
    TWO_STEPS,
    Associated,
)
from xmr_engine.kernels.columns import N_CARD, N_DIMENSIONS
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.popular import popular_in_span
from xmr_engine.kernels.prefetch import prefetch
from xmr_engine.kernels.search import Found, keep_best

FROM_INDEX, FROM_POPULAR, FROM_SUCCESSOR, FROM_COMPOSED = 1, 2, 4, 8


class Limits(NamedTuple):
    """Most candidates of each source (0 switches one off) and nodes kept at a depth.

    slips: whether to answer, where little begins with what was typed, what may have been meant.
    back_off: 1 if a composed completion may finish a piece by one not seen after the piece before it, else 0.
    """

    beam: int
    index: int
    popular: int
    successors: int
    slips: int
    composed: int = 0
    back_off: int = 0


class Candidates(NamedTuple):
    """Labels, each once and ascending, the sources that brought each (bits), and how many nodes were scored.

    paths: the path score of what the beam brought, NaN for the others.
    """

    labels: Ids
    sources: Bytes
    paths: Doubles
    n_scored: int


@kernel
def gather(
    statistics: Statistics, found: Found, span: tuple[int, int], associated: Associated, limits: Limits
) -> Candidates:
    """Return the union of what the beam found, the most popular and the associated labels of a span."""
    n_strengths = 4
    most_popular = limits.popular
    if span[1] - span[0] <= limits.popular + limits.popular // 2:
        most_popular = span[1] - span[0]
    room = limits.index + most_popular + n_strengths * limits.successors
    labels, sources = np.empty(room, np.int32), np.empty(room, np.uint8)
    paths = np.full(room, np.nan, np.float64)
    n = found.labels.size
    labels[:n], paths[:n], sources[:n] = found.labels, found.scores, FROM_INDEX
    n_popular = popular_in_span(statistics.count, statistics.maxima, span, most_popular, labels[n:])
    sources[n : n + n_popular] = FROM_POPULAR
    n += n_popular
    for strength in range(n_strengths):
        ties = strengths(associated, strength)
        for i in keep_best(ties, associated.n[0], limits.successors):
            if ties[i] <= 0.0:
                break
            labels[n] = associated.labels[i]
            sources[n] = FROM_SUCCESSOR
            n += 1
    return unite(labels[:n], sources[:n], paths[:n], found.n_scored)


@kernel
def strengths(associated: Associated, kind: int) -> Doubles:
    """Return how strongly each touched label belongs to the session, by one of four measures."""
    n = associated.n[0]
    out = np.empty(n, np.float64)
    for i in range(n):
        s = associated.signals[i]
        if kind == 0:
            out[i] = 2.0 * s[FOLLOWED] + s[TOGETHER] + s[TOGETHER_EARLIER]
        elif kind == 1:
            out[i] = s[KIN_SQUARED]
        elif kind == 2:
            out[i] = s[TWO_STEPS]
        else:
            out[i] = s[SHARED_WORDS]
    return out


@kernel
def unite(labels: Ids, sources: Bytes, paths: Doubles, n_scored: int) -> Candidates:
    """Return each label once, ascending, with the bits of all its sources and the path score that comes first."""
    order = np.empty(labels.size, np.int64)
    for i in range(labels.size):
        order[i] = np.int64(labels[i]) << 32 | i
    order.sort()
    out, bits = np.empty(labels.size, np.int32), np.zeros(labels.size, np.uint8)
    known = np.empty(labels.size, np.float64)
    n = 0
    for entry in order:
        i = entry & 0xFFFFFFFF
        if n == 0 or out[n - 1] != labels[i]:
            out[n], known[n] = labels[i], paths[i]
            n += 1
        bits[n - 1] |= sources[i]
    return Candidates(out[:n], bits[:n], known[:n], n_scored)


@kernel
def fetch_candidates(strings: Strings, statistics: Statistics, tree: Tree, labels: Ids) -> None:
    """Have the memory brought that the features of these labels will be read from."""
    further, last = statistics.meanings[:, N_DIMENSIONS:], statistics.cards[:, N_CARD - 1 :]
    for label in labels:
        prefetch(tree.leaf, label)
        prefetch(statistics.cards, label)
        prefetch(last, label)
        prefetch(strings.offsets, label)
        prefetch(statistics.label_word_rows, label)
        prefetch(statistics.meanings, label)
        prefetch(further, label)
    for label in labels:
        prefetch(tree.parent, np.int64(tree.leaf[label]))
        prefetch(strings.blob, strings.offsets[label])
        prefetch(statistics.label_words, statistics.label_word_rows[label])
