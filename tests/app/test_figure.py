import pytest

EIGHT = ["a", "ab", "abc", "abd", "abfgh", "abfgi", "bcde", "bcdf"]


@pytest.fixture
def ready(app):
    app.extensions["draughtsman"].wait()
    assert app.extensions["draughtsman"]._ready.wait(300)
    return app.test_client()


def test_the_figure_of_the_papers_is_the_default(ready):
    document = ready.get("/api/v1/indexes").json
    assert document["strings"] == EIGHT
    assert list(document["indexes"]) == ["tree", "trie", "hybrid"]
    assert (document["prefix"], document["beam"], document["depth"], document["branching"]) == ("ab", 2, 1, 2)


def test_strings_come_line_by_line_or_one_by_one(ready):
    lines = ready.get("/api/v1/indexes?strings=Red%0Arose%0A&strings=ruby&beam=3").json
    assert lines["strings"] == ["red", "rose", "ruby"]
    assert lines["prefix"] == ""
    assert [len(index["found"]) for index in lines["indexes"].values()] == [3, 3, 3]


def test_the_page_lists_every_string_three_times(ready):
    page = ready.get("/indexes").text
    assert page.count('<strong dir="auto">abfgh</strong>') >= 3
    assert 'aria-current="page">Indexes' in page


@pytest.mark.parametrize(
    "query",
    [
        "beam=0",
        "depth=x",
        "branching=1",
        "depth=99",
        "strings=" + "a" * 61,
        "strings=" + "%0A".join(map(str, range(61))),
    ],
)
def test_what_cannot_be_drawn_is_refused(ready, query):
    for path in ("/api/v1/indexes", "/indexes"):
        assert ready.get(f"{path}?{query}").status_code == 422


def test_before_the_builders_are_compiled_it_says_so(app, monkeypatch):
    monkeypatch.setattr(app.extensions["draughtsman"], "wait", lambda: False)
    response = app.test_client().get("/api/v1/indexes")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert "getting ready" in app.test_client().get("/indexes").text
