"""A short run of the fuzzer, the same inputs at every run; `make gate` runs a long one."""

from random import Random

import pytest

from benchmarks.fuzz import FEEDERS, feed
from benchmarks.mutation import mutate
from tests.engine.small import WITHOUT_JIT

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),  # numbers beyond bounds may overflow; NumPy tells
    pytest.mark.filterwarnings("ignore::UserWarning"),  # a mangled header may look like one of Python 2
]


def test_wrong_logs_are_refused_or_borne():
    assert 100 < feed("logs", range(600)) < 500


@pytest.mark.skipif(WITHOUT_JIT, reason="tests/engine/test_damage.py does so without the JIT")
def test_wrong_models_are_refused_or_borne():
    assert 50 < feed("models", range(100)) < 100


def test_a_seed_is_one_input():
    for kind in FEEDERS:
        content = kind.encode() * 50
        assert mutate(content, Random(f"{kind} 1")) == mutate(content, Random(f"{kind} 1"))
    assert len({mutate(b"some content", Random(n)) for n in range(50)}) > 25


def test_another_failure_than_a_refusal_is_told(monkeypatch):
    def careless(folder):
        def take(draw):
            raise KeyError("a reader that trips")

        return take

    monkeypatch.setitem(FEEDERS, "careless", careless)
    with pytest.raises(KeyError):
        feed("careless", [1])
