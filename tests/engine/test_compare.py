"""The comparison of indexes and the traced beam, which must be the very search that the kernel makes."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.small_model import KINDS, THINGS, small_completer
from xmr_engine.comparison import only_one
from xmr_engine.completer import Completer
from xmr_engine.errors import ConfigError
from xmr_engine.kernels.candidates import Limits
from xmr_engine.kernels.search import beam_search
from xmr_engine.kernels.weighing import input_of
from xmr_engine.trace import MOST_OTHERS, Layer, Traced, drawn_layers, find_loss, trace_beam, way_to

QUERIES = [thing + kind for thing in THINGS for kind in KINDS]
QUERY = st.sampled_from(QUERIES) | st.text(max_size=12)
PREFIX = st.builds(lambda text, n: text[:n], st.sampled_from(QUERIES), st.integers(0, 8)) | st.text(max_size=3)
INDEX = st.sampled_from(("hybrid", "tree", "trie"))


@pytest.fixture(scope="module")
def completer() -> Completer:
    return small_completer()


def search_both(completer, prefix, previous, index, beam):
    """Return index, span, what the kernel found and the traced search of one question."""
    question = completer.ask(prefix, previous, 10, index, beam)
    held, limits = completer.model.indexes[question.index], question.limits
    _, row, span, _ = input_of(completer.model.serving(), question.codes())
    found = beam_search(held.tree, held.chunks, row, span, limits.beam, limits.index)
    return held, span, found, trace_beam(held, row, span, limits)


@settings(max_examples=150, deadline=None)
@given(prefix=PREFIX, previous=st.lists(QUERY, max_size=3), index=INDEX, beam=st.integers(1, 40))
def test_the_trace_is_the_kernels_search(completer, prefix, previous, index, beam):
    _, _, found, traced = search_both(completer, prefix, previous, index, beam)
    assert traced.labels.tolist() == found.labels.tolist()
    assert traced.scores.tolist() == found.scores.tolist()
    assert traced.n_scored == found.n_scored


@settings(max_examples=80, deadline=None)
@given(prefix=PREFIX, previous=st.lists(QUERY, max_size=2), index=INDEX, beam=st.integers(1, 4))
def test_each_layer_holds_the_children_of_the_kept_ones_and_keeps_the_best(completer, prefix, previous, index, beam):
    held, span, _, traced = search_both(completer, prefix, previous, index, beam)
    tree, above = held.tree, {0}
    found = set(traced.labels.tolist())

    def beneath(nodes):
        children = {child for node in nodes for child in range(tree.first_child[node], tree.first_child[node + 1])}
        return {child for child in children if tree.lo[child] < span[1] and tree.hi[child] > span[0]}

    for layer in traced.layers:
        assert set(layer.nodes.tolist()) == beneath(above)
        inner = tree.label[layer.nodes] < 0
        kept, dropped = layer.scores[inner & layer.kept], layer.scores[inner & ~layer.kept]
        assert kept.size == min(beam, inner.sum())
        assert not dropped.size or kept.min() >= dropped.max()
        for node, stays in zip(layer.nodes[~inner].tolist(), layer.kept[~inner].tolist(), strict=True):
            assert stays == (int(tree.label[node]) in found)
        above = set(layer.nodes[inner & layer.kept].tolist())
    assert not beneath(above)


@settings(max_examples=80, deadline=None)
@given(prefix=PREFIX, previous=st.lists(QUERY, max_size=2), index=INDEX, beam=st.integers(1, 4))
def test_a_label_of_the_span_is_either_found_or_lost_at_one_layer(completer, prefix, previous, index, beam):
    held, span, _, traced = search_both(completer, prefix, previous, index, beam)
    for label in range(*span):
        loss = find_loss(held.tree, traced, label)
        assert (loss is None) == (label in traced.labels)
        if loss is None:
            continue
        node = way_to(held.tree, label)[loss.layer - 1]
        layer = traced.layers[loss.layer - 1]
        assert loss.score == layer.scores[layer.nodes == node][0]
        assert not layer.kept[layer.nodes == node][0]
        assert loss.score <= loss.beam_last_score


def test_a_wide_layer_is_drawn_in_part_every_kept_node_among_it(completer):
    tree = completer.model.indexes["trie"].tree
    n = tree.label.size - 1
    scores = np.sin(np.arange(n))
    kept = np.zeros(n, np.bool_)
    kept[scores.argsort()[:5]] = True
    nodes = np.arange(1, n + 1, dtype=np.int32)
    empty = np.zeros(0)
    (drawn,) = drawn_layers(tree, Traced((Layer(nodes, scores, kept),), empty.astype(np.int32), empty, n))
    assert n > MOST_OTHERS + 5
    assert len(drawn) == MOST_OTHERS + 5
    assert {row["node"] for row in drawn if row["kept"]} == set(nodes[kept].tolist())
    assert sorted(row["node"] for row in drawn) == [row["node"] for row in drawn]
    best = np.sort(scores[~kept])[-MOST_OTHERS:]
    assert sorted(row["score"] for row in drawn if not row["kept"]) == pytest.approx(best.tolist(), abs=1e-6)


def test_every_index_answers_by_what_it_retrieves(completer):
    document = completer.compare("ca", ["Camera  sale"], k=4)
    assert json.loads(json.dumps(document)) == document
    assert document["prefix"] == "ca"
    assert document["previous"] == ["camera sale"]
    assert list(document["indexes"]) == ["hybrid", "tree", "trie"]
    for name, found in document["indexes"].items():
        assert all(row["sources"] == ["index"] for row in found["completions"])
        assert len(found["completions"]) == 4
        question = completer.ask("ca", ["camera sale"], 4, name, completer.model.config.matching.beam)
        limits = question.limits
        room = limits.index + limits.popular + limits.successors
        question = question._replace(limits=Limits(question.limits.beam, room, 0, 0, 0))
        completed = completer.search(question)
        assert [row["text"] for row in found["completions"]] == [c.text for c in completer.completions(completed)]
        assert (found["nodes_visited"], found["candidates"]) == (completed.n_scored, completed.n_candidates)
        assert found["took_ms"] > 0
        assert len(found["evaluated"]) == len(found["beam"]) > 1
        for n, layer in zip(found["evaluated"], found["beam"], strict=True):
            assert len(layer) == n or sum(not row["kept"] for row in layer) == MOST_OTHERS < n
            assert {frozenset(row) for row in layer} == {frozenset(("node", "parent", "score", "kept", "span"))}


def test_drawn_nodes_hang_beneath_kept_ones_and_meet_the_span(completer):
    lo, hi = completer.model.labels.span("c")
    for found in completer.compare("c", k=5, beam=2)["indexes"].values():
        above = {0}
        for layer in found["beam"]:
            assert {row["parent"] for row in layer} <= above
            assert all(row["span"][0] < hi and row["span"][1] > lo for row in layer)
            above = {row["node"] for row in layer if row["kept"]}


def test_a_wider_beam_visits_more(completer):
    narrow, wide = (completer.compare("c", ["desk"], beam=beam)["indexes"] for beam in (1, 50))
    assert all(narrow[name]["nodes_visited"] < wide[name]["nodes_visited"] for name in narrow)


def test_nothing_matches_nothing_is_drawn(completer):
    for found in completer.compare("zzz", ["desk"])["indexes"].values():
        assert found["completions"] == []
        assert found["beam"] == []
        assert found["candidates"] == 0


def test_only_names_what_no_other_index_shows(completer):
    assert only_one({"a": ["x", "y"], "b": ["y", "z"], "c": ["y"]}) == {"a": ["x"], "b": ["z"], "c": []}
    assert only_one({"a": ["x", "y"]}) == {"a": []}
    document = completer.compare("c", ["desk sale"], k=10)
    shown = {name: [row["text"] for row in found["completions"]] for name, found in document["indexes"].items()}
    assert document["only"] == only_one(shown)


def test_bad_numbers_are_refused(completer):
    for numbers in ({"k": 0}, {"beam": 0}):
        with pytest.raises(ConfigError):
            completer.compare("c", **numbers)
