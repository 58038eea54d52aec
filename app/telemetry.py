"""Whether the process lives and whether it can answer.

Knows the catalog's state; knows nothing of completions.
"""

from flask import Blueprint, Response, current_app, jsonify

telemetry = Blueprint("telemetry", __name__)


@telemetry.get("/livez")
def livez() -> Response:
    """Say that the process answers."""
    return jsonify({"status": "alive"})


@telemetry.get("/readyz")
def readyz() -> Response:
    """Say whether models are open and kernels warm."""
    catalog = current_app.extensions["catalog"]
    catalog.begin_warming()
    response = jsonify({"status": "ready" if catalog.ready else "warming", "detail": catalog.state})
    if not catalog.ready:
        response.status_code = 503
        response.headers["Retry-After"] = "2"
    return response
