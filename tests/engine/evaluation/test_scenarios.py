"""Scenarios sampled from pairs: even over kinds, none twice, the same by seed."""

from collections import Counter

import pytest

from xmr_engine.data.pairs import Pairs, read_pairs
from xmr_engine.errors import DataError
from xmr_engine.evaluation.scenarios import sample_scenarios


@pytest.fixture(scope="module")
def pairs(shop_log) -> Pairs:
    return read_pairs(shop_log)


def test_the_same_seed_samples_the_same_and_another_does_not(pairs):
    assert sample_scenarios(pairs, 60, 5) == sample_scenarios(pairs, 60, 5)
    assert sample_scenarios(pairs, 60, 5) != sample_scenarios(pairs, 60, 6)


def test_every_kind_of_moment_is_there_about_as_often(pairs):
    kinds = Counter(scenario.tags for scenario in sample_scenarios(pairs, 100))
    assert len(kinds) >= 16
    assert max(kinds.values()) - min(kinds.values()) <= 1


def test_scenarios_are_moments_of_the_pairs(pairs):
    rows = set(zip(pairs.prefix, pairs.next, strict=True))
    sample = sample_scenarios(pairs, 80)
    assert all((one.prefix, one.next) in rows for one in sample)
    assert all(one.next.startswith(one.prefix) and one.prefix for one in sample)
    assert len({one.next for one in sample}) == 80


def test_tags_say_what_kind_it_is(pairs):
    for one in sample_scenarios(pairs, 80):
        assert one.tags[0] == ("first", "second", "later")[min(len(one.previous), 2)]
        assert ("1 letter" in one.tags) == (len(one.prefix) == 1)
        if one.previous:
            shared = set(one.previous[-1].split()) & set(one.next.split())
            assert ("same words" in one.tags) == bool(shared)


def test_what_no_system_knows_is_tagged(pairs):
    known = set(pairs.next[::2])
    sample = sample_scenarios(pairs, 50, known=known)
    assert {one.next in known for one in sample} == {True, False}
    assert all(("unseen" in one.tags) == (one.next not in known) for one in sample)


def test_more_than_there_is_cannot_be_sampled():
    pairs = Pairs(["", ""], ["a", "a"], ["ab", "ab"], [0, 1], [0, 1])
    with pytest.raises(DataError, match="hold 1 distinct queries; 2 scenarios were wanted"):
        sample_scenarios(pairs, 2)
