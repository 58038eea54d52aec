"""The door: the passphrase, who may ask from where, and how often."""

import pytest

from app import create_app
from app.judging.gate import COOKIE
from app.settings import Settings
from tests.app.conftest import KEY
from tests.app.fake_engine import FakeCompleter
from tests.app.judging import begin_study, judging_app

PHRASE = "öffne dich"
CALLS = ["/api/v1/judgments", "/api/v1/judgments?format=csv", "/api/v1/judge/sets/any/scenarios"]


@pytest.fixture
def app(tmp_path):
    with judging_app(f"sqlite:///{tmp_path / 'judgments.db'}", PHRASE) as app:
        yield app


@pytest.fixture
def client(app):
    return app.test_client()


def bearer(said):
    return {"Authorization": f"Bearer {said}".encode().decode("latin-1")}


@pytest.mark.parametrize("path", CALLS)
def test_a_closed_door_lets_nobody_read_and_nothing_out(client, path):
    response = client.get(path)
    assert (response.status_code, response.content_type) == (401, "application/problem+json")


def test_a_closed_door_lets_nobody_vote(app, client):
    study = begin_study(app)
    assert client.post(f"/api/v1/judge/studies/{study.id}/items", json={"rater": "Ada"}).status_code == 401
    assert client.post("/api/v1/judgments", json={}, headers={"Idempotency-Key": "k"}).status_code == 401


def test_completions_stay_open(client):
    assert client.get("/api/v1/complete?prefix=n").status_code == 200


def test_scripts_say_the_passphrase_in_a_header(client):
    assert client.get("/api/v1/judgments", headers=bearer("open")).status_code == 401
    assert client.get("/api/v1/judgments", headers=bearer(PHRASE)).json == {"judgments": []}


def test_guessing_is_slowed_down(client):
    answers = [client.get("/api/v1/judgments", headers={"Authorization": f"Bearer {n}"}) for n in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) <= 300


def test_an_open_door_asks_nobody(tmp_path):
    with judging_app(f"sqlite:///{tmp_path / 'judgments.db'}") as app:
        assert app.test_client().get("/api/v1/judgments").json == {"judgments": []}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_pages_read_and_write_nothing(tmp_path, site):
    with judging_app(f"sqlite:///{tmp_path / 'judgments.db'}") as app:
        client, headers = app.test_client(), {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "cors"}
        assert client.get("/api/v1/judgments", headers=headers).status_code == 403
        for path in ("/api/v1/judgments", "/api/v1/judge/studies/any/items", "/api/v1/judge/sets/any/scenarios"):
            assert client.post(path, json={}, headers=headers).status_code == 403
        followed = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
        assert client.get("/api/v1/judgments", headers=followed).status_code == 200


def test_votes_from_afar_have_a_pace(tmp_path):
    url = f"sqlite:///{tmp_path / 'judgments.db'}"
    app = create_app(
        Settings(secret_key=KEY, models=tmp_path, database_url=url, rate_limit="3/hour"), [FakeCompleter()]
    )
    client = app.test_client()
    told = [client.post("/api/v1/judgments", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code for _ in range(4)]
    assert told[3] == 429
    assert 429 not in told[:3]


def test_a_cookie_of_another_passphrase_or_made_up_opens_nothing(client):
    client.set_cookie(COOKIE, "made up")
    assert client.get("/api/v1/judgments").status_code == 401
