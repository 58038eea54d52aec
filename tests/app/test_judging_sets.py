"""Query sets: in and out of files, kept, and refused with the line at fault."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.judging.__main__ import main
from app.judging.exchange import N_PREVIOUS, parse, read_scenario, render
from app.judging.sets import MOST_SCENARIOS, read_shipped
from app.settings import SettingsError
from sample_models import scenarios as scenarios_of_shop
from tests.app.judging import SCENARIOS, begin_study, judging_app
from xmr_engine.evaluation.scenarios import Scenario
from xmr_engine.text import normalise, normalise_prefix

CSV, JSONL = "text/csv", "application/x-ndjson"
texts = st.text(max_size=12)
scenarios = st.builds(
    Scenario,
    st.lists(texts.map(normalise).filter(bool), max_size=N_PREVIOUS).map(tuple),
    texts.map(normalise_prefix),
    texts.map(normalise).filter(bool),
    st.lists(st.text("abc-=+ '", max_size=8).map(normalise).filter(bool), unique=True, max_size=3).map(tuple),
).filter(lambda one: len(one.prefix) <= 100 and len(one.next) <= 100)


@pytest.fixture
def app(database_url):
    with judging_app(database_url) as app:
        yield app


@pytest.fixture
def client(app):
    return app.test_client()


def add(client, name, body, kind=JSONL):
    return client.post(f"/api/v1/judge/sets/{name}/scenarios", data=body, content_type=f"{kind}; charset=utf-8")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@settings(max_examples=40)
@given(st.lists(scenarios, max_size=5))
def test_what_goes_out_comes_in_again(form, listed):
    assert parse(render(listed, form), form) == listed


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_set_is_imported_and_exported(client, form):
    body, kind = render(SCENARIOS, form), {"csv": CSV, "jsonl": JSONL}[form]
    assert add(client, "my set", body.encode(), kind).json == {"set": "my set", "added": len(SCENARIOS), "known": 0}
    response = client.get("/api/v1/judge/sets/my set/scenarios", query_string={"format": form})
    assert parse(response.text, form) == SCENARIOS
    assert "attachment" in response.headers["Content-Disposition"]
    assert add(client, "my set", body.encode(), kind).json["added"] == 0


def test_the_page_adds_what_stands_on_it(client):
    state = {"previous": ["Digital  Camera"], "prefix": "Nik", "next": "", "tags": ["Typed"]}
    response = client.post("/api/v1/judge/sets/kept/scenarios", json=state)
    assert response.status_code == 201
    kept = json.loads(client.get("/api/v1/judge/sets/kept/scenarios").text)
    assert kept == {"previous": ["digital camera"], "prefix": "nik", "next": "", "tags": ["typed"]}


def test_pair_files_are_read_too():
    table = "previous,prefix,next,session\r\ndigital camera,n,nikavo,7\r\n,ne,nestrel,8\r\n"
    assert parse(table, "csv") == [Scenario(("digital camera",), "n", "nikavo"), Scenario((), "ne", "nestrel")]


def test_a_spreadsheet_finds_no_formula():
    table = render([Scenario((), '=hyperlink("x")', "@sum", ())], "csv")
    assert "'=hyperlink" in table
    assert "'@sum" in table


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        ("{}", JSONL, "line 1: there is neither"),
        ('{"prefix": "n"}\n{"prefix": 5}', JSONL, "line 2: prefix and next must be texts"),
        ('{"previous": "camera"}', JSONL, "line 1: previous and tags must be lists"),
        ("nonsense", JSONL, "line 1: is no JSON"),
        ("[]", JSONL, "line 1: expected an object"),
        ('{"prefix": "' + "p" * 201 + '"}', JSONL, "line 1: prefix: got 201 characters"),
        (json.dumps({"prefix": "p", "tags": list("abcdefghijk")}), JSONL, "line 1: tags: got 11"),
        ("colour,size\r\nred,5\r\n", CSV, "line 1: the header is 'colour, size'"),
        ('prefix,next\r\n"n', CSV, "after line 1: "),
        ("prefix,next\r\n,\r\nn," + "x" * 201, CSV, "line 3: next: got 201 characters"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(client, body, kind, told):
    response = add(client, "bad", body, kind)
    assert response.status_code == 422
    assert told in response.json["detail"]
    assert client.get("/api/v1/judge/sets/bad/scenarios").status_code == 404


@pytest.mark.parametrize("name", ["..", "%20", "a" * 61])
def test_a_name_must_fit_into_an_address(client, name):
    assert client.post(f"/api/v1/judge/sets/{name}/scenarios", json={"prefix": "n"}).status_code in (404, 422)


def test_a_set_has_an_end(client):
    lines = [json.dumps({"prefix": f"p{number}"}) + "\n" for number in range(MOST_SCENARIOS + 1)]
    for start in (0, 250):
        assert add(client, "full", "".join(lines[start : start + 250])).status_code == 201
    assert f"a set takes {MOST_SCENARIOS}" in add(client, "full", lines[-1]).json["detail"]


def test_a_shipped_set_is_read_and_stays_as_it_is(tmp_path):
    (tmp_path / "sets").mkdir()
    place = tmp_path / "sets" / "shop.jsonl"
    place.write_text(render(SCENARIOS, "jsonl"), "utf-8")
    assert read_shipped(tmp_path) == {"shop": tuple(SCENARIOS)}
    place.write_text("{}\n", "utf-8")
    with pytest.raises(SettingsError, match=r"shop.jsonl: is no query set: line 1"):
        read_shipped(tmp_path)


def test_a_study_needs_scenarios_that_fit_its_mode(app):
    with pytest.raises(Exception, match="no scenario with a next query"):
        begin_study(app, "typing", scenarios=[Scenario((), "n", "")])
    with pytest.raises(Exception, match="at most 20,000"):
        begin_study(app, "typing", scenarios=[Scenario((), "", "x" * 150 + str(n)) for n in range(80)])
    with pytest.raises(Exception, match="2 to 6 different"):
        begin_study(app, systems=("fake/hybrid", "fake/hybrid"))


def test_scenarios_are_checked_as_plain_values():
    assert read_scenario({"previous": ["", "A"], "prefix": None, "next": " B "}) == Scenario(("a",), "", "b")


@pytest.fixture
def run(monkeypatch):
    """Run the command; returns what it ended with."""

    def ended(*arguments):
        with pytest.raises(SystemExit) as end:
            main([*map(str, arguments)])
        return end.value.code

    return ended


@pytest.mark.parametrize("name", ["set.csv", "set.jsonl"])
def test_a_set_is_sampled_from_held_out_pairs_by_the_command(shop_log, tmp_path, run, name):
    out, again = tmp_path / name, tmp_path / f"again-{name}"
    for place in (out, again):
        assert run(shop_log, "--out", place, "-n", 30, "--seed", 4) == 0
    assert out.read_bytes() == again.read_bytes()
    assert len(parse(out.read_bytes().decode(), out.suffix[1:])) == 30


def test_the_command_says_in_one_line_what_it_cannot_do(tmp_path, run):
    assert str(run(tmp_path / "none.tsv", "--out", tmp_path / "x")).startswith("error: ")
    few = tmp_path / "few.tsv"
    few.write_text("previous\tprefix\tnext\n\tn\tnikavo\n", "utf-8")
    assert "1 distinct queries; 100 scenarios were wanted" in str(run(few, "--out", tmp_path / "x.jsonl"))


def test_the_shipped_set_is_what_its_command_makes(root):
    shipped = (root / "sample_models" / "sets" / "shop.jsonl").read_text("utf-8")
    made = parse(shipped, "jsonl")
    assert read_shipped(root / "sample_models")["shop"] == tuple(made)
    assert len(made) == scenarios_of_shop.N_SCENARIOS
    plain = [one._replace(tags=tuple(tag for tag in one.tags if tag != "unseen")) for one in made]
    assert plain == scenarios_of_shop.sample(known=None)
