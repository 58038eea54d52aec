"""The named features of candidates, column by column."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Doubles, Floats, Ids, Statistics, Strings
from xmr_engine.kernels.association import (
    FOLLOWED,
    FOLLOWED_SHARE,
    KIN_CLOSEST,
    KIN_SQUARED,
    SHARE_EARLIER,
    TOGETHER,
    TWO_STEPS,
    Associated,
    find_slot,
)
from xmr_engine.kernels.columns import (
    AFTER,
    AFTER_SHARE,
    AFTER_SHARE_EARLIER,
    ASKED_BEFORE,
    BESIDE,
    CARD_BYTES,
    COMPLETE,
    EVER_AFTER,
    IS_PREVIOUS,
    KIN_NEAREST,
    KIN_NEAREST_OVER,
    KIN_SQUARES,
    KIN_SQUARES_OVER,
    MEANING,
    MEANING_OVER,
    MEANING_POPULARITY,
    N_CARD,
    N_OWN,
    PATH,
    PLAUSIBLE_POPULARITY,
    POPULARITY,
    POPULARITY_OVER_2,
    POPULARITY_OVER_3,
    QUERIES_POPULARITY,
    REST,
    SESSION_POPULARITY,
    SIMILAR,
    SIMILAR_OVER,
    SIMILAR_POPULARITY,
    SPAN_KIN,
    SPAN_MEANING,
    SPAN_POPULARITY,
    TWO_STEPS_AWAY,
    TWO_STEPS_OVER,
    WORD_PLAUSIBILITY,
)
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context, is_among
from xmr_engine.kernels.meaning import Meant, meaning_features
from xmr_engine.kernels.strings import encode_utf8
from xmr_engine.kernels.texts import Pieces, split_text
from xmr_engine.kernels.wording import text_features, word_features

LEAST_TIE = 1e-3
LOG_LEAST_TIE = float(np.log(LEAST_TIE))


class Asked(NamedTuple):
    """What the features of candidates are taken from: the session, its associations, and what is typed."""

    context: Context
    associated: Associated
    latest: Pieces
    meant: Meant
    prefix_length: int
    span_size: int


@kernel
def fill_features(
    labels: Strings, statistics: Statistics, asked: Asked, candidates: Ids, paths: Doubles, out: Floats
) -> None:
    """Write the features of every candidate, shape (n_candidates, N_FEATURES)."""
    out[:] = 0.0
    cards = np.empty((candidates.size, N_CARD), np.float32)
    for i in range(candidates.size):
        for c in range(N_CARD):
            cards[i, c] = statistics.cards[candidates[i], c]
    own_features(cards, paths, asked.prefix_length, out)
    if asked.context.labels.size > 0:
        session_features(statistics.count, asked, candidates, out)
        word_features(statistics, asked.context, candidates, cards, out)
        text_features(labels, asked.latest, candidates, out)
        repeat_features(asked.context.labels, candidates, out)
        meaning_features(statistics.meanings, asked.meant, candidates, cards, out)
    cross_features(np.log(max(asked.span_size, 1)), out)


@kernel
def cross_features(span: float, out: Floats) -> None:
    """Write products of features with popularity and with the logarithm of the span, and what lies over a knee."""
    for i in range(out.shape[0]):
        popularity = out[i, POPULARITY]
        out[i, POPULARITY_OVER_2] = max(popularity - 2.0, 0.0)
        out[i, POPULARITY_OVER_3] = max(popularity - 3.5, 0.0)
        out[i, SPAN_POPULARITY] = span * popularity
        out[i, PLAUSIBLE_POPULARITY] = out[i, WORD_PLAUSIBILITY] * popularity
        out[i, SESSION_POPULARITY] *= popularity
        out[i, QUERIES_POPULARITY] *= popularity
        out[i, TWO_STEPS_OVER] = max(out[i, TWO_STEPS_AWAY] + 3.5, 0.0)
        out[i, KIN_SQUARES_OVER] = max(out[i, KIN_SQUARES] - 0.7, 0.0)
        out[i, KIN_NEAREST_OVER] = max(out[i, KIN_NEAREST] - 0.5, 0.0)
        out[i, SPAN_KIN] = span * out[i, KIN_NEAREST]
        out[i, SIMILAR_OVER] = max(out[i, SIMILAR] - 0.3, 0.0)
        out[i, SIMILAR_POPULARITY] = out[i, SIMILAR] * popularity
        out[i, MEANING_OVER] = max(out[i, MEANING] - 0.6, 0.0)
        out[i, MEANING_POPULARITY] = out[i, MEANING] * popularity
        out[i, SPAN_MEANING] = span * out[i, MEANING]


@kernel
def split_latest(context: Context) -> Pieces:
    """Return the latest query as UTF-8 and its pieces, empty where there is none."""
    if context.labels.size == 0:
        return split_text(np.empty(0, np.uint8))
    out = np.empty(4 * (context.stops[0] - context.starts[0]), np.uint8)
    return split_text(out[: encode_utf8(context.codes, context.starts[0], context.stops[0], out)])


@kernel
def own_features(cards: Floats, paths: Doubles, prefix_length: int, out: Floats) -> None:
    """Write what each candidate is by itself and beside what is typed."""
    for i in range(paths.size):
        size = np.int64(cards[i, CARD_BYTES])
        out[i, PATH] = paths[i]
        for c in range(N_OWN):
            out[i, POPULARITY + c] = cards[i, c]
        out[i, REST] = np.log1p(np.float64(max(size - prefix_length, 0)))
        out[i, COMPLETE] = size == prefix_length


@kernel
def session_features(count: Ids, asked: Asked, candidates: Ids, out: Floats) -> None:
    """Write what the log says of each candidate and the session."""
    context, associated = asked.context, asked.associated
    signals = associated.signals
    often, weight = 0.0, 0.0
    for j in range(context.labels.size):
        weight += context.decay[j]
        if context.labels[j] >= 0:
            often += context.decay[j] * np.log1p(count[context.labels[j]])
    for i in range(candidates.size):
        out[i, SESSION_POPULARITY] = often / weight
        out[i, QUERIES_POPULARITY] = context.labels.size
        out[i, TWO_STEPS_AWAY] = LOG_LEAST_TIE
        at = associated.slots[find_slot(associated.slots, associated.labels, candidates[i])]
        if at < 0:
            continue
        out[i, AFTER] = np.log1p(signals[at, FOLLOWED])
        out[i, EVER_AFTER] = signals[at, FOLLOWED] > 0
        out[i, AFTER_SHARE] = signals[at, FOLLOWED_SHARE]
        out[i, AFTER_SHARE_EARLIER] = signals[at, SHARE_EARLIER]
        out[i, BESIDE] = np.log1p(signals[at, TOGETHER])
        out[i, TWO_STEPS_AWAY] = np.log(LEAST_TIE + signals[at, TWO_STEPS])
        out[i, KIN_SQUARES] = np.log1p(10.0 * signals[at, KIN_SQUARED])
        out[i, KIN_NEAREST] = signals[at, KIN_CLOSEST]


@kernel
def repeat_features(queries: Ids, candidates: Ids, out: Floats) -> None:
    """Write whether each candidate was asked in this session already."""
    earlier = queries[1:]
    for i in range(candidates.size):
        out[i, IS_PREVIOUS] = queries[0] == candidates[i]
        out[i, ASKED_BEFORE] = queries[0] != candidates[i] and is_among(earlier, candidates[i])
