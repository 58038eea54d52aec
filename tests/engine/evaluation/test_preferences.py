"""Shares and strengths: textbook figures, laws, and the plain likelihood."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmr_engine.errors import DataError
from xmr_engine.evaluation.preferences import (
    bradley_terry,
    bradley_terry_covariance,
    bradley_terry_errors,
    strongly_connected,
    wilson,
)

# American League, Eastern Division, 1987: Agresti, Categorical Data Analysis, table 10.10
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
BASEBALL = [
    [0, 7, 9, 7, 7, 9, 11],
    [6, 0, 7, 5, 11, 9, 9],
    [4, 6, 0, 7, 7, 8, 12],
    [6, 8, 6, 0, 6, 7, 10],
    [6, 2, 6, 7, 0, 7, 12],
    [4, 4, 5, 6, 6, 0, 6],
    [2, 4, 1, 3, 1, 7, 0],
]
FITTED = {"Milwaukee": 1.58, "Detroit": 1.44, "Toronto": 1.29, "New York": 1.25, "Boston": 1.11, "Cleveland": 0.68}
counts = st.integers(1, 9)


# Newcombe, Statistics in Medicine 17 (1998), table I, method 3
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_score_interval_is_the_published_one(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_interval_holds_the_share_and_mirrors(successes, others):
    n = successes + others
    low, high = wilson(successes, n)
    assert 0.0 <= low <= high <= 1.0
    if n:
        assert low - 1e-12 <= successes / n <= high + 1e-12
    assert wilson(others, n) == pytest.approx((1 - high, 1 - low))


def test_of_nothing_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(DataError, match="from 0 to 3"):
        wilson(4, 3)


def test_the_strengths_of_the_baseball_league_are_agrestis():
    found = bradley_terry(BASEBALL)
    beside_baltimore = {team: value - found[-1] for team, value in zip(TEAMS, found, strict=True)}
    assert {team: round(beside_baltimore[team], 2) for team in FITTED} == FITTED
    assert math.fsum(found) == pytest.approx(0.0, abs=1e-9)


def test_the_errors_beside_baltimore_are_the_published_ones():
    covariance = bradley_terry_covariance(BASEBALL, bradley_terry(BASEBALL))
    found = [math.sqrt(covariance[i][i] + covariance[-1][-1] - 2 * covariance[i][-1]) for i in range(6)]
    assert found == pytest.approx([0.343, 0.340, 0.337, 0.336, 0.334, 0.332], abs=1e-3)


def test_more_votes_make_surer():
    few, many = [[0, 6], [4, 0]], [[0, 60], [40, 0]]
    errors = [bradley_terry_errors(wins, bradley_terry(wins)) for wins in (few, many)]
    assert errors[0][0] == pytest.approx(errors[1][0] * math.sqrt(10))


def test_two_systems_are_the_odds():
    strong, weak = bradley_terry([[0, 30], [10, 0]])
    assert strong - weak == pytest.approx(math.log(3))


@settings(max_examples=30)
@given(st.lists(st.lists(counts, min_size=4, max_size=4), min_size=4, max_size=4))
def test_no_step_away_from_the_estimate_is_likelier(wins):
    wins = [[0 if i == j else wins[i][j] for j in range(4)] for i in range(4)]
    found = bradley_terry(wins)
    for system in range(4):
        for step in (-0.01, 0.01):
            moved = [value + step * (place == system) for place, value in enumerate(found)]
            assert log_likelihood(wins, moved) <= log_likelihood(wins, found) + 1e-9


def log_likelihood(wins, strengths):
    """The likelihood, written down as it is defined."""
    total = 0.0
    for i, row in enumerate(wins):
        for j, won in enumerate(row):
            if i != j:
                total += won * math.log(1 / (1 + math.exp(strengths[j] - strengths[i])))
    return total


def test_who_never_lost_has_no_finite_strength():
    never_lost = [[0, 3, 3], [0, 0, 2], [0, 2, 0]]
    assert not strongly_connected(never_lost)
    assert bradley_terry(never_lost) is None
    assert bradley_terry([[0, 1, 0], [1, 0, 0], [0, 0, 0]]) is None


def test_a_round_of_three_is_a_draw():
    assert bradley_terry([[0, 2, 0], [0, 0, 2], [2, 0, 0]]) == pytest.approx([0.0, 0.0, 0.0])


def test_alone_or_nobody():
    assert bradley_terry([[0]]) == [0.0]
    assert bradley_terry([]) == []
    with pytest.raises(DataError, match="square"):
        bradley_terry([[0, 1]])
