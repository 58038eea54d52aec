"""Explanations: the sum is the score, its parts are what they say, and a label that is not shown has its reason."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.engine.small_model import small_completer
from tests.engine.test_compare import INDEX, PREFIX, QUERIES, QUERY
from xmr_engine.completer import Completer
from xmr_engine.errors import ConfigError
from xmr_engine.explain import EMPTY, GROUPS, SHOWN, Inquiry, explain_score, label_features, slope, split_path
from xmr_engine.frozen import freeze
from xmr_engine.kernels.paths import path_scores
from xmr_engine.kernels.search import gate
from xmr_engine.kernels.weighing import input_of, weigh
from xmr_engine.ranking.features import FEATURES, NAMES
from xmr_engine.ranking.ranker import Ranker

PREVIOUS = st.lists(QUERY, max_size=4)


@pytest.fixture(scope="module")
def completer() -> Completer:
    return small_completer()


def inquire(completer, prefix, previous, index, label="") -> Inquiry:
    question = completer.ask(prefix, previous, 10, index)
    return Inquiry(index, question.codes(), question.limits, label)


@settings(max_examples=150, deadline=None)
@given(prefix=PREFIX, previous=PREVIOUS, index=INDEX, place=st.integers(0, 30))
def test_groups_and_terms_add_up_to_the_score_of_the_completion(completer, prefix, previous, index, place):
    ranked = completer.complete(prefix, previous, k=100, index=index)
    assume(ranked)
    place %= len(ranked)
    document = completer.explain(prefix, ranked[place].text, previous, index)
    score = ranked[place].score
    assert document["score"] == pytest.approx(score, rel=1e-6)
    assert math.fsum(document["groups"].values()) == pytest.approx(score, rel=1e-6)
    assert math.fsum(term["value"] for term in document["terms"]) == pytest.approx(score, rel=1e-6)
    for group, value in document["groups"].items():
        parts = math.fsum(term["value"] for term in document["terms"] if term["group"] == group)
        assert parts == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert document["rank"] == place + 1
    assert document["sources"] == list(ranked[place].sources)
    assert json.loads(json.dumps(document)) == document


@settings(max_examples=100, deadline=None)
@given(prefix=PREFIX, previous=PREVIOUS, index=INDEX)
def test_the_features_of_one_label_are_those_the_ranker_saw(completer, prefix, previous, index):
    serving, held = completer.model.serving(), completer.model.indexes[index]
    inquiry = inquire(completer, prefix, previous, index)
    weighed = weigh(serving, held.tree, held.chunks, inquiry.codes, inquiry.limits)
    for label, row in zip(weighed.candidates.labels.tolist(), weighed.features, strict=True):
        features, bucket = label_features(serving, held, inquiry, label)
        assert features.tolist() == row.tolist()
        assert bucket == weighed.bucket


@settings(max_examples=100, deadline=None)
@given(prefix=PREFIX, previous=PREVIOUS, index=INDEX, label=st.sampled_from(QUERIES))
def test_the_split_of_a_path_adds_up_to_its_score(completer, prefix, previous, index, label):
    at = completer.model.labels.find(label)
    assume(at is not None)
    held = completer.model.indexes[index]
    _, row, _, _ = input_of(completer.model.serving(), inquire(completer, prefix, previous, index).codes)
    known = np.full(1, np.nan)
    path_scores(held.tree, held.chunks, row, np.array([at], np.int32), known)
    shares, start = split_path(held, row, at)
    assert shares.sum() + start == pytest.approx(known[0], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("z", [-2.0, -0.3, 1e-3, 0.5, 0.999, 1.0, 1.5, 7.0])
def test_the_slope_is_that_of_the_gate(z):
    assert slope(z) * z == pytest.approx(gate(z) - gate(0.0), rel=1e-12)


def test_the_slope_at_and_near_zero_is_three():
    assert slope(0.0) == 3.0
    assert slope(1e-300) == 3.0
    assert slope(-1e-12) == pytest.approx(3.0)


def test_n_grams_stand_in_their_groups(completer):
    inquiry = inquire(completer, "cam", ["coffee", "camera sale"], "hybrid", "camera")
    terms = explain_score(completer.model, inquiry, completer.model.labels.find("camera"))
    path = {(term.group, term.term) for term in terms if term.kind == "path"}
    assert path <= {
        *(("previous query", word) for word in ("camera", "sale")),
        *(("typed", gram) for gram in ("c", "a", "m", "ca", "am", "cam")),
        ("base", "bias"),
        ("base", "g(0)"),
    }
    assert {("typed", "c"), ("base", "g(0)")} <= path
    groups = {feature.name: feature.group for feature in FEATURES}
    assert all(term.group == groups[term.term] for term in terms if term.kind == "ranker")
    assert "path" not in {term.term for term in terms if term.kind == "ranker"}
    assert [abs(term.value) for term in terms] == sorted((abs(term.value) for term in terms), reverse=True)


def test_a_ranker_of_the_path_alone_is_explained_by_n_grams(completer):
    weights = np.zeros_like(completer.model.ranker.weights)
    weights[:, NAMES.index("path")] = 2.0
    by_path = Completer(replace(completer.model, ranker=Ranker(freeze(weights))))
    for completion in by_path.complete("c", ["desk sale"], k=30):
        document = by_path.explain("c", completion.text, ["desk sale"])
        assert document["score"] == pytest.approx(completion.score, rel=1e-12)
        assert {term["kind"] for term in document["terms"]} == {"path"}
        assert document["groups"]["popularity"] == document["groups"]["earlier queries"] == 0.0


def test_without_a_session_no_group_speaks_of_one(completer):
    document = completer.explain("ca", completer.complete("ca")[0].text)
    assert tuple(document["groups"]) == GROUPS
    assert document["groups"]["previous query"] == document["groups"]["earlier queries"] == 0.0
    assert document["rank"] == document["rank_without_context"] == 1
    assert "reason" not in document


def test_the_rank_without_context_is_that_of_the_first_query(completer):
    alone = [completion.text for completion in completer.complete("c", k=1000)]
    for completion in completer.complete("c", ["coat repair"], k=5):
        document = completer.explain("c", completion.text, ["coat repair"])
        expected = alone.index(completion.text) + 1 if completion.text in alone else None
        assert document["rank_without_context"] == expected


def test_a_label_that_is_not_shown_has_its_reason(completer):
    reasons = set()
    for index in completer.indexes:
        ranked = [completion.text for completion in completer.complete("c", ["desk"], k=1000, index=index)]
        for text in completer.model.labels.texts():
            document = completer.explain("c", text, ["desk"], index)
            reasons.add(document.get("reason"))
            if not text.startswith("c"):
                assert document == EMPTY | {"reason": "outside the typed prefix"}
            elif text in ranked:
                rank = ranked.index(text) + 1
                assert document["rank"] == rank
                assert document.get("reason") == (None if rank <= SHOWN else "ranked below")
                assert "lost" not in document
            else:
                assert document["rank"] is None
                assert document["reason"] == "left the beam"
                assert set(document["lost"]) == {"layer", "score", "beam_last_score"}
                assert document["lost"]["score"] <= document["lost"]["beam_last_score"]
                assert math.isfinite(document["score"])
    assert reasons == {None, "outside the typed prefix", "ranked below", "left the beam"}


@pytest.mark.parametrize("text", ["no such query", "", "  ", "c\x00"])
def test_what_is_no_label_has_no_score(completer, text):
    assert completer.explain("c", text, ["desk"]) == EMPTY | {"reason": "not a label"}


def test_the_text_is_normalised(completer):
    text = completer.complete("ca")[0].text
    assert completer.explain("ca", f"  {text.upper()} ") == completer.explain("ca", text)


def test_an_unknown_index_is_refused(completer):
    with pytest.raises(ConfigError, match="index 'none' is unknown"):
        completer.explain("c", "camera", index="none")


def test_a_model_explains_the_same_after_warming(completer):
    before = completer.explain("c", "camera", ["desk"])
    completer.warm()
    assert completer.explain("c", "camera", ["desk"]) == before
