"""The whole way in a browser: a trained model behind the page."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app import create_app
from app.catalog import find_models, read_presets
from app.settings import Settings
from tests.app.conftest import make_ready
from tests.browser.conftest import open_page, rows, serve, watch
from tests.conftest import ROOT

KEY = "a key that only tests use"
SAMPLES = ROOT / "sample_models"
PRESETS = read_presets(SAMPLES)


@pytest.fixture(scope="module")
def trained_site(shop_model) -> Iterator[str]:
    app = create_app(Settings(secret_key=KEY, models=shop_model))
    make_ready(app)
    with serve(app) as address:
        yield address


@pytest.fixture(scope="module")
def sample_site() -> Iterator[str]:
    if not find_models(SAMPLES):
        pytest.skip("no sample model yet: make models builds it")
    app = create_app(Settings(secret_key=KEY, models=SAMPLES))
    make_ready(app)
    with serve(app) as address:
        yield address


@pytest.fixture
def trained_page(browser, trained_site) -> Iterator[Page]:
    with browser.new_context(base_url=trained_site, viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        troubles = watch(page, trained_site)
        yield page
        assert troubles == []


def test_typing_submitting_and_typing_again_changes_the_completions(trained_page):
    box = open_page(trained_page, "/")
    suggestions = trained_page.locator("#suggestions")
    box.press_sequentially("n")
    expect(suggestions).to_have_attribute("data-prefix", "n")
    before = rows(trained_page)
    assert before
    assert all(text.startswith("n") for text in before)
    box.fill("digital camera")
    box.press("Enter")
    expect(trained_page.locator(".chips .back")).to_have_text(["digital camera"])
    expect(suggestions).to_have_attribute("data-prefix", "")
    assert rows(trained_page)
    box.press_sequentially("n")
    expect(suggestions).to_have_attribute("data-prefix", "n")
    after = rows(trained_page)
    assert after != before
    assert "camera" in after[0]


def test_the_page_says_that_the_log_is_synthetic(trained_page):
    open_page(trained_page, "/")
    expect(trained_page.locator(".synthetic")).to_be_visible()


def test_the_panel_shows_every_index_of_the_model(trained_page):
    open_page(trained_page, "/?previous=digital+camera&prefix=n")
    expect(trained_page.locator("nq-indexes .rank-head h2")).to_have_count(3)
    trained_page.locator(".views").get_by_text("Beam").click()
    expect(trained_page.locator("nq-beams circle.node.kept").first).to_be_visible()


def test_why_adds_up_to_the_score(trained_page):
    open_page(trained_page, "/?previous=digital+camera&prefix=n")
    trained_page.locator("nq-indexes .rank").last.click()
    numbers = trained_page.locator("nq-why td.value")
    expect(numbers.last).to_be_visible()
    values = [float(text.replace("−", "-")) for text in numbers.all_text_contents()]
    assert sum(values[:-1]) == pytest.approx(values[-1], abs=0.001 * len(values))


@pytest.mark.parametrize("place", range(len(PRESETS)), ids=[preset.title for preset in PRESETS])
def test_every_preset_ends_showing_what_it_promises(browser, sample_site, place):
    with browser.new_context(base_url=sample_site, viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        open_page(page, "/")
        link = page.locator("nq-presenter a").nth(place)
        wanted = parse_qs(urlsplit(link.get_attribute("href")).query).get("prefix", [""])[0]
        link.click()
        expect(page.locator("#query")).to_have_value(wanted, timeout=15_000)
        expect(page.locator("#suggestions")).to_have_attribute("data-prefix", wanted)
        expect(page.locator("#suggestions:not([hidden])")).to_be_visible()
        assert PRESETS[place].expects in rows(page)[:5]
