"""The description served: as JSON for programs, as a page for people; neither loads anything from elsewhere.

Knows the description; knows nothing of the calls themselves.
"""

from functools import cache
from typing import Any

from flask import Blueprint, Response, json, render_template

from app.openapi.calls import PATHS
from app.openapi.judging import SCHEMAS as JUDGING
from app.openapi.parts import TITLES, refusals
from app.openapi.products import SCHEMAS as PRODUCTS
from app.openapi.schemas import SCHEMAS as ANSWERS
from xmr_engine import __version__

openapi = Blueprint("openapi", __name__)

SCHEMAS = ANSWERS | PRODUCTS | JUDGING

_ABOUT = (
    "Completions of queries as they are typed, from what was typed and what was asked before. The session is a signed "
    "cookie. Every refusal is a problem document (RFC 9457) with the request's id. Calls that change something must "
    "come from the page itself, or from a program that sends neither `Origin` nor `Sec-Fetch-Site`. Every `GET` also "
    "answers `HEAD`; every call answers `OPTIONS`."
)


@cache
def document() -> dict[str, Any]:
    """Return the whole description."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Nextquery", "version": __version__, "description": _ABOUT, "license": _LICENSE},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in ("Completions", "Products", "Session", "Judging", "Pages", "Operation")],
        "paths": PATHS,
        "components": {"schemas": SCHEMAS, "responses": refusals()},
    }


@openapi.get("/openapi.json")
def show_document() -> Response:
    """Show the description to programs."""
    return Response(json.dumps(document()) + "\n", content_type="application/json")


@openapi.get("/docs")
def show_page() -> str:
    """Show the description to people."""
    calls = [
        {"path": path, "method": method.upper(), **described}
        for path, methods in PATHS.items()
        for method, described in methods.items()
    ]
    groups = {tag["name"]: [each for each in calls if tag["name"] in each["tags"]] for tag in document()["tags"]}
    return render_template("docs.html", about=_ABOUT, groups=groups, schemas=SCHEMAS, titles=TITLES)


_LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
