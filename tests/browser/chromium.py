"""Finds the system's Chromium and starts it so that it talks to nobody but the page's server."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "no Chromium found; install it (Debian, Ubuntu: apt-get install chromium) or name it in NEXTQUERY_CHROMIUM"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the path of a Chromium, if there is one."""
    return os.environ.get("NEXTQUERY_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
