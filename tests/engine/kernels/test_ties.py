"""The strongest ties of every label, against a sort of all of them."""

import numpy as np
import pytest

from tests import naive
from tests.engine.ranking.test_statistics import LOGS, counted, plainly
from xmr_engine.kernels.arrays import Counts
from xmr_engine.kernels.ties import MOST_TIES
from xmr_engine.ranking.counting import count_pairs
from xmr_engine.ranking.statistics import strongest_ties


def tied_to(ties, label: int) -> dict[int, float]:
    row = slice(ties.indptr[label], ties.indptr[label + 1])
    assert (np.diff(ties.indices[row]) > 0).all()
    return dict(zip(ties.indices[row].tolist(), ties.values[row].tolist(), strict=True))


@pytest.mark.parametrize("name", LOGS)
def test_ties_are_the_twins(name: str) -> None:
    labels, _, statistics = counted(LOGS[name])
    twin, texts = plainly(LOGS[name]), labels.texts()
    for label, text in enumerate(texts):
        wanted = {texts.index(other): naive.tie(twin, text, other) for other in twin.together.get(text, ())}
        assert tied_to(statistics.ties, label) == pytest.approx(wanted, rel=1e-6)


def test_of_many_companions_the_strongest_are_kept() -> None:
    rng = np.random.default_rng(0)
    n = 5 * MOST_TIES
    count = rng.integers(1, 1000, n).astype(np.int32)
    hub, others = np.zeros(n - 1, np.int64), np.arange(1, n)
    times = rng.integers(1, 9, n - 1)
    together = count_pairs(np.repeat(hub, times), np.repeat(others, times), n)
    found = tied_to(strongest_ties(count, together), 0)
    every = {
        int(other): often / ((count[0] + 0.5) * (count[other] + 0.5)) ** 0.5
        for other, often in zip(others, times.tolist(), strict=True)
    }
    strongest = sorted(every, key=lambda other: -every[other])[:MOST_TIES]
    assert found == pytest.approx({other: every[other] for other in strongest}, rel=1e-6)


def test_labels_without_company_have_no_ties() -> None:
    nothing = np.zeros(0, np.int32)
    alone = Counts(np.zeros(4, np.int64), nothing, nothing.astype(np.uint16), np.zeros(3, np.float32))
    ties = strongest_ties(np.ones(3, np.int32), alone)
    assert ties.indptr.tolist() == [0, 0, 0, 0]
    assert ties.indices.size == ties.values.size == 0
