"""The web demo: session-aware completions as you type, and what the index did.

Knows Flask and the engine's door; knows no array library and no file format.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import logs, problems, security, throttle
from app.api import api
from app.catalog import Catalog, Preset
from app.figure import Draughtsman, figure
from app.intake import Watcher, take_up
from app.judging import install as judging
from app.openapi.views import openapi
from app.opened import Completer, Retriever
from app.pages import pages
from app.products import products
from app.report.views import report
from app.session import CookieInterface
from app.settings import Settings, SettingsError
from app.telemetry import telemetry
from xmr_engine.errors import XmrError

__all__ = ["create_app"]


class Served(Flask):
    """Flask without coroutines: it asks of each function at each request whether it is one; none is here."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(
    settings: Settings | None = None,
    completers: Sequence[Completer] | None = None,
    presets: Sequence[Preset] = (),
    retrievers: Sequence[Retriever] = (),
) -> Flask:
    """Build the app.

    Parameters
    ----------
    settings
        Absent: read from the environment.
    completers
        Models already open; absent: those of the settings' folder.
    presets
        Prepared moments to show with given completers.
    retrievers
        Models of products already open, beside given completers.

    Raises
    ------
    SystemExit
        With one line, if a setting or a model cannot be used.
    """
    try:
        settings = settings or Settings.from_environment(os.environ)
        app = Served(__name__, static_folder="../static", template_folder="../templates")
        catalog = Catalog(completers, presets, retrievers) if completers is not None else _open(app, settings)
        logs.install(app, tell_queries=settings.log_queries)
        problems.install(app, believe_ids=settings.trusted_proxies > 0)
        throttle.install(app, settings)
    except (SettingsError, XmrError) as error:
        raise SystemExit(f"error: {error}") from error
    app.secret_key = settings.secret_key
    app.session_interface = CookieInterface()
    app.config.update(
        SESSION_COOKIE_NAME="nextquery", SESSION_COOKIE_SAMESITE="Lax", SESSION_REFRESH_EACH_REQUEST=False
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["catalog"] = catalog
    app.extensions["draughtsman"] = Draughtsman(catalog)
    app.extensions["results"] = settings.results
    security.install(app)
    for blueprint in (api, pages, figure, openapi, products, report, telemetry):
        app.register_blueprint(blueprint)
    judging.install(app, settings, catalog)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _open(app: Flask, settings: Settings) -> Catalog:
    """Return the models of the settings' folder, and prepare to follow it."""
    shelf = take_up(settings.models, settings.blocklist)
    catalog = Catalog(list(shelf.completers.values()))
    catalog.put(shelf)
    app.extensions["watcher"] = Watcher(catalog, settings.models, settings.blocklist)
    return catalog
