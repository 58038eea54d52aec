import pytest

from app import metrics
from app.blocking import BlockingCompleter
from tests.app.fake_engine import FakeCompleter
from xmr_engine.data.blocklist import Blocklist
from xmr_engine.errors import ConfigError

LABELS = ["ass", "assassin creed", "big ass", "cunt", "red light", "red lights", "scunthorpe", "as\u00ads", "shoes"]
BLOCKED = Blocklist(frozenset({("ass",), ("cunt",), ("red", "light")}))
PASSING = ["assassin creed", "red lights", "scunthorpe", "shoes"]


class Plain(FakeCompleter):
    """Answers with all of its labels, in order."""

    def __init__(self, labels) -> None:
        super().__init__()
        self.labels = labels

    def _rank(self, typed, context, index):
        return [(1.0, text, "prefix") for text in self.labels if text.startswith(typed)]

    def compare(self, prefix, previous=(), k=10, beam=None):
        found = {"tree": {"completions": self.answer(prefix, previous, k)["completions"], "beam": []}}
        return {"indexes": found, "only": {"tree": list(self.labels)}}


def texts(document):
    return [row["text"] for row in document["completions"]]


def test_only_whole_tokens_are_held_back():
    completer = BlockingCompleter(Plain(LABELS), BLOCKED)
    assert texts(completer.answer("")) == PASSING
    assert texts(completer.compare("")["indexes"]["tree"]) == PASSING
    assert completer.compare("")["only"]["tree"] == PASSING


def test_what_comes_after_moves_up():
    labels = [f"ass {n:03}" for n in range(120)] + [f"b {n}" for n in range(3)]
    before = metrics.BLOCKED._value.get()
    completer = BlockingCompleter(Plain(labels), BLOCKED)
    assert texts(completer.answer("", k=2)) == ["b 0", "b 1"]
    assert texts(completer.answer("", k=10)) == ["b 0", "b 1", "b 2"]
    assert metrics.BLOCKED._value.get() == before + 240


def test_a_blocked_label_is_not_explained():
    completer = BlockingCompleter(Plain(LABELS), BLOCKED)
    with pytest.raises(ConfigError, match="block list"):
        completer.explain("", "Big ASS")
    assert completer.explain("s", "shoes") == completer._completer.explain("s", "shoes")


def test_it_is_a_model_like_any_other():
    inner = FakeCompleter()
    completer = BlockingCompleter(inner, Blocklist())
    completer.warm()
    assert (completer.name, completer.indexes, completer.n_labels) == (inner.name, inner.indexes, inner.n_labels)
    assert inner.warmed == 1
    assert completer.answer("n", ["digital camera"], 5) == inner.answer("n", ["digital camera"], 5)
