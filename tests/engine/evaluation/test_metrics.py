"""Gains against the plain twin, and against ir-measures over whole lists."""

import ir_measures
import numpy as np
import pytest
from ir_measures import RR, Success

from tests.engine.evaluation import plain
from xmr_engine.evaluation.asking import place
from xmr_engine.evaluation.metrics import MEASURES, Ranks, gains_by_rank


def drawn_lists(n: int) -> tuple[list[list[str]], list[str]]:
    rng = np.random.default_rng(5)
    lists = [[str(i) for i in rng.permutation(14)[: rng.integers(0, 11)]] for _ in range(n)]
    return lists, [str(rng.integers(0, 14)) for _ in range(n)]


def test_gains_are_those_of_the_plain_twin():
    lists, wanted = drawn_lists(300)
    ranks = Ranks(np.array([place(found, text) for found, text in zip(lists, wanted, strict=True)], np.int16))
    pairs = list(zip(lists, wanted, strict=True))
    assert ranks.gains("mrr").tolist() == pytest.approx([plain.reciprocal_rank(*pair) for pair in pairs])
    assert ranks.gains("success1").tolist() == [plain.success(*pair, 1) for pair in pairs]
    assert ranks.gains("success10").tolist() == [plain.success(*pair, 10) for pair in pairs]


def test_means_are_those_of_ir_measures():
    lists, wanted = drawn_lists(300)
    qrels = {str(i): {text: 1} for i, text in enumerate(wanted)}
    run = {str(i): {text: float(-rank) for rank, text in enumerate(found)} for i, found in enumerate(lists) if found}
    expected = ir_measures.calc_aggregate([RR @ 10, Success @ 1, Success @ 10], qrels, run)
    ranks = Ranks(np.array([place(found, text) for found, text in zip(lists, wanted, strict=True)], np.int16))
    for name, measure in MEASURES.items():
        assert ranks.gains(name).mean() == pytest.approx(expected[measure])


def test_a_row_that_is_not_asked_has_no_gain():
    gains = Ranks(np.array([-1, 0, 2], np.int16)).gains("mrr")
    assert np.isnan(gains[0])
    assert gains[1:].tolist() == [0.0, 0.5]


def test_the_table_of_gains_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        gains_by_rank("mrr")[0] = 1.0
