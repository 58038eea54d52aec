import threading

from app import catalog as catalog_module
from app import create_app
from app.catalog import Catalog
from app.settings import Settings
from tests.app.fake_engine import FakeCompleter


def test_warming_runs_once_for_each_model():
    completer = FakeCompleter()
    catalog = Catalog([completer])
    for _ in range(3):
        catalog.begin_warming()
    assert catalog._ready.wait(10)
    assert completer.warmed == 1


class SlowCompleter(FakeCompleter):
    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def warm(self) -> None:
        assert self.released.wait(10)


def test_until_kernels_are_warm_calls_get_503_and_the_page_still_opens(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog_module, "_PATIENCE_SECONDS", 0.05)
    completer = SlowCompleter()
    app = create_app(Settings(secret_key="x" * 32, models=tmp_path), [completer])
    client = app.test_client()
    try:
        assert client.get("/livez").status_code == 200
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert "compiles the kernels" in ready.json["detail"]
        refused = client.get("/api/v1/complete?prefix=n")
        assert (refused.status_code, refused.content_type) == (503, "application/problem+json")
        assert refused.headers["Retry-After"] == "2"
        assert client.get("/api/v1/session").status_code == 200
        page = client.get("/?prefix=n")
        assert page.status_code == 200
        assert "compiles the kernels" in page.text
        assert completer.asked == []
    finally:
        completer.released.set()
    assert app.extensions["catalog"]._ready.wait(10)
    assert client.get("/readyz").json["status"] == "ready"
    assert client.get("/api/v1/complete?prefix=n").status_code == 200


class FailingCompleter(FakeCompleter):
    def warm(self) -> None:
        raise RuntimeError("no room for the cache")


def test_kernels_that_cannot_be_warmed_are_told(caplog):
    catalog = Catalog([FailingCompleter()])
    catalog._warm()
    assert not catalog.ready
    assert "log says why" in catalog.state
    assert "no room for the cache" in caplog.text
