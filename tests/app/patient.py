"""The app on a worker that waits for slow clients practically for ever, or hardly at all."""

from flask import Flask

import app
from app import worker


def create_app() -> Flask:
    """Return the app; a thread held by a slow client would be held for good."""
    worker.IDLE_SECONDS = worker.REQUEST_SECONDS = worker.REST_SECONDS = 3600.0
    return app.create_app()


def hasty() -> Flask:
    """Return the app; who is slow is given up at once."""
    worker.IDLE_SECONDS = worker.REQUEST_SECONDS = worker.REST_SECONDS = 0.5
    return app.create_app()
