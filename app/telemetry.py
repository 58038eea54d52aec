"""Whether the process lives, whether it can answer, and how it fares.

Knows the catalog's state and the figures; knows nothing of completions.
"""

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from app import metrics

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
    status = "ready" if catalog.ready else "failed" if catalog.failed else "warming"
    response = jsonify({"status": status, "detail": catalog.state, "models": list(catalog.completers)})
    if not catalog.ready:
        response.status_code = 503
        response.headers["Retry-After"] = "2"
    return response


@telemetry.get("/metrics")
def show_metrics() -> Response:
    """Show the figures of all workers to Prometheus."""
    return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
