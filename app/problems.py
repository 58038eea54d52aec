"""Refusals in one form: RFC 9457 problem documents with a request id, a plain page for people.

Knows HTTP statuses; knows nothing of models or sessions.
"""

import logging
import os
import re
import traceback
from typing import Any

from flask import Flask, Response, g, json, render_template, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException, UnprocessableEntity

from app import metrics
from xmr_engine.errors import ConfigError

logger = logging.getLogger(__name__)

_FOREIGN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def refuse(detail: str) -> UnprocessableEntity:
    """Return the 422 to raise for a request that is well-formed but asks the impossible."""
    return UnprocessableEntity(detail)


def install(app: Flask, *, believe_ids: bool = False) -> None:
    """Give every request an id and every error one form; a believed proxy may have named the request already."""

    def name_request() -> None:
        given = request.headers.get("X-Request-ID", "") if believe_ids else ""
        g.request_id = given if _FOREIGN_ID.fullmatch(given) else os.urandom(16).hex()

    app.before_request(name_request)
    app.after_request(_show_request_id)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(ConfigError, _from_engine)
    app.register_error_handler(ParseException, _from_broken_body)
    app.register_error_handler(Exception, _from_fault)


def request_id() -> str:
    """Return the id of the current request."""
    if "request_id" not in g:
        g.request_id = os.urandom(16).hex()
    return str(g.request_id)


def _show_request_id(response: Response) -> Response:
    """Send the id with every answer."""
    response.headers["X-Request-ID"] = request_id()
    return response


def _from_http(error: HTTPException) -> Response:
    """Turn a refusal of Flask's or ours into a problem document."""
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    response = _problem(error.code, error.name, error.description or error.name)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _from_engine(error: ConfigError) -> Response:
    """Pass on what the engine says about an impossible setting."""
    return _problem(422, "Unprocessable Entity", str(error))


def _from_broken_body(error: ParseException) -> Response:
    """Refuse a body whose parts do not fit together, and the connection with it."""
    response = _problem(400, "Bad Request", "The body is not sent as it says.")
    response.headers["Connection"] = "close"
    return response


def outline(error: BaseException) -> str:
    """Return of what kind an error is and where it arose, without its message, which may quote a query."""
    return type(error).__name__ + "\n" + "".join(traceback.format_tb(error.__traceback__)).rstrip()


def _from_fault(error: Exception) -> Response:
    """Log a fault with its id; tell the visitor no more than the id."""
    metrics.count(metrics.FAULTS)
    logger.error("request %s failed: %s", request_id(), outline(error))
    return _problem(500, "Internal Server Error", "The server failed; its log has more under this request id.")


def _problem(status: int, title: str, detail: str) -> Response:
    """Return the document, or the page where a person is navigating."""
    fields: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    fields |= {"instance": request.path, "request_id": request_id()}
    if "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/"):
        return Response(render_template("problem.html", problem=fields), status)
    return Response(json.dumps(fields) + "\n", status, content_type="application/problem+json")
