"""Judging in a browser: by keyboard, blind, and no vote lost or doubled whatever the network does."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.app.judging import PAIR, SCENARIOS, begin_study, export, judging_app
from tests.browser.conftest import serve, watch
from tests.browser.test_access import violations

N = len(SCENARIOS)
PHRASE = "open sesame"
VOTES = "**/api/v1/judgments"
BLINK_MS = 270
STAGE = "[data-panel=stage]:not([hidden])"


@pytest.fixture(scope="module")
def judging(tmp_path_factory):
    """An app for judging; every test begins studies of its own."""
    with judging_app(f"sqlite:///{tmp_path_factory.mktemp('judging') / 'judgments.db'}") as app:
        yield app


@pytest.fixture(scope="module")
def desk(judging):
    with serve(judging) as address:
        yield address


@pytest.fixture
def context(browser, desk):
    context = browser.new_context(base_url=desk, viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context, desk):
    page = context.new_page()
    troubles = watch(page, desk)
    yield page
    assert troubles == []


def sit_down(page: Page, study, name="Ada") -> Page:
    """Open a study and begin to judge it."""
    page.goto(f"/judge/{study.id}")
    page.wait_for_selector("[data-live]")
    page.get_by_label("Your name").fill(name)
    page.keyboard.press("Enter")
    page.wait_for_selector(STAGE)
    return page


def press(page: Page, *keys: str) -> None:
    """Press keys at the pace of a quick rater."""
    for key in keys:
        page.wait_for_timeout(BLINK_MS)
        page.keyboard.press(key)


def shown(page: Page) -> list[list[str]]:
    """Return the texts of both lists."""
    return [side.locator(".text").all_text_contents() for side in page.locator(".side").all()]


def votes(judging, study) -> list[dict]:
    return export(judging.test_client(), study=study.id)


def counted(page: Page, n: int) -> None:
    expect(page.locator("[data-count]")).to_have_text(f"{n} of {N}")


def saved(page: Page) -> None:
    expect(page.locator("[data-kept]")).to_have_text("all votes saved")


def test_a_study_is_judged_by_keyboard_alone(page, judging):
    study = begin_study(judging)
    sit_down(page, study)
    for key in "120x12":
        press(page, key)
    expect(page.locator("[data-rest]")).to_have_text(f"Done: {N} of {N} judged.")
    saved(page)
    assert [row["vote"] for row in votes(judging, study)] == ["left", "right", "tie", "bad", "left", "right"]


def test_a_vote_is_for_what_stood_there(page, judging):
    study = begin_study(judging)
    sit_down(page, study)
    stood = []
    for _ in range(N):
        stood.append(shown(page))
        press(page, "1")
    saved(page)
    for row, (left, right) in zip(votes(judging, study), stood, strict=True):
        for side, texts in (("left", left), ("right", right)):
            index = row[side].split("/")[1]
            answer = judging.extensions["catalog"].default.answer(row["prefix"], row["previous"], 10, index)
            assert [one["text"] for one in answer["completions"]] == texts


def test_names_are_nowhere_before_the_vote_and_told_after_it(page, judging):
    study = begin_study(judging)
    heard = []
    page.on("response", lambda response: heard.append(response) if "/api/" in response.url else None)
    sit_down(page, study)
    page.wait_for_timeout(300)
    told = page.content() + "".join(response.text() for response in heard)
    assert not any(name in told for name in (*PAIR, "hybrid", "no-session", '"seed"', '"sources"'))
    press(page, "1")
    expect(page.locator(f"{STAGE} [data-last]")).to_contain_text("Last: left, fake/")


def test_votes_cast_without_a_network_go_out_when_it_is_back(context, judging):
    study = begin_study(judging)
    page = sit_down(context.new_page(), study)
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    press(page, "1", "2", "0")
    expect(page.locator("[data-kept]")).to_have_text("3 votes kept here until the server answers")
    counted(page, 3)
    assert votes(judging, study) == []
    context.set_offline(False)
    saved(page)
    assert [row["vote"] for row in votes(judging, study)] == ["left", "right", "tie"]


def test_a_reload_loses_no_vote_and_goes_on(context, judging):
    study = begin_study(judging)
    page = sit_down(context.new_page(), study)
    page.route(VOTES, lambda route: route.abort())
    press(page, "1", "2")
    after = shown(page)
    page.unroute(VOTES)
    sit_down(page, study)
    counted(page, 2)
    assert shown(page) == after
    page.wait_for_load_state("networkidle")
    assert [row["vote"] for row in votes(judging, study)] == ["left", "right"]


def test_an_answer_that_got_lost_doubles_nothing(context, judging):
    study = begin_study(judging)
    page = sit_down(context.new_page(), study)

    def lose(route):
        route.fetch()
        route.abort()

    page.route(VOTES, lose, times=1)
    press(page, "1")
    saved(page)
    assert [row["vote"] for row in votes(judging, study)] == ["left"]


def test_a_server_in_trouble_is_asked_again(context, judging):
    study = begin_study(judging)
    page = sit_down(context.new_page(), study)
    page.route(VOTES, lambda route: route.fulfill(status=503, headers={"Retry-After": "1"}, body="{}"), times=2)
    press(page, "2")
    saved(page)
    assert len(votes(judging, study)) == 1


def test_a_vote_pressed_twice_counts_once(page, judging):
    study = begin_study(judging)
    sit_down(page, study)
    page.wait_for_timeout(BLINK_MS)
    page.get_by_role("button", name="Left").dblclick()
    page.keyboard.press("1")
    counted(page, 1)
    saved(page)
    assert len(votes(judging, study)) == 1


def test_a_vote_the_server_never_takes_is_kept_aside_and_said(context, judging):
    study = begin_study(judging)
    page = sit_down(context.new_page(), study)
    refusal = {"status": 422, "content_type": "application/problem+json", "body": '{"detail": "left: does not fit."}'}
    page.route(VOTES, lambda route: route.fulfill(**refusal), times=1)
    press(page, "1")
    page.wait_for_timeout(100)
    aside = page.evaluate("Object.entries(localStorage).filter(([name]) => name.startsWith('nextquery-refused'))")
    assert [json.loads(value)["message"] for _, value in aside] == ["left: does not fit."]
    press(page, "2")
    page.wait_for_load_state("networkidle")
    assert [row["vote"] for row in votes(judging, study)] == ["right"]


def test_undo_shows_the_item_again_and_the_new_vote_counts(page, judging):
    study = begin_study(judging)
    sit_down(page, study)
    first = shown(page)
    press(page, "1", "2")
    for left in (2, 1, 0):
        counted(page, left)
        press(page, *("u" if left else ""))
    assert shown(page) == first
    press(page, "0")
    saved(page)
    rows = votes(judging, study)
    assert [(row["vote"], row["revised"]) for row in rows] == [("tie", True)]


def test_a_note_goes_with_its_vote(page, judging):
    study = begin_study(judging)
    sit_down(page, study)
    press(page, "n")
    page.keyboard.type("120 brands, no kinds")
    press(page, "Enter", "2", "1")
    saved(page)
    assert [row["note"] for row in votes(judging, study)] == ["120 brands, no kinds", ""]


def test_two_raters_at_once_keep_apart(browser, desk, judging):
    study = begin_study(judging)
    contexts = [browser.new_context(base_url=desk, reduced_motion="reduce") for _ in range(2)]
    pages = [sit_down(each.new_page(), study, name) for each, name in zip(contexts, ("Ada", "Bea"), strict=True)]
    for keys in ("12", "21", "00", "xx", "11", "22"):
        for page, key in zip(pages, keys, strict=True):
            press(page, key)
    for page in pages:
        saved(page)
    rows = votes(judging, study)
    assert sorted((row["rater"], row["place"]) for row in rows) == sorted(
        (name, place) for name in ("Ada", "Bea") for place in range(N)
    )
    for each in contexts:
        each.close()


def test_whole_typings_are_walked_key_by_key(page, judging):
    study = begin_study(judging, "typing")
    sit_down(page, study)
    typed, rest = page.locator("[data-typed]"), page.locator("[data-untyped]")
    whole = typed.text_content() + rest.text_content()
    assert len(typed.text_content()) == 1
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    assert (typed.text_content(), rest.text_content()) == (whole, "")
    page.keyboard.press("ArrowLeft")
    assert typed.text_content() == whole[:-1]
    assert page.locator(".cell.now").count() == 2
    press(page, "2")
    saved(page)
    assert votes(judging, study)[0]["vote"] == "right"


def test_a_typing_plays_by_itself_until_both_show_the_query(browser, desk, judging):
    study = begin_study(judging, "typing")
    with browser.new_context(base_url=desk, reduced_motion="no-preference") as context:
        page = sit_down(context.new_page(), study)
        typed = page.locator("[data-typed]")
        whole = typed.text_content() + page.locator("[data-untyped]").text_content()
        page.wait_for_function(
            """(whole) => [...document.querySelectorAll('.side')].every((side) => side.querySelector('.meant'))
              || document.querySelector('[data-typed]').textContent === whole""",
            arg=whole,
        )
        page.wait_for_timeout(600)
        stopped = typed.text_content()
        page.wait_for_timeout(600)
        assert typed.text_content() == stopped


def test_rows_of_a_drafted_list_are_marked(page, judging):
    study = begin_study(judging, "interleaved")
    sit_down(page, study)
    press(page, "2", "3", "3", "1", "Enter")
    press(page, "x")
    saved(page)
    assert [row["vote"] for row in votes(judging, study)] == [[0, 1], []]


def test_rows_are_graded_and_all_of_them(page, judging):
    study = begin_study(judging, "graded")
    sit_down(page, study)
    n_rows = page.locator(".graded-row").count()
    press(page, "3", "Enter")
    counted(page, 0)
    for _ in range(n_rows - 1):
        page.keyboard.press("1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("2")
    press(page, "Enter")
    saved(page)
    assert votes(judging, study)[0]["vote"] == [3] + [1] * (n_rows - 3) + [2, 1]


def test_the_moment_on_the_page_is_kept_by_one_key(page, judging):
    page.goto("/?previous=digital+camera&prefix=ni")
    page.wait_for_selector("[data-live]")
    box = page.get_by_role("combobox", name="Search")
    box.press("ArrowDown")
    box.press("Alt+k")
    expect(page.locator("[data-tool=keep]")).to_have_text("Kept")
    kept = judging.test_client().get("/api/v1/judge/sets/kept/scenarios").text
    assert json.loads(kept)["previous"] == ["digital camera"]
    assert json.loads(kept)["prefix"] == "ni"
    assert json.loads(kept)["next"].startswith("ni")


def test_a_large_table_is_imported_in_pieces(page, judging, tmp_path):
    table = tmp_path / "large.csv"
    table.write_text("prefix,next\n" + "".join(f'p{n},"p{n} {"long " * 12}"\n' for n in range(400)), "utf-8")
    page.goto("/judge")
    page.get_by_label("Import into").fill("large set")
    page.get_by_label("CSV or JSON lines").set_input_files(table)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("large set")
    expect(page.locator("tbody tr")).to_have_count(400)


def test_a_study_is_begun_judged_and_read(page, judging):
    page.request.post("/api/v1/judge/sets/begun/scenarios", data={"prefix": "n", "previous": ["digital camera"]})
    page.goto("/judge")
    page.get_by_label("Query set", exact=True).select_option("begun")
    page.get_by_label("Title").fill("Begun by hand")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Begun by hand")
    page.get_by_label("Your name").fill("Ada")
    page.keyboard.press("Enter")
    page.wait_for_selector(STAGE)
    press(page, "1")
    page.get_by_role("link", name="Results").click()
    expect(page.locator(".outcome")).to_contain_text("100 % of 1 decided")
    page.locator("#votes ~ .scroll a").first.click()
    expect(page.locator(".replayed .chosen")).to_contain_text("✓ preferred")


def test_a_closed_door_opens_to_the_passphrase_and_keeps_votes_meanwhile(browser, tmp_path):
    with (
        judging_app(f"sqlite:///{tmp_path / 'judgments.db'}", PHRASE) as app,
        serve(app) as address,
        browser.new_context(base_url=address, reduced_motion="reduce") as context,
    ):
        study = begin_study(app)
        page = context.new_page()
        page.goto(f"/judge/{study.id}")
        page.get_by_label("Passphrase").fill("wrong")
        page.get_by_role("button", name="Come in").click()
        expect(page.get_by_role("alert")).to_have_text("That is not the passphrase.")
        page.get_by_label("Passphrase").fill(PHRASE)
        page.get_by_role("button", name="Come in").click()
        sit_down(page, study)
        page.wait_for_load_state("networkidle")
        context.clear_cookies()
        press(page, "1")
        expect(page.locator("[data-kept]")).to_contain_text("until you say the passphrase again")
        page.goto(f"/judge/{study.id}")
        page.get_by_label("Passphrase").fill(PHRASE)
        page.get_by_role("button", name="Come in").click()
        sit_down(page, study)
        counted(page, 1)
        page.wait_for_load_state("networkidle")
        page.goto("/api/v1/judgments")
        assert len(json.loads(page.locator("pre").text_content())["judgments"]) == 1


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_no_page_of_judging_breaks_a_rule_of_accessibility(browser, desk, judging, scheme, width):
    size = {"width": width, "height": 720}
    with browser.new_context(base_url=desk, color_scheme=scheme, reduced_motion="reduce", viewport=size) as context:
        page = context.new_page()
        troubles = watch(page, desk)

        def check(state):
            assert violations(page) == [], state
            assert page.evaluate("document.documentElement.scrollWidth") <= width, state

        for mode, keys in (("list", "1"), ("typing", "2"), ("interleaved", ("2", "Enter")), ("graded", "3")):
            study = begin_study(judging, mode, systems=(*PAIR, "fake/trie"))
            sit_down(page, study, f"Ada {scheme} {width}")
            check(mode)
            press(page, *keys, "n")
            check(f"{mode}, note")
            page.goto(f"/judge/{study.id}/results")
            page.wait_for_selector("[data-live]")
            check(f"{mode}, results")
            if mode != "graded":
                page.locator("#votes ~ .scroll a").first.click()
                page.wait_for_selector("[data-live]")
                check(f"{mode}, vote")
        judging.test_client().post("/api/v1/judge/sets/mine/scenarios", json={"prefix": "n"})
        for path in ("/judge", "/judge/sets/mine", f"/judge/compare?one={study.id}&other={study.id}"):
            page.goto(path)
            check(path)
        assert [one for one in troubles if "404" not in one] == []


def test_forced_colours_keep_marks_visible(browser, desk, judging):
    study = begin_study(judging, "graded")
    with browser.new_context(base_url=desk, forced_colors="active", reduced_motion="reduce") as context:
        page = sit_down(context.new_page(), study)
        page.keyboard.press("2")
        grades = page.locator(".graded-row").first.locator("button")
        colours = [each.evaluate("(button) => getComputedStyle(button).backgroundColor") for each in grades.all()]
        assert colours[2] != colours[1]
