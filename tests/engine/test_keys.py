"""Numbers each once and among others, against sets."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xmr_engine.keys import are_among, distinct


@given(st.lists(st.integers(0, 30)))
def test_numbers_stand_once_and_ascend(numbers: list[int]) -> None:
    keys = np.array(numbers, np.int64)
    assert distinct(keys).tolist() == sorted(set(numbers))
    assert keys.tolist() == numbers


@given(st.lists(st.integers(0, 20)), st.lists(st.integers(0, 20)))
def test_keys_are_among_others_or_not(keys: list[int], others: list[int]) -> None:
    found = are_among(np.array(keys, np.int64), np.array(others, np.int64))
    assert found.tolist() == [key in others for key in keys]
