"""How gunicorn serves the app: threads, so an idle connection holds nobody up; models shared by fork."""

import gc
import logging
import os

from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

logging.basicConfig(level=logging.INFO, format="%(message)s")

bind = os.environ.get("NEXTQUERY_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8
preload_app = True
keepalive = 30
limit_request_line = 0
control_socket_disable = True
loglevel = "warning"


def when_ready(server: Arbiter) -> None:
    """Say where to look, and why the first answer may take a while."""
    address = ", ".join(str(listener) for listener in server.LISTENERS)
    logging.getLogger("nextquery").info("%s  (the very first start compiles kernels: up to 40 s)", address)


def pre_fork(server: Arbiter, worker: ThreadWorker) -> None:
    """Keep the models' pages shared: the collector must not touch what was opened before the fork."""
    gc.freeze()


def post_worker_init(worker: ThreadWorker) -> None:
    """Warm the kernels in the background; a thread started before the fork would not live here."""
    if worker.age > 1:
        logging.getLogger("app.catalog").setLevel(logging.WARNING)
    worker.wsgi.extensions["catalog"].begin_warming()
