"""How near in meaning a candidate is to the session: vectors of words, and of the company that queries keep."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Floats, Ids, Int8, Int16, Statistics
from xmr_engine.kernels.columns import (
    CARD_COMPANY_SCALE,
    CARD_SCALE,
    COMPANY_MEANING,
    MEANING,
    MEANING_EARLIER,
    N_DIMENSIONS,
)
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.context import Context

FINEST = 32767.0


class Meant(NamedTuple):
    """Unit vectors of the queries, the latest first, then of the whole session, in whole numbers times a scale."""

    vectors: Int16
    scale: Floats


@kernel
def add_vector(vectors: Int8, word: int, scale: float, out: Floats) -> None:
    """Add a row of small whole numbers times a scale."""
    factor = np.float32(scale)
    for d in range(out.size):
        out[d] += factor * vectors[word, d]


@kernel
def normalise_vector(vector: Floats) -> None:
    """Give a vector the length one, unless it is zero."""
    norm = np.float32(0.0)
    for d in range(vector.size):
        norm += vector[d] * vector[d]
    if norm > 0.0:
        scale = np.float32(1.0) / np.sqrt(norm)
        for d in range(vector.size):
            vector[d] *= scale


@kernel
def context_vectors(statistics: Statistics, context: Context) -> Meant:
    """Return the vector of every query, the latest first, then that of the whole session."""
    n = context.labels.size
    vectors = np.zeros((n + 1, statistics.vectors.shape[1]), np.float32)
    idf, scale = statistics.words.idf, statistics.vector_scale
    for j in range(n):
        for w in range(context.word_rows[j], context.word_rows[j + 1]):
            word = context.words[w]
            add_vector(statistics.vectors, word, idf[word] * scale[word], vectors[j])
        normalise_vector(vectors[j])
        for d in range(vectors.shape[1]):
            vectors[n, d] += np.float32(context.decay[j]) * vectors[j, d]
    normalise_vector(vectors[n])
    return in_whole_numbers(vectors)


@kernel
def in_whole_numbers(vectors: Floats) -> Meant:
    """Return vectors as whole numbers of two bytes and a scale for each."""
    whole, scale = np.empty(vectors.shape, np.int16), np.zeros(vectors.shape[0], np.float32)
    for j in range(vectors.shape[0]):
        highest = np.float32(0.0)
        for d in range(vectors.shape[1]):
            highest = max(highest, abs(vectors[j, d]))
        scale[j] = highest / np.float32(FINEST)
        factor = np.float32(FINEST) / highest if highest > 0.0 else np.float32(0.0)
        for d in range(vectors.shape[1]):
            whole[j, d] = np.int16(np.round(vectors[j, d] * factor))
    return Meant(whole, scale)


@kernel
def product(a: Int8, b: Int16) -> float:
    """Return the scalar product of two vectors of whole numbers, exactly."""
    total = np.int32(0)
    for d in range(a.size):
        total = np.int32(total + np.int32(np.int32(a[d]) * np.int32(b[d])))
    return np.float32(total)


@kernel
def meaning_features(meanings: Int8, meant: Meant, candidates: Ids, cards: Floats, out: Floats) -> None:
    """Write how near in meaning each candidate, and its company in the log, is to the queries and the session."""
    n = meant.scale.size - 1
    gathered = np.empty((candidates.size, meanings.shape[1]), np.int8)
    for i in range(candidates.size):
        for d in range(meanings.shape[1]):
            gathered[i, d] = meanings[candidates[i], d]
    for i in range(candidates.size):
        own, company = gathered[i, :N_DIMENSIONS], gathered[i, N_DIMENSIONS:]
        scale, company_scale = cards[i, CARD_SCALE], cards[i, CARD_COMPANY_SCALE]
        for j in range(1, n):
            out[i, MEANING_EARLIER] = max(
                out[i, MEANING_EARLIER], product(own, meant.vectors[j]) * meant.scale[j] * scale
            )
        out[i, MEANING] = product(own, meant.vectors[n]) * meant.scale[n] * scale
        out[i, COMPANY_MEANING] = product(company, meant.vectors[n]) * meant.scale[n] * company_scale
