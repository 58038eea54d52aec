"""How gunicorn serves the app: threads, so an idle connection holds nobody up; models shared by fork."""

import gc
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

from gunicorn.arbiter import Arbiter

_MEMORY = Path("/dev/shm")
_OWNER = "NEXTQUERY_METRICS_OWNER"

# Workers share their figures through files; the variable must be set before anything of the app is imported.
if os.environ.get(_OWNER) != str(os.getpid()):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(
        prefix="nextquery-metrics-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None
    )
    os.environ[_OWNER] = str(os.getpid())
    for kind in ("counter", "histogram", "gauge_livesum"):  # written whole: a mapped hole on a full disk would kill
        Path(os.environ["PROMETHEUS_MULTIPROC_DIR"], f"{kind}_{os.getpid()}.db").write_bytes(bytes(1 << 18))

from app import logs, metrics  # noqa: E402
from app.settings import SettingsError, read_count, read_log_format  # noqa: E402
from app.worker import ForwardedLog, Worker  # noqa: E402

try:
    bind = os.environ.get("NEXTQUERY_BIND", "127.0.0.1:8000")
    workers = read_count(os.environ, "WEB_CONCURRENCY", 2, (1, 256))
    threads = read_count(os.environ, "NEXTQUERY_THREADS", 4, (4, 256))
    logs.configure(read_log_format(os.environ))
except SettingsError as error:
    sys.exit(f"error: {error}")

worker_class = Worker
worker_tmp_dir = str(_MEMORY) if os.access(_MEMORY, os.W_OK) else None
preload_app = True
backlog = 1024
worker_connections = 1000
keepalive = 30
timeout = 60
graceful_timeout = 30
limit_request_line = 0
limit_request_fields = 64
limit_request_field_size = 16384
control_socket_disable = True
loglevel = "warning"
logger_class = ForwardedLog


def on_starting(server: Arbiter) -> None:
    """Load the compiled kernels before the fork where there are any."""
    server.app.wsgi().extensions["catalog"].warm_before_fork()


def when_ready(server: Arbiter) -> None:
    """Say where to look, and why the first answer may take a while."""
    address = ", ".join(str(listener) for listener in server.LISTENERS)
    logging.getLogger("nextquery").info("%s  (the very first start compiles kernels: up to 40 s)", address)


def on_reload(server: Arbiter) -> None:
    """Open models, block list and settings anew for the next workers; where that fails, go on with the old ones."""
    application = server.app
    before, application.callable = application.callable, None
    try:
        application.wsgi().extensions["catalog"].warm_before_fork()
    except (SystemExit, Exception) as error:
        application.callable = before
        logging.getLogger("nextquery").error("the reload is refused, the old app stays: %s", error)


def pre_fork(server: Arbiter, worker: Worker) -> None:
    """Keep the models' pages shared: the collector must not touch what was opened before the fork."""
    gc.freeze()


def post_worker_init(worker: Worker) -> None:
    """Warm the kernels and follow the models in the background; a thread from before the fork would not live here."""
    metrics.begin_worker()
    if worker.age > 1:
        logging.getLogger("app.catalog").setLevel(logging.WARNING)
    catalog = worker.wsgi.extensions["catalog"]
    catalog.begin_warming()
    if catalog.ready:
        metrics.tell_ready()
    worker.wsgi.extensions["watcher"].begin()


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Keep a dead worker's figures."""
    metrics.bury_worker(worker.pid)


def on_exit(server: Arbiter) -> None:
    """Leave no files behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
