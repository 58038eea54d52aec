"""The statistics of a log as named arrays, and back: every bound is checked on the way."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmr_engine.features.vocabulary import Terms
from xmr_engine.kernels.arrays import Askings, Sparse, Statistics, Successions
from xmr_engine.kernels.checks import are_finite, are_row_numbers, are_rows_ascending, are_within
from xmr_engine.kernels.columns import N_CARD, N_DIMENSIONS
from xmr_engine.kernels.popular import BLOCK
from xmr_engine.parts import (
    MOST,
    Arrays,
    counts_from,
    counts_to,
    fetch,
    ids_from,
    numbers_from,
    pointers_from,
    require,
    strings_from,
    strings_to,
)
from xmr_engine.ranking.successions import count_successions

_PLAIN = (
    "count", "maxima", "word_sessions", "label_word_rows", "label_words", "word_label_rows",
    "word_labels", "vectors", "vector_scale", "cards", "meanings",
)  # fmt: skip
_PIECES = {"piece_count": "count", "piece_before": "before", "blocked_phrases": "blocked"}
_COUNTS = ("followed", "together")
_SPARSE = {"tie": "ties", "word_pair": "word_pairs"}


def statistics_to(statistics: Statistics) -> dict[str, NDArray[Any]]:
    """Return the statistics as named arrays; their words are a part of their own."""
    arrays: dict[str, NDArray[Any]] = {name: getattr(statistics, name) for name in _PLAIN}
    for name in _COUNTS:
        arrays |= counts_to(f"{name}_", getattr(statistics, name))
    for name, part in _SPARSE.items():
        arrays |= {f"{name}_{field}": array for field, array in getattr(statistics, part)._asdict().items()}
    arrays |= successions_to(statistics.successions)
    return arrays | {f"asking_{name}": array for name, array in statistics.askings._asdict().items()}


def statistics_from(arrays: Arrays, words: Terms, n_labels: int) -> Statistics:
    """Return the statistics of a model."""
    n_words = len(words)
    count = ids_from(arrays, "count", MOST, n_labels)
    maxima = fetch(arrays, "maxima", "i4", 2)
    n_blocks = -(-n_labels // BLOCK)
    fits = maxima.shape == (max(n_blocks.bit_length(), 1), n_blocks)
    require(fits and bool(are_within(maxima.ravel(), 0, n_labels)), "maxima", "a table of labels")
    label_words = ids_from(arrays, "label_words", n_words)
    word_labels = ids_from(arrays, "word_labels", n_labels)
    word_label_rows = pointers_from(arrays, "word_label_rows", n_words, word_labels.size)
    require(bool(are_rows_ascending(word_label_rows, word_labels)), "word_labels", "ascending ids in each row")
    return Statistics(
        count,
        maxima,
        words.table,
        ids_from(arrays, "word_sessions", MOST, n_words),
        pointers_from(arrays, "label_word_rows", n_labels, label_words.size),
        label_words,
        word_label_rows,
        word_labels,
        counts_from("followed_", arrays, n_labels, n_labels),
        counts_from("together_", arrays, n_labels, n_labels),
        _sparse_from("tie_", arrays, n_labels),
        _sparse_from("word_pair_", arrays, n_words),
        _vectors_from(arrays, "vectors", n_words, N_DIMENSIONS),
        numbers_from(arrays, "vector_scale", n_words),
        _cards_from(arrays, n_labels),
        _vectors_from(arrays, "meanings", n_labels, 2 * N_DIMENSIONS),
        askings_from(arrays, n_words, n_labels),
        successions_from(arrays),
    )


def _sparse_from(prefix: str, arrays: Arrays, n: int) -> Sparse:
    indices = ids_from(arrays, f"{prefix}indices", n)
    indptr = pointers_from(arrays, f"{prefix}indptr", n, indices.size)
    require(bool(are_rows_ascending(indptr, indices)), f"{prefix}indices", "ascending ids in each row")
    return Sparse(indptr, indices, numbers_from(arrays, f"{prefix}values", indices.size))


def askings_from(arrays: Arrays, n_words: int, n_labels: int) -> Askings:
    """Return what a model's sessions asked."""
    labels = ids_from(arrays, "asking_labels", n_labels)
    ids = ids_from(arrays, "asking_ids", labels.size)
    word_rows = pointers_from(arrays, "asking_word_rows", n_words, ids.size)
    require(bool(are_rows_ascending(word_rows, ids)), "asking_ids", "ascending ids in each row")
    label_rows = pointers_from(arrays, "asking_label_rows", n_labels, labels.size)
    require(bool(are_row_numbers(label_rows, labels)), "asking_labels", "the label of each entry")
    return Askings(label_rows, labels, word_rows, ids, numbers_from(arrays, "asking_norm", labels.size))


def successions_to(successions: Successions) -> dict[str, NDArray[Any]]:
    """Return pieces and their successions as named arrays."""
    named = {name: getattr(successions, field) for name, field in _PIECES.items()}
    return strings_to("piece_", successions.pieces) | counts_to("after_", successions.after) | named


def successions_from(arrays: Arrays) -> Successions:
    """Return the pieces of a model's labels, and their successions; none of a model that was made without them."""
    if not any(name.startswith(("piece_", "after_")) for name in arrays):
        return count_successions((), np.zeros(0, np.int64))
    pieces = strings_from("piece_", arrays)
    n_pieces = pieces.offsets.size - 1
    return Successions(
        pieces,
        ids_from(arrays, "piece_count", MOST, n_pieces),
        ids_from(arrays, "piece_before", MOST, n_pieces + 1),
        counts_from("after_", arrays, n_pieces + 1, n_pieces + 1),
        fetch(arrays, "blocked_phrases", "i8"),
    )


def _vectors_from(arrays: Arrays, name: str, n: int, n_dimensions: int) -> NDArray[np.int8]:
    vectors = fetch(arrays, name, "i1", 2)
    require(vectors.shape == (n, n_dimensions), name, f"{n} vectors of {n_dimensions} dimensions")
    return vectors


def _cards_from(arrays: Arrays, n_labels: int) -> NDArray[np.float32]:
    cards = fetch(arrays, "cards", "f4", 2)
    fits = cards.shape == (n_labels, N_CARD) and bool(are_finite(cards.ravel()))
    require(fits, "cards", f"{N_CARD} finite numbers a label")
    return cards
