"""The most frequent query and the successors, against plain twins."""

import string
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmr_engine.baselines.most_frequent import MostFrequent
from xmr_engine.baselines.successor import Successor
from xmr_engine.kernels.arrays import Counts
from xmr_engine.labels import make_labels

TEXTS = st.text("ab é", min_size=1, max_size=5).map(lambda text: " ".join(text.split())).filter(bool)
LOGS = st.lists(TEXTS, min_size=1, max_size=60)


def of_log(log: list[str], backoff: bool = False) -> MostFrequent:
    labels, asked = make_labels(log), Counter(log)
    return MostFrequent(labels, np.array([asked[text] for text in labels.texts()], np.int32), backoff)


def plain_best(log: list[str], prefix: str, k: int) -> list[str]:
    asked = Counter(text for text in log if text.startswith(prefix))
    return sorted(asked, key=lambda text: (-asked[text], text))[:k]


@given(LOGS, TEXTS, st.integers(1, 12))
def test_it_is_count_then_text(log, text, k):
    for prefix in ("", text, text[:1]):
        assert of_log(log).complete(prefix, [], k) == plain_best(log, prefix, k)


@given(LOGS, TEXTS)
def test_the_session_changes_nothing(log, text):
    assert of_log(log).complete("a", [text], 10) == of_log(log).complete("a", [], 10)


@given(LOGS, st.text(string.ascii_lowercase[:3], max_size=4))
def test_backing_off_fills_up_with_completions_of_shorter_prefixes(log, prefix):
    expected: list[str] = []
    for length in range(len(prefix), -1, -1):
        expected += [text for text in plain_best(log, prefix[:length], 10) if text not in expected]
        if len(expected) >= 10:
            break
    assert of_log(log, backoff=True).complete(prefix, [], 10) == expected[:10]


def test_successors_come_first_then_the_most_frequent():
    log = ["aa"] * 5 + ["ab"] * 3 + ["ac", "ad", "b"]
    most_frequent = of_log(log)
    ids = {text: i for i, text in enumerate(most_frequent.labels.texts())}
    rows = np.zeros(len(ids) + 1, np.int64)
    rows[ids["b"] + 1 :] = 3
    after_b = Counts(
        rows,
        np.array([ids["ac"], ids["ad"], ids["b"]], np.int32),
        np.array([2, 2, 9], np.uint16),
        np.zeros(len(ids), np.float32),
    )
    successor = Successor(most_frequent, after_b)
    assert successor.complete("a", ["b"], 10) == ["ac", "ad", "aa", "ab"]
    assert successor.complete("a", ["x", "b"], 3) == ["ac", "ad", "aa"]
    assert successor.complete("", ["b"], 1) == ["b"]
    for context in ([], ["unheard of"], ["b", "aa"]):
        assert successor.complete("a", context, 10) == most_frequent.complete("a", [], 10)


@pytest.mark.parametrize("k", [1, 2, 100])
def test_there_are_never_more_than_asked_for(k):
    assert len(of_log(list("abcdefg")).complete("", [], k)) == min(k, 7)
