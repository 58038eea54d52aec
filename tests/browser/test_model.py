"""The whole way in a browser: a trained model behind the page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app import create_app
from app.intake import find_models, read_presets
from app.pages import preset_link
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


@pytest.fixture
def sample_page(browser, sample_site) -> Iterator[Page]:
    with browser.new_context(base_url=sample_site, viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        troubles = watch(page, sample_site)
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
def test_every_preset_ends_showing_what_it_promises(sample_page, place):
    preset = PRESETS[place]
    open_page(sample_page, "/")
    sample_page.locator("nq-presenter a").nth(place).click()
    wait_for(sample_page, preset)
    assert preset.expects in rows(sample_page)[:5]
    SHOWN[preset.panel](sample_page, preset)
    if preset.why:
        expect(sample_page.locator("nq-why")).to_be_visible()
        expect(sample_page.locator("nq-why")).to_contain_text(preset.why)


def test_the_presets_of_one_letter_differ_by_their_session(sample_page):
    first = {}
    for preset in PRESETS[:2]:
        open_page(sample_page, preset_link(preset))
        wait_for(sample_page, preset)
        first[preset.typed, preset.previous] = rows(sample_page)[0]
    assert first == {("n", ()): "nestrel", ("n", ("digital camera",)): "nikavo digital camera"}


WITHOUT_THAT_SESSION = {
    "A query nobody asked before": ["waterproof tent", "waterproof trunk organizer"],
    "Put together twice": [re.compile("^descaler electric kettle$"), *[re.compile(r"\bdescaler\b")] * 9],
}


def test_what_is_composed_takes_words_of_the_session_and_says_so(sample_page):
    shown = {}
    for title in ("A query nobody asked before", "Put together twice"):
        preset = titled(title)
        open_page(sample_page, preset_link(preset))
        wait_for(sample_page, preset)
        row = sample_page.locator(f"#suggestions [data-text='{preset.expects}']")
        shown[preset.expects] = row.locator(".match").text_content()
        assert set(preset.expects.split()[1:]) <= set(preset.previous[-1].split())
        others = sample_page.locator("nq-lanes .ranks").last.locator(".rank .text")
        expect(others).to_have_text(WITHOUT_THAT_SESSION[title])
    assert shown == {"waterproof trail shoes": "composed", "descaler espresso machine": "composed"}


def test_a_slip_in_a_whole_query_is_corrected_and_marked(sample_page):
    preset = titled("The space came too late")
    open_page(sample_page, preset_link(preset))
    wait_for(sample_page, preset)
    first = sample_page.locator("#suggestions [role=option]").first
    expect(first).to_have_attribute("data-text", preset.expects)
    expect(first.locator(".match")).to_have_text("typo")
    expect(first.locator("u")).to_have_text(" c")


def test_the_trie_finds_what_begins_so_and_the_hybrid_what_each_misses(sample_page):
    open_page(sample_page, preset_link(titled("Trie against tree on a fragment")))
    of_brand = {name: [text for text in texts if "kibbelund" in text] for name, texts in listed(sample_page).items()}
    assert len(of_brand["trie"]) >= 3 + len(of_brand["tree"])
    open_page(sample_page, preset_link(titled("The hybrid finds what each misses")))
    found = {name: set(texts) for name, texts in listed(sample_page).items()}
    assert found["hybrid"] & found["trie"] - found["tree"]
    assert found["hybrid"] & found["tree"] - found["trie"]
    assert found["hybrid"] - found["tree"] - found["trie"]


def wait_for(page, preset):
    """Wait until a preset has been typed and answered."""
    expect(page.locator("#query")).to_have_value(preset.typed, timeout=15_000)
    expect(page.locator("#suggestions")).to_have_attribute("data-prefix", preset.typed)
    expect(page.locator("#suggestions:not([hidden])")).to_be_visible()


def titled(title):
    return next(preset for preset in PRESETS if preset.title == title)


def listed(page):
    """Return the texts of the panel's columns by index."""
    expect(page.locator("nq-indexes .rank-head h2")).to_have_count(3)
    return {
        name: [row.get_attribute("data-text") for row in page.locator(f"nq-indexes .rank[data-column={name}]").all()]
        for name in ("tree", "trie", "hybrid")
    }


def indexes_shown(page, preset):
    assert any(preset.expects in texts[:5] for texts in listed(page).values())


def beam_shown(page, preset):
    expect(page.locator("nq-beams circle.node.kept").first).to_be_visible()
    expect(page.locator("nq-beams .beam")).to_have_count(3)


def lanes_shown(page, preset):
    own, other = (page.locator("nq-lanes .ranks").nth(place).locator(".rank") for place in (0, 1))
    if page.locator(f"#suggestions [data-text='{preset.expects}'] .match").text_content() == "composed":
        expect(own.and_(page.locator(f"[data-text='{preset.expects}']"))).to_have_count(1)
    else:
        expect(own.first).to_have_attribute("data-text", preset.expects)
    expect(other.first).not_to_have_attribute("data-text", preset.expects)


def where_shown(page, preset):
    expect(page.locator("#where")).to_have_value(preset.label)
    expect(page.locator("nq-where .where-index")).to_have_count(3)
    expect(page.locator("nq-where .standing").first).to_contain_text("Rank")


SHOWN = {"indexes": indexes_shown, "beam": beam_shown, "lanes": lanes_shown, "where": where_shown}
