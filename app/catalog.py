"""The models this process serves: warmed before they answer, switched whole, never changed.

Knows opened models; knows nothing of requests, of files, or which index a model uses.
"""

import fcntl
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from app import metrics
from app.opened import Completer, Retriever
from app.settings import SettingsError
from xmr_engine.compilation import are_kernels_compiled, record_compiled_kernels

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 2.0


class Preset(NamedTuple):
    """One prepared moment of a presentation."""

    title: str
    shows: str
    typed: str
    previous: tuple[str, ...] = ()
    panel: str = "indexes"
    other: str = ""
    label: str = ""
    why: str = ""
    expects: str = ""


class Shelf(NamedTuple):
    """The models served at a time, by name, the default first; their prepared moments, and queries for products."""

    completers: Mapping[str, Completer]
    presets: tuple[Preset, ...] = ()
    retrievers: Mapping[str, Retriever] = {}
    queries: tuple[Mapping[str, str], ...] = ()


def shelve(completers: Sequence[Completer], presets: Sequence[Preset] = ()) -> Shelf:
    """Return opened models as a shelf.

    Raises
    ------
    SettingsError
        If there is none, or two have one name.
    """
    if not completers:
        raise SettingsError("no model to serve")
    by_name = {completer.name: completer for completer in completers}
    if len(by_name) < len(completers):
        names = [completer.name for completer in completers]
        twice = next(name for name in names if names.count(name) > 1)
        raise SettingsError(f"two models have the name {twice!r}; rename the folder of one")
    return Shelf(by_name, tuple(presets))


class Catalog:
    """The opened models by name; ready once every kernel has run."""

    def __init__(
        self, completers: Sequence[Completer], presets: Sequence[Preset] = (), retrievers: Sequence[Retriever] = ()
    ) -> None:
        self._shelf = shelve(completers, presets)._replace(retrievers={each.name: each for each in retrievers})
        self._lock = threading.Lock()
        self._begun = False
        self._ready = threading.Event()
        self._failure: str | None = None

    @property
    def completers(self) -> Mapping[str, Completer]:
        """The models by name, the default first."""
        return self._shelf.completers

    @property
    def presets(self) -> tuple[Preset, ...]:
        """The prepared moments of a presentation."""
        return self._shelf.presets

    @property
    def retrievers(self) -> Mapping[str, Retriever]:
        """The models of products by name, the default first."""
        return self._shelf.retrievers

    @property
    def queries(self) -> tuple[Mapping[str, str], ...]:
        """Prepared queries for products, each with what it shows."""
        return self._shelf.queries

    @property
    def default(self) -> Completer:
        """The model served when none is named."""
        return next(iter(self.completers.values()))

    @property
    def ready(self) -> bool:
        """Whether models are open and kernels warm."""
        return self._ready.is_set()

    @property
    def failed(self) -> bool:
        """Whether the kernels could not be compiled."""
        return self._failure is not None

    @property
    def state(self) -> str:
        """One plain sentence on where warming stands."""
        if self.ready:
            return "ready"
        return self._failure or "Getting ready: the first start compiles the kernels, which takes up to 40 seconds."

    def wait(self) -> bool:
        """Wait briefly for the kernels; tell whether they are warm.

        Where another process has just compiled them, this one needs only a moment to load them.
        """
        self.begin_warming()
        return self._ready.wait(_PATIENCE_SECONDS)

    def get(self, name: str | None) -> Completer | None:
        """Return the model of that name; the default for ``None``."""
        return self.default if name is None else self.completers.get(name)

    def begin_warming(self) -> None:
        """Start warming in the background, once a process."""
        with self._lock:
            if not self._begun:
                self._begun = True
                threading.Thread(target=self._warm, name="warming", daemon=True).start()

    def warm_before_fork(self) -> None:
        """Warm at once if the kernels are compiled already, so that workers share them; it takes a moment only."""
        if are_kernels_compiled():
            self._begun = True
            self._warm()

    def switch(self, shelf: Shelf) -> None:
        """Answer from other models from now on.

        They are warmed first. A request that is being answered keeps the model it began with, whose pages go with
        the last such request.
        """
        warm(shelf)
        self._shelf = shelf

    def put(self, shelf: Shelf) -> None:
        """Take a shelf as it is, before anything was asked."""
        self._shelf = shelf

    def _warm(self) -> None:
        """Run the kernels."""
        started = time.perf_counter()
        try:
            warm(self._shelf)
        except Exception:
            logger.exception("the kernels could not be warmed")
            self._failure = "The kernels could not be compiled; the server's log says why."
            return
        record_compiled_kernels()
        self._ready.set()
        metrics.tell_ready()
        logger.info("ready after %.1f s: %s", time.perf_counter() - started, ", ".join(self.completers))


def warm(shelf: Shelf) -> None:
    """Run every kernel of every model; one process at a time, so the first compiles for all."""
    with Path(__file__).open() as own_file:
        fcntl.flock(own_file, fcntl.LOCK_EX)
        for completer in shelf.completers.values():
            completer.warm()
        for retriever in shelf.retrievers.values():
            retriever.warm()
