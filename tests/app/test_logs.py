import io
import json
import logging
from pathlib import Path

import pytest

from app import create_app, logs
from app.settings import Settings
from tests.app.conftest import KEY, make_ready
from tests.app.fake_engine import FakeCompleter

SECRET = "a very private matter"


@pytest.fixture
def stream():
    """Where the logs go, as JSON; afterwards all is as before."""
    root, level = logging.getLogger(), logs.requests_log.level
    handlers, root_level = root.handlers[:], root.level
    written = io.StringIO()
    logs.configure("json", written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(root_level)
    logs.requests_log.setLevel(level)


class Failing(FakeCompleter):
    def answer(self, prefix, *rest):
        raise ValueError(f"cannot complete {prefix}")


def client_of(completer, **settings):
    app = create_app(Settings(secret_key=KEY, models=Path(), **settings), [completer])
    make_ready(app)
    return app.test_client()


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_without_its_query(stream):
    client = client_of(FakeCompleter())
    answer = client.get("/api/v1/complete", query_string={"prefix": SECRET, "previous": SECRET})
    client.post("/api/v1/session/queries", json={"query": SECRET})
    client.get(f"/{SECRET}")
    told = [line for line in lines(stream) if line["logger"] == "app.requests"]
    assert told[0] == told[0] | {
        "request_id": answer.headers["X-Request-ID"],
        "method": "GET",
        "route": "/api/v1/complete",
        "status": 200,
        "prefix_length": len(SECRET),
        "level": "info",
    }
    assert [line["route"] for line in told] == ["/api/v1/complete", "/api/v1/session/queries", "none"]
    assert "private" not in stream.getvalue()


def test_a_fault_tells_where_but_not_what_was_typed(stream):
    answer = client_of(Failing()).get("/api/v1/complete", query_string={"prefix": SECRET})
    assert answer.status_code == 500
    assert "ValueError" not in answer.text
    fault = next(line for line in lines(stream) if line["level"] == "error")
    assert answer.json["request_id"] in fault["message"]
    assert "ValueError" in fault["message"]
    assert "test_logs.py" in fault["message"]
    assert "private" not in stream.getvalue()


def test_queries_are_told_where_that_is_wanted(stream):
    client = client_of(FakeCompleter(), log_queries=True)
    client.get("/api/v1/complete", query_string={"prefix": "a\nb", "previous": SECRET})
    told = lines(stream)[-1]
    assert (told["prefix"], told["previous"]) == ("a\nb", [SECRET])


def test_a_terminal_gets_plain_lines_and_no_requests(stream):
    plain = io.StringIO()
    logs.configure("plain", plain)
    client_of(FakeCompleter()).get("/livez")
    logging.getLogger("app").warning("something")
    assert plain.getvalue().splitlines()[-1] == "something"
    assert "request" not in plain.getvalue()


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("trace-0123456789", True),
        ("short", False),
        ("x" * 65, False),
        ("no spaces here", False),
        ("ünïcödé-ids", False),
    ],
)
def test_only_a_believed_proxy_names_requests(given, taken):
    for proxies in (0, 1):
        client = client_of(FakeCompleter(), trusted_proxies=proxies)
        found = client.get("/livez", headers={"X-Request-ID": given}).headers["X-Request-ID"]
        assert (found == given) == (taken and proxies == 1)
