"""The whole report on a small model, against a plain twin that sees only completions."""

import json

import pytest

import xmr_engine
from tests.engine.evaluation import plain
from xmr_engine.data.pairs import contexts, read_pairs, take, write_pairs
from xmr_engine.errors import ConfigError, DataError
from xmr_engine.evaluation.report import evaluate

AGAINST = ("mfq", "mfq-backoff", "successor", "tree")


@pytest.fixture(scope="module")
def pairs(shop_log, tmp_path_factory):
    path = tmp_path_factory.mktemp("pairs") / "some.tsv"
    rows = read_pairs(shop_log, seed=1)
    write_pairs(take(rows, range(250)), path)
    return path


@pytest.fixture(scope="module")
def document(shop_model, pairs):
    return evaluate(shop_model, pairs, lengths=(1, 3), against=AGAINST)


def test_it_is_plain_values(document):
    assert json.loads(json.dumps(document)) == document


def test_it_holds_every_system_in_every_setting(document):
    assert list(document["systems"]) == ["model", *AGAINST]
    for figures in document["systems"].values():
        for group in ("all", "seen", "no_context"):
            assert list(figures[group]) == ["sampled", "len1", "len3"]
            for cell in figures[group].values():
                assert cell["mrr_ci"][0] <= cell["mrr"] <= cell["mrr_ci"][1]
                assert 0 <= cell["success1"] <= cell["mrr"] <= cell["success10"] <= 1
        assert set(figures["misses"]) == {"no_label", "no_candidate", "ranked_low"}
        assert set(figures["latency_ms"]) == {"p50", "p90", "p99"}
        assert figures["keystrokes_saved_first"] <= figures["keystrokes_saved"]


def test_its_figures_are_those_of_the_plain_twin(document, shop_model, pairs):
    completer, rows = xmr_engine.open_completer(shop_model), read_pairs(pairs)
    after = [i for i, previous in enumerate(rows.previous) if previous]
    context = contexts(rows)

    def shown(prefix, before):
        return [found.text for found in completer.complete(prefix, before)]

    found = [plain.reciprocal_rank(shown(rows.prefix[i], context[i]), rows.next[i]) for i in after]
    cell = document["systems"]["model"]["all"]["sampled"]
    assert cell["rows"] == len(after)
    assert cell["mrr"] == pytest.approx(plain.mean(found))
    long = [i for i in range(len(rows.next)) if not rows.previous[i] and len(rows.next[i]) >= 3]
    found = [plain.success(shown(rows.next[i][:3], ()), rows.next[i], 1) for i in long]
    assert document["systems"]["model"]["no_context"]["len3"]["success1"] == pytest.approx(plain.mean(found))


def test_misses_and_hits_are_all_rows(document):
    for figures in document["systems"].values():
        cell = figures["all"]["sampled"]
        n_missed = round(cell["rows"] * (1 - cell["success10"]))
        assert sum(figures["misses"].values()) == n_missed


def test_differences_are_paired(document):
    ours, theirs = document["systems"]["model"]["all"], document["systems"]["mfq"]["all"]
    for setting, difference in document["differences"]["mfq"]["all"].items():
        assert difference["mrr"] == pytest.approx(ours[setting]["mrr"] - theirs[setting]["mrr"])
        assert 0 < difference["p"] <= 1
    by_frequency = document["differences"]["mfq"]["by_frequency"]
    assert sum(cell["rows"] for cell in by_frequency.values()) == ours["sampled"]["rows"]


def test_a_second_model_shows_what_changed(shop_model, shop_log, pairs, tmp_path):
    other = tmp_path / "other"
    config = {"ranking": {"enabled": False}, "corpus": "shop", "synthetic": True}
    xmr_engine.train(shop_log, out=other, index=("tree",), config=config)
    document = evaluate(shop_model, pairs, lengths=(), against=(str(other),))
    changes = document["changes"][str(other)]
    assert changes
    changed = sum(change["change"] for change in changes)
    rows = document["differences"][str(other)]["all"]["sampled"]["rows"]
    assert rows <= document["rows"]
    assert [abs(change["change"]) for change in changes] == sorted((abs(c["change"]) for c in changes), reverse=True)
    assert changed != 0


def test_the_model_itself_does_not_differ_from_itself(shop_model, pairs):
    document = evaluate(shop_model, pairs, lengths=(), against=(str(shop_model),))
    difference = document["differences"][str(shop_model)]["all"]["sampled"]
    assert (difference["mrr"], difference["p"]) == (0.0, 1.0)
    assert document["changes"][str(shop_model)] == []


def test_rows_can_be_few_and_the_same_each_time(shop_model, pairs):
    first, second = (evaluate(shop_model, pairs, lengths=(2,), rows=40) for _ in range(2))
    assert first["rows"] == 40
    for document in (first, second):
        del document["systems"]["model"]["latency_ms"]
    assert first == second


def test_a_file_of_first_queries_alone_is_reported_apart(shop_model, tmp_path):
    path = tmp_path / "first.tsv"
    path.write_text("previous\tprefix\tnext\n\ts\tsomething\n\ta\tanything\n", encoding="utf-8")
    document = evaluate(shop_model, path, lengths=(1,))
    figures = document["systems"]["model"]
    assert figures["all"] == {}
    assert figures["no_context"]["sampled"]["rows"] == 2


def test_progress_names_the_system(shop_model, pairs):
    told = []
    evaluate(shop_model, pairs, lengths=(), rows=10, progress=lambda stage, share: told.append(stage))
    assert set(told) == {"model"}


def test_an_unknown_system_is_named_with_those_there_are(shop_model, pairs):
    with pytest.raises(ConfigError, match=r"'nonsense' is no system; expected mfq, .*hybrid, tree, trie"):
        evaluate(shop_model, pairs, against=("nonsense",))


def test_a_neural_baseline_that_was_not_trained_says_how(shop_model, pairs):
    with pytest.raises(ConfigError, match=r"no neural baseline.*train_gru"):
        evaluate(shop_model, pairs, against=("gru",))


def test_an_empty_file_is_an_error(shop_model, tmp_path):
    path = tmp_path / "empty.tsv"
    path.write_text("previous\tprefix\tnext\n", encoding="utf-8")
    with pytest.raises(DataError):
        evaluate(shop_model, path)
