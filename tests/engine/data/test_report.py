"""A file is refused when more than half of its rows are bad, and says which."""

import pytest

from xmr_engine.data import report as module
from xmr_engine.data.report import FileTally, Report
from xmr_engine.errors import DataError


def test_half_bad_is_still_a_file() -> None:
    report = Report()
    tally = FileTally("x.tsv", report)
    tally.n_good = 2
    tally.refuse(2, "bad time", "noon")
    tally.refuse(3, "bad time", "noon")
    tally.close()
    assert report.rows == 4
    assert report.as_dict()["bad"] == {"bad time": 2}


def test_more_than_half_bad_shows_the_first_three() -> None:
    tally = FileTally("x.tsv", Report())
    tally.n_good = 3
    for line in range(2, 6):
        tally.refuse(line, "bad time", "x\ny" * 40)
    with pytest.raises(DataError) as caught:
        tally.close()
    message = str(caught.value)
    assert message.startswith("x.tsv: 4 of 7 rows cannot be used, more than half: line 2: bad time (got 'x\\ny")
    assert message.count("bad time") == 3
    assert "\n" not in message
    assert len(message) < 400


def test_a_flood_of_bad_rows_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EARLY_STOP", 100)
    tally = FileTally("x.tsv", Report())
    tally.n_good = 10
    for line in range(99):
        tally.refuse(line, "not JSON")
    with pytest.raises(DataError, match="100 of 110 rows so far"):
        tally.refuse(99, "not JSON")


def test_no_rows_at_all() -> None:
    with pytest.raises(DataError, match=r"x\.tsv: no rows below the header line"):
        FileTally("x.tsv", Report()).close()


def test_the_document_names_everything_and_quotes_nothing() -> None:
    report = Report()
    FileTally("x.tsv", report).refuse(2, "bad time", "private words")
    assert "private" not in str(report.as_dict())
    assert set(report.as_dict()) == {"rows", "bad", "sessions", "people", "repeats", "dropped", "emptied", "kept"}
