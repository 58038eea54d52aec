"""The models this process serves: taken up once, warmed once, then only read.

Knows the engine's door; knows nothing of requests, of files inside a model, or which index a model uses.
"""

import fcntl
import json
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import xmr_engine
from app.settings import SettingsError
from xmr_engine import storage

logger = logging.getLogger(__name__)

_MODEL_MARK = "model.json"
_PRESETS = "presets.json"
_PATIENCE_SECONDS = 2.0


class Completer(Protocol):
    """What the app asks of an opened model."""

    @property
    def name(self) -> str:
        """Name of the model."""

    @property
    def indexes(self) -> tuple[str, ...]:
        """Names of its indexes, the default first."""

    @property
    def n_labels(self) -> int:
        """How many distinct queries it can complete to."""

    @property
    def synthetic(self) -> bool:
        """Whether its log was generated."""

    def answer(
        self,
        prefix: str,
        previous: Sequence[str] = (),
        k: int = 10,
        index: str | None = None,
        beam: int | None = None,
    ) -> dict[str, Any]:
        """Complete a prefix."""

    def compare(
        self, prefix: str, previous: Sequence[str] = (), k: int = 10, beam: int | None = None
    ) -> dict[str, Any]:
        """Answer by every index at once."""

    def explain(
        self, prefix: str, label: str, previous: Sequence[str] = (), index: str | None = None
    ) -> dict[str, Any]:
        """Say what one score adds up to, or where the label was lost."""

    def warm(self) -> None:
        """Run every kernel once."""


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


class Catalog:
    """The opened models by name; ready once every kernel has run."""

    def __init__(self, completers: Sequence[Completer], presets: Sequence[Preset] = ()) -> None:
        if not completers:
            raise SettingsError("no model to serve")
        self.completers = {completer.name: completer for completer in completers}
        self.presets = tuple(presets)
        self._lock = threading.Lock()
        self._begun = False
        self._ready = threading.Event()
        self._failure: str | None = None

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

    def _warm(self) -> None:
        """Run the kernels; one process at a time, so the first compiles for all."""
        started = time.perf_counter()
        try:
            with Path(__file__).open() as own_file:
                fcntl.flock(own_file, fcntl.LOCK_EX)
                for completer in self.completers.values():
                    completer.warm()
        except Exception:
            logger.exception("the kernels could not be warmed")
            self._failure = "The kernels could not be compiled; the server's log says why."
            return
        self._ready.set()
        logger.info("ready after %.1f s: %s", time.perf_counter() - started, ", ".join(self.completers))


def open_catalog(folder: Path) -> Catalog:
    """Open every model of a folder after checking its sums.

    Raises
    ------
    SettingsError
        If the folder holds no model.
    xmr_engine.errors.XmrError
        If a model is damaged, foreign or altered.
    """
    paths = find_models(folder)
    if not paths:
        raise SettingsError(
            f"{str(folder)!r} holds no model; `make models` builds the samples, `make demo LOG=…` yours"
        )
    for path in paths:
        storage.verify(path)
    completers: list[Completer] = [xmr_engine.open_completer(path) for path in paths]
    return Catalog(completers, read_presets(folder))


def find_models(folder: Path) -> list[Path]:
    """Return the model directories at, in, or one level below a folder, by name."""
    marks = [folder / _MODEL_MARK, *sorted(folder.glob(f"*/{_MODEL_MARK}")), *sorted(folder.glob(f"*/*/{_MODEL_MARK}"))]
    return [mark.parent for mark in marks if mark.is_file() and not mark.parent.name.endswith(".partial")]


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
