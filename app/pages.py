"""The pages people see, whole without JavaScript.

Knows forms, links and templates; asks the engine through the catalog and never how it answers.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import session
from app.catalog import Catalog, Preset
from app.problems import refuse
from app.reading import MAX_PREFIX, MAX_QUERY, Question, check_text, read_question
from xmr_engine.text import normalise

pages = Blueprint("pages", __name__)

_THEMES = frozenset({"light", "dark"})


@pages.app_context_processor
def theme() -> dict[str, Any]:
    """Give every page the visitor's choice of light or dark."""
    chosen = request.cookies.get("theme")
    return {"theme": chosen if chosen in _THEMES else None}


@pages.get("/")
def type_page() -> str:
    """Show the page to type on, with the answer to what the URL holds."""
    catalog: Catalog = current_app.extensions["catalog"]
    catalog.begin_warming()
    asked = read_question(request, catalog)
    answer = asked.completer.answer(asked.prefix, asked.previous, asked.k, asked.index) if _answerable(asked) else None
    return render_template(
        "type.html",
        asked=asked,
        answer=answer,
        catalog=catalog,
        presets=[(preset, preset_link(preset)) for preset in catalog.presets],
        limits={"prefix": MAX_PREFIX, "query": MAX_QUERY},
        in_step=asked.previous == session.texts(),
    )


@pages.post("/")
def submit() -> AnyResponse:
    """Take the plain form: a query to submit, one to forget or go back to, or a new session."""
    if "new" in request.form:
        session.clear()
    elif "forget" in request.form:
        _change_at(session.forget, request.form["forget"])
    elif "back" in request.form:
        _change_at(session.go_back, request.form["back"])
    else:
        text = check_text(request.form.get("query") or request.form.get("prefix", ""), "query", MAX_QUERY)
        if normalise(text):
            session.add(text)
    model = request.form.get("model", "")
    return redirect(url_for("pages.type_page", model=model or None), 303)


@pages.get("/favicon.ico")
def favicon() -> Response:
    """Serve the icon where browsers look for it."""
    return current_app.send_static_file("icon.svg")


def preset_link(preset: Preset) -> str:
    """Return the permalink of a preset's last moment."""
    context = [("previous", text) for text in preset.previous] or [("context", "off")]
    optional = [(name, value) for name in ("other", "label", "why") if (value := getattr(preset, name))]
    return "/?" + urlencode([*context, ("prefix", preset.typed), ("panel", preset.panel), *optional])


def _change_at(change: Callable[[int], object], position: str) -> None:
    """Change the session at the position a form names."""
    if not (position.isascii() and position.isdigit()) or change(int(position[:3])) is None:
        raise refuse(f"The session has no query {position[:20]!r}.")


def _answerable(asked: Question) -> bool:
    """Tell whether the page has something to answer now."""
    catalog: Catalog = current_app.extensions["catalog"]
    return bool(asked.prefix or asked.previous) and catalog.wait()
