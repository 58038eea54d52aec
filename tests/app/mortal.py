"""The app for judging, over the fake engine, whose worker dies where a file in a folder tells it to.

`before-commit`: with the vote written but not kept. `after-commit`: with the vote kept but not answered. Each file is
taken away by the worker that it kills.
"""

import os
import signal
from pathlib import Path

from flask import Flask, Response, request
from sqlalchemy import Connection, Engine, event

from app.intake import Watcher
from tests.app.judging import make_app


def build() -> Flask:
    """Build the app from `MORTAL_FOLDER` and `NEXTQUERY_DATABASE_URL`."""
    folder = Path(os.environ["MORTAL_FOLDER"])
    app = make_app(os.environ["NEXTQUERY_DATABASE_URL"])

    def die_where_told(name: str) -> None:
        try:
            (folder / name).unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(Engine, "before_cursor_execute")
    def mark(connection: Connection, cursor, statement, parameters, context, executemany) -> None:
        if statement.startswith("INSERT INTO vote"):
            connection.info["votes"] = True

    @event.listens_for(Engine, "commit")
    def before_commit(connection: Connection) -> None:
        if connection.info.pop("votes", False):
            die_where_told("before-commit")

    @app.after_request
    def after_commit(response: Response) -> Response:
        if request.method == "POST" and request.path == "/api/v1/judgments":
            die_where_told("after-commit")
        return response

    app.extensions["watcher"] = Watcher(app.extensions["catalog"], folder)
    return app
