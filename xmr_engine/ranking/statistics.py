"""Count what the log says: how often each label was asked, what followed what, what stood beside what."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from xmr_engine.features.codes import pack_codes
from xmr_engine.features.vocabulary import Terms
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Askings, Counts, Ids, Offsets, Sparse, Statistics
from xmr_engine.kernels.label_words import label_word_ids
from xmr_engine.kernels.popular import BLOCK, fill_maxima
from xmr_engine.kernels.ties import MOST_TIES, fill_ties
from xmr_engine.labels import make_strings
from xmr_engine.ranking.cards import Logged, make_cards
from xmr_engine.ranking.counting import Column, count_pairs, distinct_pairs, expand
from xmr_engine.ranking.sessions import pairs_within
from xmr_engine.ranking.successions import count_successions
from xmr_engine.ranking.vectors import compact, company_vectors, label_vectors, word_vectors
from xmr_engine.ranking.word_pairs import word_pairs

MOST_SESSIONS_OF_WORD = 4000


class Asked(NamedTuple):
    """The rows of a log as ids: next and previous query (-1 for none) and session (ascending), each shape (n_rows,).

    Queries are numbered as `texts`: first the labels in order, then previous queries that are no labels.
    """

    texts: Sequence[str]
    n_labels: int
    nexts: Column
    previous: Column
    sessions: Column


def count_statistics(
    rows_asked: Asked,
    words: Terms,
    seed: int = 0,
    report: Callable[[float], None] = lambda share: None,
    blocked: Collection[tuple[str, ...]] = (),
) -> Statistics:
    """Return the statistics of a log's rows; `words` are the words of labels, idf over labels.

    `report` is told the share done, by the time that the parts take on most logs. `blocked`: phrases, as words, that
    no composed completion may hold.
    """
    texts, n_labels, nexts, previous, sessions = rows_asked
    count = np.bincount(nexts, minlength=n_labels)
    follows = previous >= 0
    rows, word_ids = words_of(texts, words)
    asked = distinct_pairs(np.concatenate([sessions, sessions[follows]]), np.concatenate([nexts, previous[follows]]))
    in_sessions = expand(rows, word_ids, asked[1])
    by_word = distinct_pairs(asked[0][in_sessions[0]], in_sessions[1])
    n_words = len(words)
    followed = count_pairs(*_between_labels(previous[follows], nexts[follows], n_labels), n_labels)
    together = _together(asked, n_labels)
    word_rows, label_words = freeze(rows[: n_labels + 1]), freeze(word_ids[: rows[n_labels]])
    report(0.2)
    of_words = word_vectors(as_matrix(by_word, n_words), seed)
    report(0.7)
    weighed = csr_matrix((words.table.idf[label_words], label_words, word_rows), shape=(n_labels, n_words))
    of_labels = label_vectors(weighed, of_words)
    beside = csr_matrix((np.log1p(together.count), together.ids, together.rows), shape=(n_labels, n_labels))
    own, own_scale = compact(of_labels)
    company, company_scale = compact(company_vectors(beside, of_labels))
    first = np.bincount(nexts[~follows], minlength=n_labels)
    logged = Logged(make_strings(texts[:n_labels]), count, first, together)
    norms = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return Statistics(
        freeze(count, np.int32),
        popularity_maxima(freeze(count, np.int32)),
        words.table,
        freeze(np.bincount(by_word[1], minlength=n_words), np.int32),
        word_rows,
        label_words,
        *labels_of_words(word_rows, label_words, n_words),
        followed,
        together,
        strongest_ties(freeze(count, np.int32), together),
        word_pairs(asked, rows, word_ids, n_words),
        *compact(of_words),
        make_cards(logged, word_rows, label_words, (norms, own_scale, company_scale)),
        freeze(np.hstack([own, company])),
        _askings(asked, by_word, np.bincount(by_word[1], minlength=n_words), n_labels),
        count_successions(texts[:n_labels], count, blocked),
    )


def labels_of_words(word_rows: Offsets, label_words: Ids, n_words: int) -> tuple[Offsets, Ids]:
    """Return the labels with each word as csr pointers and ids; a label stands once."""
    label = np.repeat(np.arange(word_rows.size - 1), np.diff(word_rows))
    word, label = distinct_pairs(label_words, label)
    return freeze(np.searchsorted(word, np.arange(n_words + 1)), np.int64), freeze(label, np.int32)


def as_matrix(pairs: tuple[Column, Column], n_columns: int) -> csr_matrix:
    """Return pairs (row, column) as a matrix of ones."""
    shape = (int(pairs[0].max(initial=0)) + 1, n_columns)
    return csr_matrix((np.ones(pairs[0].size, np.float32), pairs), shape=shape)


def _askings(asked: tuple[Column, Column], by_word: tuple[Column, Column], often: Column, n_labels: int) -> Askings:
    """Return what sessions of two queries or more asked, by label."""
    n_sessions = int(asked[0].max(initial=0)) + 1
    several = np.bincount(asked[0], minlength=n_sessions) > 1
    kept = several[asked[0]] & (asked[1] < n_labels)
    label, session = distinct_pairs(asked[1][kept], asked[0][kept])
    rarity = np.log((n_sessions + 1.0) / (often + 1.0))
    norm = np.sqrt(np.bincount(by_word[0], weights=rarity[by_word[1]] ** 2, minlength=n_sessions))
    telling = several[by_word[0]]
    telling &= (np.bincount(by_word[1][telling], minlength=often.size) <= MOST_SESSIONS_OF_WORD)[by_word[1]]
    of_session = np.argsort(session, kind="stable").astype(np.int32)
    bounds = np.concatenate([[0], np.cumsum(np.bincount(session, minlength=n_sessions))])
    position, asking = expand(bounds, of_session, by_word[0][telling])
    word, asking = distinct_pairs(by_word[1][telling][position], asking)
    return Askings(
        freeze(np.searchsorted(label, np.arange(n_labels + 1)), np.int64),
        freeze(label, np.int32),
        freeze(np.searchsorted(word, np.arange(often.size + 1)), np.int64),
        freeze(asking, np.int32),
        freeze(norm[session], np.float32),
    )


def words_of(texts: Sequence[str], words: Terms) -> tuple[Offsets, Ids]:
    """Return the word ids of every text as csr pointers and ids; unknown words are left out."""
    codes, offsets = pack_codes(texts)
    rows, ids = np.zeros(len(texts) + 1, np.int64), np.empty(codes.size + 1, np.int32)
    label_word_ids(words.table, codes, offsets, rows, ids)
    return freeze(rows), freeze(ids[: rows[-1]].copy())


def popularity_maxima(count: Ids) -> Ids:
    """Return the range-maximum table of popularity, shape (n_levels, n_blocks)."""
    n_blocks = -(-count.size // BLOCK)
    table = np.zeros((max(n_blocks.bit_length(), 1), n_blocks), np.int32)
    fill_maxima(count, table)
    return freeze(table)


def strongest_ties(count: Ids, together: Counts) -> Sparse:
    """Return the strongest ties of every label, shape (n_labels, n_labels)."""
    sizes = np.minimum(np.diff(together.rows), MOST_TIES)
    ties = Sparse(
        np.concatenate([[0], np.cumsum(sizes)]), np.empty(sizes.sum(), np.int32), np.empty(sizes.sum(), np.float32)
    )
    fill_ties(count, together, ties)
    return Sparse(*(freeze(array) for array in ties))


def _together(asked: tuple[Column, Column], n_labels: int) -> Counts:
    left, right = pairs_within(asked)
    return count_pairs(*_between_labels(asked[1][left], asked[1][right], n_labels), n_labels)


def _between_labels(a: Column, b: Column, n_labels: int) -> tuple[Column, Column]:
    """Return the pairs whose both sides are labels."""
    kept = (a < n_labels) & (b < n_labels)
    return a[kept], b[kept]
