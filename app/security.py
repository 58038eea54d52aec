"""What guards every request: sizes, same origin, and the headers that bind the browser.

Knows HTTP; knows nothing of what the calls mean.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from app.reading import this_request

MAX_BODY_BYTES = 16 * 1024
MAX_URL_BYTES = 32 * 1024

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def install(app: Flask) -> None:
    """Check sizes and origin before every call, send the headers after it."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.before_request(_check_sizes)
    app.before_request(_check_origin)
    app.after_request(_bind_browser)


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


def _bind_browser(response: Response) -> Response:
    """Send the security headers; nothing that depends on the session may be stored."""
    response.headers.extend(_HEADERS)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
