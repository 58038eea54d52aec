"""Products by the words of their titles: posting lists, read block by block."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Bytes, Doubles, Floats, Ids, Offsets, Vocabulary
from xmr_engine.kernels.compiled import kernel

BLOCK = 2048
LEAST_NORM = np.float32(1e-12)


class Postings(NamedTuple):
    """The products with each term, ascending: term t's are `ids[rows[t] : rows[t + 1]]`."""

    vocabulary: Vocabulary
    rows: Offsets
    ids: Ids


class Shelf(NamedTuple):
    """What matching by words reads.

    stems, pairs, chars: postings of the titles' terms. weight: for each posting of a stem, the part of BM25 that is the
    title's, in steps of `step`. word_norm, char_norm: lengths of each title's vectors of rarities, stems with pairs,
    and trigrams. alike: the stems with each trigram, postings over stems; sizes: how many trigrams a stem has.
    title_rows, title_stems: each title's stems in order. head: where a title's stem that names the thing stands, from
    its first. attribute_rows, attribute_stems: stems of each product's attributes, ascending.
    """

    stems: Postings
    pairs: Postings
    chars: Postings
    weight: Bytes
    step: float
    word_norm: Floats
    char_norm: Floats
    alike_rows: Offsets
    alike: Ids
    sizes: Ids
    title_rows: Offsets
    title_stems: Ids
    head: Ids
    attribute_rows: Offsets
    attribute_stems: Ids


class Asked(NamedTuple):
    """A query on the shelf: its distinct stems in order (-1 unknown) and how surely each is meant, pairs, trigrams.

    numbers: which stems are numbers. n_words: how many stems the query has, each occurrence counted.
    compounds: stems of titles that two neighbouring words make when written as one.
    """

    stems: Ids
    sure: Doubles
    numbers: Bytes
    compounds: Ids
    pairs: Ids
    chars: Ids
    n_words: int


class Lists(NamedTuple):
    """The posting lists a query reads: where each is now and where it ends.

    gains, factors: what each product of a list gains, for the cosine and for BM25. kinds: whether a list is of stems
    (0), pairs (1) or trigrams (2).
    """

    at: Offsets
    ends: Offsets
    gains: Floats
    factors: Floats
    kinds: Bytes


class Gathered(NamedTuple):
    """Products and their scores by BM25, by the cosine of words, and by the cosine of trigrams."""

    products: Ids
    scores: Floats


@kernel
def query_norm(idf: Floats, terms: Ids) -> float:
    """Return the square of the length of a query's vector of rarities."""
    total = 0.0
    for term in terms:
        if term >= 0:
            total += np.float64(idf[term]) * idf[term]
    return total


@kernel
def read_block(shelf: Shelf, lists: Lists, first: int, board: Floats) -> bool:
    """Add what the lists hold of the block that begins at product `first`; return whether they hold anything of it.

    Columns of the board, shape (3, BLOCK): what each product gains for BM25, and for the cosines of words and trigrams.
    """
    stop, met = first + BLOCK, False
    for t in range(lists.at.size):
        begin, end, gain, kind = lists.at[t], lists.ends[t], lists.gains[t], lists.kinds[t]
        ids = shelf.stems.ids if kind == 0 else (shelf.pairs.ids if kind == 1 else shelf.chars.ids)
        column, cursor = board[2 if kind == 2 else 1], begin
        while cursor < end and ids[cursor] < stop:
            column[ids[cursor] - first] += gain
            cursor += 1
        if kind == 0:
            for e in range(begin, cursor):
                board[0, ids[e] - first] += lists.factors[t] * np.float32(shelf.weight[e])
        lists.at[t] = cursor
        met = met or cursor > begin
    return met


@kernel
def score_block(shelf: Shelf, first: int, scales: Floats, mix: Floats, board: Floats, totals: Floats) -> None:
    """Turn what a block's products gained into their three scores, and write the mix of these."""
    word_norm, char_norm = shelf.word_norm[first : first + BLOCK], shelf.char_norm[first : first + BLOCK]
    for i in range(word_norm.size):
        board[1, i] *= scales[0] / (word_norm[i] + LEAST_NORM)
        board[2, i] *= scales[1] / (char_norm[i] + LEAST_NORM)
        totals[i] = mix[0] * board[0, i] + mix[1] * board[1, i] + mix[2] * board[2, i]


@kernel
def gather(shelf: Shelf, asked: Asked, extras: Ids, most: int, mix: Doubles) -> Gathered:
    """Return the products that share most with a query by the mix of the three scores, and all `extras` (ascending).

    Lists are read side by side in blocks of products: the scores of a block stay in the processor's cache, and are
    computed for all of its products at once. Products ascend.
    """
    lists, scales, mixed = open_lists(shelf, asked), query_scales(shelf, asked), mix.astype(np.float32)
    board, block = np.zeros((3, BLOCK), np.float32), np.zeros(BLOCK, np.float32)
    room = 2 * (most + extras.size) + 2 * BLOCK
    products, scores, totals = np.empty(room, np.int32), np.empty((room, 3), np.float32), np.empty(room, np.float64)
    kept, bar, x = 0, 0.0, 0
    for first in range(0, shelf.word_norm.size, BLOCK):
        met = read_block(shelf, lists, first, board)
        if met:
            score_block(shelf, first, scales, mixed, board, block)
        while x < extras.size and extras[x] < first + BLOCK:
            block[extras[x] - first] = np.inf
            met, x = True, x + 1
        if met:
            for i in range(BLOCK):
                if block[i] > bar:
                    products[kept], totals[kept] = first + i, block[i]
                    scores[kept, 0], scores[kept, 1], scores[kept, 2] = board[0, i], board[1, i], board[2, i]
                    kept += 1
            board[:], block[:] = 0.0, 0.0
        if kept > 2 * (most + extras.size):
            kept, bar = keep_most(products, scores, totals, kept, most + extras.size, bar)
    kept, bar = keep_most(products, scores, totals, kept, most + extras.size, bar)
    order = np.argsort(products[:kept])
    return Gathered(products[:kept][order], scores[:kept][order])


@kernel
def keep_most(products: Ids, scores: Floats, totals: Doubles, n: int, most: int, bar: float) -> tuple[int, float]:
    """Move the `most` highest of n products to the front in their order; return how many, and the lowest total kept."""
    if n <= most:
        return n, bar
    bar = np.partition(totals[:n], n - most)[n - most]
    above = 0
    for i in range(n):
        above += totals[i] > bar
    level = most - above
    kept = 0
    for i in range(n):
        if totals[i] > bar or (totals[i] == bar and level > 0):
            level -= totals[i] == bar
            products[kept], totals[kept] = products[i], totals[i]
            scores[kept, 0], scores[kept, 1], scores[kept, 2] = scores[i, 0], scores[i, 1], scores[i, 2]
            kept += 1
    return kept, bar


@kernel
def open_lists(shelf: Shelf, asked: Asked) -> Lists:
    """Return the posting lists that a query reads."""
    n_stems = asked.stems.size + asked.compounds.size
    n = n_stems + asked.pairs.size + asked.chars.size
    lists = Lists(np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.float32), np.zeros(n, np.float32),
                  np.zeros(n, np.uint8))  # fmt: skip
    for t in range(n_stems):
        own = t < asked.stems.size
        stem = asked.stems[t] if own else asked.compounds[t - asked.stems.size]
        if stem >= 0:
            sure, idf = asked.sure[t] if own else 1.0, shelf.stems.vocabulary.idf[stem]
            lists.at[t], lists.ends[t] = shelf.stems.rows[stem], shelf.stems.rows[stem + 1]
            lists.gains[t], lists.factors[t] = sure * idf * idf, sure * idf * shelf.step
    for j in range(asked.pairs.size + asked.chars.size):
        t = n_stems + j
        kind = 1 if j < asked.pairs.size else 2
        term = asked.pairs[j] if kind == 1 else asked.chars[j - asked.pairs.size]
        postings = shelf.pairs if kind == 1 else shelf.chars
        lists.at[t], lists.ends[t] = postings.rows[term], postings.rows[term + 1]
        lists.gains[t], lists.kinds[t] = postings.vocabulary.idf[term] * postings.vocabulary.idf[term], kind
    return lists


@kernel
def query_scales(shelf: Shelf, asked: Asked) -> Floats:
    """Return one over the length of a query's vectors of words and of trigrams."""
    words = query_norm(shelf.stems.vocabulary.idf, asked.stems) + query_norm(shelf.pairs.vocabulary.idf, asked.pairs)
    chars = query_norm(shelf.chars.vocabulary.idf, asked.chars)
    scales = np.empty(2, np.float32)
    scales[0], scales[1] = 1.0 / np.sqrt(words + 1e-12), 1.0 / np.sqrt(chars + 1e-12)
    return scales
