"""Rows of text out of files: tsv, csv, jsonl and parquet, each also gzipped.

Knows bytes, encodings and columns; must not know what a column means.
"""

import csv
import gzip
import json
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from xmr_engine.data.lines import Advance, broken, check_unpacked, read_lines
from xmr_engine.errors import DataError

__all__ = ["MISSING", "Bad", "Row", "read_rows"]

MISSING = "missing field"
TOO_MANY = "more fields than the header"
OVER_LONG_FIELD = "field over 128 kB"

_BLOCK = 1 << 20
_ROWS = 1_000  # of parquet at a time: each may have fields of 128 kB

_KINDS = {".tsv": "tsv", ".txt": "tsv", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


class Bad(str):
    """Why a row cannot be read."""

    __slots__ = ()


Row = list[str] | Bad
Choose = Callable[[list[str]], list[str]]


def read_rows(path: Path, choose: Choose, advance: Advance | None = None) -> Iterator[tuple[int, Row]]:
    """Yield the chosen columns of a file's rows, in file order.

    Parameters
    ----------
    path : Path
        The name's end tells the format: ``.tsv .txt .csv .jsonl .parquet``, and ``.gz`` after it.
    choose : callable
        Gets the header's names, lower-cased, and returns those wanted, in the order wanted.
    advance : callable, optional
        Gets the number of bytes of the file that have been read, now and then.

    Yields
    ------
    tuple of int and (list of str or Bad)
        The line number, counted from 1, and the values, or why there are none.

    Raises
    ------
    DataError
        If the file is missing, is a directory, is cut short, or has no header line.
    """
    kind = _kind_of(path)
    advance = advance or (lambda _: None)
    try:
        if kind == "parquet":
            yield from _read_parquet(path, choose)
        else:
            reader = {"tsv": _read_tsv, "csv": _read_csv, "jsonl": _read_jsonl}[kind]
            yield from reader(path, read_lines(path, advance), choose)
    except EOFError:
        raise DataError(f"{path}: the gz file ends too early; copy or download it again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path}: not a readable gz file ({error})") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None


def _kind_of(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    kind = _KINDS.get(suffixes[-1]) if suffixes else None
    if path.is_dir():
        raise DataError(f"{path}: a directory; name the files in it")
    if not path.exists():
        raise DataError(f"{path}: no such file")
    if kind is None:
        raise DataError(f"{path}: unknown kind of file; expected .tsv, .csv, .jsonl or .parquet, with or without .gz")
    return kind


def _read_tsv(path: Path, lines: Iterator[str], choose: Choose) -> Iterator[tuple[int, Row]]:
    header = _header(path, next(lines, "").split("\t"))
    picks = _picks(header, choose(header))
    for number, line in enumerate(lines, 2):
        if not line:
            continue
        wrong = broken(line)
        yield number, Bad(wrong) if wrong else _pick(line.split("\t"), picks, len(header))


def _read_csv(path: Path, lines: Iterator[str], choose: Choose) -> Iterator[tuple[int, Row]]:
    reader = csv.reader((line + "\n" for line in lines), strict=True)
    try:
        header = _header(path, next(reader, []))
    except csv.Error as error:
        raise DataError(f"{path}, line 1: the header cannot be read: {error}") from None
    picks = _picks(header, choose(header))
    while True:
        number = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, Bad(OVER_LONG_FIELD if "limit" in str(error) else "quotes that RFC 4180 does not allow")
            continue
        if not fields:
            continue
        wrong = broken("\t".join(fields))
        yield number, Bad(wrong) if wrong else _pick(fields, picks, len(header))


def _read_jsonl(path: Path, lines: Iterator[str], choose: Choose) -> Iterator[tuple[int, Row]]:
    wanted: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _json_object(line)
        if not isinstance(row, dict):
            yield number, row
            continue
        if not wanted:
            wanted = choose(_header(path, list(row)))
        values = [_json_text(row.get(name)) for name in wanted]
        yield number, next((value for value in values if isinstance(value, Bad)), values)
    if not wanted:
        raise DataError(f"{path}: no line holds a JSON object")


def _json_object(line: str) -> dict[str, Any] | Bad:
    """Return a line's object with its names lower-cased, or why there is none."""
    wrong = broken(line)
    if wrong:
        return Bad(wrong)
    try:
        row = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return Bad("not JSON")
    if not isinstance(row, dict):
        return Bad("not a JSON object")
    return {name.strip().lower(): value for name, value in row.items()}


def _json_text(value: object) -> str:
    """Return a JSON value as text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return Bad("a JSON value that is no text or number")
    return repr(value)


def _read_parquet(path: Path, choose: Choose) -> Iterator[tuple[int, Row]]:
    with tempfile.TemporaryDirectory(prefix="nextquery-") as folder, duckdb.connect() as connection:
        source = path
        if path.suffix.lower() == ".gz":
            source = Path(folder) / "unzipped.parquet"
            with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as packed, source.open("wb") as unpacked:
                while block := packed.read(_BLOCK):
                    unpacked.write(block)
                    check_unpacked(path, raw.tell(), unpacked.tell())
        try:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(source)]).fetchall()
            names = [str(row[0]) for row in described]
            types = [str(row[1]) for row in described]
            header = _header(path, names)
            chosen = ", ".join(_as_text(names[i], types[i]) for i in _picks(header, choose(header)))
            found = connection.execute(f"SELECT {chosen} FROM read_parquet(?)", [str(source)])
            n_packed, n_unpacked, n_read = path.stat().st_size, 0, 0
            while batch := found.fetchmany(_ROWS):
                for number, values in enumerate(batch, n_read + 1):
                    yield number, Bad(OVER_LONG_FIELD) if None in values else list(values)
                n_read += len(batch)
                n_unpacked += sum(len(value or "") for values in batch for value in values)
                check_unpacked(path, n_packed, n_unpacked)
        except duckdb.Error as error:
            raise DataError(f"{path}: not a readable parquet file: {str(error).splitlines()[0]}") from None


def _as_text(name: str, kind: str) -> str:
    """Return the SQL that reads a parquet column as text, moments as epoch seconds; NULL for what is over-long."""
    column = '"' + name.replace('"', '""') + '"'
    value = f"epoch_us({column}) / 1000000.0" if kind.startswith(("TIMESTAMP", "DATE")) else column
    text = f"coalesce(CAST({value} AS VARCHAR), '')"
    return f"CASE WHEN strlen({text}) <= {csv.field_size_limit()} THEN {text} END"


def _header(path: Path, names: list[str]) -> list[str]:
    """Return the header's names as they are compared."""
    header = [name.removeprefix("\ufeff").strip().lower() for name in names]
    if not any(header):
        raise DataError(f"{path}: empty; expected a header line that names the columns")
    wrong = broken("".join(header))
    if wrong:
        raise DataError(f"{path}, line 1: the header cannot be read: {wrong}")
    return header


def _picks(header: list[str], wanted: list[str]) -> list[int]:
    return [header.index(name) for name in wanted]


def _pick(fields: list[str], picks: list[int], width: int) -> Row:
    """Return the wanted fields of a row, or why there are none."""
    if len(fields) > width:
        return Bad(TOO_MANY)
    try:
        return [fields[pick] for pick in picks]
    except IndexError:
        return Bad(MISSING)
