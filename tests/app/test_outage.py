"""The server with a full disk or a database that nobody answers at: completions go on, judging says what is wrong."""

import contextlib
import http.client
import json
import os
import resource
import shutil
import signal
import sqlite3
from pathlib import Path

import pytest

from benchmarks.server import GUARD_SECONDS, eventually, is_ready, running
from tests.app.judging import begin_study, judging_app

ASK = "/api/v1/complete?prefix=n&k=5"
PRLIMIT = getattr(resource, "prlimit", None)


@pytest.fixture(scope="module")
def models(shop_model, tmp_path_factory) -> Path:
    """A folder with a small model."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(shop_model, folder / "shop")
    return folder


def judge(server, study="any"):
    """Ask for something to judge; return status, content type and document."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=GUARD_SECONDS)
    body = json.dumps({"rater": "Ada", "n": 1})
    connection.request("POST", f"/api/v1/judge/studies/{study}/items", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    document = json.loads(answer.read())
    connection.close()
    return answer.status, answer.getheader("Content-Type"), document


def test_without_its_database_the_server_completes_and_judging_says_so(models, tmp_path):
    away = {"NEXTQUERY_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "WEB_CONCURRENCY": "2"}
    with running(models, tmp_path / "log", **away) as server:
        expected = server.texts(ASK)
        assert len(expected) == 5
        for _ in range(6):
            status, kind, document = judge(server)
            assert (status, kind, document["status"]) == (503, "application/problem+json", 503)
            status, headers, body = server.get("/api/v1/judgments")
            assert (status, headers["content-type"], headers["retry-after"]) == (503, "application/problem+json", "5")
            assert "go on" in json.loads(body)["detail"]
            assert server.texts(ASK) == expected
        assert server.get("/")[0] == server.get("/readyz")[0] == 200
        assert len(server.workers()) == 2


def fill_disk(server):
    """Make every further write to a file fail, as on a full disk; workers that are yet to start inherit it."""
    for pid in [server.process.pid, *server.workers()]:
        PRLIMIT(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def replace_worker(server):
    """Kill the worker; another one answers."""
    (before,) = server.workers()
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: server.workers() not in ([], [before]))
    assert eventually(lambda: is_ready(server))


@pytest.mark.skipif(PRLIMIT is None, reason="only Linux limits a running process")
def test_with_a_full_disk_the_server_completes_and_nothing_is_half_written(models, tmp_path):
    place = tmp_path / "judgments.db"
    with judging_app(f"sqlite:///{place}") as app:
        study = begin_study(app)
    with contextlib.closing(sqlite3.connect(place)) as before:
        kept = list(before.iterdump())
    with running(models, tmp_path / "log", NEXTQUERY_DATABASE_URL=f"sqlite:///{place}") as server:
        expected = server.texts(ASK)
        assert len(expected) == 5
        fill_disk(server)
        length = server.log.stat().st_size
        for _ in range(2):
            assert judge(server, study.id)[:2] == (503, "application/problem+json")
            assert {tuple(server.texts(ASK)) for _ in range(5)} == {tuple(expected)}
            assert server.get("/")[0] == 200
            assert b"nextquery_requests_total" in server.get("/metrics")[2]
            replace_worker(server)
        assert server.log.stat().st_size == length
    with contextlib.closing(sqlite3.connect(place)) as after:
        assert list(after.iterdump()) == kept
