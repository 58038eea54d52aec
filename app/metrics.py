"""What Prometheus is told: counts and times over all workers, never a query.

Knows the metrics and the folder through which workers share them; knows nothing of requests. Under gunicorn,
`gunicorn.conf.py` names the folder before this module is first imported.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.mmap_dict import MmapedDict

logger = logging.getLogger(__name__)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
OWNER = "NEXTQUERY_METRICS_OWNER"
KINDS = ("counter", "histogram", "gauge_livesum")
RESERVED_BYTES = 1 << 18
_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)

REQUESTS = Counter("nextquery_requests", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram("nextquery_request_seconds", "Time to answer a request", ["route"], buckets=_BUCKETS)
STAGES = Histogram("nextquery_stage_seconds", "Time of one stage of a completion", ["stage"], buckets=_BUCKETS)
FALLBACKS = Counter("nextquery_fallbacks", "Answers with other than plain prefix matches, by kind", ["match"])
FAULTS = Counter("nextquery_faults", "Requests that failed by a fault of the server")
RATE_LIMITED = Counter("nextquery_rate_limited", "Requests refused because their client called too often")
BLOCKED = Counter("nextquery_blocked_completions", "Completions that the block list held back")
SWITCHES = Counter("nextquery_model_switches", "New models found, taken up or refused", ["outcome"])
READY = Gauge("nextquery_ready_workers", "Workers whose models are open and warm", multiprocess_mode="livesum")

Metric = TypeVar("Metric", Counter, Histogram)

_working = True


def count(metric: Counter, *labels: str, by: int = 1) -> None:
    """Add to a count."""
    if _working:
        (_child(metric, labels) if labels else metric).inc(by)


def observe(metric: Histogram, seconds: float, *labels: str) -> None:
    """Add a time to a histogram."""
    if _working:
        _child(metric, labels).observe(seconds)


@cache
def _child(metric: Metric, labels: tuple[str, ...]) -> Metric:
    """Return the metric of these labels; to look it up anew each time takes longer than to count."""
    return metric.labels(*labels)


def tell_ready() -> None:
    """Count this process among the ready workers; the one that forks them is none."""
    if _working and os.environ.get(OWNER) != str(os.getpid()):
        READY.set(1)


def reserve(folder: Path, pid: int) -> None:
    """Reserve the room for a process' figures: on a full disk, a write to a mapped file would end the process.

    Raises
    ------
    OSError
        If there is no room.
    """
    for kind in KINDS:
        (folder / f"{kind}_{pid}.db").write_bytes(bytes(RESERVED_BYTES))


def begin_worker() -> None:
    """Reserve this worker's room; without any, go on without figures."""
    global _working
    if FOLDER not in os.environ:
        return
    folder, pid = Path(os.environ[FOLDER]), os.getpid()
    try:
        reserve(folder, pid)
    except OSError as error:
        _working = False
        for kind in KINDS:  # what is half there would be read as figures
            (folder / f"{kind}_{pid}.db").unlink(missing_ok=True)
        logger.error("no room for this worker's figures (%s); it works without", error.strerror)


def bury_worker(pid: int) -> None:
    """Add a dead worker's figures to those of its predecessors, so that files do not pile up."""
    if FOLDER not in os.environ:
        return
    folder = Path(os.environ[FOLDER])
    try:
        with _locked(folder, fcntl.LOCK_EX):
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
            for kind in ("counter", "histogram"):
                path = folder / f"{kind}_{pid}.db"
                if path.is_file():
                    _add(path, folder / f"{kind}_dead.db")
                    path.unlink()
    except OSError as error:
        logger.error("a dead worker's figures are lost (%s)", error.strerror)


def exposition() -> bytes:
    """Return the figures of all workers, as Prometheus reads them."""
    if FOLDER not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    with _locked(Path(os.environ[FOLDER]), fcntl.LOCK_SH):
        return generate_latest(registry)


def _add(path: Path, to: Path) -> None:
    """Add the numbers of one file to those of another."""
    if not to.exists():
        path.rename(to)
        path.touch()
        return
    total = MmapedDict(str(to))  # type: ignore[no-untyped-call]
    try:
        for key, value, _, _ in MmapedDict.read_all_values_from_file(str(path)):  # type: ignore[no-untyped-call]
            before, _ = total.read_value(key)  # type: ignore[no-untyped-call]
            total.write_value(key, before + value, 0.0)  # type: ignore[no-untyped-call]
    finally:
        total.close()  # type: ignore[no-untyped-call]


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    """Hold the folder's lock: no one reads while a dead worker's figures move."""
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, how)
        yield
