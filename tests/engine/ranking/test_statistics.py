"""What a log says, counted in one go, against counting row by row."""

import random
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from tests import naive
from tests.engine.small import small_pairs, texts_in
from xmr_engine.data.pairs import Pairs
from xmr_engine.features.vocabulary import Terms, fit_terms
from xmr_engine.inputs import as_asked
from xmr_engine.kernels.arrays import Counts, Statistics
from xmr_engine.kernels.columns import CARD_BYTES
from xmr_engine.labels import LabelTable, make_labels
from xmr_engine.ranking import statistics as statistics_module
from xmr_engine.ranking.counting import count_pairs
from xmr_engine.ranking.sessions import LONGEST_SESSION
from xmr_engine.ranking.statistics import count_statistics, words_of


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
    assert statistics.count.tolist() == [twin.count[text] for text in texts]
    asked, first = np.expm1(statistics.cards[:, :2].astype(np.float64)).round().astype(int).T
    assert asked.tolist() == statistics.count.tolist()
    assert first.tolist() == [twin.first_count[text] for text in texts]
    assert statistics.cards[:, CARD_BYTES].tolist() == [len(text.encode()) for text in texts]
    assert statistics.word_sessions.tolist() == [twin.word_sessions[word] for word in texts_in(words.strings)]
    assert as_table(statistics.followed, texts, texts) == held(twin.followed, texts)
    assert as_table(statistics.together, texts, texts) == held(twin.together, texts)


def test_totals_sum_their_rows(log: Pairs) -> None:
    _, _, statistics = counted(log)
    for counts in (statistics.followed, statistics.together):
        sums = [counts.count[a:b].sum() for a, b in pairwise(counts.rows)]
        assert counts.total.tolist() == sums


def test_paired_words_are_the_twins(log: Pairs) -> None:
    _, words, statistics = counted(log)
    terms, table = texts_in(words.strings), statistics.word_pairs
    found = {
        (terms[v], terms[table.indices[at]]): table.values[at]
        for v in range(len(terms))
        for at in range(table.indptr[v], table.indptr[v + 1])
    }
    assert found == pytest.approx(plainly(log).word_pairs, rel=1e-5)


def test_blocks_of_sessions_count_the_same(log: Pairs, monkeypatch) -> None:
    whole = counted(log)[2].word_pairs
    monkeypatch.setattr("xmr_engine.ranking.word_pairs.MOST_ASKED", 2)
    for one, other in zip(whole, counted(log)[2].word_pairs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_labels_of_a_word_are_those_that_hold_it(log: Pairs) -> None:
    labels, words, statistics = counted(log)
    rows, texts = statistics.word_label_rows, labels.texts()
    for i, word in enumerate(texts_in(words.strings)):
        wanted = [label for label, text in enumerate(texts) if word in naive.words_of(text)]
        assert statistics.word_labels[rows[i] : rows[i + 1]].tolist() == wanted


def test_askings_are_the_twins(log: Pairs) -> None:
    labels, words, statistics = counted(log)
    twin, texts, askings = plainly(log), labels.texts(), statistics.askings
    terms, n = texts_in(words.strings), len(set(log.session))
    wanted = sorted((text, place) for place, queries in enumerate(twin.sessions) for text in queries & set(texts))
    assert [texts[label] for label in askings.labels] == [text for text, _ in wanted]
    spans = [askings.labels[a:b].tolist() for a, b in pairwise(askings.label_rows)]
    assert all(span == [label] * len(span) for label, span in enumerate(spans))
    for w, word in enumerate(terms):
        inside = [i for i, (_, place) in enumerate(wanted) if word in naive.words_in(twin.sessions[place])]
        assert askings.ids[askings.word_rows[w] : askings.word_rows[w + 1]].tolist() == inside
    squares = [sum(naive.rarity(twin, w, n) ** 2 for w in naive.words_in(q) & set(terms)) for q in twin.sessions]
    assert askings.norm.tolist() == pytest.approx([squares[place] ** 0.5 for _, place in wanted], rel=1e-5)


def test_words_of_very_many_sessions_tell_nothing(monkeypatch) -> None:
    monkeypatch.setattr(statistics_module, "MOST_SESSIONS_OF_WORD", 2)
    rows = [("", f"common {name}", i) for i, name in enumerate("abc")]
    rows += [(f"common {name}", f"rare {name}", i) for i, name in enumerate("abc")]
    previous, nexts, sessions = (list(column) for column in zip(*rows, strict=True))
    _, words, statistics = counted(Pairs(previous, nexts, nexts, sessions, sessions))
    held = np.diff(statistics.askings.word_rows).tolist()
    assert dict(zip(texts_in(words.strings), held, strict=True)) == {"a": 2, "b": 2, "c": 2, "common": 0, "rare": 0}


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


def test_a_count_too_large_stops_at_the_largest() -> None:
    counts = count_pairs(np.zeros(70_000, np.int64), np.zeros(70_000, np.int64), 1)
    assert counts.count.tolist() == [65_535]
    assert counts.total.tolist() == [70_000]


def test_the_twin_counts_by_hand() -> None:
    rows = [
        naive.Asked(0, "", "a b"),
        naive.Asked(0, "a b", "c b"),
        naive.Asked(1, "", "c b"),
        naive.Asked(1, "c b", "a"),
    ]
    twin = naive.statistics(rows, 30)
    assert twin.count == Counter({"c b": 2, "a b": 1, "a": 1})
    assert twin.first_count == Counter({"a b": 1, "c b": 1})
    assert twin.followed == {"a b": Counter({"c b": 1}), "c b": Counter({"a": 1})}
    assert twin.together["c b"] == Counter({"a b": 1, "a": 1})
    assert twin.sessions == [{"a b", "c b"}, {"c b", "a"}]
    assert twin.word_sessions == Counter({"a": 2, "b": 2, "c": 2})
    assert twin.word_pairs == {}
    again = naive.word_pairs([*twin.sessions, {"d", "e"}], {"a", "b", "c", "d", "e"})
    assert again == pytest.approx({("a", "c"): np.log(2 * 3 / 4) * 2 / 3.5, ("c", "a"): np.log(2 * 3 / 4) * 2 / 3.5})
