"""What guards every request: sizes, same origin, and the headers that bind the browser.

Knows HTTP; knows nothing of what the calls mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from app.reading import this_request

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from _typeshed import OptExcInfo

MAX_BODY_BYTES = 16 * 1024
MAX_URL_BYTES = 32 * 1024

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
_HEADERS = [
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]


def install(app: Flask) -> None:
    """Check sizes and origin before every call, send the headers after it."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.before_request(_check_sizes)
    app.before_request(_check_origin)
    app.after_request(_keep_out_of_caches)
    app.wsgi_app = bind_browser(app.wsgi_app)  # type: ignore[assignment, method-assign]


def _check_sizes() -> None:
    """Refuse long URLs and big bodies before they are read."""
    asked = this_request()
    raw = asked.environ.get("RAW_URI") or asked.environ.get("REQUEST_URI") or asked.full_path
    if len(raw) > MAX_URL_BYTES:
        abort(414, f"The URL has {len(raw):,} bytes; at most {MAX_URL_BYTES:,} are read.")
    if (asked.content_length or 0) > MAX_BODY_BYTES:
        abort(413, f"The body has {asked.content_length:,} bytes; at most {MAX_BODY_BYTES:,} are read.")


def _check_origin() -> None:
    """Refuse a state-changing call that a page of another origin made.

    Browsers say so in ``Sec-Fetch-Site``, older ones in ``Origin``; a program that sends neither
    carries no visitor's cookie unasked.
    """
    if request.method in _READING:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        same = site in {"same-origin", "none"}
    else:
        origin = request.headers.get("Origin")
        same = origin is None or urlsplit(origin)[:2] == urlsplit(request.host_url)[:2]
    if not same:
        abort(403, "This call changes the session and must come from the page itself.")


def bind_browser(serve: WSGIApplication) -> WSGIApplication:
    """Send the security headers with every answer; they never change, so nothing needs to check them each time."""

    def bound(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def begin(
            status: str, headers: list[tuple[str, str]], error: OptExcInfo | None = None, /
        ) -> Callable[[bytes], object]:
            return start(status, headers + _HEADERS, error)

        return serve(environ, begin)

    return bound


def _keep_out_of_caches(response: Response) -> Response:
    """Let nothing be stored that depends on the session."""
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
