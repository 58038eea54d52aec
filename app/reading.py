"""What a read call asks, checked: model, prefix, previous queries, and numbers within their limits.

Knows the query string and the session; knows nothing of what the engine does with it.
"""

from dataclasses import dataclass
from typing import cast

from flask import Request
from flask import request as proxy

from app import session
from app.catalog import Catalog
from app.opened import Completer
from app.problems import refuse

MAX_PREFIX = 200
MAX_QUERY = 500
MAX_K = 50
MAX_BEAM = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A checked read call; ``None`` leaves a choice to the model."""

    completer: Completer
    prefix: str
    previous: tuple[str, ...]
    k: int
    index: str | None
    beam: int | None


def this_request() -> Request:
    """Return the request itself: each look through Flask's proxy costs microseconds, and a keystroke takes many."""
    return cast(Request, proxy._get_current_object())  # type: ignore[attr-defined]


def read_question(request: Request, catalog: Catalog) -> Question:
    """Check a read call's parameters.

    Raises
    ------
    werkzeug.exceptions.UnprocessableEntity
        If one is out of its limits; the message names it, what was got and what is expected.
    """
    prefix = read_text(request, "prefix", MAX_PREFIX)
    k = read_number(request, "k", MAX_K)
    return Question(
        completer=read_model(request, catalog),
        prefix=prefix,
        previous=_read_previous(request),
        k=10 if k is None else k,
        index=request.args.get("index"),
        beam=read_number(request, "beam", MAX_BEAM),
    )


def read_model(request: Request, catalog: Catalog) -> Completer:
    """Return the model asked for, the default where none is named."""
    name = request.args.get("model") or None
    completer = catalog.get(name)
    if completer is None:
        raise refuse(f"model: there is no {name!r} here; there is {', '.join(catalog.completers)}.")
    return completer


def read_text(request: Request, name: str, limit: int) -> str:
    """Return a text parameter of at most ``limit`` characters."""
    return check_text(request.args.get(name, ""), name, limit)


def check_text(text: str, name: str, limit: int) -> str:
    """Return the text if it keeps its limit."""
    if len(text) > limit:
        raise refuse(f"{name}: got {len(text):,} characters, at most {limit} are taken.")
    return text


def read_number(request: Request, name: str, limit: int) -> int | None:
    """Return a whole number from 1 to ``limit``; ``None`` where it is absent."""
    text = request.args.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(limit)) and 1 <= int(text) <= limit):
        raise refuse(f"{name}: got {text[:40]!r}, expected a whole number from 1 to {limit}.")
    return int(text)


def _read_previous(request: Request) -> tuple[str, ...]:
    """Return the previous queries, oldest first; the session's where none are given."""
    context = request.args.get("context", "on")
    if context not in {"on", "off"}:
        raise refuse(f"context: got {context!r}, expected on or off.")
    given = [check_text(text, "previous", MAX_QUERY) for text in request.args.getlist("previous")]
    if context == "off":
        return ()
    return tuple(text for text in given if text) if "previous" in request.args else session.texts()
