"""Who may come in: those who say the shared passphrase, from pages of this origin.

Knows requests and cookies; keeps addresses in memory for minutes only, and writes none down.
"""

import hmac
import time
from hashlib import sha256

from flask import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import Forbidden, TooManyRequests

from app.throttle import client_key

COOKIE = "nextquery_judge"
_OPEN_SECONDS = 12 * 3600
_SALT = "judging"
_ATTEMPTS = parse("10/5 minutes")
_FOREIGN = frozenset({"cross-site", "same-site"})


class Gate:
    """The door to judging: open, or closed to those who do not say the passphrase."""

    def __init__(self, passphrase: str | None, secret_key: str) -> None:
        self._passphrase = passphrase
        self._serializer = URLSafeTimedSerializer(secret_key, salt=_SALT)
        self._attempts = FixedWindowRateLimiter(MemoryStorage())

    @property
    def closed(self) -> bool:
        """Whether a passphrase is set."""
        return self._passphrase is not None

    def lets_in(self, request: Request) -> bool:
        """Tell whether a request may pass: by cookie, or by the passphrase as a bearer token."""
        if self._passphrase is None:
            return True
        try:
            said = self._serializer.loads(request.cookies.get(COOKIE, ""), max_age=_OPEN_SECONDS)
        except BadSignature:
            return self._by_token(request)
        return isinstance(said, str) and hmac.compare_digest(said, self._mark())

    def try_passphrase(self, request: Request, said: str) -> bool:
        """Compare what was said with the passphrase, so many times a client and no more.

        Raises
        ------
        werkzeug.exceptions.TooManyRequests
            With the seconds after which to come back. Attempts are counted in each worker by itself.
        """
        client = client_key(request.remote_addr or "")
        if not self._attempts.hit(_ATTEMPTS, client):
            reset = self._attempts.get_window_stats(_ATTEMPTS, client).reset_time
            raise TooManyRequests(
                "Too many attempts at the passphrase.", retry_after=max(1, round(reset - time.time()))
            )
        return self._passphrase is not None and hmac.compare_digest(said.encode(), self._passphrase.encode())

    def open_for(self, request: Request, response: Response) -> None:
        """Let the browser in that gets this answer."""
        value = str(self._serializer.dumps(self._mark()))
        response.set_cookie(
            COOKIE, value, max_age=_OPEN_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
        )

    def _by_token(self, request: Request) -> bool:
        """Tell whether a script said the passphrase in its Authorization header."""
        token = request.authorization.token if request.authorization else None
        return token is not None and self.try_passphrase(request, _as_utf8(token))

    def _mark(self) -> str:
        """Return what the cookie holds: another passphrase closes the door again."""
        return sha256(f"{_SALT}:{self._passphrase}".encode()).hexdigest()


def require_same_origin(request: Request) -> None:
    """Refuse what another site's page asks for in the background; a link from there may be followed."""
    foreign = request.headers.get("Sec-Fetch-Site") in _FOREIGN
    if foreign and request.headers.get("Sec-Fetch-Mode") != "navigate":
        raise Forbidden("Judgments are for pages of this site only.")


def _as_utf8(header: str) -> str:
    """Return a header's text as its sender wrote it; it was read as Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
