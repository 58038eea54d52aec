"""Laws of normalisation: one form, closed under cutting, the same for every way of writing a query."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xmr_engine.text import is_word_character, normalise, normalise_prefix, words

TEXT = st.text(max_size=40)


@given(TEXT)
@example("\u0345\u0301a")
@example("ﬃ ﷺ ŉ İ ẞ \u1e9e\u0323")
@example("e\x00\u0301")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert normalise_prefix(once) == once


@given(TEXT)
def test_nothing_of_the_forbidden_categories_stays(text: str) -> None:
    found = normalise(text)
    assert not {unicodedata.category(c) for c in found} & {"Cc", "Cs"}
    assert "  " not in found
    assert found == found.strip(" ")
    assert all(c == " " or not c.isspace() for c in found)


@given(TEXT)
def test_every_prefix_of_a_normalised_query_is_a_normalised_prefix(text: str) -> None:
    query = normalise(text)
    for length in range(1, len(query) + 1):
        assert normalise_prefix(query[:length]) == query[:length]


@given(TEXT)
def test_a_prefix_is_the_query_and_at_most_one_space(text: str) -> None:
    prefix = normalise_prefix(text)
    assert prefix in (normalise(text), normalise(text) + " ")
    assert prefix != " "


@given(TEXT)
def test_case_and_white_space_make_no_difference(text: str) -> None:
    assert normalise(" \t" + text.replace(" ", " \u3000\n") + "\r\n") == normalise(text)
    assert normalise(normalise(text).upper().lower()) == normalise(normalise(text).upper())


@given(TEXT)
def test_ascii_and_unicode_ways_agree(text: str) -> None:
    ascii_only = text.encode("ascii", "ignore").decode()
    # one character beyond ASCII takes the long way; it is cut off again
    assert normalise(ascii_only + " é") == f"{normalise(ascii_only)} é".strip()


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("  Nikon\tCamera ", "nikon camera"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("ﬁne", "fine"),
        ("Ｎｉｋｏｎ", "nikon"),
        ("a\x00b\x1fc", "ab c"),
        ("\ud800x", "x"),
        ("x\u200by", "x\u200by"),
        ("e\u0301", "é"),
        ("\u00a0\u2003", ""),
        ("", ""),
        ("😀 Ok", "😀 ok"),
        ("שלום", "שלום"),
    ],
)
def test_examples(written: str, normalised: str) -> None:
    assert normalise(written) == normalised


@pytest.mark.parametrize(
    ("typed", "prefix"),
    [("nikon ", "nikon "), ("nikon   ", "nikon "), (" nikon", "nikon"), ("   ", ""), ("", ""), ("nikon\t", "nikon ")],
)
def test_one_trailing_space_says_the_word_is_finished(typed: str, prefix: str) -> None:
    assert normalise_prefix(typed) == prefix


@given(TEXT)
def test_words_are_the_word_characters_in_order(text: str) -> None:
    found = words(text)
    assert all(found)
    # str.split also separates at spaces beyond the listed blocks, which no normalised text holds
    kept = [c for c in normalise(text) if c != " " and is_word_character(ord(c))]
    assert "".join(words(normalise(text))) == "".join(kept)


def test_words_end_at_spaces_and_punctuation() -> None:
    assert words("assassin's creed: rock-n-roll") == ["assassin", "s", "creed", "rock", "n", "roll"]
    assert words("caffè—latte。寿司") == ["caffè", "latte", "寿司"]
    assert words("") == []
