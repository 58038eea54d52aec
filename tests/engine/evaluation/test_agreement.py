"""Agreement: published examples, scikit-learn beside it, the definition written out, and the undefined."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from xmr_engine.errors import DataError
from xmr_engine.evaluation.agreement import cohen_kappa, krippendorff_alpha

# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011): four observers, twelve units, 0 is missing
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)
UNITS = [[value for value in unit if value] for unit in zip(*OBSERVERS, strict=True)]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_alpha_is_krippendorffs_own_example(level, alpha):
    assert krippendorff_alpha(UNITS, level) == pytest.approx(alpha, abs=5e-4)


def plain_alpha(units):
    """Nominal alpha by its definition: pairs within units beside pairs of all values."""
    paired = [unit for unit in units if len(unit) > 1]
    values = [value for unit in paired for value in unit]
    n = len(values)
    observed = sum(
        sum(a != b for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j) / (len(unit) - 1)
        for unit in paired
    )
    expected = sum(a != b for i, a in enumerate(values) for j, b in enumerate(values) if i != j) / (n - 1)
    return None if not expected else 1 - observed / expected


@given(st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=12))
def test_alpha_is_what_its_definition_says(units):
    assert krippendorff_alpha(units) == pytest.approx(plain_alpha(units))


def test_full_agreement_is_one_and_opposites_are_below_nought():
    assert krippendorff_alpha([[1, 1], [2, 2], [3, 3]], "ordinal") == 1.0
    assert krippendorff_alpha([[1, 2], [2, 1], [1, 2]]) < 0


def test_a_near_miss_of_grades_costs_less_than_a_far_one():
    near = [[0, 1], [1, 1], [2, 2], [3, 3]]
    far = [[0, 3], [1, 1], [2, 2], [3, 3]]
    assert krippendorff_alpha(near, "ordinal") > krippendorff_alpha(far, "ordinal")


def test_what_cannot_be_said_is_none():
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([[1], [2]]) is None
    assert krippendorff_alpha([[1, 1], [1, 1]]) is None
    assert cohen_kappa([]) is None
    assert cohen_kappa([("left", "left")] * 4) is None
    with pytest.raises(DataError, match="nominal or ordinal"):
        krippendorff_alpha([], "interval")


def test_kappa_is_the_usual_example():
    both = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert cohen_kappa(both) == pytest.approx(0.4)


def test_kappa_is_scikit_learns():
    rng = random.Random(1)
    for _ in range(20):
        pairs = [(rng.choice("abtx"), rng.choice("abtx")) for _ in range(40)]
        expected = cohen_kappa_score(*zip(*pairs, strict=True))
        assert cohen_kappa(pairs) == pytest.approx(expected)
