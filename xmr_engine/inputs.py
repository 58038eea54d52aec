"""Pairs as training reads them: vocabularies, input rows with their labels, ids."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from xmr_engine.config import TrainConfig
from xmr_engine.data.pairs import Pairs
from xmr_engine.data.privacy import typed_by_enough
from xmr_engine.features.vocabulary import Terms, fit_terms
from xmr_engine.keys import distinct
from xmr_engine.labels import LabelTable
from xmr_engine.ranking.statistics import Asked
from xmr_engine.text import words as words_in


class Inputs(NamedTuple):
    """What matchers are trained on: distinct (previous, prefix) inputs as rows, and the labels each was followed by."""

    X: csr_matrix
    Y: csr_matrix


def fit_words(texts: Sequence[str], pairs: Pairs, config: TrainConfig) -> Terms:
    """Return the words of labels that enough people typed."""
    return fit_terms(texts, 1, words=True, keep=_frequent_words(pairs, config))


def fit_inputs(pairs: Pairs, config: TrainConfig) -> tuple[Terms, Terms]:
    """Return the vectorizer's terms: words of the distinct previous queries, characters of the prefixes."""
    previous = sorted(set(pairs.previous) - {""})
    keep = _frequent_words(pairs, config)
    words = fit_terms(previous, config.features.word_ngrams, words=True, keep=keep)
    return words, fit_terms(pairs.prefix, config.features.char_ngrams, words=False)


def make_inputs(pairs: Pairs, labels: LabelTable, make: Callable[[Sequence[str], Sequence[str]], csr_matrix]) -> Inputs:
    """Return one row an input (equal inputs are one) and the labels that followed it, each once."""
    ids = {text: label for label, text in enumerate(labels.texts())}
    rows: dict[tuple[str, str], int] = {}
    row_of = [rows.setdefault(key, len(rows)) for key in zip(pairs.previous, pairs.prefix, strict=True)]
    keys = distinct(np.array(row_of, np.int64) * len(labels) + np.array([ids[text] for text in pairs.next]))
    pointers = np.searchsorted(keys // len(labels), np.arange(len(rows) + 1))
    values = np.ones(keys.size, np.float32)
    Y = csr_matrix((values, (keys % len(labels)).astype(np.int32), pointers), shape=(len(rows), len(labels)))
    return Inputs(make([previous for previous, _ in rows], [prefix for _, prefix in rows]), Y)


def as_asked(pairs: Pairs, labels: LabelTable, texts: Sequence[str]) -> Asked:
    """Return the pairs as ids of labels, then of previous queries that are none."""
    ids = {text: label for label, text in enumerate(texts)}
    others = sorted(set(pairs.previous) - ids.keys() - {""})
    ids |= {text: len(texts) + i for i, text in enumerate(others)} | {"": -1}
    return Asked(
        [*texts, *others],
        len(labels),
        np.array([ids[text] for text in pairs.next], np.int64),
        np.array([ids[text] for text in pairs.previous], np.int64),
        np.array(pairs.session, np.int64),
    )


def _frequent_words(pairs: Pairs, config: TrainConfig) -> frozenset[str] | None:
    """Return the words that enough people typed; None where one is enough."""
    if config.data.min_people <= 1:
        return None
    typed = [(word, person) for text, person in zip(pairs.next, pairs.person, strict=True) for word in words_in(text)]
    return frozenset(typed_by_enough([w for w, _ in typed], [p for _, p in typed], config.data.min_people))
