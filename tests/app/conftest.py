"""An app over the fake engine, and a client to call it."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.catalog import Preset
from app.settings import Settings
from tests.app.fake_engine import FakeCompleter

KEY = "a key that only tests use"
PRESETS = [
    Preset(title="Context", shows="n after a camera", typed="n", previous=("digital camera",)),
    Preset(title="Lanes", shows="two shoppers", typed="n", panel="lanes", other="running shoes"),
]


@pytest.fixture
def completer() -> FakeCompleter:
    return FakeCompleter()


@pytest.fixture
def app(completer) -> Flask:
    app = create_app(Settings(secret_key=KEY, models=Path()), [completer], PRESETS)
    make_ready(app)
    return app


@pytest.fixture
def client(app) -> FlaskClient:
    return app.test_client()


def make_ready(app: Flask) -> None:
    """Warm the models and wait for it."""
    catalog = app.extensions["catalog"]
    catalog.begin_warming()
    assert catalog._ready.wait(300), catalog.state
