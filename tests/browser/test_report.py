"""The report in a browser: charts drawn from the files shipped, at every width, by every means."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import watch
from tests.browser.test_access import violations

FIRST = "#mrr-by-length"


def open_report(page):
    page.goto("/report")
    page.wait_for_selector(".report[data-live]")
    page.wait_for_selector(f"{FIRST} svg[role=img]")
    return page


def test_every_chart_is_drawn_and_its_numbers_open(page):
    open_report(page)
    charts = page.locator("nq-chart")
    assert charts.count() == page.locator("nq-chart .canvas > svg[role=img]").count() > 5
    numbers = page.locator(f"{FIRST} table")
    expect(numbers).to_be_hidden()
    page.locator(f"{FIRST} summary").click()
    expect(numbers).to_be_visible()
    assert page.locator("text=NaN").count() == 0
    assert "NaN" not in page.locator(".charts").first.inner_html()


def test_a_series_is_hidden_and_shown_by_keyboard(page):
    open_report(page)
    key = page.locator(f"{FIRST} .key[aria-pressed=true]").nth(1)
    drawn = page.locator(f"{FIRST} .canvas g.series")
    before = drawn.count()
    key = page.locator(f"{FIRST} .key").filter(has_text=key.text_content())
    key.focus()
    page.keyboard.press("Enter")
    expect(drawn).to_have_count(before - 1)
    expect(key).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Space")
    expect(drawn).to_have_count(before)


def test_the_last_series_stays(page):
    open_report(page)
    pressed = page.locator(f"{FIRST} .key[aria-pressed=true]")
    while pressed.count() > 1:
        pressed.last.click()
    pressed.first.click()
    assert pressed.count() == 1
    assert page.locator(f"{FIRST} .canvas g.series").count() == 1


def test_a_line_goes_through_the_figures_of_its_table(page):
    open_report(page)
    page.locator(f"{FIRST} summary").click()
    heights = (
        page.locator(f"{FIRST} g.series")
        .first.locator(".dot")
        .evaluate_all("(dots) => dots.map((dot) => Number(dot.getAttribute('transform').match(/ ([\\d.]+)\\)/)[1]))")
    )
    assert heights == sorted(heights, reverse=True)
    assert len(heights) == 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_report_breaks_no_rule_of_accessibility(browser, site, scheme, width):
    size = {"width": width, "height": 720}
    with browser.new_context(base_url=site, color_scheme=scheme, reduced_motion="reduce", viewport=size) as context:
        page = context.new_page()
        troubles = watch(page, site)
        open_report(page)
        page.locator(f"{FIRST} summary").click()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert troubles == []


def test_a_drawing_follows_the_window(page):
    open_report(page)
    drawing = page.locator(f"{FIRST} .canvas > svg")
    wide = drawing.bounding_box()["width"]
    page.set_viewport_size({"width": 400, "height": 720})
    expect(drawing).not_to_have_attribute("width", str(int(wide)))
    assert drawing.bounding_box()["width"] < 400


def test_without_javascript_the_numbers_stand_there(browser, site):
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/report")
        expect(page.locator(f"{FIRST} table")).to_be_visible()
        assert page.locator("nq-chart:visible").count() == 0
