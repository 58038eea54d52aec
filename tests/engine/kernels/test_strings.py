"""Sorted texts: order, spans, positions and shared characters."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from tests import naive
from xmr_engine.features.codes import to_codes
from xmr_engine.kernels.strings import bisect, common_prefixes, compare, encode_utf8, find_span
from xmr_engine.labels import make_labels, make_strings

LETTERS = st.text(alphabet="ab é€😀\u0301א", max_size=6)
TEXTS = st.lists(LETTERS, unique=True, max_size=30).map(sorted)


def as_bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)


@given(st.text(max_size=20))
def test_utf8_is_pythons(text: str) -> None:
    out = np.zeros(4 * len(text) + 1, np.uint8)
    n = encode_utf8(to_codes(text), 0, len(text), out)
    assert out[:n].tobytes() == text.encode()


@given(TEXTS, LETTERS)
def test_order_is_that_of_texts(texts: list[str], text: str) -> None:
    strings, data = make_strings(texts), as_bytes(text)
    for i, other in enumerate(texts):
        wanted = 0 if other == text else -1 if other < text else 1 if other.startswith(text) else 2
        assert compare(strings, i, data, data.size) == wanted
    assert bisect(strings, data, data.size, 0) == sum(other < text for other in texts)


@given(TEXTS, LETTERS)
@example(["a", "ab", "b"], "a")
@example([], "a")
@example(["a"], "")
def test_spans_and_positions_are_those_of_a_list(texts: list[str], text: str) -> None:
    labels = make_labels(texts)
    assert labels.texts() == texts
    assert [labels.text(i) for i in range(len(labels))] == texts
    assert labels.span(text) == naive.span(texts, text)
    assert labels.find(text) == (texts.index(text) if text in texts else None)
    assert [labels.find(other) for other in texts] == list(range(len(texts)))


@given(TEXTS)
@example(["é", "è"])
@example(["a😀", "a😁", "a😁b"])
def test_shared_characters_are_counted_whole(texts: list[str]) -> None:
    assert common_prefixes(make_strings(texts)).tolist() == naive.shared_characters(texts)


def test_labels_are_distinct_and_sorted() -> None:
    assert make_labels(["b", "a", "b", "ä", "Z"]).texts() == ["Z", "a", "b", "ä"]


def test_a_half_character_is_no_label_and_no_accident() -> None:
    labels = make_labels(["a", "b"])
    assert labels.find("\ud800") is None
    assert labels.span("\ud800") == (2, 2)


@given(st.lists(LETTERS, min_size=1, max_size=30), LETTERS)
def test_texts_out_of_order_give_no_span_turned_round(texts: list[str], text: str) -> None:
    lo, hi = find_span(make_strings(texts), as_bytes(text), len(text.encode()))
    assert 0 <= lo <= hi <= len(texts)
