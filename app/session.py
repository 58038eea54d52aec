"""The visitor's session: the last few queries with their times, in Flask's signed cookie.

Knows the cookie's size and the session gap; knows nothing of models or pages.
"""

import time
from typing import NamedTuple

from flask import Flask, Request, Response, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from xmr_engine.text import normalise

GAP_SECONDS = 30 * 60
_CLOCK_SECONDS = 60  # by which the clocks of two servers may differ
MAX_QUERIES = 5
_MAX_COOKIE_BYTES = 3800
_KEY = "queries"


class Query(NamedTuple):
    """One submitted query; ``time`` in seconds since the epoch."""

    text: str
    time: int


class CookieInterface(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure exactly where the request came by https.

    What a keystroke needs of it is little: no cookie is an empty session at once, and what was not touched is not
    looked at again.
    """

    _signer: tuple[object, URLSafeTimedSerializer | None] = (None, None)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session that the cookie holds."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where the session changed."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs the cookie, made once for a key."""
        key, signer = self._signer
        if signer is None or key != app.secret_key:
            signer = super().get_signing_serializer(app)
            self._signer = (app.secret_key, signer)
        return signer

    def get_cookie_secure(self, app: Flask) -> bool:
        """Tell whether to mark the cookie Secure."""
        return request.is_secure


def read() -> list[Query]:
    """Return the queries of the current session, oldest first.

    Walking back from now, the first gap over 30 minutes ends the session.
    """
    queries: list[Query] = []
    later = int(time.time()) + _CLOCK_SECONDS
    for query in reversed(_kept()):
        if not 0 <= later - query.time <= GAP_SECONDS + _CLOCK_SECONDS * (not queries):
            break
        queries.append(query)
        later = query.time
    return queries[::-1]


def _kept() -> list[Query]:
    """Return what the cookie holds; one of another shape, as another version may have signed it, holds nothing."""
    rows = session.get(_KEY, [])
    fits = isinstance(rows, list) and all(
        isinstance(row, list) and [type(value) for value in row] == [str, int] for row in rows
    )
    return [Query(*row) for row in rows] if fits else []


def texts() -> tuple[str, ...]:
    """Return the session's queries as texts, oldest first."""
    return tuple(query.text for query in read())


def add(text: str) -> list[Query]:
    """Make a query the previous one; an immediate repeat only renews its time."""
    query = Query(normalise(text), int(time.time()))
    kept = read()
    if kept and kept[-1].text == query.text:
        kept.pop()
    return _write([*kept, query])


def forget(position: int) -> list[Query] | None:
    """Forget one query by its position; ``None`` if there is none."""
    queries = read()
    if not 0 <= position < len(queries):
        return None
    del queries[position]
    return _write(queries)


def go_back(position: int) -> list[Query] | None:
    """Forget what came after a query; ``None`` if there is no such query."""
    queries = read()
    return _write(queries[: position + 1]) if 0 <= position < len(queries) else None


def clear() -> list[Query]:
    """Begin a new session."""
    return _write([])


def _write(queries: list[Query]) -> list[Query]:
    """Keep the newest queries that fit the cookie, dropping the oldest first, then cutting."""
    kept = queries[-MAX_QUERIES:]
    while kept and _cookie_bytes(kept) > _MAX_COOKIE_BYTES:
        kept = kept[1:] if len(kept) > 1 else [Query(kept[0].text[: len(kept[0].text) * 3 // 4], kept[0].time)]
    if kept:
        session[_KEY] = [list(query) for query in kept]
    else:
        session.clear()
    return kept


def _cookie_bytes(queries: list[Query]) -> int:
    """Return the size of the signed cookie that would hold the queries."""
    serializer = CookieInterface().get_signing_serializer(current_app)
    return len(serializer.dumps({_KEY: [list(query) for query in queries]})) if serializer else 0
