"""The parts of a retrieval model as named arrays, and back: every bound is checked on the way."""

from typing import Any

from numpy.typing import NDArray

from xmr_engine.kernels.arrays import Ids, Offsets, Vocabulary
from xmr_engine.kernels.bought import Bought
from xmr_engine.kernels.checks import are_rows_ascending
from xmr_engine.kernels.product_rows import ProductVectorizer
from xmr_engine.kernels.shelf import Postings, Shelf
from xmr_engine.parts import MOST, Arrays, fetch, ids_from, numbers_from, pointers_from, require

Named = dict[str, NDArray[Any]]
MOST_TRIGRAMS = 2048


def vectorizer_to(vectorizer: ProductVectorizer) -> Named:
    """Return the sets of features as named arrays."""
    arrays: Named = {}
    for name, each in vectorizer._asdict().items():
        arrays |= _vocabulary_to(f"set_{name}_", each)
    return arrays


def vectorizer_from(arrays: Arrays) -> ProductVectorizer:
    """Return the sets of features; the last id of a set is the rest's."""
    return ProductVectorizer(*(_vocabulary_from(f"set_{name}_", arrays) for name in ProductVectorizer._fields))


def shelf_to(shelf: Shelf) -> Named:
    """Return a shelf as named arrays; its step is a plain value."""
    arrays: Named = {}
    for name in ("stems", "pairs", "chars"):
        postings: Postings = getattr(shelf, name)
        arrays |= _vocabulary_to(f"shelf_{name}_", postings.vocabulary)
        arrays |= {f"shelf_{name}_rows": postings.rows, f"shelf_{name}_products": postings.ids}
    rest = [name for name in Shelf._fields if name not in ("stems", "pairs", "chars", "step")]
    return arrays | {f"shelf_{name}": getattr(shelf, name) for name in rest}


def shelf_from(arrays: Arrays, n_products: int, step: float) -> Shelf:
    """Return the shelf of these arrays."""
    stems, pairs, chars = (_postings_from(f"shelf_{name}_", arrays, n_products) for name in ("stems", "pairs", "chars"))
    n_stems = stems.vocabulary.idf.size
    weight = fetch(arrays, "shelf_weight", "u1")
    require(weight.size == stems.ids.size, "shelf_weight", "a weight a posting")
    alike = ids_from(arrays, "shelf_alike", n_stems)
    titles = _csr_from(arrays, "shelf_title_rows", "shelf_title_stems", n_products, n_stems)
    attributes = _csr_from(arrays, "shelf_attribute_rows", "shelf_attribute_stems", n_products, n_stems)
    require(bool(are_rows_ascending(*attributes)), "shelf_attribute_stems", "ascending ids in each row")
    return Shelf(
        stems,
        pairs,
        chars,
        weight,
        step,
        numbers_from(arrays, "shelf_word_norm", n_products),
        numbers_from(arrays, "shelf_char_norm", n_products),
        pointers_from(arrays, "shelf_alike_rows", chars.vocabulary.idf.size, alike.size),
        alike,
        ids_from(arrays, "shelf_sizes", MOST_TRIGRAMS, n_stems),
        *titles,
        ids_from(arrays, "shelf_head", MOST, n_products),
        *attributes,
    )


def bought_to(bought: Bought) -> Named:
    """Return purchases as named arrays."""
    return {f"bought_{name}": array for name, array in bought._asdict().items()}


def bought_from(arrays: Arrays, n_products: int, n_stems: int) -> Bought:
    """Return the purchases of these arrays."""
    norm = fetch(arrays, "bought_norm", "f4")
    numbers_from(arrays, "bought_norm", norm.size)
    words = _csr_from(arrays, "bought_word_rows", "bought_word_queries", n_stems, norm.size)
    products = ids_from(arrays, "bought_products", n_products)
    rows = pointers_from(arrays, "bought_rows", norm.size, products.size)
    counts = ids_from(arrays, "bought_counts", MOST, products.size)
    return Bought(*words, norm, rows, products, counts, ids_from(arrays, "bought_times", MOST, n_products))


def _csr_from(arrays: Arrays, rows: str, ids: str, n_rows: int, n_columns: int) -> tuple[Offsets, Ids]:
    columns = ids_from(arrays, ids, n_columns)
    return pointers_from(arrays, rows, n_rows, columns.size), columns


def _vocabulary_to(prefix: str, vocabulary: Vocabulary) -> Named:
    return {f"{prefix}{name}": array for name, array in vocabulary._asdict().items()}


def _vocabulary_from(prefix: str, arrays: Arrays) -> Vocabulary:
    keys, idf = fetch(arrays, f"{prefix}keys", "i8"), fetch(arrays, f"{prefix}idf", "f4")
    require(keys.size.bit_count() == 1, f"{prefix}keys", "a power of two of slots")
    require(idf.size > 0 or bool((keys == -1).all()), f"{prefix}keys", "free slots where there are no terms")
    ids = ids_from(arrays, f"{prefix}ids", max(idf.size, 1), keys.size)
    return Vocabulary(keys, ids, numbers_from(arrays, f"{prefix}idf", idf.size))


def _postings_from(prefix: str, arrays: Arrays, n_products: int) -> Postings:
    vocabulary = _vocabulary_from(prefix, arrays)
    ids = ids_from(arrays, f"{prefix}products", n_products)
    rows = pointers_from(arrays, f"{prefix}rows", vocabulary.idf.size, ids.size)
    require(bool(are_rows_ascending(rows, ids)), f"{prefix}products", "ascending ids in each row")
    return Postings(vocabulary, rows, ids)
