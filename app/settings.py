"""The app's settings, read once from the environment.

Knows names and limits of settings; knows nothing of Flask, models or requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limits import parse_many

_ROOT = Path(__file__).resolve().parent.parent
_MAX_PROXIES = 10
_MIN_KEY_LENGTH = 16
_RATE_LIMIT = "100/second;3000/minute"
_LOG_FORMATS = ("json", "plain")


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message names it and the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the app was told by its environment.

    Attributes
    ----------
    blocklist
        File of words that no answer may hold.
    rate_limit
        How many calls a client may make, as the `limits` library writes it; ``None``: any number.
    rate_storage
        Where calls are counted; ``memory://`` counts in each worker by itself.
    log_queries
        Whether the lines of the log hold what was typed.
    database_url
        Where judgments are kept; ``None``: an SQLite file in the instance folder.
    judge_passphrase
        What opens judging; ``None``: it is open.
    results
        Folder of what the benchmarks measured, for the report; it may be absent.
    """

    secret_key: str
    models: Path
    trusted_proxies: int = 0
    blocklist: Path | None = None
    rate_limit: str | None = _RATE_LIMIT
    rate_storage: str = "memory://"
    log_queries: bool = False
    database_url: str | None = None
    judge_passphrase: str | None = None
    results: Path = _ROOT / "benchmarks" / "results"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check every ``NEXTQUERY_…`` variable.

        Raises
        ------
        SettingsError
            If a variable is missing, malformed or out of range.
        """
        return cls(
            secret_key=_secret_key(environ),
            models=_models_folder(environ),
            trusted_proxies=read_count(environ, "NEXTQUERY_TRUSTED_PROXIES", 0, (0, _MAX_PROXIES)),
            blocklist=_blocklist(environ),
            rate_limit=_rate_limit(environ),
            rate_storage=environ.get("NEXTQUERY_RATE_STORAGE", "").strip() or "memory://",
            log_queries=read_switch(environ, "NEXTQUERY_LOG_QUERIES"),
            database_url=environ.get("NEXTQUERY_DATABASE_URL", "").strip() or None,
            judge_passphrase=environ.get("NEXTQUERY_JUDGE_PASSPHRASE", "").strip() or None,
        )


def read_count(environ: Mapping[str, str], name: str, absent: int, limits: tuple[int, int]) -> int:
    """Return a whole number within its limits, both included.

    Raises
    ------
    SettingsError
        If the variable holds anything else.
    """
    text = environ.get(name, "").strip() or str(absent)
    least, most = limits
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise SettingsError(f"{name}: got {text[:40]!r}, expected a whole number from {least} to {most}")
    return int(text)


def read_log_format(environ: Mapping[str, str]) -> str:
    """Return how logs are written: ``json`` (a line a request) or ``plain`` (for a terminal, without requests)."""
    text = environ.get("NEXTQUERY_LOG_FORMAT", "").strip() or "json"
    if text not in _LOG_FORMATS:
        raise SettingsError(f"NEXTQUERY_LOG_FORMAT: got {text[:40]!r}, expected {' or '.join(_LOG_FORMATS)}")
    return text


def read_switch(environ: Mapping[str, str], name: str) -> bool:
    """Return whether a variable says ``on``; absent, it is off."""
    text = environ.get(name, "").strip() or "off"
    if text not in {"on", "off"}:
        raise SettingsError(f"{name}: got {text[:40]!r}, expected on or off")
    return text == "on"


def _secret_key(environ: Mapping[str, str]) -> str:
    """Return the cookie's signing key."""
    key = environ.get("NEXTQUERY_SECRET_KEY", "").strip()
    if not key:
        raise SettingsError(
            "NEXTQUERY_SECRET_KEY is not set: it signs the session cookie. "
            "`make demo` makes one; or: export NEXTQUERY_SECRET_KEY=$(openssl rand -hex 32)"
        )
    if len(key) < _MIN_KEY_LENGTH:
        raise SettingsError(f"NEXTQUERY_SECRET_KEY has {len(key)} characters; use {_MIN_KEY_LENGTH} or more")
    return key


def _models_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of models."""
    folder = Path(environ.get("NEXTQUERY_MODELS") or _ROOT / "sample_models")
    if not folder.is_dir():
        raise SettingsError(f"NEXTQUERY_MODELS: {str(folder)!r} is no folder; name one that holds a model")
    return folder


def _blocklist(environ: Mapping[str, str]) -> Path | None:
    """Return the file of blocked words, if one is named."""
    text = environ.get("NEXTQUERY_BLOCKLIST", "").strip()
    if not text:
        return None
    if not Path(text).is_file():
        raise SettingsError(f"NEXTQUERY_BLOCKLIST: {text!r} is no file; name one with a word or several on each line")
    return Path(text)


def _rate_limit(environ: Mapping[str, str]) -> str | None:
    """Return the limits of calls; ``off`` lifts them."""
    text = environ.get("NEXTQUERY_RATE_LIMIT", "").strip() or _RATE_LIMIT
    if text == "off":
        return None
    try:
        parse_many(text)
    except ValueError:
        raise SettingsError(
            f"NEXTQUERY_RATE_LIMIT: got {text[:40]!r}, expected limits such as {_RATE_LIMIT!r}, or off"
        ) from None
    return text
