"""The JSON calls: completions, the session, the comparison of indexes, explanations.

Knows HTTP and the checked question; every answer's content is the engine's or the session's.
"""

import json
import time
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import ServiceUnavailable

from app import metrics, session
from app.catalog import Catalog
from app.problems import refuse
from app.reading import MAX_QUERY, check_text, read_question, read_text, this_request
from xmr_engine.text import normalise

api = Blueprint("api", __name__, url_prefix="/api/v1")

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def catalog() -> Catalog:
    """Return the models this app serves."""
    found: Catalog = current_app.extensions["catalog"]
    return found


@api.before_request
def wait_for_kernels() -> None:
    """Answer 503 until the kernels are warm, so that no keystroke waits for a compiler."""
    models = catalog()
    if models.ready:
        return
    if not request.path.startswith(f"{api.url_prefix}/session") and not models.wait():
        raise ServiceUnavailable(models.state, retry_after=2)


@api.get("/complete")
def complete() -> Response:
    """Complete what was typed."""
    started = time.perf_counter()
    asked = read_question(this_request(), catalog())
    was_read = time.perf_counter()
    document = asked.completer.answer(asked.prefix, asked.previous, asked.k, asked.index, asked.beam)
    answered = time.perf_counter()
    response = Response(_ENCODER.encode(document) + "\n", content_type="application/json")
    written = time.perf_counter()
    _measure(document, {"read": was_read - started, "answer": answered - was_read, "write": written - answered})
    server_ms = (written - started) * 1000
    response.headers["Server-Timing"] = f"engine;dur={document['took_ms']:.3f}, server;dur={server_ms:.3f}"
    return response


@api.get("/compare")
def compare() -> Response:
    """Answer by every index of the model at once."""
    asked = read_question(request, catalog())
    return jsonify(asked.completer.compare(asked.prefix, asked.previous, asked.k, asked.beam))


@api.get("/explain")
def explain() -> Response:
    """Say what a label's score adds up to, or where the label was lost."""
    asked = read_question(request, catalog())
    label = read_text(request, "label", MAX_QUERY)
    if not normalise(label):
        raise refuse("label: name the query to explain.")
    return jsonify(asked.completer.explain(asked.prefix, label, asked.previous, asked.index))


@api.get("/session")
def show_session() -> Response:
    """Show the session's queries."""
    return _session_document(session.read())


@api.post("/session/queries")
def add_query() -> Response:
    """Make a submitted query the previous one."""
    body: Any = request.get_json()
    text = body.get("query") if isinstance(body, dict) else None
    if not isinstance(text, str):
        raise refuse('The body must be {"query": "…"}.')
    check_text(text, "query", MAX_QUERY)
    if not normalise(text):
        raise refuse("query: there is nothing in it.")
    return _session_document(session.add(text))


@api.delete("/session/queries/<int:position>")
def forget_query(position: int) -> Response:
    """Forget one query."""
    queries = session.forget(position)
    if queries is None:
        raise refuse(f"The session has no query {position}.")
    return _session_document(queries)


@api.delete("/session")
def forget_session() -> Response:
    """Begin a new session."""
    return _session_document(session.clear())


def _measure(document: dict[str, Any], stages: dict[str, float]) -> None:
    """Tell how long a completion took, and what it fell back on."""
    for stage, seconds in stages.items():
        metrics.observe(metrics.STAGES, seconds, stage)
    matches = {row["match"] for row in document["completions"]} or {"none"}
    for match in matches - {"prefix"}:
        metrics.count(metrics.FALLBACKS, match)


def _session_document(queries: Sequence[session.Query]) -> Response:
    """Return the session as JSON."""
    return jsonify({"queries": [query._asdict() for query in queries]})
