"""The app's settings, read once from the environment.

Knows names and limits of settings; knows nothing of Flask, models or requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_MAX_PROXIES = 10
_MIN_KEY_LENGTH = 16


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message names it and the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the app was told by its environment."""

    secret_key: str
    models: Path
    trusted_proxies: int = 0

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
            trusted_proxies=_trusted_proxies(environ),
        )


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


def _trusted_proxies(environ: Mapping[str, str]) -> int:
    """Return how many proxies in front of the app are believed."""
    text = environ.get("NEXTQUERY_TRUSTED_PROXIES", "").strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text) <= _MAX_PROXIES):
        raise SettingsError(
            f"NEXTQUERY_TRUSTED_PROXIES: got {text!r}, expected how many proxies stand in front, 0 to {_MAX_PROXIES}"
        )
    return int(text)
