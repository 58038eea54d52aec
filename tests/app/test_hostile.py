"""What only an attacker sends: forged cookies, script for text, lines within headers, calls without sense."""

import json
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import pytest
import schemathesis
from flask.sessions import SecureCookieSessionInterface
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS

from app import create_app
from app.settings import Settings
from tests.app.conftest import KEY, make_ready
from tests.app.fake_engine import FakeCompleter

SCRIPT = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'`{{7*7}}"
DATABASE = f"sqlite:///{tempfile.mkdtemp()}/judgments.db"
QUICK = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def signed(content, key=KEY):
    """Return the cookie that a server of this key would have signed."""
    app = create_app(Settings(secret_key=key, models=Path(__file__).parent, database_url=DATABASE), [FakeCompleter()])
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    return serializer.dumps(content)


now = int(time.time())
FORGED = {
    "of another key": signed({"queries": [["secret", now]]}, "another key entirely"),
    "nonsense": "nonsense",
    "empty": "",
    "dots": "....",
    "zipped": ".eJx" + "A" * 3000,
    "oversized": "x" * 20_000,
    "not a list": signed({"queries": "abc"}),
    "other rows": signed({"queries": [["one"], 7, None, ["a", "b", "c"]]}),
    "other types": signed({"queries": [[7, "x"], [None, now], [["a"], now]]}),
    "no object": signed(["queries"]),
    "far ahead": signed({"queries": [["future", now + 10**12]]}),
    "not a number": signed({"queries": [["nan", float("nan")]]}),
    "stale": signed({"queries": [["yesterday", now - 86_400]]}),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_cookie_that_is_none_is_an_empty_session(client, name):
    headers = {"Cookie": f"nextquery={FORGED[name]}"}
    assert client.get("/api/v1/session", headers=headers).json == {"queries": []}
    for path in ("/", "/api/v1/complete?prefix=n"):
        assert client.get(path, headers=headers).status_code == 200
    added = client.post("/api/v1/session/queries", json={"query": "a"}, headers=headers)
    assert [query["text"] for query in added.json["queries"]] == ["a"]


@given(text=st.text(max_size=300), more=st.lists(st.text(max_size=120), max_size=7))
@example(text=SCRIPT, more=[SCRIPT])
@example(text="\ud800", more=["\udfff\0"])
@QUICK
def test_whatever_is_typed_there_is_an_answer_or_a_refusal(client, text, more):
    asked = [("prefix", quote(text, errors="surrogatepass"))]
    asked += [("previous", quote(query, errors="surrogatepass")) for query in more]
    query = "&".join(f"{name}={value}" for name, value in asked)
    for path in ("/api/v1/complete?", "/api/v1/compare?", "/api/v1/explain?label=oak+chairs&", "/?"):
        status = client.get(path + query).status_code
        assert status == (422 if len(text) > 200 else 200), path


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=600),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["query", "text"]), inner, max_size=2)
        ),
        max_leaves=6,
    )
)
@QUICK
def test_whatever_is_submitted_there_is_an_answer_or_a_refusal(client, body):
    answer = client.post("/api/v1/session/queries", data=json.dumps(body), content_type="application/json")
    assert answer.status_code in {200, 422}
    assert client.get("/api/v1/session").status_code == 200


@given(st.binary(max_size=200), st.sampled_from(["application/json", "text/plain", "", "application/json; charset=x"]))
@QUICK
def test_whatever_bytes_are_submitted_there_is_a_refusal(client, body, kind):
    answer = client.post("/api/v1/session/queries", data=body, content_type=kind)
    assert answer.status_code in {400, 415, 422}
    assert answer.content_type == "application/problem+json"


def test_script_stays_text_on_every_page(client):
    client.post("/", data={"query": SCRIPT})
    pages = [
        client.get("/", query_string={"prefix": SCRIPT, "previous": SCRIPT, "other": SCRIPT, "label": SCRIPT}),
        client.get("/indexes", query_string={"strings": SCRIPT[:20], "prefix": SCRIPT}),
        client.get("/", query_string={"model": SCRIPT}, headers={"Accept": "text/html"}),
        client.get("/" + quote(SCRIPT), headers={"Accept": "text/html"}),
    ]
    for page in pages:
        assert page.content_type.startswith("text/html")
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "49" not in page.text.partition("alert(1)")[2][:60]


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=y", "a\nX-Evil: 1", "a\r\n\r\n<html>"])
def test_a_line_within_a_value_is_no_header(client, value):
    for answer in (
        client.post("/", data={"model": value}),
        client.get("/api/v1/complete", query_string={"model": value, "prefix": value, "index": value, "k": value}),
        client.get("/", headers={"Cookie": f"theme={quote(value)}"}),
    ):
        assert "X-Evil" not in answer.headers
        assert "x=y" not in answer.headers.get("Set-Cookie", "")
        assert all("\n" not in content for _, content in answer.headers)


@pytest.mark.parametrize("path", ["/static/../app/settings.py", "/static/..%2f..%2fetc/passwd", "/static//etc/passwd"])
def test_no_file_outside_the_static_folder_is_served(client, path):
    assert client.get(path).status_code in {404, 308}


def described_app():
    """Return the app as schemathesis calls it."""
    app = create_app(Settings(secret_key=KEY, models=Path(__file__).parent, database_url=DATABASE), [FakeCompleter()])
    make_ready(app)
    return app


schema = schemathesis.openapi.from_wsgi("/openapi.json", described_app()).exclude(
    path_regex="^/(api/v1/indexes|indexes)$"
)
KEPT = CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)


@pytest.mark.filterwarnings("ignore:Skipped test cases with unsupported payload")
@schema.parametrize()
@settings(QUICK, max_examples=12)
def test_every_call_keeps_its_description(case):
    case.call_and_validate(checks=KEPT)
