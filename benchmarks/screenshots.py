"""Takes the pictures of README and docs: the main states of the page, on the shipped sample model.

``python -m benchmarks.screenshots`` writes ``docs/pictures/*.png``.
"""

import secrets
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from app import create_app
from app.judging.contenders import find_contender
from app.judging.studies import Plan, begin
from app.settings import Settings
from tests.app.conftest import make_ready
from tests.browser.chromium import ADVICE, ARGUMENTS, find_chromium
from tests.browser.conftest import serve

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
CAMERA = "previous=digital+camera&prefix=n"


class Shot(NamedTuple):
    """One state of a page; ``press`` are keys pressed once it stands, in the box or where a ``study`` is judged."""

    name: str
    path: str
    size: tuple[int, int] = (1280, 720)
    scheme: str = "light"
    press: tuple[str, ...] = ()
    study: str = ""


SHOTS = (
    Shot("page", f"/?{CAMERA}", press=("ArrowDown",)),
    Shot("page-dark", f"/?{CAMERA}", scheme="dark", press=("ArrowDown",)),
    Shot("start", "/?context=off"),
    Shot("beam", f"/?{CAMERA}&panel=beam"),
    Shot("lanes", "/?previous=smart+tv&prefix=so&panel=lanes"),
    Shot("where", f"/?{CAMERA}&panel=where&label=nestrel"),
    Shot("why", f"/?{CAMERA}", press=("ArrowDown", "Alt+w")),
    Shot("room", f"/?{CAMERA}", scheme="dark", press=("Alt+p",)),
    Shot("phone", f"/?{CAMERA}", size=(390, 844)),
    Shot("indexes", "/indexes"),
    Shot("indexes-dark", "/indexes?beam=3&depth=2&prefix=ab", scheme="dark"),
    Shot("judge", "", press=("ArrowRight",) * 3, study="typing"),
    Shot("judge-dark", "", scheme="dark", study="list"),
)
COMPARED = ("shop-model/hybrid", "shop-model/hybrid/no-session")


def main() -> None:
    """Serve the sample model and take every picture."""
    path = find_chromium()
    if path is None:
        sys.exit(f"error: {ADVICE}")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/judgments.db"
        app = create_app(Settings(secret_key=secrets.token_hex(), models=ROOT / "sample_models", database_url=url))
        make_ready(app)
        with serve(app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            for shot in SHOTS:
                take(browser, address, shot._replace(path=begin_study(app, shot.study)) if shot.study else shot)
            browser.close()
        app.extensions["judging"].store.close()


def begin_study(app: Flask, mode: str) -> str:
    """Begin a study of the shipped set; return its address."""
    parts = app.extensions["judging"]
    systems = tuple(find_contender(parts.catalog.completers, name) for name in COMPARED)
    plan = Plan(title="After a session", set_name="shop", mode=mode, systems=systems, seed=5)
    return f"/judge/{begin(parts.store, parts.catalog.completers, plan, parts.shipped['shop'])}"


def take(browser: Browser, address: str, shot: Shot) -> None:
    """Take one picture."""
    width, height = shot.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(shot.path)
    page.wait_for_selector("[data-live]", timeout=120_000)
    if shot.study:
        page.get_by_label("Your name").fill("Ada")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-panel=stage]:not([hidden])")
    for key in shot.press:
        page.keyboard.press(key) if shot.study else page.get_by_role("combobox", name="Search").press(key)
    page.wait_for_timeout(400)
    page.screenshot(path=PICTURES / f"{shot.name}.png")
    print(f"docs/pictures/{shot.name}.png")
    context.close()


if __name__ == "__main__":
    main()
