"""Spans near a prefix: what plain tables say of every label, found by walking; and never by walking too far."""

import math
import string

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import naive
from tests.engine.small import compiled
from xmr_engine.features.codes import to_codes
from xmr_engine.kernels.edits import ANY_CHANGE, NO_CHANGE, SWAPPED, Typed, are_neighbours
from xmr_engine.kernels.nearby import MOST_VISITED, Corrections, near_spans
from xmr_engine.labels import LabelTable, make_labels

LETTERS = st.text(alphabet="aabcns é€1😀", min_size=1, max_size=7)
TEXTS = st.lists(LETTERS, unique=True, min_size=1, max_size=30).map(sorted)
FREE = (ANY_CHANGE,) * 7, (1,) * 7


def near(labels: LabelTable, typed: str, marks: tuple[tuple[int, ...], tuple[int, ...]], most_cost: int) -> Corrections:
    """Return what the kernel finds."""
    changes, gaps = (np.array(row, np.uint8) for row in marks)
    doubted = Typed(to_codes(typed), changes[: len(typed)], np.append(gaps[: len(typed)], np.uint8(0)))
    return near_spans(labels.strings, doubted, most_cost)


def beginning(labels: LabelTable, found: Corrections, i: int) -> str:
    """Return the beginning that the labels of span i share."""
    return labels.text(int(found.spans[i, 0])).encode()[: found.n_bytes[i]].decode()


@given(
    TEXTS,
    LETTERS,
    st.tuples(
        st.tuples(*[st.sampled_from((NO_CHANGE, SWAPPED, ANY_CHANGE, ANY_CHANGE))] * 7),
        st.tuples(*[st.sampled_from((0, 1, 1))] * 7),
    ),
    st.sampled_from((100, 110, 140, 199, 200, 220, 299)),
)
@example(["nab", "nabc", "nba", "nbac"], "nba", FREE, 199)
@example(["a", "aa", "ab", "aba"], "abab", FREE, 299)
@example(["é€", "é€😀a", "€é"], "€é😀", FREE, 299)
@example(["a1b", "a2b", "ab"], "a1b", FREE, 199)
@example(["1a"], "a1", ((SWAPPED,) * 7, (0,) * 7), 199)
def test_every_label_is_found_at_its_lowest_cost(
    texts: list[str], typed: str, marks: tuple[tuple[int, ...], tuple[int, ...]], most_cost: int
) -> None:
    labels = make_labels(texts)
    changes, gaps = marks
    found = near(labels, typed, marks, most_cost)
    lowest = dict.fromkeys(range(len(texts)), math.inf)
    for i in range(found.costs.size):
        begun, (lo, hi), cost = beginning(labels, found, i), found.spans[i].tolist(), int(found.costs[i])
        assert (lo, hi) == naive.span(texts, begun)
        assert cost == naive.slip_costs(begun, typed, changes, gaps)[-1] > 0
        lowest |= {label: min(lowest[label], cost) for label in range(lo, hi)}
    for label, text in enumerate(texts):
        wanted = min(naive.slip_costs(text, typed, changes, gaps))
        if not text.startswith(typed):
            assert lowest[label] == (wanted if wanted <= most_cost else math.inf), text
    order = [(int(cost), -int(n)) for cost, n in zip(found.costs, found.n_bytes, strict=True)]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("typed", "meant", "cost"),
    [
        ("nikvao", "nikavo", 100),
        ("nikabo", "nikavo", 100),
        ("nikaxo", "nikavo", 140),
        ("nikaavo", "nikavo", 100),
        ("nikavvo", "nikavo", 100),
        ("nkavo", "nikavo", 110),
        ("nikpavo", "nikavo", 110),
    ],
)
def test_likely_slips_cost_less(typed: str, meant: str, cost: int) -> None:
    labels = make_labels([meant, "other"])
    found = near(labels, typed, FREE, 199)
    assert (beginning(labels, found, 0), int(found.costs[0])) == (meant, cost)


def test_keys_that_touch_do_so_both_ways() -> None:
    for a in string.ascii_lowercase + "1é ":
        for b in string.ascii_lowercase + "1é ":
            assert are_neighbours(ord(a), ord(b)) == are_neighbours(ord(b), ord(a)) == naive.touch(a, b), (a, b)


@compiled
@pytest.mark.parametrize("typed", ["a" * 200, "ab" * 100, "漢" * 200, "漢字かな交じり文" * 20, "a" + "z" * 30])
def test_the_walk_ends_however_many_labels_are_near(typed: str) -> None:
    draw = np.random.default_rng(5)
    letters = np.array(list("abz漢字かな交じり文"))
    texts = {"a" + "".join(draw.choice(letters, draw.integers(1, 12))) for _ in range(20_000)}
    texts |= {"漢" + "".join(map(chr, draw.integers(0x4E00, 0x9FFF, 3).tolist())) for _ in range(20_000)}
    texts |= {typed[:n] + chr(0x4E00 + n) for n in range(200)} | {typed[:n] + "b" + typed[n:] for n in range(200)}
    labels = make_labels(texts)
    changes = np.full(len(typed), ANY_CHANGE, np.uint8)
    gaps = np.ones(len(typed) + 1, np.uint8)
    found = near_spans(labels.strings, Typed(to_codes(typed), changes, gaps), 299)
    assert 0 < found.n_visited <= MOST_VISITED


def test_what_shares_the_longest_beginning_is_read_first() -> None:
    draw = np.random.default_rng(6)
    texts = {"n" + "".join(map(chr, draw.integers(0x4E00, 0x9FFF, 4).tolist())) for _ in range(2000)}
    labels = make_labels(texts | {"nikavo camera", "nikavo"})
    found = near(labels, "nikabo", FREE, 299)
    assert found.n_visited == MOST_VISITED
    assert beginning(labels, found, 0) == "nikavo"
