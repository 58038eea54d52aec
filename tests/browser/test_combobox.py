import pytest
from playwright.sync_api import expect

from tests.browser.conftest import active, chips, open_page, rows

WATCH_ANNOUNCEMENTS = """() => {
  window.said = [];
  const region = document.querySelector('[data-announcement]');
  const note = () => window.said.push(region.textContent);
  new MutationObserver(note).observe(region, {childList: true, characterData: true, subtree: true});
}"""
PLACES = """() => [...document.querySelectorAll('#query, #suggestions, .views, .clocks')]
  .map((element) => JSON.stringify(element.getBoundingClientRect()))"""
INNER_SCROLL = """() => {
  const list = document.querySelector('#suggestions');
  return list.scrollHeight - list.clientHeight;
}"""


def type_and_wait(box, text):
    box.press_sequentially(text)
    expect(box.page.locator("#suggestions")).to_have_attribute("data-prefix", box.input_value().strip())
    expect(box).to_have_attribute("aria-expanded", "true")


def test_the_box_is_ready_to_type_in(page, box):
    expect(box).to_be_focused()
    assert box.get_attribute("aria-autocomplete") == "list"
    expect(box).to_have_attribute("aria-expanded", "false")
    assert rows(page) == []


def test_every_keystroke_shows_completions(page, box):
    type_and_wait(box, "n")
    first = rows(page)
    assert len(first) == 10
    assert all(text.startswith("n") for text in first)
    box.press_sequentially("iv")
    expect(page.locator("[role=option]").first).to_contain_text("niv")
    assert rows(page) != first


def test_the_completed_part_is_bold_and_the_typed_part_plain(page, box):
    type_and_wait(box, "cam")
    option = page.locator("[role=option][data-text='camera bag']")
    expect(option.locator("b")).to_have_text("era bag")
    expect(option.locator(".text")).to_have_text("camera bag")


def test_a_match_that_is_no_prefix_is_named(page, box):
    type_and_wait(box, "amera")
    expect(page.locator("[role=option] .match").first).to_have_text("words")


def test_a_correction_is_named_and_marked(page, box):
    type_and_wait(box, "nivroa s")
    option = page.locator("[role=option][data-text='nivora small']")
    expect(option.locator(".text")).to_have_text("nivora small")
    expect(option.locator("u")).to_have_text("or")
    expect(option.locator("b")).to_have_text("mall")
    expect(option.locator(".match")).to_have_text("typo")


def test_words_in_another_place_are_plain_where_they_were_typed(page, box):
    type_and_wait(box, "amera")
    option = page.locator("[role=option]", has_text="camera bag").first
    expect(option.locator(".match")).to_have_text("words")
    expect(option.locator(".text")).to_have_text(option.get_attribute("data-text"))


def test_down_and_up_walk_through_rows_and_back_to_the_typed_text(page, box):
    type_and_wait(box, "n")
    texts = rows(page)
    walked = []
    for _ in range(len(texts) + 1):
        box.press("ArrowDown")
        walked.append(active(page))
    assert walked == [*texts, None]
    box.press("ArrowUp")
    assert active(page) == texts[-1]
    box.press("ArrowDown")
    assert active(page) is None
    assert box.input_value() == "n"


def test_the_active_row_is_selected_for_readers(page, box):
    type_and_wait(box, "n")
    box.press("ArrowDown")
    selected = page.locator("[role=option][aria-selected=true]")
    expect(selected).to_have_count(1)
    assert selected.get_attribute("id") == box.get_attribute("aria-activedescendant")


def test_alt_down_opens_without_choosing_and_alt_up_closes(page, box):
    type_and_wait(box, "n")
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("Alt+ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert active(page) is None
    box.press("Alt+ArrowUp")
    expect(box).to_have_attribute("aria-expanded", "false")
    assert box.input_value() == "n"


def test_enter_takes_the_active_row(page, box):
    type_and_wait(box, "n")
    second = rows(page)[1]
    box.press("ArrowDown")
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.locator(".chips .back")).to_have_text([second])


def test_enter_submits_what_was_typed_where_no_row_is_active(page, box):
    type_and_wait(box, "nivo")
    box.press("Enter")
    expect(page.locator(".chips .back")).to_have_text(["nivo"])


def test_enter_in_an_empty_box_does_nothing(page, box):
    box.press("Enter")
    assert chips(page) == []


def test_escape_closes_then_clears(page, box):
    type_and_wait(box, "n")
    box.press("ArrowDown")
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    assert active(page) is None
    assert box.input_value() == "n"
    box.press("Escape")
    assert box.input_value() == ""


def test_escape_restores_what_was_typed_before_a_row_was_filled_in(page, box):
    type_and_wait(box, "n")
    box.press("ArrowDown")
    box.press("ArrowRight")
    assert len(box.input_value()) > 1
    box.press("Escape")
    assert box.input_value() == "n"
    expect(box).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("leave", ["Tab", "blur"])
def test_leaving_selects_nothing(page, box, leave):
    type_and_wait(box, "n")
    box.press("ArrowDown")
    if leave == "Tab":
        box.press("Tab")
    else:
        page.mouse.click(640, 640)
    expect(box).not_to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    assert box.input_value() == "n"
    assert chips(page) == []


def test_home_and_end_edit(page, box):
    type_and_wait(box, "ivor")
    box.press("ArrowDown")
    box.press("Home")
    assert active(page) is None
    box.press_sequentially("n")
    assert box.input_value() == "nivor"
    box.press("End")
    box.press_sequentially("a")
    assert box.input_value() == "nivora"


def test_right_at_the_end_fills_in_the_row_without_submitting(page, box):
    type_and_wait(box, "n")
    third = rows(page)[2]
    for _ in range(3):
        box.press("ArrowDown")
    box.press("ArrowRight")
    assert box.input_value() == third
    assert chips(page) == []
    expect(page.locator("[role=option]").first).to_contain_text(third)


def test_right_inside_the_text_moves_the_caret(page, box):
    type_and_wait(box, "ni")
    box.press("ArrowDown")
    box.press("ArrowLeft")
    box.press("ArrowDown")
    box.press("ArrowRight")
    assert box.input_value() == "ni"


def test_right_without_a_row_fills_in_nothing(page, box):
    type_and_wait(box, "n")
    box.press("ArrowRight")
    assert box.input_value() == "n"


def test_a_click_takes_a_row(page, box):
    type_and_wait(box, "n")
    third = rows(page)[2]
    page.locator("[role=option]").nth(2).click()
    expect(page.locator(".chips .back")).to_have_text([third])
    expect(box).to_be_focused()


def test_options_hold_no_buttons(page, box):
    type_and_wait(box, "n")
    assert page.locator("[role=listbox] :is(button, a, input)").count() == 0


def test_nothing_happens_during_composition(page, box):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "デジ", "selectionStart": 2, "selectionEnd": 2})
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    box.dispatch_event("keydown", {"key": "ArrowDown", "keyCode": 229, "bubbles": True})
    page.wait_for_timeout(200)
    assert asked == []
    assert chips(page) == []
    expect(box).to_have_attribute("aria-expanded", "false")
    session.send("Input.insertText", {"text": "デジタル"})
    expect(page.locator("[role=option]").first).to_have_text("デジタルカメラ")


def test_text_that_runs_leftward_is_filled_in_leftward(page, box):
    type_and_wait(box, "كا")
    box.press("ArrowDown")
    box.press("ArrowRight")
    assert box.input_value() == "كا"
    box.press("End")
    box.press("ArrowDown")
    box.press("ArrowLeft")
    assert box.input_value() == "كاميرا رقمية"


def test_one_polite_announcement_is_not_repeated(page, box):
    page.evaluate(WATCH_ANNOUNCEMENTS)
    assert page.locator("[data-announcement]").get_attribute("aria-live") == "polite"
    type_and_wait(box, "camer")
    first = f"10 suggestions, first: {rows(page)[0]}"
    expect(page.locator("[data-announcement]")).to_have_text(first)
    type_and_wait(box, "a")
    page.wait_for_timeout(500)
    assert page.evaluate("window.said") == [first]


def test_no_completion_is_said_not_left_empty(page, box):
    box.press_sequentially("zzz")
    expect(page.locator("[data-note]")).to_have_text("No query of this log continues “zzz”.")
    expect(box).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize(("width", "count"), [(1280, 10), (360, 8)])
def test_ten_rows_on_a_desk_eight_on_a_phone_and_no_inner_scroll_bar(page, width, count):
    page.set_viewport_size({"width": width, "height": 720})
    open_page(page, "/?context=off&prefix=n")
    assert len(rows(page)) == count
    assert page.evaluate(INNER_SCROLL) <= 0


def test_nothing_moves_while_typing(page, box):
    type_and_wait(box, "n")
    before = page.evaluate(PLACES)
    type_and_wait(box, "ivora d")
    assert len(rows(page)) < 10
    assert page.evaluate(PLACES) == before
