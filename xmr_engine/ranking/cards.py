"""What a label is by itself in the log: its company, its extensions, and how plausible its words are in a row."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Counts, Floats, Ids, Offsets, Strings
from xmr_engine.kernels.strings import count_extensions


class Logged(NamedTuple):
    """Labels' texts, how often each was asked, how often as the first query of a session, and what stood beside it."""

    strings: Strings
    asked: NDArray[np.int64]
    asked_first: NDArray[np.int64]
    together: Counts


def make_cards(
    logged: Logged, word_rows: Offsets, label_words: Ids, scales: tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
) -> Floats:
    """Return the card of each label, shape (n_labels, N_CARD), in the order that `kernels.ranking` reads.

    Features of its own, length in bytes, then `scales`: the length of its tf-idf vector, and the scales of the
    vector of its words and of its company.
    """
    n_labels = logged.asked.size
    company = logged.together.total.astype(np.float64)
    companions = np.diff(logged.together.rows)
    asked_before = np.concatenate([[0], np.cumsum(logged.asked)])
    longer, asked_longer = np.zeros(n_labels, np.int64), np.zeros(n_labels, np.int64)
    count_extensions(logged.strings, asked_before, longer, asked_longer)
    plausibility, n_words = word_plausibility(logged.asked, word_rows, label_words)
    size = np.diff(logged.strings.offsets)
    columns = (
        np.log1p(logged.asked),
        np.log1p(logged.asked_first),
        np.maximum(np.log(np.maximum(size, 1)) - 2.5, 0.0),
        np.log((company + 1.0) / (companions + 1.0)),
        np.log1p(longer),
        np.log1p(asked_longer),
        plausibility,
        plausibility / (n_words + 1.0),
        size,
        *scales,
    )
    return freeze(np.stack(columns, axis=1), np.float32)


def word_plausibility(count: NDArray[np.int64], word_rows: Offsets, label_words: Ids) -> tuple[Any, Any]:
    """Return the log probability of each label's words in a row, and how many they are.

    A bigram model with Witten-Bell smoothing over all other labels' askings: a label's own are left out, so that
    what was asked once is judged by what others typed.
    """
    n_labels = count.size
    n_words = np.diff(word_rows)
    size = int(label_words.max(initial=-1)) + 1
    begin, end = size, size + 1
    owner = np.repeat(np.arange(n_labels), n_words + 1)
    first = np.insert(label_words.astype(np.int64), word_rows[:-1], begin)
    second = np.insert(label_words.astype(np.int64), word_rows[1:], end)
    weight = count[owner].astype(np.float64)
    keys = first * (size + 2) + second
    pairs, inverse = np.unique(keys, return_inverse=True)
    together = np.bincount(inverse, weights=weight)
    as_first = np.bincount(first, weights=weight, minlength=size + 2)
    as_any = np.bincount(second, weights=weight, minlength=size + 2)
    kinds = np.bincount(pairs // (size + 2), minlength=size + 2)
    alone = (as_any[second] - weight + 0.5) / max(as_any.sum(), 1.0)
    seen = np.maximum(together[inverse] - weight, 0.0) + kinds[first] * alone
    probability = seen / (np.maximum(as_first[first] - weight, 0.0) + kinds[first])
    summed = np.bincount(owner, weights=np.log(np.maximum(probability, 1e-12)), minlength=n_labels)
    return summed, n_words.astype(np.float64)
