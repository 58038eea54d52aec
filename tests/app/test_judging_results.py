"""What votes add up to, how they leave, and how each is replayed."""

import csv
import io
import json

import ir_measures
import pytest

from app.judging.replay import compare, find_vote, overlap
from app.judging.results import sum_up
from app.judging.studies import read_frozen
from app.judging.verdicts import read_judged
from tests.app.judging import MODES, PAIR, SCENARIOS, Judge, begin_study, choose, export, judging_app
from xmr_engine.evaluation.preferences import wilson


@pytest.fixture
def app(tmp_path):
    with judging_app(f"sqlite:///{tmp_path / 'judgments.db'}") as app:
        yield app


@pytest.fixture
def client(app):
    return app.test_client()


def results(client, study):
    return client.get(f"/api/v1/judge/studies/{study.id}/results").json


def prefer(app, study, client, rater, wanted):
    """Vote for a system by name, a number of the scenario to the system; `None` is a tie."""
    frozen = {one.place: one for one in read_frozen(app.extensions["judging"].store, study.id)}
    by_moment = {(tuple(one.scenario["previous"]), one.scenario["prefix"]): one for one in frozen.values()}

    def vote(item):
        one = by_moment[tuple(item["previous"]), item["prefix"]]
        name = wanted(one.place)
        if name in (None, "bad"):
            return name or "tie"
        return "left" if item["left"]["rows"] == one.answers[study.names.index(name)]["rows"] else "right"

    Judge(client, study, rater).judge_all(vote)


def test_the_share_is_of_the_decided_and_carries_its_interval(app, client):
    study = begin_study(app)
    order = [PAIR[0], PAIR[0], PAIR[0], PAIR[1], None, "bad"]
    prefer(app, study, client, "Ada", order.__getitem__)
    (pair,) = results(client, study)["pairs"]
    assert pair["systems"] == list(PAIR)
    assert (pair["wins"], pair["ties"], pair["bad"], pair["share"]) == ([3, 1], 1, 1, 0.75)
    assert pair["interval"] == pytest.approx(wilson(3, 4))


def test_one_scenario_counts_once_however_many_judge_it(app, client):
    study = begin_study(app)
    prefer(app, study, client, "Ada", lambda place: PAIR[0])
    prefer(app, study, client, "Bea", lambda place: PAIR[place % 2])
    prefer(app, study, client, "Cyd", lambda place: None)
    (pair,) = results(client, study)["pairs"]
    assert (pair["wins"], pair["ties"], pair["items"]) == ([3, 0], 3, len(SCENARIOS))


def test_tags_are_counted_apart(app, client):
    study = begin_study(app)
    prefer(app, study, client, "Ada", lambda place: PAIR[0] if place in (0, 1) else PAIR[1])
    tags = results(client, study)["tags"]
    assert {tag: pairs[0]["wins"] for tag, pairs in tags.items()} == {
        "camera": [1, 0],
        "empty prefix": [0, 1],
        "first letter": [2, 0],
        "no session": [0, 2],
    }


def test_agreement_is_of_two_raters_and_of_one_with_themselves(app, client):
    study = begin_study(app, twice=1.0)
    prefer(app, study, client, "Ada", lambda place: PAIR[place % 2])
    prefer(app, study, client, "Bea", lambda place: PAIR[place % 2] if place < 3 else PAIR[(place + 1) % 2])
    agreement = results(client, study)["agreement"]
    assert agreement["kappa"] == [{"raters": ["Ada", "Bea"], "n": 6, "same": 3, "kappa": 0.0}]
    assert agreement["units"] == 6
    assert [again["same"] for again in agreement["again"]] == [6, 6]


def test_strengths_order_three_systems(app, client):
    names = (*PAIR, "fake/trie")
    study = begin_study(app, systems=names)
    store = app.extensions["judging"].store
    frozen = {(tuple(one.scenario["previous"]), one.scenario["prefix"]): one for one in read_frozen(store, study.id)}

    def vote(item):
        answers = [answer["rows"] for answer in frozen[tuple(item["previous"]), item["prefix"]].answers]
        left, right = (answers.index(item[side]["rows"]) for side in ("left", "right"))
        upset = item["prefix"] == "ca"
        return "left" if (left < right) != upset else "right"

    Judge(client, study).judge_all(vote)
    strengths = results(client, study)["strengths"]
    assert [row["system"] for row in strengths["systems"]] == list(names)
    assert not strengths["helped"]
    for row in strengths["systems"]:
        assert row["interval"][0] < row["strength"] < row["interval"][1]


def test_a_system_that_never_lost_is_helped_and_said_so(app, client):
    study = begin_study(app, systems=(*PAIR, "fake/trie"))
    texts = {
        (tuple(one.scenario["previous"]), one.scenario["prefix"]): one.answers[0]["rows"]
        for one in read_frozen(app.extensions["judging"].store, study.id)
    }

    def vote(item):
        best = texts[tuple(item["previous"]), item["prefix"]]
        return next((side for side in ("left", "right") if item[side]["rows"] == best), "tie")

    Judge(client, study).judge_all(vote)
    strengths = results(client, study)["strengths"]
    assert strengths["helped"]
    assert strengths["systems"][0]["system"] == PAIR[0]


def test_keystrokes_are_counted_without_votes(app, client):
    study = begin_study(app, "typing")
    for row in results(client, study)["typing"]:
        assert row["shown"] + row["never"] == len(SCENARIOS)
    frozen = read_frozen(app.extensions["judging"].store, study.id)
    first = frozen[0].answers[0]["steps"]
    typed = next(n for n, rows in enumerate(first, 1) if any(row["text"] == "nivora lens" for row in rows))
    assert typed == 1


def test_a_system_that_brought_the_best_rows_first_has_the_best_grades(app, client):
    study = begin_study(app, "graded")
    best = {
        (tuple(one.scenario["previous"]), one.scenario["prefix"]): [row["text"] for row in one.answers[0]["rows"]]
        for one in read_frozen(app.extensions["judging"].store, study.id)
    }

    def grade(item):
        listed = best[tuple(item["previous"]), item["prefix"]]
        return [max(0, 3 - listed.index(text)) if text in listed else 0 for text in item["rows"]]

    Judge(client, study).judge_all(grade)
    first, second = results(client, study)["grades"]
    assert (first["system"], first["ndcg"], first["interval"]) == (PAIR[0], 1.0, [1.0, 1.0])
    assert second["ndcg"] < 1.0


def test_the_graded_files_are_read_by_other_tools_and_give_the_same(app, client):
    study = begin_study(app, "graded")
    Judge(client, study).judge_all(choose)
    qrels = list(ir_measures.read_trec_qrels(client.get("/api/v1/judgments?format=trec").text))
    for row in results(client, study)["grades"]:
        asked = {"format": "trec", "part": "run", "study": study.id, "system": row["system"]}
        run = list(ir_measures.read_trec_run(client.get("/api/v1/judgments", query_string=asked).text))
        (measure,) = [ir_measures.parse_measure("nDCG(gains={1:1,2:3,3:7})@10")]
        assert ir_measures.calc_aggregate([measure], qrels, run)[measure] == pytest.approx(row["ndcg"], abs=1e-6)


def test_every_export_holds_the_same_votes(app, client):
    for mode in MODES:
        Judge(client, begin_study(app, mode), "=Ada").judge_all(choose)
    rows = export(client)
    lines = client.get("/api/v1/judgments?format=jsonl").text.splitlines()
    assert list(map(json.loads, lines)) == rows
    table = list(csv.DictReader(io.StringIO(client.get("/api/v1/judgments?format=csv").text)))
    assert [int(row["judgment"]) for row in table] == [row["judgment"] for row in rows]
    assert {row["rater"] for row in table} == {"'=Ada"}
    assert json.loads(table[0]["previous"]) == rows[0]["previous"]
    assert len(rows) == len(MODES) * len(SCENARIOS)
    assert all(row["seed"] == 3 and len(row["left_snapshot"]) for row in rows)


@pytest.mark.parametrize("asked", ["format=xml", "format=trec&part=both", "format=trec&part=run&study=STUDY"])
def test_what_is_not_exported_is_refused(app, client, asked):
    study = begin_study(app)
    assert client.get("/api/v1/judgments?" + asked.replace("STUDY", study.id)).status_code == 422


@pytest.mark.parametrize("mode", MODES)
def test_a_vote_is_replayed_as_it_was_shown(app, client, mode):
    judge = Judge(client, begin_study(app, mode))
    item = judge.hand(1)["items"][0]
    number = judge.vote(item, choose(item), note="why").json["judgment"]
    replayed = find_vote(app.extensions["judging"].store, number)
    assert (replayed.judged.value, replayed.judged.note) == (choose(item), "why")
    answers = replayed.item.answers
    if mode in ("list", "typing"):
        sides = [answers[system] for system in (replayed.judged.left_system, replayed.judged.right_system)]
        assert sides == [{name: item[side][name] for name in item[side] if name != "id"} for side in ("left", "right")]
    else:
        shown = replayed.judged.rows
        assert [row[0] if mode == "interleaved" else row for row in shown] == item["rows"]
    assert find_vote(app.extensions["judging"].store, number + 1) is None


def test_two_studies_are_compared_scenario_by_scenario(app):
    store = app.extensions["judging"].store
    before = begin_study(app)
    app.extensions["catalog"].default._rank = lambda typed, context, index: [(1.0, f"{typed} new", "prefix")]
    after = begin_study(app, systems=(PAIR[0], "fake/trie"))
    changes = compare((before, read_frozen(store, before.id)), (after, read_frozen(store, after.id)))
    assert [change.system for change in changes] == [PAIR[0]] * len(SCENARIOS)
    assert not any(change.same for change in changes)
    same = compare((before, read_frozen(store, before.id)), (before, read_frozen(store, before.id)))
    assert all(change.same for change in same)
    assert overlap(["a", "b"], ["b", "c"]) == pytest.approx(1 / 3)
    assert overlap([], []) == 1.0


def test_a_study_nobody_judged_has_empty_results(app, client):
    for mode in MODES:
        study = begin_study(app, mode)
        document = results(client, study)
        assert document["judgments"] == 0
        store = app.extensions["judging"].store
        assert sum_up(study, read_frozen(store, study.id), read_judged(store, study))["agreement"]["alpha"] is None
