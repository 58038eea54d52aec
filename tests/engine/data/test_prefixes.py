"""Prefix lengths are uniform and depend on nothing but seed and row."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmr_engine.data.prefixes import draw_prefix, follow
from xmr_engine.data.sessions import Step


@given(st.text(min_size=1, max_size=60), st.integers(-(2**70), 2**70), st.integers(0, 2**40))
def test_a_prefix_is_a_non_empty_beginning(text: str, seed: int, row: int) -> None:
    prefix = draw_prefix(text, seed, row)
    assert prefix
    assert text.startswith(prefix)
    assert draw_prefix(text, seed, row) == prefix


@pytest.mark.parametrize("length", [2, 5, 10])
@pytest.mark.parametrize("seed", [0, 1])
def test_lengths_are_uniform(length: int, seed: int) -> None:
    n_draws = 20_000
    counts = Counter(len(draw_prefix("x" * length, seed, row)) for row in range(n_draws))
    assert set(counts) == set(range(1, length + 1))
    expected = n_draws / length
    chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
    assert chi_square < 30  # nine degrees of freedom pass it once in 2,000 seeds


def test_another_seed_draws_another_length() -> None:
    texts = ["x" * 50] * 200
    first, second = ([draw_prefix(text, seed, row) for row, text in enumerate(texts)] for seed in (0, 1))
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 20


def test_a_last_space_stays() -> None:
    assert "a " in {draw_prefix("a b", 0, row) for row in range(20)}


def test_steps_follow_one_another_within_a_session_only() -> None:
    steps = [Step(session, row, 0, str(row), True) for row, session in enumerate([0, 0, 1, 1, 1])]
    assert [before and before.query for before, _ in follow(steps)] == [None, "0", None, "2", "3"]
