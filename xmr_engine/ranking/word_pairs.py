"""Which words stand in different queries of one session more often than by chance."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Ids, Offsets, Sparse
from xmr_engine.keys import are_among, distinct
from xmr_engine.ranking.counting import Column, add_counts, distinct_pairs, expand
from xmr_engine.ranking.sessions import blocks_of_sessions, pairs_within

MOST_ASKED = 1 << 18


class WordsApart(NamedTuple):
    """Words of different queries of one session, each pair (v · n_words + w) and each word once a session.

    n_sessions: how many sessions have several queries.
    """

    pairs: Column
    words: Column
    n_sessions: int


def word_pairs(asked: tuple[Column, Column], rows: Offsets, ids: Ids, n_words: int) -> Sparse:
    """Return the information between words of different queries of one session, where positive.

    ln(n · N / (n_v · n_w)) · n / (n + 1.5) for n sessions with both of N sessions with several queries, n at least
    2. Neither query holds the other's word. Sessions are counted block by block, which bounds the memory.
    """
    both, seen = np.zeros(0, np.int64), np.zeros(0, np.int64)
    often, n_several = np.zeros(n_words, np.int64), 0
    for block in blocks_of_sessions(asked, MOST_ASKED):
        of_block = _words_apart(block, rows, ids, n_words)
        pairs, counted = np.unique(of_block.pairs, return_counts=True)
        both, seen = add_counts((both, seen), (pairs, counted))
        often += np.bincount(of_block.words, minlength=n_words)
        n_several += of_block.n_sessions
    v, w = both // n_words, both % n_words
    information = np.log(seen * n_several / (often[v].astype(np.float64) * often[w])) * seen / (seen + 1.5)
    kept = (seen >= 2) & (information > 0)
    pointers = np.searchsorted(v[kept], np.arange(n_words + 1))
    return Sparse(freeze(pointers, np.int64), freeze(w[kept], np.int32), freeze(information[kept], np.float32))


def _words_apart(asked: tuple[Column, Column], rows: Offsets, ids: Ids, n_words: int) -> WordsApart:
    """Return the words of different queries of one session, where neither query holds the other's word."""
    left, right = pairs_within(asked)
    position, word = expand(rows, ids, asked[1][left])
    in_other, other = expand(rows, ids, asked[1][right])
    lonely = ~are_among(position * n_words + word, in_other * n_words + other)
    first, second = position[lonely], word[lonely]
    outer = ~are_among(in_other * n_words + other, position * n_words + word)
    of_pair = csr_matrix(
        (other[outer], (in_other[outer], np.arange(int(outer.sum())))), shape=(left.size, max(int(outer.sum()), 1))
    )
    pair, column = expand(of_pair.indptr.astype(np.int64), other[outer].astype(np.int32), first)
    session = asked[0][left[first[pair]]]
    _, of_words = distinct_pairs(session, second[pair] * n_words + column)
    return WordsApart(of_words, distinct_pairs(session, second[pair])[1], distinct(asked[0][left]).size)
