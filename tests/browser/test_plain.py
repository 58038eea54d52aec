"""The page without JavaScript, and without a network."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import open_page, watch


@pytest.fixture
def plain(browser, site):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    context.set_default_timeout(5000)
    yield context.new_page()
    context.close()


def test_form_and_list_work_without_javascript(plain):
    plain.goto("/")
    box = plain.get_by_role("combobox", name="Search")
    box.fill("n")
    plain.get_by_role("button", name="Complete").click()
    before = plain.locator("ol.found button").all_text_contents()
    assert len(before) == 10
    plain.get_by_role("combobox", name="Search").fill("digital camera")
    plain.get_by_role("button", name="Search").click()
    expect(plain.locator(".chips .back")).to_have_text(["digital camera"])
    plain.get_by_role("combobox", name="Search").fill("n")
    plain.get_by_role("button", name="Complete").click()
    after = plain.locator("ol.found button").all_text_contents()
    assert after != before
    plain.locator("ol.found button").first.click()
    expect(plain.locator(".chips .back")).to_have_text(["digital camera", after[0]])
    plain.get_by_role("button", name="Forget digital camera").click()
    expect(plain.locator(".chips .back")).to_have_text([after[0]])
    plain.get_by_role("button", name="New session").click()
    expect(plain.locator(".chips .back")).to_have_count(0)


def test_enter_submits_without_javascript(plain):
    plain.goto("/")
    box = plain.get_by_role("combobox", name="Search")
    box.fill("tent")
    box.press("Enter")
    expect(plain.locator(".chips .back")).to_have_text(["tent"])


def test_nothing_that_needs_javascript_is_shown_without_it(plain):
    plain.goto("/")
    for part in (".tools", "nq-panel", ".foot", ".hints"):
        expect(plain.locator(part).first).to_be_hidden()


def test_the_page_asks_no_other_host_for_anything(browser, site):
    context = browser.new_context(base_url=site)
    page = context.new_page()
    troubles = watch(page, site)
    page.route(lambda url: not url.startswith(site), lambda route: route.abort())
    box = open_page(page, "/?previous=digital+camera&prefix=n&panel=beam")
    box.press_sequentially("iv")
    expect(page.locator("#suggestions")).to_have_attribute("data-prefix", "niv")
    assert troubles == []
    context.close()


def test_an_open_page_survives_the_loss_of_its_server(browser, site):
    context = browser.new_context(base_url=site)
    page = context.new_page()
    box = open_page(page, "/?previous=digital+camera&prefix=n")
    expect(page.locator("[role=option]")).to_have_count(10)
    context.set_offline(True)
    box.press_sequentially("i")
    expect(page.locator("[data-note]")).to_contain_text("no answer just now")
    assert box.input_value() == "ni"
    context.set_offline(False)
    box.press_sequentially("v")
    expect(page.locator("#suggestions")).to_have_attribute("data-prefix", "niv")
    context.close()
