"""Real logs beside the project, where there are any: counts only, nothing of what they say."""

import time
from pathlib import Path

import pytest

from xmr_engine.data.pairs import contexts, read_pairs, split_last
from xmr_engine.data.report import Report


@pytest.fixture(scope="module")
def data(root: Path) -> Path:
    folder = root.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real logs beside the project (../shared/data)")
    return folder


@pytest.mark.parametrize(("name", "n_rows", "n_people"), [("excite", 3_845, 850), ("health", 12_507, 7_229)])
def test_every_event_of_a_real_log_is_accounted_for(data: Path, name: str, n_rows: int, n_people: int) -> None:
    report = Report()
    pairs = read_pairs(data / name / "log.tsv.gz", report=report)
    assert (report.rows, report.people) == (n_rows, n_people)
    assert report.bad.total() + report.repeats + len(pairs.next) == n_rows
    assert pairs.previous.count("") == report.sessions == pairs.session[-1] + 1
    assert n_people <= report.sessions < n_rows


def test_two_hundred_thousand_pairs_take_seconds(data: Path) -> None:
    start = time.process_time()
    pairs = read_pairs(data / "websearch" / "train.tsv.gz")
    assert time.process_time() - start < 5
    assert len(pairs.next) == 216_296
    assert max(map(len, contexts(pairs))) == 5
    head, tail = split_last(pairs, 0.1)
    assert len(head.next) + len(tail.next) == len(pairs.next)
