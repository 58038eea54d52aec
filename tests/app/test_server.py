"""The server as it runs: gunicorn's processes and real models, under odd clients and while models change."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.worker import LARGEST_BODY, LARGEST_HEAD, is_whole
from benchmarks.server import ROOT, eventually, free_port, running

ASK = "/api/v1/complete?prefix=n&k=5"
POST = b"POST /api/v1/session/queries HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
PATIENT = "tests.app.patient:create_app()"


@pytest.fixture(scope="module")
def models(shop_model, tmp_path_factory) -> Path:
    """A folder with a small model."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(shop_model, folder / "shop")
    return folder


@pytest.fixture(scope="module")
def server(models, tmp_path_factory):
    """A server of one worker that waits for slow clients practically for ever."""
    log = tmp_path_factory.mktemp("log") / "server.log"
    with running(models, log, PATIENT, NEXTQUERY_THREADS="4") as started:
        yield started


def readies(server) -> float:
    """Return how many workers say that they are ready."""
    lines = server.get("/metrics")[2].decode().splitlines()
    return next((float(line.split()[1]) for line in lines if line.startswith("nextquery_ready_workers ")), 0.0)


def test_it_answers_as_the_engine_does_and_measures(server, shop_model):
    status, headers, body = server.get(ASK)
    assert status == 200
    assert headers["x-content-type-options"] == "nosniff"
    assert len(json.loads(body)["completions"]) == 5
    figures = server.get("/metrics")[2].decode()
    assert "nextquery_ready_workers 1.0" in figures
    assert 'nextquery_stage_seconds_count{stage="answer"}' in figures


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400),
        (b"GET /livez HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n", 400),
        (b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET /livez HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400),
        (b"GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: magic\r\n\r\n", 501),
        (b"GET /livez HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 431),
        (b"GET /livez HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 100 + b"\r\n", 431),
        (b"GET /" + b"x" * LARGEST_HEAD * 3, 431),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 414),
    ],
)
def test_what_is_no_request_is_refused_in_one_form(server, sent, status):
    head, _, body = server.send(sent).partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status


def test_a_client_that_is_gone_or_silent_costs_nothing(server):
    for content in (b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\n"):
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(content)
    assert server.get("/livez")[0] == 200


def test_slow_and_silent_clients_hold_no_thread(server):
    heads = [
        b"",
        b"GET /livez HTT",
        b"POST /api/v1/session/queries HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{",
        b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
    ]
    with contextlib.ExitStack() as opened:
        for n in range(100):
            client = opened.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            client.sendall(heads[n % len(heads)])
        assert server.get(ASK)[0] == 200
        late = opened.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        late.settimeout(60)
        for byte in b"GET /livez HTTP/1.0\r\n\r\n":
            late.sendall(bytes([byte]))
        assert late.recv(15) == b"HTTP/1.0 200 OK"


def test_requests_in_one_packet_are_answered_in_order(server):
    ask = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
    sent = ask % b"/livez" + ask % b"/nothing" + b"GET /livez HTTP/1.0\r\n\r\n"
    answers = server.send(sent)
    assert [part[:3] for part in re.split(rb"HTTP/1\.[01] ", answers)[1:]] == [b"200", b"404", b"200"]


@pytest.mark.parametrize(
    ("arrived", "whole"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", False),
        (b"POST / HTTP/1.1\r\ncontent-length:3\r\n\r\nabc", True),
        (b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n" + b"x" * LARGEST_BODY, True),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", True),
        (b"x" * (LARGEST_HEAD + 1), True),
    ],
)
def test_a_thread_is_given_when_a_request_is_there(arrived, whole):
    assert is_whole(arrived) is whole


def test_a_body_that_does_not_come_is_given_up(models, tmp_path):
    with running(models, tmp_path / "log", "tests.app.patient:hasty()") as server:
        answer = server.send(POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{")
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"application/problem+json" in answer
        assert server.send(b"GET / HTT") == b""


class Asking:
    """Threads that ask over connections that they keep, until told to stop; what failed is kept."""

    def __init__(self, server, threads: int = 4) -> None:
        self.failed: list[str] = []
        self.answered = 0
        self._server = server
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(threads)]

    def _ask(self) -> None:
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        while not self._stop.is_set():
            try:
                connection.request("GET", ASK)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200:
                    self.failed.append(f"{answer.status} {body[:200]!r}")
                self.answered += 1
            except Exception as error:
                self.failed.append(repr(error))
                connection.close()
        connection.close()

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()


def link(folder, version):
    beside = folder / "next"
    beside.symlink_to(version)
    os.replace(beside, folder / "current")


def test_models_are_switched_and_workers_reloaded_under_load_without_a_failed_request(models, tmp_path):
    folder = tmp_path / "shop"
    for version in ("v1", "v2", "v3"):
        shutil.copytree(models / "shop", folder / version)
    (folder / "v3" / "count.npy").unlink()
    (folder / "v3" / "count.npy").write_bytes((models / "shop" / "cards.npy").read_bytes())
    link(folder, "v1")
    with running(folder, tmp_path / "log", WEB_CONCURRENCY="2") as server:
        expected = server.texts(ASK)
        with Asking(server) as asking:
            link(folder, "v2")
            assert server.says("now serving shop from v2")
            link(folder, "v3")
            assert server.says("the new models are refused, the old ones stay")
            before = set(server.workers())
            server.signal(signal.SIGHUP)
            assert server.says("the reload is refused, the old app stays")
            assert eventually(lambda: len(server.workers()) == 2 and not before & set(server.workers()))
            link(folder, "v2")
            server.signal(signal.SIGHUP)
            reloaded = asking.answered
            assert eventually(lambda: asking.answered > reloaded + 50)
        assert asking.failed == []
        assert server.texts(ASK) == expected


def test_a_killed_worker_is_replaced_and_its_figures_stay(models, tmp_path):
    with running(models, tmp_path / "log", WEB_CONCURRENCY="2") as server:
        for _ in range(10):
            server.get(ASK)
        for _ in range(2):
            before = server.workers()
            os.kill(before[0], signal.SIGKILL)
            assert eventually(lambda before=before: len(server.workers()) == 2 and before[0] not in server.workers())
            assert eventually(lambda: server.get(ASK)[0] == 200)
        count = next(
            line
            for line in server.get("/metrics")[2].decode().splitlines()
            if line.startswith('nextquery_requests_total{method="GET",route="/api/v1/complete",status="200"}')
        )
        assert float(count.rsplit(" ", 1)[1]) == 12


def test_any_number_of_workers_answers_alike(models, tmp_path):
    asks = [f"/api/v1/complete?prefix={prefix}&previous=tent" for prefix in ("", "n", "ca", "shoe", "zz")]
    found = []
    for workers in ("1", "4"):
        with running(models, tmp_path / f"log{workers}", WEB_CONCURRENCY=workers) as server:
            found.append([server.texts(ask) for ask in asks for _ in range(8)])
    assert found[0] == found[1]


def test_workers_share_the_pages_of_their_models(models, tmp_path):
    """What more workers take is their own Python, not the model again: PSS divides a shared page among its users."""
    found = []
    size = sum(file.stat().st_size for file in models.rglob("*.npy"))
    for workers in ("1", "4"):
        with running(models, tmp_path / f"log{workers}", WEB_CONCURRENCY=workers) as server:
            assert eventually(lambda server=server: readies(server) == len(server.workers()))
            for _ in range(40):
                server.get(ASK)
            found.append(server.memory())
    assert found[1] <= 1.4 * found[0] + size


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_log_that_cannot_be_written_costs_no_answer(models, tmp_path):
    log = tmp_path / "log"
    log.symlink_to("/dev/full")
    with running(models, log) as server:
        assert {server.get(ASK)[0] for _ in range(5)} == {200}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEXTQUERY_THREADS", "1"),
        ("NEXTQUERY_LOG_FORMAT", "xml"),
        ("NEXTQUERY_SECRET_KEY", ""),
        ("NEXTQUERY_RATE_LIMIT", "lots"),
        ("NEXTQUERY_MODELS", "/no/such/folder"),
    ],
)
def test_a_bad_setting_is_one_line_and_exit_1(name, value):
    environ = {**os.environ, "NEXTQUERY_SECRET_KEY": "x" * 32, "NEXTQUERY_BIND": f"127.0.0.1:{free_port()}"}
    outcome = subprocess.run(
        [sys.executable, "-m", "gunicorn", "app:create_app()"],
        cwd=ROOT,
        env=environ | {name: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcome.returncode == 1
    assert [line for line in outcome.stderr.splitlines() if line.startswith(f"error: {name}")]
    assert "Traceback" not in outcome.stderr
