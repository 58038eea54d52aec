"""Every kind of file gives the same rows; what cannot be read is a row with a reason."""

import csv
import gzip
import io
import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmr_engine.data.tables import MISSING, Bad, Row, read_rows
from xmr_engine.errors import DataError, XmrError

COLUMNS = ["user", "query"]


def wanted(header: list[str]) -> list[str]:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise DataError(f"columns {header}")
    return COLUMNS


def read(path: Path) -> list[tuple[int, Row]]:
    return list(read_rows(path, wanted))


def values(path: Path) -> list[Row]:
    return [row for _, row in read(path)]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r"), max_size=12)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_all_kinds_of_files_give_the_same_rows(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]):
    folder = tmp_path_factory.mktemp("tables")
    quoted = io.StringIO()
    csv.writer(quoted, lineterminator="\r\n").writerows([("extra", "user", "query"), *(("7", *row) for row in rows)])
    contents = {
        "x.tsv": "".join(f"{u}\t{q}\t7\n" for u, q in [("user", "query"), *rows]),
        "x.csv": quoted.getvalue(),
        "x.jsonl": "".join(json.dumps({"user": u, "query": q, "extra": [7]}) + "\n" for u, q in rows),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content.encode())
        (folder / f"{name}.gz").write_bytes(gzip.compress(content.encode()))
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (extra INT, query VARCHAR, user VARCHAR)")
        connection.executemany("INSERT INTO t VALUES (7, ?, ?)", [(q, u) for u, q in rows])
        connection.execute(f"COPY t TO '{folder}/x.parquet'")
    (folder / "x.parquet.gz").write_bytes(gzip.compress((folder / "x.parquet").read_bytes()))
    for path in sorted(folder.iterdir()):
        assert values(path) == [list(row) for row in rows], path.name


def test_tsv_has_no_quotes_and_no_escapes(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text('user\tquery\n"a\t5" \\t "tv""\n', encoding="utf-8")
    assert values(tmp_path / "x.tsv") == [['"a', '5" \\t "tv""']]


def test_csv_follows_rfc_4180(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b'user,query\r\n"a, b","say ""hi""\nthere"\r\nc,\r\n')
    assert read(tmp_path / "x.csv") == [(2, ["a, b", 'say "hi"\nthere']), (4, ["c", ""])]


def test_header_may_have_a_byte_order_mark_and_any_case(tmp_path: Path) -> None:
    for name, content in {"x.tsv": "User\t Query\na\tb\n", "x.csv": "USER,query\na,b\n"}.items():
        (tmp_path / name).write_text(content, encoding="utf-8-sig")
        assert values(tmp_path / name) == [["a", "b"]]


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("x.tsv", b"alone", MISSING),
        ("x.tsv", b"a\tb\tc", "more fields than the header"),
        ("x.tsv", b"a\tcaf\xe9", "bytes that are not UTF-8"),
        ("x.tsv", b"a\t" + b"x" * 10_000_000, "line over 1 MB"),
        ("x.csv", b"alone", MISSING),
        ("x.csv", b"a,b,c", "more fields than the header"),
        ("x.csv", b"a,caf\xe9", "bytes that are not UTF-8"),
        ("x.csv", b'a,"b"c', "quotes that RFC 4180 does not allow"),
        ("x.csv", b"a," + b"x" * 200_000, "field over 128 kB"),
        ("x.csv", b"a," + b"x" * 10_000_000, "line over 1 MB"),
        ("x.jsonl", b"alone", "not JSON"),
        ("x.jsonl", b"[" * 200_000, "not JSON"),
        ("x.jsonl", b"[1]", "not a JSON object"),
        ("x.jsonl", b'{"user": {}, "query": "b"}', "a JSON value that is no text or number"),
        ("x.jsonl", b'{"user": "a", "query": "\xe9"}', "bytes that are not UTF-8"),
        ("x.jsonl", b'"' + b"x" * 10_000_000, "line over 1 MB"),
    ],
)
def test_a_bad_row_has_a_reason_and_harms_no_other(tmp_path: Path, name: str, line: bytes, reason: str) -> None:
    good = {
        "tsv": (b"user\tquery", b"a\tb", b"c\td"),
        "csv": (b"user,query", b"a,b", b"c,d"),
        "jsonl": (b'{"user": "a", "query": "b"}', b'{"user": "a", "query": "b"}', b'{"user": "c", "query": "d"}'),
    }[name.partition(".")[2]]
    path = tmp_path / name
    path.write_bytes(b"\n".join((good[0], good[1], line, good[2])) + b"\n")
    found = read(path)
    assert [row for row in found if isinstance(row[1], Bad)] == [(3, reason)]
    assert found[-1] == (4, ["c", "d"])


def test_json_numbers_are_text_and_null_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('\n{"user": 7, "query": null}\n{"query": 1.5}\n', encoding="utf-8")
    assert read(tmp_path / "x.jsonl") == [(2, ["7", ""]), (3, ["", "1.5"])]


def test_parquet_moments_become_epoch_seconds(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            "COPY (SELECT TIMESTAMPTZ '1970-01-02 00:00:00.5+00' AS user, DATE '1970-01-02' AS query) "
            f"TO '{tmp_path}/x.parquet'"
        )
    assert values(tmp_path / "x.parquet") == [["86400.5", "86400.0"]]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.tsv", b"", "empty"),
        ("x.csv", b"", "empty"),
        ("x.jsonl", b"", "no line holds a JSON object"),
        ("x.jsonl", b"nonsense\n", "no line holds a JSON object"),
        ("x.parquet", b"PAR1 nonsense", "not a readable parquet file"),
        ("x.parquet.gz", gzip.compress(b""), "not a readable parquet file"),
        ("x.tsv", "user\tquery\n".encode("utf-16"), "line 1: .*UTF-8"),
        ("x.tsv", b"u" * 2_000_000, "line 1: .*1 MB"),
        ("x.csv", b'"user"x,query\n', "line 1: the header"),
        ("x.tsv.gz", b"user\tquery\na\tb\n", "not a readable gz file"),
        ("x.tsv.gz", gzip.compress(b"user\tquery\na\tb\n" * 999)[:-20], "ends too early"),
        ("x.parquet.gz", gzip.compress(b"user" * 999)[:-20], "ends too early"),
        ("x.doc", b"user\tquery\n", "unknown kind of file"),
        ("x", b"user\tquery\n", "unknown kind of file"),
    ],
)
def test_an_unreadable_file_is_refused_by_name(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read(tmp_path / "x.tsv")
    with pytest.raises(DataError, match="directory"):
        read(tmp_path)


SEEDS = {
    "x.tsv": b"user\tquery\na\tb\nc\td\n",
    "x.csv": b'user,query\r\na,"b, c"\r\nd,"e ""f"""\r\n',
    "x.jsonl": b'{"user": "a", "query": "b"}\n{"user": 1, "query": "\\u00e9"}\n',
    "x.tsv.gz": gzip.compress(b"user\tquery\na\tb\nc\td\n" * 20, mtime=0),
}


@given(
    st.sampled_from(sorted(SEEDS)),
    st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=6), st.integers(0, 5)), min_size=1, max_size=4),
)
@settings(max_examples=400, deadline=None)
def test_no_mutated_file_raises_anything_but_an_xmr_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, edits: list[tuple[int, bytes, int]]
) -> None:
    content = SEEDS[name]
    for place, inserted, n_removed in edits:
        place %= len(content) + 1
        content = content[:place] + inserted + content[place + n_removed :]
    path = tmp_path_factory.mktemp("mutated") / name
    path.write_bytes(content)
    try:
        found = read(path)
    except XmrError:
        return
    assert all(isinstance(row, Bad) or len(row) == 2 for _, row in found)
