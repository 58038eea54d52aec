"""Hashes of terms, and the table that finds a term's id."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests import naive
from tests.engine.small import lookup, text_of
from xmr_engine.features.vocabulary import make_vocabulary
from xmr_engine.kernels.hashing import find_term, hash_codes

TEXT = st.text(max_size=20)


@given(TEXT)
def test_a_hash_is_its_twins(text: str) -> None:
    assert hash_codes(*text_of(text)) == naive.term_hash(text)
    assert 0 <= hash_codes(*text_of(text)) < 2**62


def test_short_texts_do_not_collide() -> None:
    texts = {a + b + c for a in "abcdefghij é" for b in "abcdefghij é" for c in ["", *"abcdefghij é"]}
    assert len({naive.term_hash(text) for text in texts}) == len(texts)


@given(st.lists(st.integers(0, 2**62 - 1), unique=True, max_size=60), st.lists(st.integers(0, 2**62 - 1), max_size=20))
def test_a_vocabulary_finds_what_it_holds_and_nothing_else(hashes: list[int], others: list[int]) -> None:
    vocabulary = make_vocabulary(np.array(hashes, np.int64), np.ones(len(hashes), np.float32))
    assert [find_term(vocabulary, key) for key in hashes] == list(range(len(hashes)))
    assert lookup(vocabulary) == {key: i for i, key in enumerate(hashes)}
    for key in set(others) - set(hashes):
        assert find_term(vocabulary, key) == -1


def test_hashes_that_want_one_slot_are_all_found() -> None:
    hashes = [64 * i for i in range(12)]
    vocabulary = make_vocabulary(np.array(hashes, np.int64), np.ones(12, np.float32))
    assert [find_term(vocabulary, key) for key in hashes] == list(range(12))
    assert find_term(vocabulary, 64 * 12) == -1


def test_of_equal_hashes_the_first_stays() -> None:
    vocabulary = make_vocabulary(np.array([7, 9, 7], np.int64), np.ones(3, np.float32))
    assert find_term(vocabulary, 7) == 0


def test_a_full_table_is_searched_once_round() -> None:
    vocabulary = make_vocabulary(np.array([1, 2], np.int64), np.ones(2, np.float32))
    full = vocabulary._replace(keys=np.arange(4), ids=np.zeros(4, np.int32))
    assert find_term(full, 99) == -1
