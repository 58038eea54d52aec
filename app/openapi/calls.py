"""Every call of the app: what it takes, what it gives, how it refuses.

Knows the limits that are checked elsewhere, by importing them; knows nothing of how a call is answered.
"""

from collections.abc import Sequence

from app.figure import LIMITS
from app.openapi.judging import PATHS as JUDGING
from app.openapi.parts import ALWAYS, CHANGING, Part, answer, body, call, choice, named, number, position, record, text
from app.openapi.parts import several as several_texts
from app.openapi.products import PATHS as PRODUCTS
from app.reading import MAX_BEAM, MAX_K, MAX_PREFIX, MAX_QUERY

HTML = "text/html"
PLAIN: Part = {"type": "string"}
_READ = (*ALWAYS, 503)

_MODEL = text("model", "A model by name; absent: the first.", 200)
_PREVIOUS = several_texts("previous", "An earlier query, oldest first; absent: the session's.", MAX_QUERY)
_CONTEXT = choice("context", "`off` leaves the session out.", ["on", "off"], "on")
_ASKING = (_MODEL, _PREVIOUS, _CONTEXT)
_PREFIX = text("prefix", "What is typed so far; empty asks for likely next queries.", MAX_PREFIX, example="nik")
_INDEX = text("index", "An index of the model; absent: its first.", 20, example="hybrid")
_K = number("k", "Most completions.", MAX_K, 10)
_BEAM = number("beam", "Nodes kept at a depth; absent: the model's.", MAX_BEAM)
_SUBMITTED = record({"query": {"type": "string", "maxLength": MAX_QUERY, "minLength": 1}})
_SESSION = answer(named("Session"), "The session as it is now.")
_SHORT_STRINGS = several_texts("strings", "Strings to draw, one or several lines each; absent: eight.", 1000)
_DRAWN = [number(name, f"The {name} of the indexes.", most) for name, most in LIMITS.items()]
_FORM: Part = {
    "type": "object",
    "properties": dict.fromkeys(("query", "prefix", "new", "forget", "back", "model"), PLAIN),
}


def _page(name: str, summary: str, parameters: Sequence[Part] = ()) -> Part:
    """Return the description of a page for people; refused, it is a page, too, where a browser asks."""
    return call(name, summary, {200: answer(PLAIN, "The page.", HTML)}, parameters, tags=["Pages"])


PATHS: dict[str, dict[str, Part]] = {
    "/api/v1/complete": {
        "get": call(
            "complete",
            "Complete what was typed.",
            {200: answer(named("Completions"), "The completions, best first.")},
            [_PREFIX, *_ASKING, _K, _INDEX, _BEAM],
            _READ,
            tags=["Completions"],
        )
    },
    "/api/v1/compare": {
        "get": call(
            "compare",
            "Answer by every index of a model at once.",
            {200: answer(named("Comparison"), "Each index's own completions and search.")},
            [_PREFIX, *_ASKING, _K, _BEAM],
            _READ,
            tags=["Completions"],
        )
    },
    "/api/v1/explain": {
        "get": call(
            "explain",
            "Say what a completion's score adds up to, or where a query was lost.",
            {200: answer(named("Explanation"), "The exact sum, by groups and by terms.")},
            [
                _PREFIX,
                text("label", "The query to explain.", MAX_QUERY, required=True, example="nikon camera"),
                *_ASKING,
                _INDEX,
            ],
            _READ,
            tags=["Completions"],
        )
    },
    "/api/v1/indexes": {
        "get": call(
            "draw",
            "Build tree, trie and hybrid of a handful of strings, and search each.",
            {200: answer(named("Drawing"), "The three indexes and the search on each.")},
            [_SHORT_STRINGS, text("prefix", "What is typed.", MAX_PREFIX), *_DRAWN],
            _READ,
            tags=["Completions"],
        )
    },
    "/api/v1/session": {
        "get": call("show_session", "Show the session's queries.", {200: _SESSION}, tags=["Session"]),
        "delete": call("forget_session", "Begin a new session.", {200: _SESSION}, (), CHANGING, tags=["Session"]),
    },
    "/api/v1/session/queries": {
        "post": call(
            "add_query",
            "Make a submitted query the previous one.",
            {200: _SESSION},
            (),
            CHANGING,
            requestBody=body(_SUBMITTED),
            tags=["Session"],
        )
    },
    "/api/v1/session/queries/{position}": {
        "delete": call(
            "forget_query",
            "Forget one query of the session.",
            {200: _SESSION},
            [position("position", "Its position, the oldest is 0.")],
            CHANGING,
            tags=["Session"],
        )
    },
    "/": {
        "get": _page("type_page", "The page to type on.", parameters=[_PREFIX, *_ASKING, _K, _INDEX]),
        "post": call(
            "submit",
            "Take the page's plain form, and go back to the page.",
            {303: {"description": "Look at the page again."}},
            (),
            CHANGING,
            requestBody=body(_FORM, "application/x-www-form-urlencoded"),
            tags=["Pages"],
        ),
    },
    "/report": {"get": _page("report_page", "What was measured, as charts and tables.")},
    "/indexes": {"get": _page("indexes_page", "The three indexes of a handful of strings, drawn.")},
    "/docs": {"get": _page("docs_page", "This description, to read.")},
    "/openapi.json": {
        "get": call("openapi", "This description.", {200: answer({"type": "object"})}, tags=["Operation"])
    },
    "/livez": {"get": call("livez", "Say that the process lives.", {200: answer(named("Alive"))}, tags=["Operation"])},
    "/readyz": {
        "get": call(
            "readyz",
            "Say whether models are open and kernels warm.",
            {200: answer(named("Readiness"), "Ready."), 503: answer(named("Readiness"), "Not ready.")},
            tags=["Operation"],
        )
    },
    "/metrics": {
        "get": call(
            "metrics",
            "Show the figures of all workers to Prometheus.",
            {200: answer(PLAIN, "Prometheus' text format.", "text/plain")},
            tags=["Operation"],
        )
    },
    **PRODUCTS,
    **JUDGING,
}
