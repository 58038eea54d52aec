"""The page of the three indexes: a handful of strings drawn as tree, trie and hybrid, and the JSON behind it.

Knows the engine's drawings as plain values; knows nothing of models or sessions.
"""

import fcntl
import logging
import threading
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import ServiceUnavailable

from app.catalog import Catalog
from app.problems import refuse
from app.reading import MAX_PREFIX, read_number, read_text
from xmr_engine import drawing

logger = logging.getLogger(__name__)
figure = Blueprint("figure", __name__)

EXAMPLE = ("a", "ab", "abc", "abd", "abfgh", "abfgi", "bcde", "bcdf")
LIMITS = {"depth": drawing.MOST_DEPTH, "branching": drawing.MOST_BRANCHING, "beam": drawing.MOST_BEAM}
_TYPED = "ab"
_DEFAULTS = {"depth": 1, "branching": 2, "beam": 2}
_MAX_STRINGS = drawing.MOST_TEXTS * (drawing.MOST_CHARACTERS + 2) * 2
_PATIENCE_SECONDS = 2.0
_FAILED = "The drawing could not be prepared; the server's log says why."
_SOON = "Getting ready to draw: the first start compiles the builders, which takes up to a minute."


class Draughtsman:
    """Whether what a drawing needs is compiled; compiles it in the background, after the models' kernels."""

    def __init__(self, catalog: Catalog) -> None:
        self.failed = False
        self._catalog = catalog
        self._lock = threading.Lock()
        self._begun = False
        self._ready = threading.Event()

    def wait(self) -> bool:
        """Begin where nobody has, wait briefly, and tell whether drawings can be made."""
        with self._lock:
            if not self._begun:
                self._begun = True
                threading.Thread(target=self._warm, name="drawing", daemon=True).start()
        return self._ready.wait(_PATIENCE_SECONDS)

    def _warm(self) -> None:
        """Draw once; one process at a time, so the first compiles for all."""
        while not self._catalog.wait():
            if self._catalog.failed:
                break
        try:
            with Path(__file__).open() as own_file:
                fcntl.flock(own_file, fcntl.LOCK_EX)
                drawing.warm()
        except Exception:
            logger.exception("the drawings could not be prepared")
            self.failed = True
            return
        self._ready.set()


@figure.get("/indexes")
def show_page() -> str:
    """Show the three indexes of the strings in the URL, of the papers' eight where there are none."""
    asked = _read()
    drawn = drawing.draw(**asked) if _draughtsman().wait() else None
    return render_template("indexes.html", asked=asked, drawn=drawn, limits=LIMITS, most=drawing.MOST_TEXTS)


@figure.get("/api/v1/indexes")
def show_document() -> Response:
    """Answer with the three indexes and the search on each."""
    asked = _read()
    draughtsman = _draughtsman()
    if not draughtsman.wait():
        raise ServiceUnavailable(_FAILED if draughtsman.failed else _SOON, retry_after=2)
    return jsonify(drawing.draw(**asked))


def _read() -> dict[str, Any]:
    """Return the checked question, in the engine's words."""
    given = [line for text in request.args.getlist("strings") for line in text.splitlines() if line.strip()]
    if sum(map(len, given)) > _MAX_STRINGS:
        raise refuse(f"strings: at most {drawing.MOST_TEXTS} of {drawing.MOST_CHARACTERS} characters are drawn.")
    numbers = {name: read_number(request, name, most) or _DEFAULTS[name] for name, most in LIMITS.items()}
    typed = read_text(request, "prefix", MAX_PREFIX) if given or "prefix" in request.args else _TYPED
    return {"texts": given or list(EXAMPLE), "prefix": typed, **numbers}


def _draughtsman() -> Draughtsman:
    found: Draughtsman = current_app.extensions["draughtsman"]
    return found
