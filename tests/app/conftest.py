"""An app over the fake engine, and a client to call it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text

from app import create_app
from app.catalog import Preset
from app.settings import Settings
from tests.app.fake_engine import FakeCompleter
from tests.app.postgres import ADVICE, find_binaries, run_postgres

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


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of this test run; skipped where its binaries are absent."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(ADVICE)
    with run_postgres(binaries) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'judgments.db'}"
    server = make_url(request.getfixturevalue("postgres"))
    name = f"judgments_{uuid.uuid4().hex}"
    engine = create_engine(server.set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    engine.dispose()
    return server.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)


def make_ready(app: Flask) -> None:
    """Warm the models and wait for it."""
    catalog = app.extensions["catalog"]
    catalog.begin_warming()
    assert catalog._ready.wait(300), catalog.state
