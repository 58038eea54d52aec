"""Completions: what any text that can be typed must bring, and what a model of a made-up log should."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import naive
from tests.engine.small import INDEXES, KINDS, SMALL, compiled, plain_tree, plain_weights, small_pairs
from xmr_engine.completer import Completer, open_completer
from xmr_engine.config import TrainConfig, from_dict
from xmr_engine.data.pairs import Pairs
from xmr_engine.errors import ConfigError
from xmr_engine.kernels.weighing import input_of, weigh
from xmr_engine.pipeline import train_model
from xmr_engine.ranking.features import NAMES
from xmr_engine.text import normalise, normalise_prefix

pytestmark = compiled

TYPED = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="aabcdéo mr\u0301\u200f\u202e😀\x00אب\t\u3000", max_size=12),
    st.sampled_from([text[:n] for text in ("arvo camera bag", "évora desk lamp red", "tripod") for n in range(1, 16)]),
)
QUERIES = st.lists(st.one_of(TYPED, st.sampled_from(["camera", "arvo camera", "desk lamp"])), max_size=7)


@pytest.fixture(scope="module")
def completer(small_model) -> Completer:
    return Completer(small_model, "small")


@given(typed=TYPED, previous=QUERIES, index=st.sampled_from(list(INDEXES)), k=st.integers(1, 30))
@example(typed="", previous=[], index="hybrid", k=10)
@example(typed="   ", previous=["camera"], index="tree", k=10)
@example(typed="\x00", previous=["\x00"], index="trie", k=10)
@example(typed="a" * 10_000, previous=["b" * 10_000], index="hybrid", k=10)
@example(typed="arvo ", previous=["zzz unheard of"], index="hybrid", k=10)
@example(typed="e\u0301vora", previous=["E\u0301VORA"], index="tree", k=10)
@example(typed="\ud800", previous=["\udfff"], index="tree", k=10)
def test_what_begins_with_the_text_typed_comes_first(
    completer: Completer, typed: str, previous: list[str], index: str, k: int
) -> None:
    found = completer.complete(typed, previous, k=k, index=index)
    prefix = normalise_prefix(typed)
    lo, hi = completer.model.labels.span(prefix)
    exact = [completion for completion in found if completion.match in ("prefix", "composed")]
    others = [completion for completion in found if completion not in exact]
    assert len(found) <= k
    assert len(exact) >= min(k, hi - lo, 10) or others
    assert all(completion.text.startswith(prefix) and completion.meant == prefix for completion in exact)
    assert not any(completion.text.startswith(prefix) for completion in others)
    for completion in found:
        assert (completer.model.labels.find(completion.text) is None) == (completion.match == "composed")
    assert len({completion.text for completion in found}) == len(found)
    assert all(math.isfinite(completion.score) and completion.sources for completion in found)
    for kinds in (("prefix", "composed"), ("typo",), ("words",), ("shorter",)):
        order = [(-completion.score, completion.text) for completion in found if completion.match in kinds]
        assert order == sorted(order)
    after_labels = [completion.match for completion in found]
    while "prefix" in after_labels:
        assert after_labels.pop(0) in ("prefix", "composed")


@given(typed=TYPED, previous=QUERIES)
def test_how_a_text_is_written_makes_no_difference(completer: Completer, typed: str, previous: list[str]) -> None:
    wanted = completer.complete(typed, previous)
    assert completer.complete(normalise_prefix(typed), [normalise(text) for text in previous]) == wanted
    assert completer.complete(typed, ["ignored", *previous[-5:]][-5:] if len(previous) >= 5 else previous) == wanted


@given(typed=TYPED, previous=QUERIES)
def test_empty_and_repeated_queries_are_passed_over(completer: Completer, typed: str, previous: list[str]) -> None:
    short = previous[-2:]
    doubled = [text for query in short for text in (query, " ")]
    assert completer.complete(typed, doubled) == completer.complete(typed, short)
    assert completer.complete(typed, [*short, "camera", "CAMERA "]) == completer.complete(typed, [*short, "camera"])


@given(typed=TYPED, previous=QUERIES, k=st.integers(1, 20))
def test_fewer_are_the_first_of_more(completer: Completer, typed: str, previous: list[str], k: int) -> None:
    assert completer.complete(typed, previous, k=k) == completer.complete(typed, previous, k=20)[:k]


@given(typed=TYPED, previous=QUERIES, index=st.sampled_from(list(INDEXES)))
def test_sources_unite_to_the_whole(completer: Completer, typed: str, previous: list[str], index: str) -> None:
    beam = completer.model.config.ranking.beam

    def texts(*sources: str) -> set[str]:
        found = completer.complete(typed, previous, k=1000, index=index, beam=beam, sources=sources)
        assert all(set(completion.sources) <= set(sources) for completion in found)
        return {completion.text for completion in found}

    answered = completer.complete(typed, previous, k=1000, index=index)
    assert all((completion.sources == ("composed",)) == (completion.match == "composed") for completion in answered)
    whole = [completion for completion in answered if completion.match == "prefix"]
    parts = {name: texts(name) for name in ("index", "popular", "successor")}
    assert {completion.text for completion in whole} == set().union(*parts.values())
    for completion in whole:
        assert set(completion.sources) == {name for name, found in parts.items() if completion.text in found}
    assert texts() == set()


@pytest.mark.parametrize("index", INDEXES)
@pytest.mark.parametrize(("prefix", "previous"), [("", ()), ("a", ("camera",)), ("évora d", ("desk lamp", "zzz"))])
def test_paths_are_scored_as_exhaustive_search_scores_them(
    completer: Completer, index: str, prefix: str, previous: tuple[str, ...]
) -> None:
    model, question = completer.model, completer.ask(prefix, previous, index=index)
    part = model.indexes[index]
    weighed = weigh(model.serving(), part.tree, part.chunks, question.codes(), question.limits)
    _, (ids, values), span, _ = input_of(model.serving(), question.codes())
    row = dict(zip(ids.tolist(), values.tolist(), strict=True))
    wanted = naive.path_scores(plain_tree(part.tree), plain_weights(part.tree, part.chunks), row)
    labels = weighed.candidates.labels.tolist()
    assert labels == sorted(set(labels))
    assert all(span[0] <= label < span[1] for label in labels)
    paths = weighed.features[:, NAMES.index("path")].tolist()
    assert paths == pytest.approx([wanted[label] for label in labels], rel=1e-4)
    assert np.isfinite(weighed.features).all()


@pytest.mark.parametrize("index", INDEXES)
def test_a_beam_as_wide_as_the_tree_finds_what_exhaustive_search_finds(small_model, index: str) -> None:
    config = replace(small_model.config, ranking=replace(small_model.config.ranking, beam_candidates=1000))
    completer = Completer(replace(small_model, config=config))
    tree = small_model.indexes[index].tree
    assert tree.label.size < 1000
    for prefix in ("", "c", "arvo ", "tent"):
        found = completer.complete(prefix, ["camera"], k=1000, index=index, beam=1000, sources=["index"])
        texts = small_model.labels.texts()
        assert sorted(completion.text for completion in found) == [text for text in texts if text.startswith(prefix)]


def test_without_a_session_the_popular_lead(completer: Completer) -> None:
    for prefix in ("", "c", "d", "de", "l", "s", "t"):
        assert completer.complete(prefix)[0].text in KINDS


def test_the_session_changes_what_is_offered(completer: Completer) -> None:
    def first(previous: list[str]) -> list[str]:
        return [completion.text for completion in completer.complete("a", previous, k=5)]

    for kind in ("tent", "drill", "tripod"):
        among = [sum(kind in text for text in first(previous)) for previous in ([], [kind], [f"belin {kind}"])]
        assert among[0] < min(among[1:]), kind


def test_a_query_never_seen_leads_on_by_its_words(completer: Completer) -> None:
    found = [completion.text for completion in completer.complete("b", ["enormous tent"], k=5)]
    assert "tent" in found[0]
    assert len(completer.complete("b", ["qqq www"], k=5)) == 5


def test_batches_of_threads_answer_as_one(completer: Completer) -> None:
    questions = [(prefix, previous) for prefix in "abcdé" for previous in ((), ("camera",), ("tent", "arvo tent"))] * 8
    alone = [completer.complete(*question) for question in questions]
    start = threading.Barrier(4)

    def ask(part: int) -> list[object]:
        start.wait()
        return [completer.complete(*question) for question in questions[part::4]]

    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(ask, range(4)))
    assert [parts[i % 4][i // 4] for i in range(len(questions))] == alone


def test_opened_it_answers_as_trained(completer: Completer, small_folder) -> None:
    opened = open_completer(small_folder)
    assert (opened.name, opened.indexes, opened.synthetic) == ("small", tuple(INDEXES), True)
    assert opened.n_labels == completer.n_labels > 100
    assert opened.describe() == completer.describe()
    opened.warm()
    for prefix, previous in (("", ()), ("a", ("camera",)), ("évora", ("desk lamp", "tent"))):
        for index in INDEXES:
            assert opened.complete(prefix, previous, index=index) == completer.complete(prefix, previous, index=index)


def test_an_answer_is_a_document(completer: Completer) -> None:
    document = completer.answer(" ARVO  c", previous=["Camera"], k=3)
    assert document["model"] == "small"
    assert (document["index"], document["prefix"], document["previous"]) == ("hybrid", "arvo c", ["camera"])
    assert document["took_ms"] > 0
    rows = [(row["text"], row["score"], row["match"], tuple(row["sources"])) for row in document["completions"]]
    assert rows == [tuple(completion)[:4] for completion in completer.complete("arvo c", ["camera"], k=3)]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"index": "graph"}, "index 'graph' is unknown; the model has hybrid, tree, trie"),
        ({"index": ""}, "index '' is unknown"),
        ({"k": 0}, "k must be from 1"),
        ({"k": 10_000}, "got 10000"),
        ({"beam": 0}, "beam must be from 1"),
        ({"beam": 5000}, "got 5000"),
        ({"sources": ["web"]}, "source 'web' is unknown; there are index, popular, successor, composed"),
    ],
)
def test_what_cannot_be_asked_is_refused(completer: Completer, wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        completer.complete("a", **wrong)


def test_equal_scores_stand_in_the_order_of_texts() -> None:
    texts = ["b", "a c", "a b", "é", "a"] * 4
    empty = [""] * len(texts)
    config = from_dict(TrainConfig, SMALL | {"indexes": {"trie": {}}, "ranking": {"enabled": False}})
    model = train_model(Pairs(empty, list(texts), texts, list(range(20)), list(range(20))), None, config)
    found = Completer(replace(model, ranker=replace(model.ranker, weights=model.ranker.weights * 0))).complete("")
    assert [completion.text for completion in found] == ["a", "a b", "a c", "b", "é"]
    assert {completion.score for completion in found} == {0.0}


def test_an_index_alone_is_searched_wider(small_model) -> None:
    settings = small_model.config
    wide, narrow = settings.matching.beam, settings.ranking.beam
    assert wide != narrow
    completer = Completer(small_model)
    assert completer.ask("a").limits.beam == narrow
    assert completer.ask("a", sources=["index", "popular"]).limits.beam == narrow
    assert completer.ask("a", sources=["index"]).limits.beam == wide
    assert completer.ask("a", sources=["index"], beam=7).limits.beam == 7
    for ranking in (replace(settings.ranking, popular=0, successors=0), replace(settings.ranking, enabled=False)):
        assert Completer(replace(small_model, config=replace(settings, ranking=ranking))).ask("a").limits.beam == wide


@pytest.mark.parametrize("ranking", [{"enabled": False}, {"popular": 0, "successors": 0}, {"beam_candidates": 0}])
def test_every_way_of_ranking_answers(ranking: dict[str, object]) -> None:
    config = from_dict(TrainConfig, SMALL | {"ranking": ranking})
    completer = Completer(train_model(small_pairs(60), None, config))
    found = completer.complete("a", ["camera"])
    assert found
    wanted = {"index"} if ranking.get("enabled") is False or "popular" in ranking else {"popular", "successor"}
    assert {source for completion in found for source in completion.sources} <= wanted


@pytest.mark.parametrize(
    "rows",
    [
        [("", "a", "a")],
        [("", "a", "a"), ("a", "a", "a b")],
        [("", "x", f"query {i}") for i in range(40)],
        [("", "!", "!!"), ("!!", "?", "?!")],
        [("lost", "n", "never the same"), ("", "s", "single")],
    ],
)
def test_the_smallest_logs_make_models(rows: list[tuple[str, str, str]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    pairs = Pairs(*columns, list(range(len(rows))), list(range(len(rows))))
    completer = Completer(train_model(pairs, None, from_dict(TrainConfig, {"indexes": INDEXES})))
    for index in INDEXES:
        for text in {text for _, _, text in rows}:
            found = completer.complete(text[0], ["nothing", rows[0][2]], k=50, index=index)
            assert text in {completion.text for completion in found}
