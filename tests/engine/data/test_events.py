"""Logs of every known format become the same events."""

import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmr_engine.data.events import detect_format, parse_time, read_events
from xmr_engine.data.report import Report
from xmr_engine.errors import ConfigError, DataError


def read(path: Path, report: Report | None = None, form: str = "auto") -> list[tuple[int, str]]:
    report = Report() if report is None else report
    return [(event.time // 1_000_000, event.query) for event in read_events([path], report, format=form)]


@given(st.integers(-60_000_000_000, 250_000_000_000))
def test_epoch_seconds_and_iso_times_agree(second: int) -> None:
    from datetime import UTC, datetime, timedelta

    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    written = moment.isoformat()
    assert parse_time(str(second)) == second * 1_000_000
    assert parse_time(f"{second}.0") == second * 1_000_000
    assert parse_time(written) == second * 1_000_000
    assert parse_time(written.replace("+00:00", "Z")) == second * 1_000_000
    assert parse_time(written.replace("T", " ").replace("+00:00", "")) == second * 1_000_000


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [("1.5", 1_500_000), ("1970-01-01T01:00:00+01:00", 0), ("1970-01-02", 86_400_000_000), ("1e3", 1_000_000_000)],
)
def test_times_that_parse(text: str, microseconds: int) -> None:
    assert parse_time(text) == microseconds


@pytest.mark.parametrize(
    "text",
    ["", "noon", "nan", "inf", "1e999", "²", "9" * 5000, "1533115611000", "2006-13-01", "12/25/2005", "1_0_", "-"],
)
def test_times_that_do_not(text: str) -> None:
    assert parse_time(text) is None


@given(st.text(max_size=25))
def test_no_text_makes_parsing_a_time_fail(text: str) -> None:
    assert parse_time(text) is None or isinstance(parse_time(text), int)


def test_formats_are_known_by_their_headers() -> None:
    assert detect_format(["query", "time", "user", "more"]) == "log"
    assert detect_format(["anonid", "query", "querytime", "itemrank", "clickurl"]) == "aol"
    assert detect_format(["session_id", "prefixes", "final_search_term", "search_time"]) == "amazonqac"
    assert detect_format(["previous", "prefix", "next", "session"]) == "pairs"
    assert detect_format(["previous", "prefix", "next", "user", "time", "query"]) == "pairs"
    assert detect_format(["user", "query"]) is None


def test_the_three_logs_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "log.tsv").write_text("query\tuser\ttime\nDigital  Camera\tu\t1141171200\n", encoding="utf-8")
    (tmp_path / "aol.txt").write_text(
        "AnonID\tQuery\tQueryTime\tItemRank\tClickURL\nu\tdigital camera\t2006-03-01 00:00:00\t1\texample.org\n",
        encoding="utf-8",
    )
    row = {"session_id": "u", "prefixes": ["d", "di"], "final_search_term": "digital camera"}
    (tmp_path / "qac.jsonl").write_text(
        json.dumps({**row, "search_time": "2006-03-01T00:00:00.000Z"}), encoding="utf-8"
    )
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 'u' AS session_id, ['d'] AS prefixes, 'digital camera' AS final_search_term, "
            f"TIMESTAMP '2006-03-01' AS search_time) TO '{tmp_path}/qac.parquet'"
        )
    found = [list(read_events([path], Report())) for path in sorted(tmp_path.iterdir())]
    assert [event for events in found for event in events] == [found[0][0]] * 4
    assert found[0][0].query == "digital camera"


def test_bad_rows_are_counted_by_reason(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    rows = [
        "a\t1\tone",
        "b\t2\ttwo",
        "\t3\tx",
        "d\t\tx",
        "e\tnoon\tx",
        "f\t4\t \x00 ",
        "g\t5\tthree",
        "h\t6\tfour",
        "i\t7\tfive",
    ]
    path.write_text("user\ttime\tquery\n" + "\n".join([*rows, "", "j\t8\tsix"]) + "\n", encoding="utf-8")
    report = Report()
    assert [query for _, query in read(path, report)] == ["one", "two", "three", "four", "five", "six"]
    assert report.rows == 10
    assert report.bad == {
        "missing field": 2,
        "a time that is neither epoch seconds nor ISO 8601": 1,
        "nothing left of the query": 1,
    }


def test_aol_blanked_queries_are_bad_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("AnonID\tQuery\tQueryTime\n1\t-\t2006-03-01\n1\ta-b\t2006-03-01\n", encoding="utf-8")
    assert [query for _, query in read(path)] == ["a-b"]


def test_users_are_told_apart_whatever_their_names(tmp_path: Path) -> None:
    names = ["a", "A", "a ", "", "é", "1", "01"]
    path = tmp_path / "x.jsonl"
    lines = [json.dumps({"user": name, "time": 1, "query": "q"}) for name in [*names, "\ud800"]]
    path.write_text("\n".join(lines), encoding="utf-8")
    persons = [event.person for event in read_events([path], Report())]
    assert len(set(persons)) == len(persons) == len(names)


@pytest.mark.parametrize(
    ("content", "form", "message"),
    [
        ("a\t1\tb\n", "auto", "line 1: columns a, 1, b; expected a header"),
        ("user\tquery\na\tb\n", "auto", "line 1: columns user, query; expected a header"),
        ("user\tquery\na\tb\n", "log", "format log also needs time"),
        ("user\ttime\tquery\na\t1\tb\n", "aol", "format aol also needs anonid, querytime"),
        ("previous\tprefix\tnext\n\ta\ta\n", "auto", "pairs where a log is expected"),
        ("user\ttime\tquery\n", "auto", "no rows"),
        ("user\ttime\tquery\na\tnoon\tb\n", "auto", "1 of 1 rows.*line 2: a time .*got 'noon'"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path: Path, content: str, form: str, message: str) -> None:
    path = tmp_path / "x.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read(path, form=form)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("user\ttime\tquery\na\t1\tb\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="format 'excel' is unknown"):
        read(path, form="excel")


def test_progress_rises_to_one(tmp_path: Path) -> None:
    paths = [tmp_path / "a.tsv", tmp_path / "b.tsv"]
    for path in paths:
        path.write_text("user\ttime\tquery\na\t1\tb\n", encoding="utf-8")
    told: list[float] = []
    list(read_events(paths, Report(), progress=lambda stage, done: told.append(done)))
    assert told == sorted(told)
    assert told[-1] == 1.0
