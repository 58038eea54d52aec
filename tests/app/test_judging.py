"""Judging over HTTP: what is handed out, what is kept, and what nobody learns before the vote."""

import json

import pytest

from tests.app.fake_engine import FakeCompleter
from tests.app.judging import MODES, PAIR, SCENARIOS, Judge, begin_study, choose, export, judging_app
from xmr_engine.evaluation.scenarios import Scenario

THREE = (*PAIR, "fake/hybrid/no-session")


@pytest.fixture
def app(database_url):
    with judging_app(database_url) as app:
        yield app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_judged_to_its_end_and_each_vote_is_kept(app, client, mode):
    judge = Judge(client, begin_study(app, mode))
    total = judge.hand(1)["total"]
    told = judge.judge_all(choose)
    assert len(told) == total == len(SCENARIOS)
    rows = export(client)
    assert [row["judgment"] for row in rows] == [one["judgment"] for one in told]
    assert {row["place"] for row in rows} == set(range(total))
    assert judge.hand(1) | {"items": []} == judge.hand(1)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_tells_the_systems_apart_before_the_vote(app, client, mode):
    study = begin_study(app, mode)
    judge = Judge(client, study)
    items = judge.hand(20)["items"]
    told = json.dumps(items)
    for secret in (*study.names, "hybrid", "tree", "trie", "no-session", "sources", "score", "took_ms", "fake"):
        assert f'"{secret}' not in told, secret
    ids = [item[side]["id"] for item in items for side in ("left", "right") if item[side]]
    assert len(set(ids)) == len(ids)
    shape = {name: type(value) for name, value in items[0].items()}
    assert all({name: type(value) for name, value in item.items()} == shape for item in items)


def test_names_come_after_the_vote_and_name_the_sides_right(app, client):
    study = begin_study(app)
    judge = Judge(client, study)
    for item in judge.hand(6)["items"]:
        names = judge.vote(item, "left").json["names"]
        assert set(names.values()) == set(PAIR)
        for side in ("left", "right"):
            index = names[side].split("/")[1]
            answer = FakeCompleter().answer(item["prefix"], item["previous"], 10, index)
            assert [row["text"] for row in item[side]["rows"]] == [row["text"] for row in answer["completions"]]


def test_names_wait_for_the_end_where_the_study_says_so(app, client):
    judge = Judge(client, begin_study(app, reveal="end"))
    assert "names" not in judge.vote(judge.hand(1)["items"][0], "tie").json


def test_sides_are_a_coins_toss_and_differ_by_rater(app, client):
    scenarios = [Scenario((), prefix, "") for prefix in ("n", "ni", "no", "ca", "c", "t", "ta", "te", "s", "so", "sh")]
    study = begin_study(app, scenarios=scenarios)
    sides = {}
    for name in ("Ada", "Bea", "Cyd"):
        told = Judge(client, study, name).judge_all(lambda item: "left")
        rows = {row["judgment"]: row["place"] for row in export(client) if row["rater"] == name}
        sides[name] = [left for _, left in sorted((rows[one["judgment"]], one["names"]["left"]) for one in told)]
        assert 1 <= sides[name].count(PAIR[0]) < len(sides[name])
    assert len({tuple(listed) for listed in sides.values()}) == 3


def test_a_study_shows_what_it_froze_whatever_the_model_says_later(app, client, monkeypatch):
    study = begin_study(app)
    first = Judge(client, study).hand(1)["items"]
    monkeypatch.setattr(FakeCompleter, "answer", lambda *asked: pytest.fail("the model was asked again"))
    assert Judge(client, study).hand(1)["items"] == first
    assert Judge(client, study, "Bea").hand(6)["total"] == len(SCENARIOS)


def test_what_is_the_same_on_both_sides_is_not_shown(app, client):
    study = begin_study(app, scenarios=[*SCENARIOS, Scenario((), "zzz", ""), Scenario((), "école", "")])
    judge = Judge(client, study)
    assert len(judge.judge_all(choose)) == len(SCENARIOS)
    (pair,) = client.get(f"/api/v1/judge/studies/{study.id}/results").json["pairs"]
    assert pair["identical"] == 2


def test_a_reload_goes_on_where_the_rater_was(app, client):
    judge = Judge(client, begin_study(app))
    items = judge.hand(3)["items"]
    judge.vote(items[0], "tie")
    again = judge.hand(3)
    assert [item["item"] for item in again["items"]][:2] == [item["item"] for item in items[1:]]
    assert (again["done"], again["own"]) == (1, 1)


def test_votes_on_their_way_count_as_given(app, client):
    judge = Judge(client, begin_study(app))
    items = judge.hand(2)["items"]
    waiting = judge.hand(2, waiting=[items[0]["item"]])
    assert waiting["items"][0] == items[1]
    assert waiting["done"] == 1


@pytest.mark.parametrize("mode", ["list", "interleaved"])
def test_the_second_time_the_sides_are_swapped(app, client, mode):
    judge = Judge(client, begin_study(app, mode, twice=1.0))
    told = judge.judge_all(choose)
    rows = export(client)
    assert len(told) == 2 * len(SCENARIOS)
    assert [row["round"] for row in rows] == [0] * len(SCENARIOS) + [1] * len(SCENARIOS)
    sides = {}
    for row in rows:
        sides.setdefault(row["place"], []).append((row["left"], row["right"]))
    assert all(first == second[::-1] for first, second in sides.values())


def test_work_that_is_shared_out_is_done_once_and_a_share_of_it_twice(app, client):
    study = begin_study(app, split=True, twice=0.5, seed=1)
    raters = [Judge(client, study, name) for name in ("Ada", "Bea")]
    total = raters[0].hand(1)["total"]
    assert len(SCENARIOS) < total < 2 * len(SCENARIOS)
    while any(items := [(judge, item) for judge in raters for item in judge.hand(1)["items"]]):
        for judge, item in items:
            assert judge.vote(item, "tie").status_code == 201
    rows = export(client)
    assert len(rows) == total == raters[0].hand(1)["done"]
    assert len({(row["place"], row["rater"]) for row in rows}) == total
    assert {row["place"] for row in rows} == set(range(len(SCENARIOS)))


def test_three_systems_meet_in_pairs(app, client):
    study = begin_study(app, systems=THREE)
    Judge(client, study).judge_all(choose)
    pairs = client.get(f"/api/v1/judge/studies/{study.id}/results").json["pairs"]
    assert [pair["systems"] for pair in pairs] == [[THREE[0], THREE[1]], [THREE[0], THREE[2]], [THREE[1], THREE[2]]]
    assert all(pair["items"] + pair["identical"] == len(SCENARIOS) for pair in pairs)


def test_an_unknown_study_is_not_found(client):
    assert client.post("/api/v1/judge/studies/none/items", json={"rater": "Ada"}).status_code == 404
    assert client.get("/api/v1/judgments?study=none").status_code == 404


@pytest.mark.parametrize("body", ["[]", "5", "{", '{"rater": "Ada", "n": 0}', '{"rater": "Ada", "waiting": [1]}'])
def test_what_is_no_request_is_refused(app, client, body):
    study = begin_study(app)
    response = client.post(f"/api/v1/judge/studies/{study.id}/items", data=body, content_type="application/json")
    assert response.status_code in (400, 422)
