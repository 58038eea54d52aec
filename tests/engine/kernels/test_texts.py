"""Two texts side by side: shared words, edits, spaces."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import naive
from xmr_engine.kernels.texts import common_length, compare_words, edit_distance, split_text

SHORT = st.text(alphabet="abc", max_size=7)
PHRASE = st.lists(st.sampled_from(["ab", "a", "b", "é", "aba"]), min_size=1, max_size=4).map(" ".join)


def as_bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)


def distance(a: str, b: str) -> int:
    scratch = np.full((3, len(b.encode()) + 1), -99, np.int32)
    return edit_distance(as_bytes(a), as_bytes(b), scratch)


@given(SHORT, SHORT)
@example("", "")
@example("ab", "ba")
@example("abc", "ca")
@example("abcd", "badc")
@example("aab", "")
def test_edits_are_counted_to_two(a: str, b: str) -> None:
    found = distance(a, b)
    assert found == naive.edit_distance(a, b)
    assert found == distance(b, a)


@given(SHORT, st.integers(0, 7), st.sampled_from("abc"))
def test_one_letter_more_is_one_edit(text: str, at: int, letter: str) -> None:
    assert distance(text, text[:at] + letter + text[at:]) == 1


@given(PHRASE, PHRASE)
@example("ab ab", "ab")
@example("a b", "b a")
def test_shared_words_are_their_twins(label: str, query: str) -> None:
    found = compare_words(as_bytes(label), split_text(as_bytes(query)))
    assert found == (*naive.compare_words(label, query), len(label.split(" ")))


@given(PHRASE)
def test_a_text_holds_all_words_of_itself(text: str) -> None:
    n = len(text.split(" "))
    assert compare_words(as_bytes(text), split_text(as_bytes(text))) == (n, True, n)


@given(PHRASE)
def test_a_text_is_split_at_its_spaces(text: str) -> None:
    pieces = split_text(as_bytes(text))
    bounds = zip(pieces.starts.tolist(), pieces.stops.tolist(), strict=True)
    assert [text.encode()[a:b].decode() for a, b in bounds] == text.split(" ")
    same = {piece: {int(key)} for piece, key in zip(text.split(" "), pieces.keys, strict=True)}
    assert len(set().union(*same.values())) == len(set(text.split(" ")))


@given(SHORT, SHORT)
def test_the_common_start_is_its_twin(a: str, b: str) -> None:
    assert common_length(as_bytes(a), as_bytes(b)) == naive.common(a, b)


@pytest.mark.parametrize(("a", "b", "wanted"), [("nikon", "nikno", 1), ("nikon", "ncon", 2), ("nikon", "canon", 3)])
def test_known_slips(a: str, b: str, wanted: int) -> None:
    assert distance(a, b) == wanted
