"""Intervals and tests: what they cover, what they find, and that sessions are drawn whole."""

import numpy as np
import pytest

from xmr_engine.evaluation.resampling import FLIPS, intervals, sign_flip_tests


def test_a_constant_has_no_width():
    (interval,) = intervals([np.full(20, 0.25)], np.arange(20))
    assert interval == pytest.approx((0.25, 0.25))


def test_the_interval_of_single_rows_is_that_of_the_normal_approximation():
    values = np.random.default_rng(1).random(2000)
    ((low, high),) = intervals([values], np.arange(2000))
    half = 1.96 * values.std() / np.sqrt(2000)
    assert low == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert high == pytest.approx(values.mean() + half, abs=0.1 * half)


def test_rows_of_one_session_are_drawn_together():
    values = np.repeat(np.random.default_rng(2).random(100), 9)
    ((low, high),) = intervals([values], np.arange(900))
    ((low_whole, high_whole),) = intervals([values], np.repeat(np.arange(100), 9))
    assert (high_whole - low_whole) == pytest.approx(3 * (high - low), rel=0.2)


def test_rows_that_do_not_count_change_nothing():
    values = np.random.default_rng(3).random(50)
    padded = np.concatenate([values, np.full(50, np.nan)])
    units = np.concatenate([np.arange(50), np.arange(50)])
    assert intervals([padded], units) == intervals([values], np.arange(50))


def test_the_same_seed_gives_the_same_interval_and_another_does_not():
    values = [np.random.default_rng(4).random(30)]
    assert intervals(values, np.arange(30), 7) == intervals(values, np.arange(30), 7)
    assert intervals(values, np.arange(30), 7) != intervals(values, np.arange(30), 8)


def test_no_difference_is_never_significant_and_a_plain_one_always():
    none, plain = np.zeros(60), np.full(60, 0.1)
    assert sign_flip_tests([none, plain], np.arange(60)) == [1.0, pytest.approx(1 / (FLIPS + 1))]


def test_the_p_value_of_few_sessions_is_the_exact_one():
    differences = np.array([0.5, 0.25, 0.75, -0.125])
    signs = np.array(np.meshgrid(*[[-1, 1]] * 4)).reshape(4, -1)
    exact = (np.abs(signs.T @ differences) >= differences.sum()).mean()
    (found,) = sign_flip_tests([differences], np.arange(4))
    assert found == pytest.approx(exact, abs=0.02)


def test_p_values_of_chance_are_spread_evenly():
    rng = np.random.default_rng(6)
    found = sign_flip_tests([rng.normal(size=200) for _ in range(200)], np.arange(200))
    assert np.mean(np.array(found) < 0.25) == pytest.approx(0.25, abs=0.09)
