import pytest

from app import create_app
from app.settings import Settings
from tests.app.fake_engine import FakeCompleter


@pytest.mark.parametrize("path", ["/", "/api/v1/session", "/nothing", "/static/css/tokens.css", "/readyz"])
def test_every_answer_binds_the_browser(client, path):
    with client.get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; img-src 'self' data: blob:;")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Request-ID"]


@pytest.mark.parametrize("path", ["/", "/api/v1/session", "/api/v1/complete?prefix=n", "/api/v1/complete?k=x"])
def test_nothing_that_knows_the_session_is_stored(client, path):
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_static_files_are_asked_again(client):
    with client.get("/static/js/main.js") as response:
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["ETag"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_change_must_come_from_the_page_itself(client, headers, status):
    calls = [
        client.post("/api/v1/session/queries", json={"query": "a"}, headers=headers),
        client.delete("/api/v1/session", headers=headers),
        client.post("/", data={"prefix": "a"}, headers=headers, follow_redirects=False),
    ]
    assert [call.status_code == 403 for call in calls] == [status == 403] * 3


def test_reading_is_open_to_all(client):
    assert client.get("/api/v1/complete?prefix=n", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_believed_proxy_says_what_the_browser_asked(tmp_path):
    app = create_app(Settings(secret_key="x" * 32, models=tmp_path, trusted_proxies=1), [FakeCompleter()])
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "demo.example", "Origin": "https://demo.example"}
    response = app.test_client().post("/api/v1/session/queries", json={"query": "a"}, headers=headers)
    assert response.status_code == 200
    assert "; Secure" in response.headers["Set-Cookie"]


def test_a_proxy_nobody_named_is_not_believed(client):
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "demo.example", "Origin": "https://demo.example"}
    assert client.post("/api/v1/session/queries", json={"query": "a"}, headers=headers).status_code == 403
