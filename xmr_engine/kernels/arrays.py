"""The arrays that belong together, as the kernels see them.

Every type here is a tuple of arrays and numbers, and counts as one argument.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Codes = NDArray[np.uint32]
Int8 = NDArray[np.int8]
Int16 = NDArray[np.int16]
UInt16 = NDArray[np.uint16]
Ids = NDArray[np.int32]
Offsets = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class Strings(NamedTuple):
    """Texts in sorted UTF-8 order: text i is `blob[offsets[i]:offsets[i + 1]]`."""

    blob: Bytes
    offsets: Offsets


class Vocabulary(NamedTuple):
    """Term -> feature id, by open addressing: `keys` is -1 where a slot is free; a power of two of slots."""

    keys: Offsets
    ids: Ids
    idf: Floats


class Sparse(NamedTuple):
    """Rows of a sparse matrix (csr)."""

    indptr: Offsets
    indices: Ids
    values: Floats


class Tree(NamedTuple):
    """A label tree, breadth-first: the children of node v are `first_child[v]` up to `first_child[v + 1]`.

    `label` is the label of a leaf and -1 elsewhere; `[lo, hi)` is the smallest range that holds the labels below.
    `parent` and `leaf` (the node of each label) follow from these.
    """

    first_child: Ids
    label: Ids
    lo: Ids
    hi: Ids
    parent: Ids
    leaf: Ids


class Chunks(NamedTuple):
    """The weights of all nodes, one chunk a parent: for each feature, the children it speaks for.

    Rows `rows[p]` up to `rows[p + 1]` belong to parent p. features: shape (n_rows + 1, 2), the feature of each row, -1
    for a gap (see `chunks`), and where its entries begin; the last row only ends the one before.
    entries: shape (n_entries, 3), the low and the high byte of a child, counted from the parent's first, and its
    weight, a whole number of the parent's `scale`, plus `chunks.BIAS`.
    """

    rows: Offsets
    features: Ids
    entries: Bytes
    scale: Floats


class Counts(NamedTuple):
    """How often one thing was seen with another: csr, ids ascending in each row; `total` sums what a row held."""

    rows: Offsets
    ids: Ids
    count: UInt16
    total: Floats


class Askings(NamedTuple):
    """What the log's sessions of two queries or more asked: a label and a session each, by label.

    label_rows: the askings of each label; labels: the label of each. word_rows, ids: csr of the askings whose
    session holds each word; words of very many sessions tell nothing and have none. norm: the length of the vector
    of word rarities of each one's session.
    """

    label_rows: Offsets
    labels: Ids
    word_rows: Offsets
    ids: Ids
    norm: Floats


class Successions(NamedTuple):
    """The pieces of labels (what stands between spaces), and which stood after which.

    pieces: sorted. count: how often each was asked; before: how many different pieces stood right before each
    (the last entry: before the end). after: piece → piece right after it, csr counts; the last row holds what labels
    begin with, and the id one past the last piece means that the label ended.
    blocked: hashes of the block list's phrases, ascending.
    """

    pieces: Strings
    count: Ids
    before: Ids
    after: Counts
    blocked: Offsets


class Statistics(NamedTuple):
    """What the log says of labels and of the words around them.

    count: how often a label was asked. maxima: see `popular`. words: the words of labels, idf over labels;
    word_sessions: sessions with a word. label_words: the words of each label; word_labels: the labels with each word.
    followed: label → label asked next. together: label → label of the same session. ties: the strongest of these, see
    `ties`. word_pairs: word → word of another
    query of the session, by information. vectors: of words, from their company in sessions, shape (n_words,
    n_dimensions), each times its entry of vector_scale. cards: what a label is by itself, shape (n_labels,
    ranking.N_CARD). meanings: for each label the vector of its words, then that of the queries beside it, shape
    (n_labels, 2 · n_dimensions), each times its scale on the card.
    """

    count: Ids
    maxima: Ids
    words: Vocabulary
    word_sessions: Ids
    label_word_rows: Offsets
    label_words: Ids
    word_label_rows: Offsets
    word_labels: Ids
    followed: Counts
    together: Counts
    ties: Sparse
    word_pairs: Sparse
    vectors: Int8
    vector_scale: Floats
    cards: Floats
    meanings: Int8
    askings: Askings
    successions: Successions
