"""Models taken up from a folder: found, checked, opened; and found anew when the folder changes.

Knows folders and the engine's door; knows nothing of requests or of files inside a model.
"""

import json
import logging
import threading
import time
from pathlib import Path
from typing import NamedTuple

import xmr_engine
from app import metrics
from app.blocking import BlockingCompleter
from app.catalog import Catalog, Preset, Shelf, shelve
from app.opened import Completer, Retriever
from app.settings import SettingsError
from xmr_engine import storage
from xmr_engine.data.blocklist import read_blocklist
from xmr_engine.errors import XmrError

logger = logging.getLogger(__name__)

_MODEL_MARK = "model.json"
_CURRENT = "current"
_PRESETS = "presets.json"
_QUERIES = "queries.json"
_PRODUCTS = "retrieval"
_NO_COMPLETIONS = frozenset({_PRODUCTS, "two-tower", "gru"})
_UNFINISHED = frozenset({".partial", ".old"})
_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 60.0

Signature = tuple[tuple[str, str, int, int], ...]


class Found(NamedTuple):
    """A model directory, and the name it is served under."""

    name: str
    path: Path


def find_models(folder: Path) -> list[Found]:
    """Return the models at, in, or one level below a folder, by name.

    Of a folder that has an entry `current` (a link to a model directory), that entry alone is taken, under the
    folder's name.
    """
    found = []
    for place in [folder, *_folders(folder), *(inner for outer in _folders(folder) for inner in _folders(outer))]:
        if (place / _CURRENT / _MODEL_MARK).is_file():
            found.append(Found(place.resolve().name, (place / _CURRENT).resolve()))
        elif (place / _MODEL_MARK).is_file() and not _is_chosen_by_link(place, folder):
            found.append(Found(place.resolve().name, place.resolve()))
    return found


def take_up(folder: Path, blocklist: Path | None = None) -> Shelf:
    """Open every model of a folder after checking its sums.

    Raises
    ------
    SettingsError
        If the folder holds no model, or two of one name.
    xmr_engine.errors.XmrError
        If a model is damaged, foreign or altered, or the block list cannot be read.
    """
    models = find_models(folder)
    if not models:
        raise SettingsError(
            f"{str(folder)!r} holds no model; `make models` builds the samples, `make demo LOG=…` yours"
        )
    blocked = None if blocklist is None else read_blocklist(blocklist)
    completers: list[Completer] = []
    retrievers: dict[str, Retriever] = {}
    for name, path in models:
        kind = storage.read_document(path).get("kind")
        storage.verify(path)
        if kind == _PRODUCTS:
            retrievers[name] = xmr_engine.open_retriever(path)
        if kind in _NO_COMPLETIONS:
            continue
        completer = xmr_engine.open_completer(path, name)
        completers.append(completer if blocked is None else BlockingCompleter(completer, blocked))
    shelf = shelve(completers, read_presets(folder))
    return shelf._replace(retrievers=retrievers, queries=read_queries(folder))


def signature(folder: Path, blocklist: Path | None = None) -> Signature:
    """Return what changes when other models stand in the folder, or another block list is in force."""
    marks = [(name, path / _MODEL_MARK) for name, path in find_models(folder)]
    marks += [] if blocklist is None else [("", blocklist)]
    try:
        return tuple((name, str(mark), mark.stat().st_ino, mark.stat().st_mtime_ns) for name, mark in marks)
    except OSError:  # renamed between the search and the look: the next look sees it whole
        return ()


class Watcher:
    """Looks at the folder of models now and then, and takes up what is new; a model that cannot be used is refused.

    What is new must look the same twice, so that a folder in the middle of a change is left alone. What was refused
    is tried again after a while: it may have been a copy that was not finished.
    """

    def __init__(self, catalog: Catalog, folder: Path, blocklist: Path | None = None) -> None:
        self._catalog = catalog
        self._place = (folder, blocklist)
        self._served = self._before = signature(*self._place)
        self._refused: Signature = ()
        self._try_again = 0.0

    def begin(self) -> None:
        """Start looking in the background; once a process."""
        threading.Thread(target=self._look_on, name="models", daemon=True).start()

    def look(self) -> bool:
        """Take up what is new; tell whether other models are served now."""
        found, before = signature(*self._place), self._before
        self._before = found
        if not found or found == self._served or found != before:
            return False
        if found == self._refused and time.monotonic() < self._try_again:
            return False
        try:
            self._catalog.switch(take_up(*self._place))
        except (SettingsError, XmrError, OSError) as error:
            return self._refuse(found, str(error))
        except Exception as error:
            logger.exception("a new model could not be taken up")
            return self._refuse(found, type(error).__name__)
        self._served = found
        metrics.count(metrics.SWITCHES, "taken")
        logger.info("now serving %s", ", ".join(f"{name} from {Path(mark).parent.name}" for name, mark, *_ in found))
        return True

    def _refuse(self, found: Signature, reason: str) -> bool:
        """Stay with the models that are served."""
        self._refused, self._try_again = found, time.monotonic() + _PATIENCE_SECONDS
        metrics.count(metrics.SWITCHES, "refused")
        logger.error("the new models are refused, the old ones stay: %s", reason)
        return False

    def _look_on(self) -> None:
        """Look for ever."""
        pause = threading.Event()
        while not pause.wait(_LOOK_SECONDS):
            if self._catalog.ready:
                self.look()


def read_presets(folder: Path) -> list[Preset]:
    """Return the presets kept in a folder of models or one level below, none where there are none.

    Raises
    ------
    SettingsError
        If the file is not a list of presets.
    """
    path = next((path for path in [folder / _PRESETS, *sorted(folder.glob(f"*/{_PRESETS}"))] if path.is_file()), None)
    if path is None:
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [Preset(**{**row, "previous": tuple(row.get("previous", ()))}) for row in rows]
    except (ValueError, TypeError, AttributeError) as error:
        raise SettingsError(f"{str(path)!r} is no list of presets: {error}") from error


def read_queries(folder: Path) -> tuple[dict[str, str], ...]:
    """Return the queries for products kept in a folder of models or one level below.

    Raises
    ------
    SettingsError
        If the file is not a list of objects with `query` and `shows`.
    """
    path = next((path for path in [folder / _QUERIES, *sorted(folder.glob(f"*/{_QUERIES}"))] if path.is_file()), None)
    if path is None:
        return ()
    try:
        return tuple(
            {"query": str(row["query"]), "shows": str(row["shows"])} for row in json.loads(path.read_text("utf-8"))
        )
    except (ValueError, TypeError, KeyError) as error:
        raise SettingsError(f"{str(path)!r} is no list of queries: {error}") from error


def _folders(folder: Path) -> list[Path]:
    """Return the folders in a folder, by name; a model half-written is none."""
    try:
        return sorted(
            path for path in folder.iterdir() if path.is_dir() and not path.name.endswith((".partial", ".old"))
        )
    except OSError:
        return []


def _is_chosen_by_link(place: Path, top: Path) -> bool:
    """Tell whether a folder's sibling `current` says which of them is served."""
    return place != top and (place.parent / _CURRENT / _MODEL_MARK).is_file()
