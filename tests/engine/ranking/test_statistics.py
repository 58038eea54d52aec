"""What a log says, counted in one go, against counting row by row."""

import random
from collections import Counter

import numpy as np
import pytest

from tests import naive
from tests.engine.small import small_pairs, texts_in
from xmr_engine.data.pairs import Pairs
from xmr_engine.features.vocabulary import Terms, fit_terms
from xmr_engine.kernels.arrays import Counts, Statistics
from xmr_engine.labels import LabelTable, make_labels
from xmr_engine.pipeline import as_asked
from xmr_engine.ranking.statistics import LONGEST_SESSION, count_pairs, count_statistics, words_of


def odd_pairs() -> Pairs:
    """Return pairs with repeated words, previous queries that are no labels, and a session too long to count."""
    rows = [("", "new york new york", 0), ("new york new york", "york", 0), ("york", "york", 0)]
    rows += [("lost query", "york", 1), ("york", "lost", 1), ("", "!!", 2), ("!!", "york", 2)]
    rows += [("" if i == 0 else f"item {i - 1}", f"item {i}", 3) for i in range(LONGEST_SESSION + 1)]
    rows += [("" if i == 0 else f"item {i - 1}", f"item {i}", 4) for i in range(LONGEST_SESSION)]
    previous, nexts, sessions = (list(column) for column in zip(*rows, strict=True))
    return Pairs(previous, list(nexts), list(nexts), sessions, sessions)


def shuffled_pairs(seed: int) -> Pairs:
    """Return a small log in which some queries lost their letters."""
    draw = random.Random(seed)
    pairs = small_pairs(120, seed)
    return pairs._replace(previous=[text[:4] if draw.random() < 0.1 else text for text in pairs.previous])


LOGS = {"odd": odd_pairs(), "small": small_pairs(), "shuffled": shuffled_pairs(5)}


def counted(pairs: Pairs) -> tuple[LabelTable, Terms, Statistics]:
    labels = make_labels(pairs.next)
    words = fit_terms(labels.texts(), 1, words=True)
    return labels, words, count_statistics(as_asked(pairs, labels, labels.texts()), words)


def plainly(pairs: Pairs) -> naive.Statistics:
    rows = zip(pairs.session, pairs.previous, pairs.next, strict=True)
    return naive.statistics([naive.Asked(*row) for row in rows], LONGEST_SESSION)


def as_table(counts: Counts, rows: list[str], columns: list[str]) -> dict[str, dict[str, int]]:
    found = {}
    for i, row in enumerate(rows):
        a, b = counts.rows[i], counts.rows[i + 1]
        assert (np.diff(counts.ids[a:b]) > 0).all()
        pairs = zip(counts.ids[a:b].tolist(), counts.count[a:b].tolist(), strict=True)
        if a < b:
            found[row] = {columns[j]: n for j, n in pairs}
    return found


def held(table: naive.Table, rows: list[str]) -> dict[str, dict[str, int]]:
    return {row: dict(table[row]) for row in rows if table.get(row)}


@pytest.fixture(scope="module", params=LOGS)
def log(request) -> Pairs:
    return LOGS[request.param]


def test_counts_are_the_twins(log: Pairs) -> None:
    labels, words, statistics = counted(log)
    twin, texts = plainly(log), labels.texts()
    terms = texts_in(words.strings)
    assert statistics.count.tolist() == [twin.count[text] for text in texts]
    assert statistics.follow_count.tolist() == [twin.follow_count[text] for text in texts]
    assert statistics.word_sessions.tolist() == [twin.word_sessions[word] for word in terms]
    assert as_table(statistics.followed, texts, texts) == held(twin.followed, texts)
    assert as_table(statistics.together, texts, texts) == held(twin.together, texts)
    assert as_table(statistics.word_together, terms, texts) == held(twin.word_together, terms)
    assert as_table(statistics.word_followed, terms, texts) == held(twin.word_followed, terms)


def test_totals_sum_their_rows(log: Pairs) -> None:
    _, _, statistics = counted(log)
    for counts in (statistics.followed, statistics.together, statistics.word_together, statistics.word_followed):
        sums = np.add.reduceat(np.append(counts.count, 0).astype(int), counts.rows[:-1]) * (np.diff(counts.rows) > 0)
        assert counts.total.tolist() == sums.tolist()


def test_words_of_labels_are_in_order(log: Pairs) -> None:
    labels, words, statistics = counted(log)
    terms = texts_in(words.strings)
    rows, ids = statistics.label_word_rows, statistics.label_words
    for i, text in enumerate(labels.texts()):
        assert [terms[word] for word in ids[rows[i] : rows[i + 1]]] == naive.words_of(text)


def test_words_that_are_not_known_are_left_out() -> None:
    words = fit_terms(["red hat"], 1, words=True)
    rows, ids = words_of(["hat of red", "blue", "", "red red"], words)
    assert rows.tolist() == [0, 2, 2, 2, 4]
    assert ids.tolist() == [0, 1, 1, 1]


def test_of_many_only_the_most_frequent_stay() -> None:
    a, b = np.array([0] * 10 + [2] * 3), np.array([5, 5, 5, 1, 1, 9, 9, 7, 3, 3, 4, 4, 4])
    counts = count_pairs(a, b, 3, most=2)
    assert counts.rows.tolist() == [0, 2, 2, 3]
    assert (counts.ids.tolist(), counts.count.tolist()) == ([1, 5, 4], [2, 3, 3])
    assert counts.total.tolist() == [10, 0, 3]


def test_a_count_too_large_stops_at_the_largest() -> None:
    counts = count_pairs(np.zeros(70_000, np.int64), np.zeros(70_000, np.int64), 1)
    assert counts.count.tolist() == [65_535]
    assert counts.total.tolist() == [70_000]


def test_the_twin_counts_by_hand() -> None:
    twin = naive.statistics([naive.Asked(0, "", "a b"), naive.Asked(0, "a b", "c"), naive.Asked(1, "", "c")], 30)
    assert twin.count == Counter({"c": 2, "a b": 1})
    assert twin.follow_count == Counter({"c": 1})
    assert twin.followed == {"a b": Counter({"c": 1})}
    assert twin.together == {"a b": Counter({"c": 1}), "c": Counter({"a b": 1})}
    assert twin.word_together == {"a": {"c": 1}, "b": {"c": 1}, "c": {"a b": 1}}
    assert twin.word_followed == {"a": {"c": 1}, "b": {"c": 1}}
