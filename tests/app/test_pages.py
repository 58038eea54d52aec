import re

import pytest


def test_the_served_page_carries_the_combobox(client):
    page = client.get("/?prefix=n").text
    box = re.search(r"<input[^>]*role=\"combobox\"[^>]*>", page, re.DOTALL).group()
    for part in ('aria-autocomplete="list"', 'aria-expanded="false"', 'aria-controls="suggestions"', 'value="n"'):
        assert part in box
    assert re.search(r'<ul id="suggestions" role="listbox"', page)


def test_the_plain_page_lists_completions(client):
    page = client.get("/?prefix=n&previous=digital+camera").text
    plain = page[page.index("<noscript>") : page.index("</noscript>")]
    assert plain.count('<button name="query"') == 10
    assert 'value="night camera"' in plain


def test_the_plain_page_says_so_where_nothing_continues(client):
    assert "No query of this log continues" in client.get("/?prefix=zzzz").text


def test_a_submitted_form_becomes_the_previous_query(client):
    response = client.post("/", data={"prefix": "Digital Camera", "model": "fake"})
    assert (response.status_code, response.headers["Location"]) == (303, "/?model=fake")
    assert "digital camera" in client.get("/").text


def test_a_row_of_the_plain_list_wins_over_the_box(client):
    client.post("/", data={"prefix": "n", "query": "nivora lens"})
    assert [query["text"] for query in client.get("/api/v1/session").json["queries"]] == ["nivora lens"]


def test_the_plain_trail_forgets_goes_back_and_begins_anew(client):
    def texts():
        return [query["text"] for query in client.get("/api/v1/session").json["queries"]]

    for text in "abcd":
        client.post("/", data={"prefix": text})
    client.post("/", data={"forget": "1"})
    assert texts() == ["a", "c", "d"]
    client.post("/", data={"back": "1"})
    assert texts() == ["a", "c"]
    client.post("/", data={"new": "1"})
    assert texts() == []


@pytest.mark.parametrize(
    "data", [{"forget": "7"}, {"forget": "x"}, {"back": "-1"}, {"back": "9" * 400}, {"prefix": "q" * 501}]
)
def test_an_impossible_form_is_refused(client, data):
    assert client.post("/", data=data).status_code == 422


def test_an_empty_form_changes_nothing(client):
    assert client.post("/", data={"prefix": "  "}).status_code == 303
    assert client.get("/api/v1/session").json == {"queries": []}


def test_what_was_typed_is_never_markup(client):
    page = client.get('/?prefix=<script>alert(1)</script>&previous="><img src=x>&other="><b>&label="><b>').text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert '"><b>' not in page


def test_no_script_or_style_is_inline_and_nothing_comes_from_elsewhere(client):
    page = client.get("/?prefix=n&previous=digital+camera").text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert not re.search(r"(src|href|action)=\"(https?:)?//", page)


def test_the_page_says_that_its_log_is_synthetic(client):
    assert "synthetic log" in client.get("/").text


def test_every_preset_is_a_link_to_its_moment(client):
    page = client.get("/").text
    assert "/?previous=digital+camera&amp;prefix=n&amp;panel=indexes" in page
    assert "/?context=off&amp;prefix=n&amp;panel=lanes&amp;other=running+shoes" in page


@pytest.mark.parametrize(("cookie", "attribute"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
def test_a_chosen_theme_is_there_at_first_paint(client, cookie, attribute):
    client.set_cookie("theme", cookie)
    assert attribute in client.get("/").text


def test_an_unknown_theme_is_ignored(client):
    client.set_cookie("theme", '"><b>')
    assert "data-theme" not in client.get("/").text


def test_the_icon_is_served(client):
    with client.get("/favicon.ico") as response:
        assert response.status_code == 200
