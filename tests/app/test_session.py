import pytest

from app import session


@pytest.fixture
def clock(monkeypatch):
    """A clock the test turns; in seconds."""
    now = [1_000_000.0]
    monkeypatch.setattr(session.time, "time", lambda: now[0])
    return now


def submit(client, text):
    return client.post("/api/v1/session/queries", json={"query": text})


def texts(client):
    return [query["text"] for query in client.get("/api/v1/session").json["queries"]]


def test_a_new_visitor_has_no_queries(client):
    assert client.get("/api/v1/session").json == {"queries": []}


def test_submitted_queries_stand_oldest_first_with_their_times(client, clock):
    submit(client, "  Digital   Camera ")
    clock[0] += 60
    answer = submit(client, "lens").json
    assert answer == {"queries": [{"text": "digital camera", "time": 1_000_000}, {"text": "lens", "time": 1_000_060}]}


def test_only_the_last_five_are_kept(client):
    for text in "abcdefg":
        submit(client, text)
    assert texts(client) == list("cdefg")


def test_an_immediate_repeat_counts_once(client):
    for text in ("lens", "LENS", "bag", "lens"):
        submit(client, text)
    assert texts(client) == ["lens", "bag", "lens"]


def test_a_gap_over_thirty_minutes_ends_the_session(client, clock):
    submit(client, "old")
    clock[0] += 30 * 60
    assert texts(client) == ["old"]
    clock[0] += 1
    assert texts(client) == []
    submit(client, "new")
    assert texts(client) == ["new"]


def test_queries_before_a_gap_are_left_out(client, clock):
    submit(client, "a")
    clock[0] += 20 * 60
    submit(client, "b")
    clock[0] += 20 * 60
    assert texts(client) == ["a", "b"]


def test_one_query_can_be_forgotten(client):
    for text in "abc":
        submit(client, text)
    answer = client.delete("/api/v1/session/queries/1").json
    assert [query["text"] for query in answer["queries"]] == ["a", "c"]


@pytest.mark.parametrize(("path", "status"), [("3", 422), ("99999999999999999999", 422), ("-1", 404), ("x", 404)])
def test_forgetting_what_is_not_there_is_refused(client, path, status):
    submit(client, "a")
    assert client.delete(f"/api/v1/session/queries/{path}").status_code == status
    assert texts(client) == ["a"]


def test_a_session_can_be_forgotten(client):
    submit(client, "a")
    response = client.delete("/api/v1/session")
    assert response.json == {"queries": []}
    assert texts(client) == []


@pytest.mark.parametrize("character", ["a", "相", "\U0001f4f7", "ﷺ"])
def test_the_cookie_keeps_its_size_whatever_is_in_it(client, character):
    for number in range(5):
        response = submit(client, "".join(chr(ord(character) + (i * 7 + number) % 20) for i in range(500)))
        assert response.status_code == 200
        assert len(response.headers["Set-Cookie"]) < 4096
    assert texts(client)


def test_the_cookie_is_guarded(client):
    cookie = submit(client, "a").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    secure = client.post("/api/v1/session/queries", json={"query": "b"}, base_url="https://localhost")
    assert "; Secure" in secure.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "path", ["/", "/?prefix=n", "/api/v1/complete?prefix=n", "/api/v1/compare?prefix=n", "/api/v1/session"]
)
def test_reading_never_sets_the_cookie(client, path):
    submit(client, "a")
    assert "Set-Cookie" not in client.get(path).headers


def test_a_forged_cookie_is_an_empty_session(client):
    client.set_cookie("nextquery", "eyJxdWVyaWVzIjpbWyJhIiwxXV19.aaaa.bbbb")
    assert texts(client) == []
