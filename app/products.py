"""The page of products: a query's products by every system side by side, and the JSON behind it.

Knows the retrievers' documents as plain values; knows nothing of how products are found.
"""

import time
from typing import NamedTuple

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import NotFound, ServiceUnavailable

from app.catalog import Catalog
from app.opened import Retriever
from app.problems import refuse
from app.reading import MAX_BEAM, MAX_K, MAX_QUERY, read_number, read_text

products = Blueprint("products", __name__)

SYSTEMS = {
    "lexical": ("Lexical", "BM25 over the words of titles"),
    "neural": ("Neural", "two towers, nearest vectors"),
    "xr-linear": ("XR-Linear", "tree learned from purchases"),
    "full": ("Full", "XR-Linear ∪ lexical, ranked"),
}
BEAMS = (1, 2, 3, 5, 10, 15, 20, 30, 50)
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)


class Question(NamedTuple):
    """A checked question; ``None`` leaves a choice to the model."""

    retriever: Retriever
    query: str
    k: int
    beam: int | None
    threshold: float | None


@products.get("/products")
def show_page() -> str:
    """Show the page, with the answer to what the URL holds."""
    catalog = _catalog()
    if not catalog.retrievers:
        return render_template("products.html", asked=None, answer=None, queries=())
    asked = _read(catalog)
    answer = asked.retriever.compare(*asked[1:]) if asked.query.strip() and catalog.wait() else None
    return render_template(
        "products.html",
        asked=asked,
        answer=answer,
        queries=catalog.queries,
        titles=[(name, *SYSTEMS[name]) for name in SYSTEMS if name in asked.retriever.systems],
        scales={"beam": BEAMS, "threshold": THRESHOLDS},
        limit=MAX_QUERY,
    )


@products.get("/api/v1/products")
def show_document() -> Response:
    """Answer a query by every system."""
    catalog = _catalog()
    if not catalog.retrievers:
        raise NotFound("This server has no model of products; train one with `products train`.")
    asked = _read(catalog)
    if not asked.query.strip():
        raise refuse("query: there is nothing in it.")
    if not catalog.wait():
        raise ServiceUnavailable(catalog.state, retry_after=2)
    started = time.perf_counter()
    response = jsonify(asked.retriever.compare(*asked[1:]))
    response.headers["Server-Timing"] = f"server;dur={(time.perf_counter() - started) * 1000:.3f}"
    return response


def _read(catalog: Catalog) -> Question:
    """Return the question, checked."""
    name = request.args.get("model") or next(iter(catalog.retrievers))
    retriever = catalog.retrievers.get(name)
    if retriever is None:
        raise refuse(f"model: there is no {name!r} of products here; there is {', '.join(catalog.retrievers)}.")
    k = read_number(request, "k", MAX_K)
    beam, threshold = read_number(request, "beam", MAX_BEAM), _read_share("threshold")
    return Question(retriever, read_text(request, "query", MAX_QUERY), 10 if k is None else k, beam, threshold)


def _read_share(name: str) -> float | None:
    """Return a number from 0 to 1; ``None`` where it is absent."""
    text = request.args.get(name)
    if text is None:
        return None
    try:
        share = float(text) if text.isascii() and len(text) <= 20 else -1.0
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise refuse(f"{name}: got {text[:40]!r}, expected a number from 0 to 1.")
    return share


def _catalog() -> Catalog:
    found: Catalog = current_app.extensions["catalog"]
    return found
