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
    Chunks,
    Counts,
    Strings,
    Tree,
    Vocabulary,
)
from xmr_engine.kernels.checks import (
    are_chunks,
    are_finite,
    are_pointers,
    are_rows_ascending,
    are_within,
    is_tree,
)

TREE_ARRAYS = ("first_child", "label", "lo", "hi")
MOST = (1 << 31) - 1
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
