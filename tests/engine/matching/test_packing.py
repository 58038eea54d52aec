"""Chunks as a search reads them, and back."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xmr_engine.errors import ConfigError
from xmr_engine.kernels.chunks import NO_FEATURE, find_feature, spread
from xmr_engine.matching.packing import Weights, pack, unpack

FEATURES = st.lists(st.integers(0, 2**31 - 1), unique=True, max_size=60)


def columns_of(chunks: list[list[int]]) -> Weights:
    """Return columns of these features, with one, two or three entries each."""
    feature = [f for chunk in chunks for f in sorted(chunk, key=spread)]
    sizes = [i % 3 + 1 for i in range(len(feature))]
    entries = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    n = int(entries[-1])
    rows = np.concatenate([[0], np.cumsum([len(chunk) for chunk in chunks])])
    child, weight = np.arange(n) * 257 % 65536, np.arange(n) % 255 - 127
    return Weights(rows, np.array(feature, np.int32), entries, child, weight, np.ones(len(chunks), np.float32))


@given(st.lists(FEATURES, min_size=1, max_size=4))
def test_what_is_packed_is_unpacked(chunks: list[list[int]]) -> None:
    columns = columns_of(chunks)
    packed = pack(columns)
    for before, after in zip(columns, unpack(packed), strict=True):
        assert before.tolist() == after.tolist()


@given(st.lists(FEATURES, min_size=1, max_size=4), FEATURES)
@example([[3, 773], []], [])
@example([[], [3]], [3])
def test_a_feature_is_found_in_its_chunk_and_in_no_other(chunks: list[list[int]], others: list[int]) -> None:
    packed = pack(columns_of(chunks))
    for chunk, (lo, end) in zip(chunks, pairwise(packed.rows.tolist()), strict=True):
        for f in chunk:
            assert lo <= find_feature(packed.features, lo, end, f) < end
            assert packed.features[find_feature(packed.features, lo, end, f), 0] == f
        for f in {f for other in (*chunks, others) for f in other} - set(chunk):
            assert find_feature(packed.features, lo, end, f) == -1
        assert (end > lo) == bool(chunk)


def test_gaps_are_few() -> None:
    features = np.random.default_rng(0).permutation(1 << 20)[:20_000].tolist()
    packed = pack(columns_of([features]))
    gaps = (packed.features[:-1, 0] == NO_FEATURE).sum()
    assert gaps < 0.5 * len(features)
    lo, end = packed.rows.tolist()
    walks = [find_feature(packed.features, lo, end, f) - (lo + _home(end - lo, f)) for f in features]
    assert min(walks) >= 0
    assert np.mean(walks) < 4


def _home(n_rows: int, feature: int) -> int:
    return spread(feature) * (n_rows - n_rows // 16 - 1) >> 32


def test_more_weights_than_an_int32_counts_are_refused() -> None:
    columns = columns_of([[1]])
    with pytest.raises(ConfigError, match="raise the threshold"):
        pack(columns._replace(entries=np.array([0, 2**31])))
