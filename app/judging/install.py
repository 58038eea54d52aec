"""Puts judging into an app: its database, sets, door and routes.

Knows the app's settings; knows nothing of what the routes do.
"""

from pathlib import Path

from flask import Flask

from app.catalog import Catalog
from app.judging.access import Judging
from app.judging.api import judging_api
from app.judging.gate import Gate
from app.judging.pages import judging_pages
from app.judging.sets import read_shipped
from app.judging.store import Store
from app.settings import Settings, SettingsError

_FILE = "judgments.db"


def install(app: Flask, settings: Settings, catalog: Catalog) -> None:
    """Add judging to an app; the database is opened when somebody judges.

    Raises
    ------
    SystemExit
        With one line, if the database's URL or a shipped set cannot be used.
    """
    url = settings.database_url or f"sqlite:///{Path(app.instance_path) / _FILE}"
    gate = Gate(settings.judge_passphrase, settings.secret_key)
    try:
        app.extensions["judging"] = Judging(Store(url), read_shipped(settings.models), catalog, gate)
    except SettingsError as error:
        raise SystemExit(f"error: {error}") from error
    app.register_blueprint(judging_api)
    app.register_blueprint(judging_pages)
