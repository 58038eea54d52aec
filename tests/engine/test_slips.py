"""Slips of the finger, words in another order, shorter prefixes: what is offered, and that it is weighed as meant."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests import naive
from tests.engine.small import BRANDS, INDEXES, KINDS, compiled
from xmr_engine.completer import Completer, Completion
from xmr_engine.text import normalise_prefix

pytestmark = compiled

WORDS = (*BRANDS, "camera", "bag", "drill", "lamp", "desk", "shoes", "red", "small", "for", "kids", "2", "pack", "zz")
QUERIES = st.lists(st.sampled_from([*KINDS, "arvo camera", "unheard of"]), max_size=3)


@st.composite
def slipped(draw: st.DrawFn) -> str:
    """Return some words, an edit or two, and a cut."""
    text = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)))
    for _ in range(draw(st.integers(0, 2))):
        at, letter = draw(st.integers(0, len(text))), draw(st.sampled_from("aeoxé1 "))
        rests = [letter + text[at:], text[at + 1 :], letter + text[at + 1 :], text[at + 1 : at + 2] + text[at : at + 1]]
        text = text[:at] + draw(st.sampled_from([*rests[:3], rests[3] + text[at + 2 :]]))
    return text[: draw(st.integers(0, len(text)))]


@pytest.fixture(scope="module")
def completer(small_model) -> Completer:
    return Completer(small_model, "small")


def of(found: list[Completion], match: str) -> list[Completion]:
    """Return the completions of one kind."""
    return [completion for completion in found if completion.match == match]


@given(slipped(), QUERIES, st.sampled_from(list(INDEXES)))
@example("arvo cmaera", [], "hybrid")
@example("desk lamp arv", [], "tree")
def test_each_kind_is_what_it_says(completer: Completer, typed: str, previous: list[str], index: str) -> None:
    prefix, found = normalise_prefix(typed), completer.complete(typed, previous, index=index)
    texts = completer.model.labels.texts()
    counts = completer.model.statistics.count.tolist()
    for completion in of(found, "typo"):
        meant = completion.meant
        free = [2] * len(prefix), [1] * len(prefix)
        cost = naive.slip_costs(meant, prefix, *free)[-1]
        assert completion.text.startswith(meant)
        assert meant[0] == prefix[0]
        assert len(prefix) >= 4
        assert 100 <= cost < (200 if len(prefix) <= 8 else 300)
        assert [c for c in meant if c in "0123456789"] == [c for c in prefix if c in "0123456789"]
    allowed = [texts[i] for i in naive.labels_with_words(texts, counts, prefix, 30)]
    assert all(completion.text in allowed and completion.meant == "" for completion in of(found, "words"))
    for completion in of(found, "shorter"):
        finished = prefix[: prefix.rfind(" ") + 1]
        assert completion.text.startswith(completion.meant)
        assert prefix.startswith(completion.meant)
        assert completion.meant.startswith(finished)
        assert 3 <= len(completion.meant) < len(prefix)
        assert {other.match for other in found} == {"shorter"}
    if of(found, "prefix"):
        assert not of(found, "words")


@given(slipped(), QUERIES, st.sampled_from(list(INDEXES)))
@example("arvo cmaera", ["tent"], "hybrid")
@example("camera arvo", ["tent"], "trie")
@example("dorn xq", [], "tree")
def test_all_are_weighed_as_if_meant_had_been_typed(
    completer: Completer, typed: str, previous: list[str], index: str
) -> None:
    for completion in completer.complete(typed, previous, index=index):
        told = completer.explain(typed, completion.text, previous, index)
        parts = {term["term"]: term["value"] for term in told["terms"]}
        penalty = -parts.get("slip of the finger", 0.0)
        assert (penalty > 0.0) == (completion.match == "typo")
        assert told["score"] == pytest.approx(completion.score, rel=1e-6)
        assert sum(told["groups"].values()) == pytest.approx(completion.score, rel=1e-6)
        assert told.get("meant", normalise_prefix(typed)) == completion.meant
        if completion.match != "words":
            asked = completer.complete(completion.meant, previous, k=1000, index=index)
            scores = {other.text: other.score for other in asked}
            assert completion.score == pytest.approx(scores[completion.text] - penalty, rel=1e-9)


@given(slipped(), QUERIES, st.integers(1, 9), st.integers(10, 40))
def test_fewer_are_the_first_of_more(
    completer: Completer, typed: str, previous: list[str], few: int, many: int
) -> None:
    assert completer.complete(typed, previous, k=few) == completer.complete(typed, previous, k=many)[:few]


@given(slipped(), QUERIES)
def test_named_sources_speak_of_the_text_typed_alone(completer: Completer, typed: str, previous: list[str]) -> None:
    found = completer.complete(typed, previous, sources=("index", "popular", "successor", "composed"))
    assert {completion.match for completion in found} <= {"prefix", "composed"}
    assert of(found, "prefix") == of(completer.complete(typed, previous), "prefix")


@pytest.mark.parametrize(
    ("typed", "match", "text"),
    [
        ("avro cam", "typo", "arvo camera"),
        ("arvo cmaer", "typo", "arvo camera"),
        ("arvocamera", "typo", "arvo camera"),
        ("trippod", "typo", "tripod"),
        ("camera arvo", "words", "arvo camera"),
        ("lamp desk d", "words", "dorn desk lamp"),
        ("arvo cq", "shorter", "arvo camera"),
        ("tripoq", "shorter", "tripod"),
    ],
)
def test_what_was_meant_is_found(completer: Completer, typed: str, match: str, text: str) -> None:
    assert text in [completion.text for completion in of(completer.complete(typed), match)]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "zzz",
        "2006",
        "2 ",
        "12345678901",
        "zzz zzz ",
        "arvo camera zzz ",
        "x",
        "xy z",
        "triqqqqq",
        "漢" * 200,
        "a" * 200,
        "!?",
    ],
)
def test_nothing_is_made_of_what_says_nothing(completer: Completer, typed: str) -> None:
    assert all(completion.match in ("prefix", "composed") for completion in completer.complete(typed))


@given(st.sampled_from(KINDS), st.sampled_from(BRANDS), QUERIES)
def test_what_is_right_and_known_is_not_corrected(
    completer: Completer, kind: str, brand: str, previous: list[str]
) -> None:
    typed = f"{brand} {kind} "
    assume(completer.model.labels.span(typed)[0] < completer.model.labels.span(typed)[1])
    assert not of(completer.complete(typed, previous), "typo")
