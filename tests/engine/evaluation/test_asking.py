"""What becomes of a system's answers."""

import numpy as np
import pytest

from tests.engine.evaluation import plain
from xmr_engine.data.pairs import Pairs
from xmr_engine.evaluation.asking import ask, split_misses, type_out, without_echo
from xmr_engine.evaluation.questions import frequency_groups, make_rows, settings

COUNTS = {"red shoe": 3, "red shirt": 2, "blue shoe": 1, "red": 1}
PAIRS = Pairs(
    previous=["shoe", "red shoe", "", "red"],
    prefix=["re", "b", "red s", "red"],
    next=["red shoe", "blue shoe", "red hat", "red shirt"],
    session=[0, 0, 1, 2],
    person=[0, 0, 1, 2],
)


class Alphabetical:
    """Completes by text alone, and always offers what is typed."""

    def __init__(self, texts=COUNTS) -> None:
        self.texts = texts
        self.calls = []

    def complete(self, prefix, previous, k):
        self.calls.append((prefix, previous, k))
        return [prefix, *(text for text in sorted(self.texts) if text.startswith(prefix) and text != prefix)][:k]


def count_of(text: str) -> int:
    return COUNTS.get(text, 0)


def is_label(text: str) -> bool:
    return text in COUNTS


@pytest.fixture
def rows():
    return make_rows(PAIRS, count_of)


def test_rows_know_their_sessions_and_what_training_knew(rows):
    assert rows.context == [("shoe",), ("shoe", "red shoe"), (), ("red",)]
    assert rows.with_context.tolist() == [True, True, False, True]
    assert rows.seen.tolist() == [True, True, False, True]
    assert rows.known_context.tolist() == [False, True, False, True]
    assert rows.unit.tolist() == [0, 0, 1, 2]


def test_a_limit_draws_rows_with_the_context_they_have_in_the_file(rows):
    drawn = make_rows(PAIRS, count_of, limit=2)
    chosen = np.random.default_rng(0).permutation(4)[:2]
    assert drawn.next == [PAIRS.next[i] for i in chosen]
    assert drawn.context == [rows.context[i] for i in chosen]


def test_context_can_be_withheld():
    assert make_rows(PAIRS, count_of, last_queries=1).context == [("shoe",), ("red shoe",), (), ("red",)]
    assert make_rows(PAIRS, count_of, last_queries=0).context == [(), (), (), ()]


def test_a_length_is_asked_only_of_answers_that_long(rows):
    asked = settings(rows, (1, 9))
    assert asked["sampled"] == PAIRS.prefix
    assert asked["len1"] == ["r", "b", "r", "r"]
    assert asked["len9"] == [None, "blue shoe", None, "red shirt"]


def test_frequencies_part_the_rows(rows):
    groups = frequency_groups(rows)
    assert sum(mask.astype(int) for mask in groups.values()).tolist() == [1, 1, 1, 1]
    assert groups["0"].tolist() == [False, False, True, False]
    assert groups["2-3"].tolist() == [True, False, False, True]


def test_the_typed_text_is_no_completion_unless_it_is_a_label():
    assert without_echo(["re", "red"], "re", is_label) == ["red"]
    assert without_echo(["red", "red hat"], "red", is_label) == ["red", "red hat"]


def test_ranks_are_of_what_is_shown(rows):
    answers = ask(Alphabetical(), rows, settings(rows, (9,)), is_label)
    assert answers.ranks["sampled"].places.tolist() == [3, 1, 0, 2]
    assert answers.ranks["len9"].places.tolist() == [-1, 1, -1, 1]
    assert (answers.milliseconds >= 0).all()
    assert answers.bleu[1] == pytest.approx(1.0)


def test_misses_say_why(rows):
    class Forgetful(Alphabetical):
        def complete(self, prefix, previous, k):
            return [text for text in super().complete(prefix, previous, 1000) if k > 10 and text != "blue shoe"]

    answers = ask(Forgetful(), rows, settings(rows, ()), is_label)
    misses = split_misses(Forgetful(), rows, answers.ranks["sampled"], np.arange(4))
    assert misses == {"no_label": 1, "no_candidate": 1, "ranked_low": 2}
    assert split_misses(Forgetful(), rows, answers.ranks["sampled"], np.array([1])) == {
        "no_label": 0,
        "no_candidate": 1,
        "ranked_low": 0,
    }


def test_keystrokes_are_those_of_the_plain_twin(rows):
    system = Alphabetical([*COUNTS, *(f"{letter}{n}" for letter in "bcr" for n in range(12))])

    def shown(prefix, context, k):
        return without_echo(system.complete(prefix, context, k), prefix, is_label)

    drawn = np.array([0, 1, 2, 3])
    typed = type_out(system, rows, drawn, is_label)
    expected = [plain.keystrokes_saved(shown, rows.next[i], rows.context[i], 10) for i in drawn]
    assert typed.saved.tolist() == pytest.approx(expected)
    first = [plain.keystrokes_saved(shown, rows.next[i], rows.context[i], 1) for i in drawn]
    assert typed.saved_first.tolist() == pytest.approx(first)
    assert (typed.saved >= typed.saved_first).all()
