"""Judging under gunicorn: a worker killed in the middle of a vote, and raters who go on while workers die."""

import http.client
import json
import os
import signal
import threading
import time

import pytest

from benchmarks.server import GUARD_SECONDS, running
from tests.app.judging import begin_study, judging_app
from xmr_engine.evaluation.scenarios import Scenario

SCENARIOS = [
    Scenario((), prefix, "") for prefix in ("n", "ni", "no", "c", "ca", "t", "ta", "te", "tr", "s", "sh", "so")
]


@pytest.fixture
def served(database_url, tmp_path):
    """A study, the server of two workers that shows it, and the folder that tells them to die."""
    with judging_app(database_url) as app:
        study = begin_study(app, scenarios=SCENARIOS)
    deadly = tmp_path / "deadly"
    deadly.mkdir()
    environ = {"NEXTQUERY_DATABASE_URL": database_url, "MORTAL_FOLDER": str(deadly), "WEB_CONCURRENCY": "2"}
    with running(deadly, tmp_path / "log", "tests.app.mortal:build()", **environ) as server:
        yield study, server, deadly


def call(port, method, path, body=None, key=None):
    """Make one call; raises `ConnectionError` where the connection breaks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GUARD_SECONDS)
    headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (http.client.HTTPException, OSError) as error:
        raise ConnectionError from error
    finally:
        connection.close()


def insist(*asked):
    """Call until there is an answer, as the page does; return it, and how often the connection broke."""
    for broken in range(200):
        try:
            return *call(*asked), broken
        except ConnectionError:
            time.sleep(0.05)
    raise TimeoutError


def judge_all(port, study, rater):
    """Vote on everything; return how often a connection broke."""
    broken = 0
    while True:
        _, handed, breaks = insist(port, "POST", f"/api/v1/judge/studies/{study.id}/items", {"rater": rater, "n": 1})
        broken += breaks
        if not handed["items"]:
            return broken
        (item,) = handed["items"]
        body = {name: item[name] for name in ("set", "item", "mode")} | {"vote": "tie", "rater": rater, "note": ""}
        body |= {side: item[side]["id"] for side in ("left", "right")}
        status, _, breaks = insist(port, "POST", "/api/v1/judgments", body, f"{rater}-{item['item']}")
        broken += breaks
        assert status in (200, 201)


@pytest.mark.parametrize(("moment", "status"), [("before-commit", 201), ("after-commit", 200)])
def test_a_worker_killed_in_the_middle_of_a_vote_neither_loses_nor_doubles_it(served, moment, status):
    study, server, folder = served
    port = server.port
    _, handed = call(port, "POST", f"/api/v1/judge/studies/{study.id}/items", {"rater": "Ada", "n": 1})
    (item,) = handed["items"]
    body = {name: item[name] for name in ("set", "item", "mode")} | {"vote": "left", "rater": "Ada", "note": ""}
    body |= {side: item[side]["id"] for side in ("left", "right")}
    (folder / moment).touch()
    with pytest.raises(ConnectionError):
        call(port, "POST", "/api/v1/judgments", body, "the key")
    assert insist(port, "POST", "/api/v1/judgments", body, "the key")[0] == status
    _, kept = call(port, "GET", "/api/v1/judgments")
    assert [(row["rater"], row["vote"]) for row in kept["judgments"]] == [("Ada", "left")]


def test_two_raters_go_on_while_workers_die(served):
    study, server, folder = served
    port = server.port
    done = {}
    threads = [
        threading.Thread(target=lambda name=name: done.update({name: judge_all(port, study, name)}))
        for name in ("Ada", "Bea")
    ]
    for thread in threads:
        thread.start()
    deaths = 0
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.15)
        workers = server.workers()
        if workers and deaths < 6:
            os.kill(workers[deaths % len(workers)], signal.SIGKILL)
            deaths += 1
            (folder / ("before-commit", "after-commit")[deaths % 2]).touch()
    assert deaths
    assert set(done) == {"Ada", "Bea"}
    _, kept = call(port, "GET", "/api/v1/judgments")
    votes = [(row["rater"], row["place"]) for row in kept["judgments"]]
    assert sorted(votes) == sorted((name, place) for name in done for place in range(len(SCENARIOS)))
