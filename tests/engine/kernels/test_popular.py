"""The most popular labels of a span: the range-maximum table against sorting."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import naive
from xmr_engine.kernels.popular import BLOCK, best_in_range, popular_in_span
from xmr_engine.ranking.statistics import popularity_maxima

COUNTS = st.lists(st.integers(0, 4), min_size=1, max_size=5 * BLOCK)


def most_popular(counts: list[int], lo: int, hi: int, k: int) -> list[int]:
    popularity, out = np.array(counts, np.int32), np.full(k + 1, -7, np.int32)
    n = popular_in_span(popularity, popularity_maxima(popularity), (lo, hi), k, out[:k])
    assert out[k] == -7
    return out[:n].tolist()


@given(COUNTS, st.data())
@example([1] * 70, None)
def test_they_are_those_of_a_sorted_list(counts: list[int], data: st.DataObject | None) -> None:
    lo = data.draw(st.integers(0, len(counts))) if data else 0
    hi = data.draw(st.integers(lo, len(counts))) if data else len(counts)
    k = data.draw(st.sampled_from([0, 1, 3, 10, 200])) if data else 80
    assert most_popular(counts, lo, hi, k) == naive.popular(counts, lo, hi, k)


@pytest.mark.parametrize("n", [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 9 * BLOCK + 5])
def test_every_range_has_its_first_maximum(n: int) -> None:
    popularity = np.random.default_rng(n).integers(0, 5, n, dtype=np.int32)
    table = popularity_maxima(popularity)
    edges = sorted({*range(0, n + 1, 13), 1, n, n - 1, *range(0, n + 1, BLOCK)} & set(range(n + 1)))
    for lo in edges:
        for hi in (edge for edge in edges if edge > lo):
            assert best_in_range(popularity, table, lo, hi) == naive.popular(popularity.tolist(), lo, hi, 1)[0]


def test_a_span_turned_round_is_empty() -> None:
    assert most_popular([3, 2, 1], 2, 1, 5) == []
