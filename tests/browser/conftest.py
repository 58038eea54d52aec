"""A real browser, and the app over the fake engine for it to visit."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.catalog import Preset
from app.settings import Settings
from tests.app.conftest import make_ready
from tests.app.fake_engine import FakeCompleter
from tests.browser.chromium import ADVICE, ARGUMENTS, find_chromium

PRESETS = [
    Preset(title="Context", shows="n after a camera", typed="ni", previous=("digital camera",)),
    Preset(title="Lanes", shows="two shoppers", typed="n", panel="lanes", other="running shoes"),
    Preset(title="Beam", shows="the search on its way", typed="ca", previous=("digital camera",), panel="beam"),
    Preset(title="Why", shows="the exact sum", typed="n", previous=("digital camera",), why="nivora lens"),
]


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(ADVICE)
        pytest.skip(ADVICE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of this machine; yields its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    app = create_app(Settings(secret_key="a key that only tests use", models=Path()), [FakeCompleter()], PRESETS)
    make_ready(app)
    with serve(app) as address:
        yield address


@pytest.fixture
def context(browser, site) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 720})
    context.set_default_timeout(5000)
    yield context
    context.close()


@pytest.fixture
def page(context, site) -> Iterator[Page]:
    """A page that fails its test if it logs an error or asks another host for anything."""
    page = context.new_page()
    troubles = watch(page, site)
    yield page
    assert troubles == []


def watch(page: Page, site: str) -> list[str]:
    """Collect what goes wrong on a page."""
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    page.on(
        "request", lambda asked: None if asked.url.startswith((site, "data:", "blob:")) else troubles.append(asked.url)
    )
    return troubles


@pytest.fixture
def box(page):
    """The search box of a freshly opened page."""
    return open_page(page, "/")


def open_page(page: Page, path: str):
    """Open a path, wait until its modules have run, and return the search box."""
    page.goto(path)
    page.wait_for_selector("[data-live]")
    return page.get_by_role("combobox", name="Search")


def rows(page: Page) -> list[str]:
    """Return the texts of the open list."""
    return page.locator("#suggestions:not([hidden]) [role=option] .text").all_text_contents()


def active(page: Page) -> str | None:
    """Return the text of the row the keyboard stands on."""
    return page.evaluate(
        """() => {
          const id = document.querySelector('[role=combobox]').getAttribute('aria-activedescendant');
          const option = id && document.getElementById(id);
          return option ? option.dataset.text : null;
        }"""
    )


def chips(page: Page) -> list[str]:
    """Return the queries of the session trail."""
    return page.locator(".chips .back").all_text_contents()
