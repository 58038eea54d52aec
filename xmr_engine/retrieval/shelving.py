"""Put titles on the shelf: posting lists, norms and heads, from texts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from xmr_engine.features.codes import pack_codes
from xmr_engine.features.products import Counted, count_texts
from xmr_engine.features.vocabulary import make_vocabulary
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Ids, Offsets, Vocabulary
from xmr_engine.kernels.product_words import CHARS, PAIRS, STEMS, sum_rows
from xmr_engine.kernels.shelf import Postings, Shelf
from xmr_engine.kernels.shelf_query import spell_stems, stem_titles
from xmr_engine.keys import distinct

K1, B = 0.6, 0.5
COMMON = 8
HEAD_ENDS = frozenset({"with", "for", "in", "and", "of", "to", "by", "x"})


def build_shelf(titles: Sequence[str], attributes: Sequence[str], queries: Sequence[str]) -> Shelf:
    """Return the shelf of a catalogue.

    Parameters
    ----------
    titles, attributes
        Of each product, normalised; its attributes' values as one text.
    queries
        Those of the purchases: their stems get ids too, so that what was bought for them is known.
    """
    stems = count_texts(titles, STEMS)
    postings, inside = _postings(stems, len(titles), count_texts(queries, STEMS).keys)
    pairs, pair_rows = _postings(count_texts(titles, PAIRS), len(titles))
    chars, char_rows = _postings(count_texts(titles, CHARS), len(titles))
    chars = _without_common(chars, len(titles))
    weight, step = _saturation(inside)
    rows, title_stems = _in_order(postings.vocabulary, titles)
    alike_rows, alike, sizes = _alike(postings.vocabulary, chars.vocabulary, titles)
    attribute_rows, attribute_stems = _distinct(postings.vocabulary, attributes, inside)
    return Shelf(
        postings,
        pairs,
        chars,
        weight,
        step,
        freeze(np.hypot(_norm(postings, inside), _norm(pairs, pair_rows)), np.float32),
        freeze(_norm(chars, char_rows)),
        alike_rows,
        alike,
        sizes,
        rows,
        title_stems,
        _heads(titles, rows),
        attribute_rows,
        attribute_stems,
    )


def _postings(counted: Counted, n_products: int, more: Offsets | None = None) -> tuple[Postings, csr_matrix]:
    """Return the posting lists of terms, and the terms of each product with their counts."""
    keys = distinct(counted.keys if more is None else np.concatenate([counted.keys, more]))
    at = np.searchsorted(keys, counted.keys).astype(np.int32)
    inside = csr_matrix((counted.counts.astype(np.float32), at, counted.indptr), shape=(n_products, keys.size))
    lists = inside.tocsc()
    lists.sort_indices()
    df = np.diff(lists.indptr)
    idf = np.log(1.0 + (n_products - df + 0.5) / (df + 0.5))
    vocabulary = make_vocabulary(keys, freeze(idf, np.float32))
    return Postings(vocabulary, freeze(lists.indptr, np.int64), freeze(lists.indices, np.int32)), inside


def _without_common(postings: Postings, n_products: int) -> Postings:
    """Return the posting lists without those of more than an eighth of the products: they cost most and tell least."""
    sizes = np.diff(postings.rows)
    short = sizes <= n_products // COMMON
    rows = np.concatenate([[0], np.cumsum(np.where(short, sizes, 0))])
    return Postings(postings.vocabulary, freeze(rows, np.int64), freeze(postings.ids[np.repeat(short, sizes)]))


def _saturation(inside: csr_matrix) -> tuple[NDArray[np.uint8], float]:
    """Return each posting's part of BM25 that is the title's, in whole steps, and what a step is worth."""
    length = np.asarray(inside.sum(axis=1)).ravel()
    lists = inside.tocsc()
    lists.sort_indices()
    mean = max(float(length.mean()), 1e-9) if length.size else 1.0
    count = lists.data.astype(np.float64)
    part = count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length[lists.indices] / mean))
    step = (K1 + 1.0) / 255.0
    return freeze(np.clip(np.round(part / step), 1, 255), np.uint8), step


def _norm(postings: Postings, inside: csr_matrix) -> NDArray[np.float32]:
    """Return the length of each product's vector of rarities."""
    indptr, indices = freeze(inside.indptr, np.int64), inside.indices
    return np.asarray(sum_rows(indptr, freeze(postings.vocabulary.idf[indices])))


def _in_order(vocabulary: Vocabulary, texts: Sequence[str]) -> tuple[Offsets, Ids]:
    """Return the stems of each text in order, csr."""
    codes, offsets = pack_codes(texts)
    indptr, stems = np.empty(len(texts) + 1, np.int64), np.empty(codes.size + 1, np.int32)
    stem_titles(vocabulary, codes, offsets, (indptr, stems))
    return freeze(indptr), freeze(stems[: indptr[-1]])


def _distinct(vocabulary: Vocabulary, texts: Sequence[str], known: csr_matrix) -> tuple[Offsets, Ids]:
    """Return the distinct stems of each text that the title does not have, ascending, csr."""
    rows, stems = _in_order(vocabulary, texts)
    held = csr_matrix((np.ones(stems.size, np.float32), stems, rows), shape=(len(texts), vocabulary.idf.size))
    held.sum_duplicates()
    once = csr_matrix((np.ones(held.nnz, np.float32), held.indices, held.indptr), shape=held.shape)
    inside = csr_matrix((np.ones(known.nnz, np.float32), known.indices, known.indptr), shape=known.shape)
    new = csr_matrix(once - once.multiply(inside))
    new.eliminate_zeros()
    new.sort_indices()
    return freeze(new.indptr, np.int64), freeze(new.indices, np.int32)


def _alike(stems: Vocabulary, chars: Vocabulary, titles: Sequence[str]) -> tuple[Offsets, Ids, Ids]:
    """Return the stems with each trigram, csr, and how many trigrams each stem has."""
    codes, offsets = pack_codes(titles)
    sizes = np.zeros(stems.idf.size, np.int32)
    room = codes.size + 2 * stems.idf.size + 1
    trigrams, owners = np.empty(room, np.int32), np.empty(room, np.int32)
    n = spell_stems(stems, chars, (codes, offsets), (trigrams, owners, sizes))
    order = np.lexsort((owners[:n], trigrams[:n]))
    rows = np.concatenate([[0], np.cumsum(np.bincount(trigrams[:n], minlength=chars.idf.size))])
    return freeze(rows, np.int64), freeze(owners[:n][order]), freeze(sizes)


def _heads(titles: Sequence[str], rows: Offsets) -> Ids:
    """Return where the stem stands that names each product: the last before "with", "for", a comma and the like."""
    heads = np.zeros(len(titles), np.int32)
    for i, title in enumerate(titles):
        head, place = 0, 0
        for part in title.replace(",", " , ").split():
            if place and (part in HEAD_ENDS or part in ",-(") and head:
                break
            if part == ",":
                continue
            place += 1
            if part.isalpha():
                head = place
        heads[i] = min(max(head - 1, 0), max(int(rows[i + 1] - rows[i]) - 1, 0))
    return freeze(heads)
