"""The page of the three indexes, drawn by the real builders."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import watch
from tests.browser.test_access import violations

EIGHT = ["a", "ab", "abc", "abd", "abfgh", "abfgi", "bcde", "bcdf"]


@pytest.fixture
def figure(page) -> Page:
    return open_figure(page, "/indexes")


def open_figure(page, path):
    page.goto(path)
    page.wait_for_selector("[data-live]", timeout=120_000)
    return page


def labels(page, kind):
    return page.locator(f"[data-kind={kind}] .index-node .label").all_text_contents()


def count(page, kind, state):
    return page.locator(f"[data-kind={kind}] .index-node.{state}").count()


def test_each_index_draws_every_string_once(figure):
    for kind in ("tree", "trie", "hybrid"):
        assert sorted(labels(figure, kind)) == EIGHT
    assert labels(figure, "trie") == EIGHT


def test_the_search_is_done_step_by_step(figure):
    figure.get_by_role("button", name="Play the search").click()
    figure.get_by_role("button", name="Pause").click()
    back, on = (figure.get_by_role("button", name=name) for name in ("Step back", "Step on"))
    while back.is_enabled():
        back.click()
    assert [count(figure, "tree", state) for state in ("kept", "evaluated", "pruned")] == [1, 0, 0]
    on.click()
    assert count(figure, "tree", "evaluated") == 2
    assert figure.locator("[data-kind=tree] .index-node.evaluated .score").first.text_content().startswith("0.")
    on.click()
    assert count(figure, "tree", "kept") == 3
    expect(figure.locator("[data-says]")).to_have_text("Step 2 of 10")
    while on.is_enabled():
        on.click()
    assert count(figure, "tree", "waiting") == 0
    expect(figure.locator("[data-kind=trie] [data-found] strong")).to_have_count(2)


def test_a_wider_beam_keeps_more(figure):
    before = count(figure, "tree", "kept")
    figure.locator("#beam").fill("8")
    expect(figure.locator("output[for=beam]")).to_have_text("8")
    expect(figure.locator("[data-kind=tree] [data-found] strong")).to_have_count(5)
    assert count(figure, "tree", "kept") > before
    assert "beam=8" in figure.url


def test_own_strings_are_drawn_in_any_script(figure):
    figure.locator("#prefix").fill("")
    figure.locator("#strings").fill("日本\n日本語\nكاميرا\nzebra")
    expect(figure.locator("[data-kind=trie] .index-node .label")).to_have_text(["zebra", "كاميرا", "日本", "日本語"])
    open_figure(figure, figure.url)
    assert len(labels(figure, "hybrid")) == 4


def test_depth_and_branching_change_their_indexes(figure):
    tree, hybrid = (figure.locator(f"[data-kind={kind}] [data-cost]") for kind in ("tree", "hybrid"))
    first_tree, first_hybrid = tree.text_content(), hybrid.text_content()
    figure.locator("#depth").fill("3")
    expect(hybrid).not_to_have_text(first_hybrid)
    expect(tree).to_have_text(first_tree)
    figure.locator("#branching").fill("4")
    expect(tree).not_to_have_text(first_tree)


def test_a_refusal_leaves_the_old_drawing(context):
    figure = open_figure(context.new_page(), "/indexes")
    figure.locator("#strings").fill("\n".join(f"string {n}" for n in range(61)))
    expect(figure.locator("[data-problem]")).to_contain_text("1 to 60")
    assert labels(figure, "trie") == EIGHT


def test_lists_stand_in_without_javascript(browser, site, figure):
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/indexes")
        assert sorted(page.locator("[data-kind=trie] .nested strong").all_text_contents()) == EIGHT
        page.locator("#strings").fill("red\nrose")
        page.get_by_role("button", name="Draw").click()
        assert page.locator("[data-kind=trie] .nested strong").all_text_contents() == ["red", "rose"]


def test_the_pages_are_linked(figure):
    figure.get_by_role("navigation", name="Pages").get_by_role("link", name="Type").click()
    expect(figure.get_by_role("combobox", name="Search")).to_be_visible()
    figure.get_by_role("navigation", name="Pages").get_by_role("link", name="Indexes").click()
    expect(figure.get_by_role("heading", level=1)).to_have_text("Three indexes of the same strings")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_drawings_break_no_rule_of_accessibility(browser, site, scheme, width):
    size = {"width": width, "height": 720}
    with browser.new_context(base_url=site, color_scheme=scheme, reduced_motion="reduce", viewport=size) as context:
        page = context.new_page()
        troubles = watch(page, site)
        open_figure(page, "/indexes")
        assert violations(page) == []
        page.get_by_role("button", name="Step back").click()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert troubles == []
