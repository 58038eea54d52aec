"""Rows of inputs: both parts of the same weight, then the bias; one by one as in one go."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import naive
from tests.engine.small import BRANDS, KINDS, plain_rows, text_of
from xmr_engine.features.rows import make_label_rows, make_rows
from xmr_engine.features.vocabulary import fit_terms
from xmr_engine.kernels.rows import Vectorizer, input_row, row_room

PREVIOUS = [f"{brand} {kind}" for brand in BRANDS for kind in KINDS]
PREFIXES = sorted({text[:n] for text in PREVIOUS for n in (1, 3, 6)})
WORDS, CHARS = fit_terms(PREVIOUS, 1, words=True), fit_terms(PREFIXES, 3, words=False)
VECTORIZER = Vectorizer(WORDS.table, CHARS.table, 1, 3, True)
N_FEATURES = len(WORDS) + len(CHARS) + 1

QUERY = st.sampled_from(["", "zzz", "camera camera", "évora tent!", *PREVIOUS])
PREFIX = st.sampled_from(["", "z", "q#", "aa", "arvo ca", *PREFIXES])


def expected(previous: str, prefix: str) -> dict[int, float]:
    """Return the row by definition."""
    word_idf = naive.inverse_frequencies([naive.word_ngrams(text, 1) for text in PREVIOUS])
    char_idf = naive.inverse_frequencies([[t for t, _ in naive.char_ngrams(text, 3)] for text in PREFIXES])
    words, chars = naive.input_row(
        naive.tfidf(naive.word_counts(previous, 1), word_idf),
        naive.tfidf(naive.char_counts(prefix, 3, weighted=True), char_idf),
    )
    row = {list(word_idf).index(term): value for term, value in words.items()}
    row |= {len(WORDS) + list(char_idf).index(term): value for term, value in chars.items()}
    return row | {N_FEATURES - 1: 1.0}


@given(QUERY, PREFIX)
@example("", "")
@example("arvo tent", "a")
def test_a_row_is_its_twin(previous: str, prefix: str) -> None:
    room = row_room(VECTORIZER, len(previous), len(prefix))
    ids, values = np.empty(room, np.int32), np.empty(room, np.float32)
    n = input_row(VECTORIZER, text_of(previous), text_of(prefix), ids, values)
    assert (np.diff(ids[:n]) > 0).all()
    found = dict(zip(ids[:n].tolist(), values[:n].tolist(), strict=True))
    assert found == pytest.approx(expected(previous, prefix), rel=1e-5)


@given(st.lists(st.tuples(QUERY, PREFIX), max_size=12))
def test_one_by_one_is_all_at_once(inputs: list[tuple[str, str]]) -> None:
    together = plain_rows(make_rows(VECTORIZER, [p for p, _ in inputs], [p for _, p in inputs]))
    alone = [plain_rows(make_rows(VECTORIZER, [previous], [prefix]))[0] for previous, prefix in inputs]
    assert together == alone


def test_each_part_has_half_the_square_and_the_bias_is_one() -> None:
    matrix = make_rows(VECTORIZER, ["arvo camera", "", "arvo camera"], ["be", "be", ""]).toarray()
    squares = np.stack([(matrix[:, : len(WORDS)] ** 2).sum(1), (matrix[:, len(WORDS) : -1] ** 2).sum(1)], axis=1)
    assert squares == pytest.approx(np.array([[0.5, 0.5], [0, 1], [1, 0]]), abs=1e-6)
    assert (matrix[:, -1] == 1).all()


def test_a_part_can_be_left_out() -> None:
    only_words = Vectorizer(WORDS.table, fit_terms(PREFIXES, 0, words=False).table, 1, 0, True)
    matrix = make_rows(only_words, ["arvo camera"], ["be"])
    assert matrix.shape == (1, len(WORDS) + 1)
    assert (matrix.toarray()[0, :-1] ** 2).sum() == pytest.approx(1)


def test_label_rows_have_length_one() -> None:
    rows = make_label_rows(VECTORIZER, ["arvo tent", "###"])
    assert rows.shape == (2, len(CHARS))
    assert np.sqrt((rows.toarray() ** 2).sum(1)) == pytest.approx([1, 0], abs=1e-6)


def test_no_inputs_are_no_rows() -> None:
    assert make_rows(VECTORIZER, [], []).shape == (0, N_FEATURES)
