"""Judging for tests: an app with a database of its own, studies to judge, and one who judges them."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.judging.contenders import find_contender
from app.judging.studies import MODES, Plan, Study, begin, find_study
from app.settings import Settings
from tests.app.conftest import KEY, make_ready
from tests.app.fake_engine import FakeCompleter
from xmr_engine.evaluation.scenarios import Scenario

__all__ = ["MODES", "PAIR", "SCENARIOS", "Judge", "begin_study", "choose", "export", "judging_app", "keys"]

SCENARIOS = [
    Scenario(("digital camera",), "n", "nivora lens", ("first letter", "camera")),
    Scenario(("running shoes",), "n", "nimbus shoes", ("first letter",)),
    Scenario((), "ca", "camera sale", ("no session",)),
    Scenario(("tent",), "t", "trail set", ()),
    Scenario(("oak chairs", "dinner table"), "", "napkin rings", ("empty prefix",)),
    Scenario((), "so", "socks for kids", ("no session",)),
]
PAIR = ("fake/hybrid", "fake/tree")
_CHOICES = {"list": "left", "typing": "right", "interleaved": [0]}
keys = (f"key-{number}" for number in itertools.count())


def make_app(url: str, passphrase: str | None = None) -> Flask:
    """Build an app over the fake engine whose judgments go to a database."""
    settings = Settings(secret_key=KEY, models=Path(), database_url=url, judge_passphrase=passphrase)
    app = create_app(settings, [FakeCompleter()])
    make_ready(app)
    return app


def begin_study(app: Flask, mode: str = "list", systems=PAIR, scenarios=SCENARIOS, **changes: Any) -> Study:
    """Begin a study by a fixed seed."""
    parts = app.extensions["judging"]
    contenders = tuple(find_contender(parts.catalog.completers, name) for name in systems)
    plan = Plan(title="A test", set_name="tests", mode=mode, systems=contenders, twice=0.0, seed=3)
    study = find_study(parts.store, begin(parts.store, parts.catalog.completers, plan._replace(**changes), scenarios))
    assert study is not None
    return study


@contextmanager
def judging_app(url: str, passphrase: str | None = None) -> Iterator[Flask]:
    """Build an app for judging, and close its database in the end."""
    app = make_app(url, passphrase)
    try:
        yield app
    finally:
        app.extensions["judging"].store.close()


def choose(item: dict[str, Any]) -> Any:
    """Vote the same way every time."""
    return _CHOICES.get(item["mode"]) or [place % 4 for place in range(len(item["rows"]))]


def export(client: FlaskClient, **asked: str) -> list[dict[str, Any]]:
    """Return the votes that count."""
    return client.get("/api/v1/judgments", query_string=asked).json["judgments"]


class Judge:
    """Somebody who judges by the calls of the page."""

    def __init__(self, client: FlaskClient, study: Study, name: str = "Ada") -> None:
        self.client, self.study, self.name = client, study, name

    def hand(self, n: int = 5, waiting=()) -> dict[str, Any]:
        body = {"rater": self.name, "n": n, "waiting": list(waiting)}
        response = self.client.post(f"/api/v1/judge/studies/{self.study.id}/items", json=body)
        assert response.status_code == 200, response.text
        return response.json

    def ballot(self, item: dict[str, Any], given: Any, /, **changes: Any) -> dict[str, Any]:
        right = item["right"] and item["right"]["id"]
        body = {name: item[name] for name in ("set", "item", "mode")}
        return {
            **body,
            "left": item["left"]["id"],
            "right": right,
            "vote": given,
            "rater": self.name,
            "note": "",
        } | changes

    def vote(self, item: dict[str, Any], given: Any, /, key: str | None = None, **changes: Any):
        headers = {"Idempotency-Key": key or next(keys)}
        return self.client.post("/api/v1/judgments", json=self.ballot(item, given, **changes), headers=headers)

    def judge_all(self, choose) -> list[dict[str, Any]]:
        """Vote on everything there is by `choose(item)`; return what was told."""
        told = []
        while items := self.hand(1)["items"]:
            response = self.vote(items[0], choose(items[0]))
            assert response.status_code == 201, response.text
            told.append(response.json)
        return told
