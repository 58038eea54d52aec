"""How often one client may call.

Knows addresses and counts; knows nothing of what the calls do.
"""

import ipaddress
import logging
import time

from flask import Flask, request
from limits import parse_many
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from app import metrics
from app.settings import Settings, SettingsError

logger = logging.getLogger(__name__)

_FREE = frozenset({"static", "telemetry.livez", "telemetry.readyz", "telemetry.show_metrics"})
_IPV6_NETWORK = 64
_COMPLAINT_SECONDS = 60.0


class Throttle:
    """Counts calls by client, and refuses those over the limits."""

    def __init__(self, limits: str, storage: str) -> None:
        """Connect to the storage.

        Raises
        ------
        SettingsError
            If the storage is none, or its client library is missing.
        """
        self._limits = parse_many(limits)
        try:
            self._limiter = FixedWindowRateLimiter(storage_from_string(storage))
        except (ConfigurationError, ValueError) as error:
            kind = storage.partition(":")[0]
            raise SettingsError(
                f"NEXTQUERY_RATE_STORAGE: {kind}:… cannot be used ({error}); "
                "expected memory://, or redis://HOST:PORT with the package redis installed"
            ) from None
        self._complained = -_COMPLAINT_SECONDS

    def check(self) -> None:
        """Refuse the current request where its client has called too often.

        Raises
        ------
        werkzeug.exceptions.TooManyRequests
            With the seconds after which to come back.
        """
        if request.endpoint in _FREE or is_local(request.remote_addr):
            return
        client = client_key(request.remote_addr or "")
        for limit in self._limits:
            try:
                if self._limiter.hit(limit, client):
                    continue
                reset = self._limiter.get_window_stats(limit, client).reset_time
            except Exception:  # whatever the storage's client raises: a lost counter must not cost an answer
                self._complain()
                return
            metrics.count(metrics.RATE_LIMITED)
            raise TooManyRequests(f"More than {limit} from one client.", retry_after=max(1, round(reset - time.time())))

    def _complain(self) -> None:
        """Log that calls cannot be counted, once a minute."""
        now = time.monotonic()
        if now - self._complained > _COMPLAINT_SECONDS:
            self._complained = now
            logger.exception("calls cannot be counted; nobody is limited meanwhile")


def install(app: Flask, settings: Settings) -> None:
    """Check the client's rate before every call."""
    if settings.rate_limit is not None:
        app.before_request(Throttle(settings.rate_limit, settings.rate_storage).check)


def is_local(address: str | None) -> bool:
    """Tell whether an address is this machine's own; a local socket has none."""
    try:
        return not address or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def client_key(address: str) -> str:
    """Return what one client is counted by: its address, of IPv6 the network it was given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))
    return address
