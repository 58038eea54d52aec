import errno
import os

import pytest
from prometheus_client.mmap_dict import MmapedDict, mmap_key

from app import metrics


def value(client, sample):
    for line in client.get("/metrics").text.splitlines():
        if line.startswith(sample + " "):
            return float(line.rsplit(" ", 1)[1])
    return 0.0


def test_requests_stages_and_fallbacks_are_counted(client, completer):
    counts = [
        'nextquery_requests_total{method="GET",route="/api/v1/complete",status="200"}',
        'nextquery_requests_total{method="GET",route="/api/v1/complete",status="422"}',
        'nextquery_request_seconds_count{route="/api/v1/complete"}',
        'nextquery_stage_seconds_count{stage="answer"}',
        'nextquery_fallbacks_total{match="words"}',
        'nextquery_fallbacks_total{match="none"}',
    ]
    before = [value(client, each) for each in counts]
    for prefix in ("n", "amer", "qqqqq"):
        client.get("/api/v1/complete", query_string={"prefix": prefix})
    client.get("/api/v1/complete?k=0")
    after = [value(client, each) for each in counts]
    assert [later - earlier for earlier, later in zip(before, after, strict=True)] == [3, 1, 4, 3, 1, 1]


def test_no_label_of_any_figure_is_what_someone_typed(client):
    client.get("/api/v1/complete?prefix=secretquery&previous=secretquery")
    client.get("/secretquery")
    client.open("/api/v1/complete", method="SECRETQUERY")
    assert "secretquery" not in client.get("/metrics").text.lower()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path))
    return tmp_path


def written(folder, pid, **counts):
    metrics.reserve(folder, pid)
    file = MmapedDict(str(folder / f"counter_{pid}.db"))
    for name, count in counts.items():
        file.write_value(mmap_key(f"{name}_total", f"{name}_total", [], [], "Some."), count, 0.0)
    file.close()


def test_dead_workers_are_added_up_and_their_files_go(folder):
    for pid, a in ((11, 1.0), (12, 2.0), (13, 4.0)):
        written(folder, pid, a=a, **({"b": 8.0} if pid == 12 else {}))
    before = metrics.exposition()
    for pid in (11, 12):
        metrics.bury_worker(pid)
        assert metrics.exposition() == before
    assert b"a_total 7.0" in before
    assert b"b_total 8.0" in before
    assert sorted(path.name for path in folder.glob("counter_*")) == ["counter_13.db", "counter_dead.db"]
    assert not list(folder.glob("gauge_*1[12].db"))


def test_room_is_taken_before_it_is_needed(folder):
    metrics.reserve(folder, 7)
    for path in folder.glob("*_7.db"):
        assert os.stat(path).st_blocks * 512 >= metrics.RESERVED_BYTES


def test_without_room_a_worker_goes_on_without_figures(tmp_path, monkeypatch, caplog, client):
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path / "absent"))
    monkeypatch.setattr(metrics, "_working", True)
    metrics.begin_worker()
    assert "works without" in caplog.text
    assert client.get("/api/v1/complete?prefix=n").status_code == 200


def test_what_is_reserved_by_halves_is_not_read_as_figures(folder, monkeypatch):
    written(folder, 11, a=1.0)
    before = metrics.exposition()
    monkeypatch.setattr(metrics, "_working", True)

    def full(folder, pid):
        (folder / f"counter_{pid}.db").touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(metrics, "reserve", full)
    metrics.begin_worker()
    assert metrics.exposition() == before
    assert b"a_total 1.0" in before
