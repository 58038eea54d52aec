"""Logs: one JSON line a request for machines, plain lines for a terminal; queries stay out unless asked for.

Knows formats of lines and what a request may tell; knows nothing of models.
"""

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import TextIO

from flask import Flask, Response, g, request

from app import metrics
from app.problems import request_id
from app.reading import this_request

requests_log = logging.getLogger("app.requests")

_ENCODER = json.JSONEncoder(ensure_ascii=False)
_FIELDS = "fields"
_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        row = {"time": moment, "level": record.levelname.lower(), "logger": record.name}
        row |= {"message": record.getMessage(), **getattr(record, _FIELDS, {})}
        if record.exc_info:
            row["exception"] = self.formatException(record.exc_info)
        return _ENCODER.encode(row)


def configure(form: str, stream: TextIO | None = None) -> None:
    """Send all logs to a stream; ``json`` tells every request, ``plain`` none."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    requests_log.setLevel(logging.INFO if form == "json" else logging.WARNING)


def install(app: Flask, *, tell_queries: bool) -> None:
    """Log and measure every request."""

    def begin() -> None:
        g.begun = time.perf_counter()

    def finish(response: Response) -> Response:
        asked, known = this_request(), g._get_current_object()
        seconds = time.perf_counter() - known.get("begun", time.perf_counter())
        route = asked.url_rule.rule if asked.url_rule else "none"
        method = asked.method if asked.method in _METHODS else "other"
        metrics.count(metrics.REQUESTS, route, method, str(response.status_code))
        metrics.observe(metrics.SECONDS, seconds, route)
        if requests_log.isEnabledFor(logging.INFO):
            told: dict[str, object] = {"request_id": request_id(), "method": method, "route": route}
            told |= {"status": response.status_code, "ms": round(seconds * 1000, 3)}
            if (prefix := asked.args.get("prefix")) is not None:
                told["prefix_length"] = len(prefix)
            _tell(told | (_queries() if tell_queries else {}))
        return response

    app.before_request(begin)
    app.after_request(finish)


def _tell(fields: dict[str, object]) -> None:
    """Log a request; who asks for the line is always the same, so no stack is walked to find it."""
    record = logging.LogRecord(requests_log.name, logging.INFO, __file__, 0, "request", (), None)
    setattr(record, _FIELDS, fields)
    requests_log.handle(record)


def _queries() -> dict[str, object]:
    """Return what was typed."""
    return {"prefix": request.args.get("prefix"), "previous": request.args.getlist("previous")}
