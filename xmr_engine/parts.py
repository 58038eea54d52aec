"""The parts of a model as named arrays, and back: the bounds that every part must keep are checked on the way.

Knows what an array means; knows nothing of files.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from xmr_engine.errors import ModelFormatError
from xmr_engine.features.vocabulary import Terms
from xmr_engine.indexing.tree import make_tree
from xmr_engine.kernels.arrays import (
    Askings,
    Chunks,
    Counts,
    Sparse,
    Statistics,
    Strings,
    Successions,
    Tree,
    Vocabulary,
)
from xmr_engine.kernels.checks import (
    are_chunks,
    are_finite,
    are_pointers,
    are_row_numbers,
    are_rows_ascending,
    are_within,
    is_tree,
)
from xmr_engine.kernels.columns import N_CARD, N_DIMENSIONS
from xmr_engine.kernels.popular import BLOCK
from xmr_engine.ranking.successions import count_successions

TREE_ARRAYS = ("first_child", "label", "lo", "hi")
Arrays = Mapping[str, NDArray[Any]]
Tuple = TypeVar("Tuple", bound=tuple[Any, ...])


def require(ok: bool, name: str, law: str) -> None:
    """Raise `ModelFormatError` where an array breaks a law."""
    if not ok:
        raise ModelFormatError(f"array {name}: {law} does not hold; the model is damaged, train it anew")


def fetch(arrays: Arrays, name: str, dtype: str, n_dimensions: int = 1) -> NDArray[Any]:
    """Return an array by name; its type and number of dimensions must be these."""
    if name not in arrays:
        raise ModelFormatError(f"array {name} is missing; the model is incomplete, train it anew")
    array = arrays[name]
    require(array.dtype == np.dtype(dtype), name, f"type {dtype}")
    require(array.ndim == n_dimensions, name, f"{n_dimensions} dimension(s)")
    return array


def pointers_from(arrays: Arrays, name: str, n: int, end: int) -> NDArray[np.int64]:
    """Return an array of n + 1 pointers that rise from 0 to `end`."""
    array = fetch(arrays, name, "i8")
    require(array.size == n + 1 and are_pointers(array, end), name, f"{n + 1} pointers from 0 to {end}")
    return array


def ids_from(arrays: Arrays, name: str, end: int, n: int | None = None) -> NDArray[np.int32]:
    """Return an array of ids in [0, end)."""
    array = fetch(arrays, name, "i4")
    require(n is None or array.size == n, name, f"{n} entries")
    require(bool(are_within(array, 0, end)), name, f"ids from 0 to {end - 1}")
    return array


def numbers_from(arrays: Arrays, name: str, n: int, dtype: str = "f4") -> NDArray[Any]:
    """Return an array of n finite numbers."""
    array = fetch(arrays, name, dtype)
    require(array.size == n, name, f"{n} entries")
    require(bool(are_finite(array)), name, "finite numbers")
    return array


def strings_to(prefix: str, strings: Strings) -> dict[str, NDArray[Any]]:
    """Return sorted texts as named arrays."""
    return {f"{prefix}blob": strings.blob, f"{prefix}offsets": strings.offsets}


def strings_from(prefix: str, arrays: Arrays) -> Strings:
    """Return the texts of these names."""
    blob, offsets = fetch(arrays, f"{prefix}blob", "u1"), fetch(arrays, f"{prefix}offsets", "i8")
    require(bool(are_pointers(offsets, blob.size)), f"{prefix}offsets", f"pointers from 0 to {blob.size}")
    return Strings(blob, offsets)


def terms_to(prefix: str, terms: Terms) -> dict[str, NDArray[Any]]:
    """Return a vocabulary as named arrays."""
    table = {f"{prefix}{field}": array for field, array in terms.table._asdict().items()}
    return strings_to(prefix, terms.strings) | table


def terms_from(prefix: str, arrays: Arrays) -> Terms:
    """Return the vocabulary of these names."""
    strings = strings_from(prefix, arrays)
    n_terms = strings.offsets.size - 1
    keys = fetch(arrays, f"{prefix}keys", "i8")
    require(keys.size.bit_count() == 1, f"{prefix}keys", "a power of two of slots")
    require(n_terms > 0 or bool((keys == -1).all()), f"{prefix}keys", "free slots where there are no terms")
    ids = ids_from(arrays, f"{prefix}ids", max(n_terms, 1), keys.size)
    return Terms(Vocabulary(keys, ids, numbers_from(arrays, f"{prefix}idf", n_terms)), strings)


def tree_to(prefix: str, tree: Tree) -> dict[str, NDArray[Any]]:
    """Return a tree as named arrays; what follows from them is left out."""
    return {prefix + name: getattr(tree, name) for name in TREE_ARRAYS}


def tree_from(prefix: str, arrays: Arrays, n_labels: int | None) -> Tree:
    """Return the tree of these names; None takes any number of labels."""
    first_child, label, lo, hi = (fetch(arrays, prefix + name, "i4") for name in TREE_ARRAYS)
    wanted = int((label >= 0).sum()) if n_labels is None else n_labels
    require(bool(is_tree(first_child, label, wanted)), f"{prefix}first_child", f"a tree of {wanted} labels")
    for name, array in (("lo", lo), ("hi", hi)):
        fits = array.size == label.size and bool(are_within(array, 0, wanted + 1))
        require(fits, prefix + name, "a range of labels a node")
    return make_tree(first_child, label, lo, hi)


def chunks_to(prefix: str, chunks: Chunks) -> dict[str, NDArray[Any]]:
    """Return the weights of a tree as named arrays."""
    return {f"{prefix}{name}": array for name, array in chunks._asdict().items()}


def chunks_from(prefix: str, arrays: Arrays, tree: Tree, n_features: int) -> Chunks:
    """Return the weights of these names, which belong to this tree."""
    rows, features = fetch(arrays, f"{prefix}rows", "i8"), fetch(arrays, f"{prefix}features", "i4", 2)
    entries, scale = fetch(arrays, f"{prefix}entries", "u1", 2), fetch(arrays, f"{prefix}scale", "f4")
    chunks = Chunks(rows, features, entries, scale)
    require(bool(are_chunks(chunks, tree, n_features)), f"{prefix}rows", "chunks of existing features and children")
    require(bool(are_finite(chunks.scale)), f"{prefix}scale", "finite numbers")
    return chunks


def counts_to(prefix: str, counts: Counts) -> dict[str, NDArray[Any]]:
    """Return counts as named arrays."""
    return {f"{prefix}{name}": array for name, array in counts._asdict().items()}


def counts_from(prefix: str, arrays: Arrays, n_rows: int, n_columns: int) -> Counts:
    """Return the counts of these names."""
    ids = ids_from(arrays, f"{prefix}ids", n_columns)
    rows = pointers_from(arrays, f"{prefix}rows", n_rows, ids.size)
    require(bool(are_rows_ascending(rows, ids)), f"{prefix}ids", "ascending ids in each row")
    count = numbers_from(arrays, f"{prefix}count", ids.size, "u2")
    return Counts(rows, ids, count, numbers_from(arrays, f"{prefix}total", n_rows))


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


MOST = (1 << 31) - 1
_PLAIN = (
    "count", "maxima", "word_sessions", "label_word_rows", "label_words", "word_label_rows",
    "word_labels", "vectors", "vector_scale", "cards", "meanings",
)  # fmt: skip
_PIECES = {"piece_count": "count", "piece_before": "before", "blocked_phrases": "blocked"}
_COUNTS = ("followed", "together")
_SPARSE = {"tie": "ties", "word_pair": "word_pairs"}
