"""Votes over HTTP: each is kept once, a changed mind counts once, and what does not fit is refused."""

import threading

import pytest

from app.judging.schema import metadata
from tests.app.judging import Judge, begin_study, choose, export, judging_app
from xmr_engine.evaluation.scenarios import Scenario


@pytest.fixture
def app(database_url):
    with judging_app(database_url) as app:
        yield app


@pytest.fixture
def client(app):
    return app.test_client()


def test_one_key_is_one_vote(app, client):
    judge = Judge(client, begin_study(app))
    item = judge.hand(1)["items"][0]
    first, again = (judge.vote(item, "left", key="the same") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    other = judge.vote(item, "right", key="the same")
    assert other.status_code == 409
    assert "Idempotency-Key" in other.json["detail"]
    assert len(export(client)) == 1


def test_a_key_pressed_twice_at_once_is_one_vote(app, client):
    judge = Judge(client, begin_study(app))
    item = judge.hand(1)["items"][0]
    start = threading.Barrier(6)
    answers = []

    def press():
        start.wait()
        answers.append(Judge(app.test_client(), judge.study).vote(item, "left", key="double"))

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json["judgment"] for answer in answers}) == 1
    assert len(export(client)) == 1


def test_raters_who_vote_at_once_lose_nothing(app):
    study = begin_study(app, scenarios=[Scenario((), prefix, "") for prefix in "ncts"])
    names = [f"rater {number}" for number in range(5)]
    told = {}

    def judge(name):
        told[name] = Judge(app.test_client(), study, name).judge_all(choose)

    threads = [threading.Thread(target=judge, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [(row["judgment"], row["rater"]) for row in export(app.test_client())]
    assert sorted(kept) == sorted((one["judgment"], name) for name in names for one in told[name])
    assert len(kept) == 4 * len(names)


def test_a_changed_mind_counts_once_and_is_marked(app, client):
    study = begin_study(app)
    judge = Judge(client, study)
    item = judge.hand(1)["items"][0]
    judge.vote(item, "left")
    judge.vote(item, "withdrawn")
    assert export(client) == []
    assert judge.hand(1)["items"][0] == item
    judge.vote(item, "right", note=" better after all ")
    (row,) = export(client)
    assert (row["vote"], row["revised"], row["note"]) == ("right", True, "better after all")
    assert client.get(f"/api/v1/judge/studies/{study.id}/results").json["revised"] == 1


@pytest.mark.parametrize(
    ("mode", "changes"),
    [
        ("list", {"vote": "middle"}),
        ("list", {"vote": [0]}),
        ("list", {"vote": None}),
        ("list", {"left": "somebody's"}),
        ("list", {"right": None}),
        ("list", {"rater": "Bea"}),
        ("list", {"set": "another"}),
        ("list", {"mode": "typing"}),
        ("list", {"item": "unknown"}),
        ("list", {"item": 5}),
        ("list", {"note": "n" * 1001}),
        ("list", {"note": 5}),
        ("interleaved", {"vote": [99]}),
        ("interleaved", {"vote": [0, 0]}),
        ("interleaved", {"vote": [True]}),
        ("interleaved", {"vote": "left"}),
        ("graded", {"vote": [3]}),
        ("graded", {"vote": "tie"}),
    ],
)
def test_a_vote_that_does_not_fit_is_refused_and_leaves_nothing(app, client, mode, changes):
    judge = Judge(client, begin_study(app, mode))
    item = judge.hand(1)["items"][0]
    refused = judge.vote(item, choose(item), **changes)
    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"
    assert export(client) == []


def test_a_grade_out_of_range_is_refused(app, client):
    judge = Judge(client, begin_study(app, "graded"))
    item = judge.hand(1)["items"][0]
    assert judge.vote(item, [4] * len(item["rows"])).status_code == 422


@pytest.mark.parametrize("key", [None, "", "k" * 65, "ключ"])
def test_a_vote_needs_a_key(app, client, key):
    judge = Judge(client, begin_study(app))
    body = judge.ballot(judge.hand(1)["items"][0], "tie")
    headers = {} if key is None else {"Idempotency-Key": key.encode("utf-8").decode("latin-1")}
    assert client.post("/api/v1/judgments", json=body, headers=headers).status_code == 422


@pytest.mark.parametrize("rater", ["", "  ", "\x00", 5, None, "r" * 61])
def test_a_rater_says_some_name(app, client, rater):
    study = begin_study(app)
    assert client.post(f"/api/v1/judge/studies/{study.id}/items", json={"rater": rater}).status_code == 422


def test_nothing_but_the_name_is_kept_of_a_rater(app, client):
    judge = Judge(client, begin_study(app), "  Ada \x00 Łucja\n ")
    judge.name = judge.hand(1)["rater"]
    judge.vote(judge.hand(1)["items"][0], "tie")
    assert judge.name == "Ada Łucja"
    row = export(client)[0]
    assert {name for name in row if name not in ("rater", "note", "time", "vote")} & {"address", "agent", "ip"} == set()
    names = {column.name for table in metadata.sorted_tables for column in table.columns}
    assert not names & {"address", "ip", "agent", "user_agent", "session", "cookie"}
