"""Which characters are in doubt, which corrections are likely, and how what was gathered is ordered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import naive
from xmr_engine.features.codes import to_codes
from xmr_engine.features.vocabulary import fit_terms
from xmr_engine.kernels.arrays import Statistics, Strings
from xmr_engine.kernels.slips import (
    FEW,
    add_best,
    make_pool,
    order_pool,
    replace_prefix,
    shorter_span,
)
from xmr_engine.kernels.typos import corrections_of, what_may_change
from xmr_engine.labels import LabelTable, make_labels
from xmr_engine.ranking.statistics import Asked, count_statistics

LOG = ["nikavo camera"] * 30 + [
    "nikavo camera bag",
    "nikavo case",
    "nikavo",
    "red shoes",
    "red lamp",
    "red tent",
    "nk 50",
]


def counted(nexts: list[str]) -> tuple[LabelTable, Strings, Statistics]:
    """Return labels, their words, and the statistics of a log of first queries."""
    labels = make_labels(nexts)
    texts = labels.texts()
    words = fit_terms(texts, 1, words=True)
    ids = np.array([texts.index(text) for text in nexts], np.int64)
    asked = Asked(texts, len(texts), ids, np.full(ids.size, -1, np.int64), np.arange(ids.size))
    return labels, words.strings, count_statistics(asked, words)


LABELS, WORDS, STATISTICS = counted(LOG)


@pytest.mark.parametrize(
    ("typed", "changes", "gaps"),
    [
        ("xyz", "021", "0110"),
        ("xyz ", "0220", "01110"),
        ("x5z", "001", "0110"),
        ("red xyz", "0002221", "00001110"),
        ("xyz red", "0222000", "01110000"[:4] + "0000"),
        ("xyz rex", "0222221", "01111110"),
        ("nikavo", "000000", "0000000"),
        ("shoes xy", "02222221", "011111110"),
    ],
)
def test_what_many_labels_have_is_meant(typed: str, changes: str, gaps: str) -> None:
    doubted = what_may_change(WORDS, STATISTICS, (to_codes(typed), 0, len(typed)))
    assert "".join(map(str, doubted.changes.tolist())) == changes
    assert "".join(map(str, doubted.gaps.tolist())) == gaps


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [
        ("nikabo c", 0, ["nikavo c"]),
        ("nikabo c", 3, ["nikavo c"]),
        ("nikabo c", 4, []),
        ("nik", 0, []),
        ("nikavo camera", 0, []),
        ("nikvao camrea", 0, ["nikavo camera"]),
        ("nixaxo camera", 0, []),
        ("nk 51", 0, []),
        ("nk 550", 0, []),
    ],
)
def test_likely_corrections_are_found(typed: str, known: int, meant: list[str]) -> None:
    codes = (to_codes("q" + typed + "q"), 1, 1 + len(typed))
    found = corrections_of(WORDS, LABELS.strings, STATISTICS, codes, known, False, 3)
    texts = [
        LABELS.text(int(lo)).encode()[:n].decode()
        for (lo, _), n in zip(found.spans.tolist(), found.n_bytes.tolist(), strict=True)
    ]
    assert texts == meant


def test_what_makes_sense_is_corrected_by_one_edit_alone() -> None:
    def n_corrections(typed: str, makes_sense: bool) -> int:
        codes = (to_codes(typed), 0, len(typed))
        return int(corrections_of(WORDS, LABELS.strings, STATISTICS, codes, 0, makes_sense, 3).costs.size)

    assert n_corrections("nikabo c", False) == n_corrections("nikabo c", True) == 1
    assert n_corrections("nikvao camrea", False) == 1
    assert n_corrections("nikvao camrea", True) == 0


def test_no_more_corrections_than_asked_for_and_the_popular_ones() -> None:
    nexts = [f"na{letter}to" for letter in "bcdfgh"] + ["nakto"] * 9
    labels, words, statistics = counted(nexts)
    typed = (to_codes("naxto"), 0, 5)
    for most in range(5):
        found = corrections_of(words, labels.strings, statistics, typed, 0, False, most)
        assert found.costs.size == most
        assert most == 0 or "nakto" in [labels.text(int(lo)) for lo, _ in found.spans.tolist()]


LETTERS = st.text(alphabet="ab 1é", max_size=8)


@given(st.lists(LETTERS, min_size=1, max_size=12), LETTERS)
def test_the_longest_shorter_prefix_is_found(texts: list[str], typed: str) -> None:
    labels = make_labels(texts)
    span, n_bytes = shorter_span(labels.strings, (to_codes("b" + typed), 1, 1 + len(typed)))
    wanted = ""
    for n in range(3 if " " in typed else max(3, (len(typed) + 1) // 2), len(typed)):
        begun = naive.span(labels.texts(), typed[:n])
        if begun[0] < begun[1] and not set(typed[n:]) & set("1 "):
            wanted = typed[:n]
    assert span == (naive.span(labels.texts(), wanted) if wanted else (0, 0))
    assert n_bytes == len(wanted.encode())


@given(st.text(alphabet="aé漢😀\n", max_size=6), st.text(alphabet="aé漢😀", min_size=1, max_size=6), st.data())
def test_a_prefix_is_replaced(before: str, label: str, data: st.DataObject) -> None:
    codes, n = to_codes(before + "old"), data.draw(st.integers(0, len(label)))
    labels = make_labels([label])
    found = replace_prefix(codes, len(before), labels.strings, 0, len(label[:n].encode()))
    assert found.tolist() == to_codes(before + label[:n]).tolist()


ADDED = st.lists(st.tuples(st.integers(0, 12), st.integers(-3, 3)), max_size=15, unique_by=lambda row: row[0])


@given(ADDED, ADDED, ADDED, st.integers(0, 6), st.integers(0, 4), st.integers(0, 20))
def test_a_pool_keeps_each_label_once_in_order(first, second, third, lo, size, most) -> None:
    pool, outside = make_pool(4 * FEW), (lo, lo + size)
    best: dict[int, tuple[int, float, int]] = {}
    for kind, penalty, rows in ((2, 0.5, first), (2, 1.0, second), (3, 0.0, third)):
        labels = np.array([label for label, _ in rows], np.int32)
        scores = np.array([score for _, score in rows], np.float64)
        add_best(pool, labels, scores, np.ones(labels.size, np.uint8), outside, (kind, kind, penalty))
        ranked = sorted(rows, key=lambda row: -row[1])[: FEW + size]
        for label, score in ranked:
            mine = (kind, penalty - score, label)
            if lo <= label < lo + size or (label in best and best[label][0] != kind):
                continue
            best[label] = min(best.get(label, mine), mine)
    found = [(int(pool.kinds[i]), -pool.scores[i], int(pool.labels[i])) for i in order_pool(pool, most)]
    assert found == sorted(best.values())[:most]
