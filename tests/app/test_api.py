import pytest

from tests.app.fake_engine import FakeCompleter


def problem(response, status):
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    document = response.get_json(force=True)
    assert document["status"] == status
    assert document["request_id"] == response.headers["X-Request-ID"]
    return document["detail"]


def test_complete_answers_with_the_engines_document(client):
    document = client.get("/api/v1/complete?prefix=n&k=3").json
    assert list(document) == ["model", "index", "prefix", "previous", "took_ms", "completions"]
    assert len(document["completions"]) == 3
    assert set(document["completions"][0]) == {"text", "score", "match", "sources"}


def test_complete_tells_its_clocks(client):
    timing = client.get("/api/v1/complete?prefix=n").headers["Server-Timing"]
    assert timing.startswith("engine;dur=0.25")
    assert "server;dur=" in timing


def test_the_session_is_the_context_where_none_is_given(client, completer):
    client.post("/api/v1/session/queries", json={"query": "Digital Camera"})
    assert client.get("/api/v1/complete?prefix=n").json["previous"] == ["digital camera"]


def test_a_given_context_replaces_the_session(client):
    client.post("/api/v1/session/queries", json={"query": "digital camera"})
    given = client.get("/api/v1/complete?prefix=n&previous=running+shoes&previous=socks").json
    assert given["previous"] == ["running shoes", "socks"]
    assert client.get("/api/v1/complete?prefix=n&previous=").json["previous"] == []
    assert client.get("/api/v1/complete?prefix=n&context=off").json["previous"] == []
    assert client.get("/api/v1/complete?prefix=n&context=off&previous=socks").json["previous"] == []


def test_an_empty_prefix_with_context_is_answered(client):
    assert client.get("/api/v1/complete?previous=digital+camera").json["completions"]


def test_model_index_and_beam_are_passed_on(client):
    assert client.get("/api/v1/complete?prefix=n&model=fake&index=trie&beam=20").json["index"] == "trie"


def test_compare_answers_by_every_index(client):
    document = client.get("/api/v1/compare?prefix=n").json
    assert set(document["indexes"]) == {"tree", "trie", "hybrid"}
    one = document["indexes"]["tree"]
    assert set(one) == {"completions", "took_ms", "nodes_visited", "candidates", "beam"}
    assert set(document["only"]) == {"tree", "trie", "hybrid"}


def test_explain_adds_up_or_says_where_a_label_was_lost(client):
    document = client.get("/api/v1/explain?prefix=n&label=nivora+lens&previous=digital+camera").json
    assert sum(document["groups"].values()) == pytest.approx(document["score"])
    lost = client.get("/api/v1/explain?prefix=n&label=oak+chairs").json
    assert set(lost["lost"]) == {"layer", "score", "beam_last_score"}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("complete?prefix=" + "n" * 201, "prefix"),
        ("complete?prefix=n&previous=" + "q" * 501, "previous"),
        ("complete?prefix=n&k=51", "k"),
        ("complete?prefix=n&k=0", "k"),
        ("complete?prefix=n&k=ten", "k"),
        ("complete?prefix=n&k=", "k"),
        ("complete?prefix=n&k=" + "9" * 5000, "k"),
        ("complete?prefix=n&k=٣", "k"),
        ("complete?prefix=n&beam=501", "beam"),
        ("complete?prefix=n&beam=-1", "beam"),
        ("complete?prefix=n&context=maybe", "context"),
        ("complete?prefix=n&model=absent", "model"),
        ("complete?prefix=n&index=absent", "index"),
        ("compare?prefix=" + "n" * 201, "prefix"),
        ("explain?prefix=n", "label"),
        ("explain?prefix=n&label=%20%00", "label"),
        ("explain?prefix=n&label=" + "q" * 501, "label"),
    ],
)
def test_what_breaks_a_limit_is_named(client, query, named):
    assert problem(client.get(f"/api/v1/{query}"), 422).startswith(named)


@pytest.mark.parametrize(
    "query", ["prefix=" + "n" * 200, "prefix=n&previous=" + "q" * 500, "prefix=n&k=50", "prefix=n&k=1"]
)
def test_what_just_keeps_a_limit_is_answered(client, query):
    assert client.get(f"/api/v1/complete?{query}").status_code == 200


@pytest.mark.parametrize(
    "prefix", ["", " ", "%00", "%F0%9F%93%B7", "%D9%83%D8%A7", "e%CC%81", "%ED%A0%80", "%FF", "<b>&\"'"]
)
def test_whatever_is_typed_is_answered(client, prefix):
    assert client.get(f"/api/v1/complete?prefix={prefix}").status_code == 200


def test_a_url_too_long_is_414(client):
    problem(client.get("/api/v1/complete?prefix=n&" + "x" * 33_000), 414)


def test_many_previous_queries_within_the_url_are_taken(client):
    assert client.get("/api/v1/complete?prefix=n" + "&previous=q" * 900).status_code == 200


def test_a_body_too_big_is_413(client):
    body = {"query": "q" * 17_000}
    problem(client.post("/api/v1/session/queries", json=body), 413)
    problem(client.delete("/api/v1/session", data="x" * 17_000), 413)


@pytest.mark.parametrize(
    "body", [{"query": ""}, {"query": " \u0000 "}, {"query": 3}, {"query": "q" * 501}, {}, [], "text"]
)
def test_a_query_that_is_none_is_422(client, body):
    problem(client.post("/api/v1/session/queries", json=body), 422)


def test_a_body_that_is_no_json_is_refused(client):
    problem(client.post("/api/v1/session/queries", data="{", content_type="application/json"), 400)
    problem(client.post("/api/v1/session/queries", data="query=n"), 415)
    problem(client.post("/api/v1/session/queries", data=b"\xff\xfe", content_type="application/json"), 400)


def test_a_lone_surrogate_in_a_query_is_dropped(client):
    response = client.post(
        "/api/v1/session/queries", data=rb'{"query": "nivora\ud800"}', content_type="application/json"
    )
    assert [query["text"] for query in response.json["queries"]] == ["nivora"]


def test_unknown_paths_and_methods_are_problems(client):
    problem(client.get("/api/v1/nothing"), 404)
    problem(client.get("/nothing"), 404)
    response = client.put("/api/v1/session")
    problem(response, 405)
    assert "GET" in response.headers["Allow"]


def test_a_person_who_is_lost_gets_a_page(client):
    response = client.get("/nothing", headers={"Accept": "text/html,*/*"})
    assert response.status_code == 404
    assert response.content_type.startswith("text/html")
    assert response.headers["X-Request-ID"] in response.text


class FaultyCompleter(FakeCompleter):
    def answer(self, *_arguments, **_options):
        raise RuntimeError("secret detail")


def test_a_fault_is_a_500_that_tells_only_its_id(app, client, caplog):
    app.extensions["catalog"].completers["fake"] = FaultyCompleter()
    detail = problem(client.get("/api/v1/complete?prefix=n"), 500)
    assert "secret" not in detail
    assert "secret detail" in caplog.text
