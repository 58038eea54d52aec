"""Distinct pairs, against a set of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmr_engine.ranking.counting import distinct_pairs

NUMBERS = st.integers(0, 9) | st.integers(0, (1 << 62) - 1)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=60))
def test_distinct_pairs_are_a_sorted_set(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    first, second = distinct_pairs(a, b)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == sorted(set(pairs))
    assert first.dtype == second.dtype == np.int64


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint16])
def test_small_numbers_of_any_kind_are_taken(dtype: type) -> None:
    first, second = distinct_pairs(np.array([3, 1, 3], dtype), np.array([0, 65535 // 3, 0], dtype))
    assert (first.tolist(), second.tolist()) == ([1, 3], [21845, 0])
