import pytest

from app import create_app, throttle
from app.settings import Settings
from tests.app.conftest import KEY, make_ready
from tests.app.fake_engine import FakeCompleter

FAR = {"REMOTE_ADDR": "203.0.113.9"}


def limited(tmp_path, **settings):
    app = create_app(Settings(secret_key=KEY, models=tmp_path, rate_limit="3/minute", **settings), [FakeCompleter()])
    make_ready(app)
    return app.test_client()


def test_who_calls_too_often_is_told_when_to_come_back(tmp_path):
    client = limited(tmp_path)
    answers = [client.get("/api/v1/complete?prefix=n", environ_overrides=FAR) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.content_type == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert client.get("/api/v1/session", environ_overrides={"REMOTE_ADDR": "203.0.113.10"}).status_code == 200


def test_this_machine_and_the_watchers_are_not_limited(tmp_path):
    client = limited(tmp_path)
    assert {client.get("/api/v1/session").status_code for _ in range(9)} == {200}
    for path in ("/livez", "/readyz", "/metrics", "/static/icon.svg"):
        for _ in range(5):
            with client.get(path, environ_overrides=FAR) as answer:
                assert answer.status_code == 200


def test_behind_a_believed_proxy_the_client_itself_is_counted(tmp_path):
    client = limited(tmp_path, trusted_proxies=1)
    for address, statuses in (("198.51.100.1", [200, 200, 200, 429]), ("198.51.100.2", [200])):
        headers = {"X-Forwarded-For": f"1.2.3.4, {address}"}
        found = [client.get("/api/v1/session", headers=headers).status_code for _ in statuses]
        assert found == statuses


def test_a_proxy_nobody_named_cannot_lend_addresses(tmp_path):
    client = limited(tmp_path)
    headers = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(4)]
    found = [client.get("/api/v1/session", headers=each, environ_overrides=FAR).status_code for each in headers]
    assert found == [200, 200, 200, 429]


def test_a_client_of_ipv6_is_counted_by_its_network():
    assert throttle.client_key("2001:db8:1:2::5") == throttle.client_key("2001:db8:1:2:ffff::1")
    assert throttle.client_key("2001:db8:1:2::5") != throttle.client_key("2001:db8:1:3::5")
    assert throttle.client_key("203.0.113.9") == "203.0.113.9"
    assert [throttle.is_local(address) for address in ("127.0.0.1", "::1", "", None, "10.0.0.1", "x")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_counting_that_fails_costs_no_answer(tmp_path, monkeypatch, caplog):
    def fail(*_):
        raise ConnectionError("the storage is away")

    monkeypatch.setattr(throttle.FixedWindowRateLimiter, "hit", fail)
    client = limited(tmp_path)
    assert {client.get("/api/v1/session", environ_overrides=FAR).status_code for _ in range(5)} == {200}
    assert caplog.text.count("calls cannot be counted") == 1


@pytest.mark.parametrize("storage", ["nonsense", "nonsense://x", "redis"])
def test_a_storage_that_is_none_is_named(tmp_path, storage):
    with pytest.raises(SystemExit, match=r"^error: NEXTQUERY_RATE_STORAGE"):
        limited(tmp_path, rate_storage=storage)


def test_a_storage_needs_its_setting_only_where_calls_are_counted(tmp_path):
    settings = Settings(secret_key=KEY, models=tmp_path, rate_limit=None)
    client = create_app(settings, [FakeCompleter()]).test_client()
    assert {client.get("/livez", environ_overrides=FAR).status_code for _ in range(9)} == {200}
