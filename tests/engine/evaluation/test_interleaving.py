"""The draft: who picks when, what is never there twice, and what choosing says."""

from itertools import cycle, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmr_engine.evaluation.grades import ndcg, typed_until_shown
from xmr_engine.evaluation.interleaving import Drafted, team_draft, winner

texts = st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=10)
tosses = st.lists(st.booleans(), min_size=10, max_size=10)


def test_teams_draft_in_turns_and_the_coin_names_who_begins():
    drafted = team_draft("abcd", "bxyz", repeat(True), 6)
    assert drafted == [("a", 0), ("b", 1), ("c", 0), ("x", 1), ("d", 0)]
    assert team_draft("abcd", "bxyz", repeat(False), 3) == [("b", 1), ("a", 0), ("x", 1)]
    assert [row.team for row in team_draft("abcd", "wxyz", cycle([True, False]), 4)] == [0, 1, 1, 0]


@given(texts, texts, tosses, st.integers(1, 10))
def test_the_draft_keeps_its_laws(first, second, coins, k):
    drafted = team_draft(first, second, iter(coins), k)
    shown = [row.text for row in drafted]
    assert len(set(shown)) == len(shown) <= k
    assert all(row.text in (first, second)[row.team] for row in drafted)
    for length in range(len(drafted) + 1):
        sizes = [sum(row.team == team for row in drafted[:length]) for team in (0, 1)]
        assert abs(sizes[0] - sizes[1]) <= 1
    if drafted:
        assert drafted[0].text in (first[0], second[0])


@given(texts, tosses)
def test_equal_lists_stay_as_they_are(listed, coins):
    assert [row.text for row in team_draft(listed, listed, iter(coins), 10)] == listed


@pytest.mark.parametrize(("chosen", "expected"), [([], None), ([0], 0), ([1], 1), ([0, 1], None), ([0, 2, 1], 0)])
def test_the_team_with_more_chosen_rows_wins(chosen, expected):
    rows = [Drafted("a", 0), Drafted("b", 1), Drafted("c", 0)]
    assert winner(rows, chosen) == expected


def test_ndcg_by_hand():
    assert ndcg([3, 2, 0], [3, 2, 0]) == pytest.approx(1.0)
    assert ndcg([0, 3], [3, 0]) == pytest.approx(1 / 1.584962500721156)
    assert ndcg([2, 3], [3, 2]) == pytest.approx((3 + 7 / 1.584962500721156) / (7 + 3 / 1.584962500721156))
    assert ndcg([0, 0], [0, 0]) is None
    assert ndcg([], [1]) == 0.0


def test_the_first_list_that_holds_it_counts():
    lists = [["nestrel"], ["nikavo", "nimbus"], ["nikavo"]]
    assert typed_until_shown(lists, "nikavo") == 2
    assert typed_until_shown(lists, "never") is None
