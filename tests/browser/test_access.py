from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import open_page, watch

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
}
STATES = {
    "empty": "/",
    "typed": "/?previous=tent&previous=digital+camera&prefix=n",
    "beam": "/?previous=digital+camera&prefix=n&panel=beam",
    "lanes": "/?previous=digital+camera&prefix=n&panel=lanes&other=running+shoes",
    "where": "/?previous=digital+camera&prefix=n&panel=where&label=nivora+lens",
    "lost": "/?previous=digital+camera&prefix=n&panel=where&label=oak+chairs",
    "why": "/?previous=digital+camera&prefix=n&why=nivora+lens",
    "nothing": "/?context=off&prefix=zzzz",
}

FOCUSED = "document.activeElement.dataset.tool ?? document.activeElement.className.split(' ')[0]"


def violations(page):
    """Return what axe-core finds, contrast of 7:1 included."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]
    return [f"{one['id']}: {node['html']} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_no_page_violates_a_rule_of_accessibility(browser, site, scheme, state):
    context = browser.new_context(base_url=site, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    troubles = watch(page, site)
    open_page(page, STATES[state])
    page.wait_for_timeout(300)
    assert violations(page) == []
    assert troubles == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_lists_of_keys_and_the_rooms_view_too(browser, site, scheme):
    context = browser.new_context(base_url=site, color_scheme=scheme)
    page = context.new_page()
    box = open_page(page, STATES["typed"])
    box.press("ArrowDown")
    box.press("Alt+p")
    assert violations(page) == []
    box.press("Alt+p")
    page.get_by_role("button", name="Keys").click()
    assert violations(page) == []
    context.close()


def test_forced_colours_keep_the_active_row_visible(browser, site):
    context = browser.new_context(base_url=site, forced_colors="active")
    page = context.new_page()
    box = open_page(page, STATES["typed"])
    box.press("ArrowDown")
    colours = [
        option.evaluate("(option) => getComputedStyle(option).backgroundColor")
        for option in page.locator("[role=option]").all()
    ]
    assert colours[0] != colours[1]
    context.close()


def test_all_of_it_is_reached_by_keyboard(page):
    open_page(page, STATES["typed"])
    reached = set()
    for _ in range(90):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.dataset.tool ?? document.activeElement.className.split(' ')[0]")
        )
    assert {"link", "picture", "present", "help", "theme", "back", "forget", "rank"} <= reached


def test_a_keyboard_user_reads_a_why_and_returns(page):
    open_page(page, STATES["typed"])
    row = page.locator("nq-indexes .rank").nth(3)
    row.focus()
    page.keyboard.press("Enter")
    expect(page.locator("nq-why")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("nq-why")).to_be_hidden()
    expect(row).to_be_focused()
