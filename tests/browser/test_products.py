"""The page of products in a real browser."""

from pathlib import Path

import pytest

from app import create_app
from app.catalog import shelve
from app.settings import Settings
from tests.app.conftest import make_ready
from tests.app.fake_engine import FakeCompleter
from tests.app.fake_retriever import FakeRetriever
from tests.browser.conftest import serve, watch
from tests.browser.test_access import violations


@pytest.fixture(scope="module")
def shop():
    retriever = FakeRetriever()
    queries = ({"query": "couch", "shows": "No title says couch."},)
    app = create_app(Settings(secret_key="a key that only tests use", models=Path()), [FakeCompleter()])
    app.extensions["catalog"].put(
        shelve([FakeCompleter()])._replace(retrievers={"fake-shop": retriever}, queries=queries)
    )
    make_ready(app)
    with serve(app) as address:
        yield address


@pytest.fixture
def products(browser, shop):
    context = browser.new_context(base_url=shop, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(5000)
    page = context.new_page()
    troubles = watch(page, shop)
    yield page
    assert troubles == []
    context.close()


def opened(page, path: str):
    page.goto(path)
    page.wait_for_selector("[data-live]")
    return page


def test_four_columns_of_cards_with_lines_between_equal_ones(products):
    page = opened(products, "/products?query=couch")
    assert page.locator(".system h2").all_text_contents() == [
        "Lexical 0.10 ms", "Neural 0.10 ms", "XR-Linear 0.10 ms", "Full 0.10 ms",
    ]  # fmt: skip
    assert page.locator(".card").count() == 40
    assert page.locator(".lines").count() == 3
    assert page.locator(".lines path").count() > 10


def test_colour_is_never_alone(products):
    page = opened(products, "/products?query=couch")
    systems = FakeRetriever().compare("couch")["systems"].values()
    assert page.locator(".card.bought").count() == sum(row["purchased"] for s in systems for row in s["products"])
    for card in page.locator(".card.bought .verdict").all_text_contents():
        assert card.startswith("✓ bought")
    assert set(page.locator(".card.not-bought .verdict").all_text_contents()) == {"not bought"}


def test_pointing_at_a_product_marks_it_everywhere(products):
    page = opened(products, "/products?query=couch")
    page.locator("[data-system=full] .card").first.focus()
    name = page.locator("[data-system=full] .card").first.get_attribute("data-text")
    assert page.locator(f".card.same[data-text={name}]").count() == page.locator(f".card[data-text={name}]").count() > 1


def test_the_knobs_ask_again_and_say_what_they_cost(products):
    page = opened(products, "/products?query=couch")
    page.locator("#beam").press("ArrowRight")
    page.locator("#threshold").press("End")
    page.wait_for_url("**beam=15&threshold=0.45**")
    page.locator("[data-cost]", has_text="1.6 MB").wait_for()
    assert "recall@10 0.150" in page.locator("[data-cost]").text_content()
    assert page.locator(".curve circle").count() == 4
    assert page.locator("#beam").get_attribute("aria-valuetext") == "15"


def test_a_prepared_query_says_what_it_shows(products):
    page = opened(products, "/products")
    page.locator("[data-preset]").click()
    page.wait_for_selector("[data-shown=couch]")
    assert "No title says couch." in page.locator("[data-says]").text_content()
    assert page.locator("#query").input_value() == "couch"


def test_nothing_found_and_nothing_held_out_are_said(products):
    page = opened(products, "/products?query=nothing")
    assert page.locator(".system .note").all_text_contents() == ["Nothing found."] * 4
    assert "nothing is outlined" in page.locator("[data-says]").text_content()


def test_a_refusal_is_shown_and_the_products_stay(browser, shop):
    context = browser.new_context(base_url=shop)
    page = opened(context.new_page(), "/products?query=couch")
    page.locator("#query").fill("refuse me")
    page.wait_for_selector("[data-problem]:not([hidden])")
    assert "not this one" in page.locator("[data-problem]").text_content()
    assert page.locator(".card").count() == 40
    context.close()


def test_the_search_is_drawn(products):
    page = opened(products, "/products?query=couch")
    assert page.locator(".search-tree svg .node.kept").count() > 2
    assert "kept" in page.locator(".search-tree .beam-legend").text_content()


@pytest.mark.parametrize("width", [320, 768, 1280, 3840])
def test_nothing_is_wider_than_the_window(products, width):
    products.set_viewport_size({"width": width, "height": 900})
    page = opened(products, "/products?query=couch")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_submitted_query_leads_to_its_products(products):
    products.goto("/")
    products.wait_for_selector("[data-live]")
    products.get_by_role("combobox", name="Search").fill("red tent")
    products.keyboard.press("Enter")
    products.locator("[data-products]").click()
    products.wait_for_url("**/products?query=red+tent**")


@pytest.mark.parametrize(
    "path", ["/products", "/products?query=couch", "/products?query=tents", "/products?query=nothing"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(browser, shop, path, scheme):
    context = browser.new_context(base_url=shop, color_scheme=scheme, reduced_motion="reduce")
    assert violations(opened(context.new_page(), path)) == []
    context.close()


def test_the_keyboard_reaches_every_control_and_card(products):
    page = opened(products, "/products?query=couch")
    page.locator("#query").focus()
    seen = []
    for _ in range(46):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.className.split(' ')[0]"))
    assert {"go", "beam", "threshold", "card"} <= set(seen)
    assert seen.count("card") == 40
