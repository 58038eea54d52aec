"""Words in another order: what plain lists of words say, in order of popularity."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from tests import naive
from xmr_engine.features.codes import to_codes
from xmr_engine.features.vocabulary import fit_terms
from xmr_engine.kernels.infix import labels_with_words
from xmr_engine.labels import make_labels
from xmr_engine.ranking.statistics import Asked, count_statistics

WORDS = st.sampled_from(["nike", "red", "redder", "shoes", "shoe", "of", "office", "for", "é", "abcd", "x-y"])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=25)


def find(nexts: list[str], typed: str, most: int) -> tuple[list[str], list[int], list[int]]:
    """Return labels, how often each was asked, and what the kernel finds."""
    labels = make_labels(nexts)
    texts = labels.texts()
    ids = np.array([texts.index(text) for text in nexts], np.int64)
    words = fit_terms(texts, 1, words=True)
    none = np.full(ids.size, -1, np.int64)
    statistics = count_statistics(Asked(texts, len(texts), ids, none, np.arange(ids.size)), words)
    codes = to_codes("zq" + typed + "qz")
    found = labels_with_words(words.strings, statistics, (codes, 2, 2 + len(typed)), most)
    return texts, statistics.count.tolist(), found.tolist()


@given(TEXTS, st.lists(WORDS, min_size=1, max_size=4).map(" ".join), st.integers(0, 8), st.integers(1, 4))
@example(["nike red shoes", "shoes red", "red shoes"], "shoes red n", 0, 3)
@example(["of x-y", "office x-y"], "y of x", 0, 3)
@example(["red red", "red", "red redder"], "red re", 0, 3)
def test_every_typed_word_begins_some_word(nexts: list[str], typed: str, cut: int, most: int) -> None:
    typed = typed[: len(typed) - cut] or typed
    texts, counts, found = find(nexts, typed, most)
    assert found == naive.labels_with_words(texts, counts, typed, most)


def test_order_does_not_matter() -> None:
    texts, _, found = find(["nike red shoes", "nike shoes", "nike red shoes for men in the sale"], "shoes red n", 5)
    assert [texts[i] for i in found] == ["nike red shoes"]


def test_nothing_is_said_of_little() -> None:
    nexts = ["red shoes", "shoes red", "abcd"]
    for typed in ("", "r", "re", "red", "r s", "!", "   "):
        assert find(nexts, typed, 5)[2] == []
    assert find(nexts, "shoes r", 5)[2]
