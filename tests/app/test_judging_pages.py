"""The pages of judging, without JavaScript: what they show, take and refuse."""

import io
import re

import pytest

from app.judging.gate import COOKIE
from tests.app.judging import PAIR, SCENARIOS, Judge, begin_study, choose, judging_app

PHRASE = "öffne dich"
FORM = {"set": "mine", "mode": "list", "system": list(PAIR), "twice": "20", "reveal": "vote", "title": "A title"}


@pytest.fixture
def app(tmp_path):
    with judging_app(f"sqlite:///{tmp_path / 'judgments.db'}") as app:
        yield app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def closed(tmp_path):
    with judging_app(f"sqlite:///{tmp_path / 'closed.db'}", PHRASE) as app:
        yield app


def make_set(client, *prefixes):
    for prefix in prefixes:
        assert client.post("/judge/sets", data={"name": "mine", "prefix": prefix}).status_code == 303


def test_a_study_is_begun_by_the_form(client):
    make_set(client, "n", "ca")
    response = client.post("/judge", data=FORM)
    assert response.status_code == 303
    page = client.get(response.headers["Location"]).text
    assert "A title" in page
    assert not any(name in page for name in (*PAIR, "hybrid"))
    overview = client.get("/judge").text
    assert f'href="{response.headers["Location"]}/results"' in overview
    assert "0 votes" in overview


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"set": "none"}, "set: choose one"),
        ({"mode": "guess"}, "mode: choose how"),
        ({"system": [PAIR[0]]}, "choose 2 to 6 different ones"),
        ({"system": ["fake/forest"]}, "there is no &#39;fake/forest&#39;"),
        ({"twice": "many"}, "expected a whole number from 0 to 100"),
        ({"twice": "101"}, "expected a whole number from 0 to 100"),
        ({"title": "t" * 121}, "title: got 121"),
        ({"mode": "typing"}, "no scenario with a next query"),
        ({"reveal": "never"}, "mode: choose how"),
    ],
)
def test_a_form_that_cannot_be_says_why_and_keeps_what_was_written(client, change, told):
    make_set(client, "n")
    response = client.post("/judge", data=FORM | change)
    assert response.status_code == 422
    assert told in response.text
    if "title" not in change:
        assert 'value="A title"' in response.text


def test_a_set_is_filled_and_emptied_by_forms(client):
    make_set(client, "n", "ca")
    page = client.get("/judge/sets/mine").text
    assert page.count("<b>") == 2
    number = re.search(r'name="remove" value="(\d+)"', page).group(1)
    client.post("/judge/sets/mine", data={"remove": number})
    client.post("/judge/sets/mine", data={"remove": "999999"})
    client.post("/judge/sets/mine", data={"remove": "x"})
    assert client.get("/judge/sets/mine").text.count("<b>") == 1
    assert client.post("/judge/sets/mine", data={"whole": "1"}).headers["Location"] == "/judge"
    assert client.get("/judge/sets/mine").status_code == 404


@pytest.mark.parametrize(("name", "text"), [("a.csv", "prefix\nn\nca\n"), ("a.jsonl", '{"prefix": "n"}\n')])
def test_a_file_is_imported_by_the_form(client, name, text):
    data = {"name": "files", "file": (io.BytesIO(text.encode()), name)}
    response = client.post("/judge/sets", data=data, content_type="multipart/form-data")
    assert response.headers["Location"] == "/judge/sets/files"


def test_a_file_in_another_encoding_is_refused(client):
    data = {"name": "files", "file": (io.BytesIO(b"prefix\n\xff\n"), "a.csv")}
    assert client.post("/judge/sets", data=data, content_type="multipart/form-data").status_code == 422


@pytest.mark.parametrize("mode", ["list", "typing", "interleaved", "graded"])
def test_results_and_votes_are_read_without_javascript(app, client, mode):
    study = begin_study(app, mode, systems=(*PAIR, "fake/trie"), twice=0.5)
    empty = client.get(f"/judge/{study.id}/results").text
    assert "No vote yet" in empty
    told = [Judge(client, study, name).judge_all(choose) for name in ("Ada", "<b>Bea</b>")]
    page = client.get(f"/judge/{study.id}/results").text
    assert "synthetic log" in page
    assert "<b>Bea</b>" not in page
    assert page.count('href="/judge/votes/') == sum(map(len, told))
    for one in told[0][:3]:
        vote = client.get(f"/judge/votes/{one['judgment']}").text
        assert f"seed {study.seed}" in vote
        assert "ffffffffffff" in vote
    assert client.get("/judge/votes/999999").status_code == 404


def test_what_two_studies_showed_is_compared(app, client):
    before = begin_study(app)
    app.extensions["catalog"].default._rank = lambda typed, context, index: [(1.0, f"{typed} new", "prefix")]
    after = begin_study(app)
    page = client.get(f"/judge/compare?one={before.id}&other={after.id}").text
    assert page.count(f"{len(SCENARIOS)} of {len(SCENARIOS)} scenarios show something else") == len(PAIR)
    assert "only after" in page
    assert "0 of" in client.get(f"/judge/compare?one={before.id}&other={before.id}").text
    assert client.get(f"/judge/compare?one={before.id}").status_code == 404


def test_no_script_or_style_is_inline(app, client):
    study = begin_study(app)
    Judge(client, study).judge_all(choose)
    for path in ("/judge", f"/judge/{study.id}", f"/judge/{study.id}/results", "/judge/votes/1", "/judge/enter"):
        page = client.get(path, follow_redirects=True).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
        assert not re.search(r"(src|href|action)=\"(https?:)?//", page)


@pytest.mark.parametrize("path", ["/judge", "/judge/any", "/judge/any/results", "/judge/votes/1", "/judge/sets/any"])
def test_a_closed_door_stands_before_every_page(closed, path):
    response = closed.test_client().get(path)
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/judge/enter?to=")


def test_the_passphrase_opens_pages_calls_and_export(closed):
    client = closed.test_client()
    wrong = client.post("/judge/enter", data={"passphrase": "open", "to": "/judge"})
    assert (wrong.status_code, "Set-Cookie" in wrong.headers) == (401, False)
    right = client.post("/judge/enter", data={"passphrase": PHRASE, "to": "/judge/sets/any"})
    assert (right.status_code, right.headers["Location"]) == (303, "/judge/sets/any")
    cookie = right.headers["Set-Cookie"]
    assert all(part in cookie for part in (COOKIE, "HttpOnly", "SameSite=Lax"))
    assert PHRASE not in cookie
    assert client.get("/judge").status_code == 200
    assert client.get("/api/v1/judgments").status_code == 200
    assert client.get("/judge/enter").headers["Location"] == "/judge"


@pytest.mark.parametrize("to", ["https://evil.example/judge", "//evil.example", "/", "javascript:alert(1)", "/\\evil"])
def test_the_door_leads_nowhere_else(closed, to):
    response = closed.test_client().post("/judge/enter", data={"passphrase": PHRASE, "to": to})
    assert response.headers["Location"] == "/judge"


def test_a_cookie_of_the_old_passphrase_opens_nothing(closed, tmp_path):
    client = closed.test_client()
    client.post("/judge/enter", data={"passphrase": PHRASE})
    cookie = client.get_cookie(COOKIE).value
    with judging_app(f"sqlite:///{tmp_path / 'closed.db'}", "another one") as app:
        other = app.test_client()
        other.set_cookie(COOKIE, cookie)
        assert other.get("/api/v1/judgments").status_code == 401


def test_guessing_at_the_door_is_slowed_down(closed):
    client = closed.test_client()
    told = [client.post("/judge/enter", data={"passphrase": str(n)}).status_code for n in range(12)]
    assert told == [401] * 10 + [429] * 2


def test_the_judge_page_is_linked_and_marked(client):
    assert '<a href="/judge">Judge</a>' in client.get("/").text
    assert '<a href="/judge" aria-current="page">' in client.get("/judge").text


@pytest.mark.parametrize("path", ["/judge/none", "/judge/none/results", "/judge/sets/none"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404
