"""Entries of rows within a span, against plain filtering."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xmr_engine.kernels.spans import count_entries, entries_in_span, entries_of, first_at_least

ROWS = st.lists(st.lists(st.integers(0, 30), unique=True).map(sorted), min_size=1, max_size=6)


@given(ROWS, st.data())
def test_entries_in_a_span_are_those_that_lie_in_it(rows: list[list[int]], data: st.DataObject) -> None:
    pointers = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    ids = np.array([i for row in rows for i in row], np.int32)
    wanted = data.draw(st.lists(st.integers(-1, len(rows) - 1), max_size=8))
    lo = data.draw(st.integers(0, 31))
    hi = data.draw(st.integers(lo, 32))
    entries = entries_in_span(pointers, ids, np.array(wanted, np.int32), (lo, hi))
    plain = [[i for i in rows[row] if lo <= i < hi] if row >= 0 else [] for row in wanted]
    assert [ids[a:b].tolist() for a, b in zip(*entries, strict=True)] == plain
    assert count_entries(entries) == sum(map(len, plain))
    whole = entries_of(pointers, np.array(wanted, np.int32))
    assert [ids[a:b].tolist() for a, b in zip(*whole, strict=True)] == [rows[row] if row >= 0 else [] for row in wanted]
    for row in rows:
        assert first_at_least(np.array(row, np.int32), 0, len(row), lo) == sum(i < lo for i in row)
