"""Catalogues and purchases out of files: rows of text, checked and counted.

Knows columns and what may be wrong with them; must not know arrays, features or models.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from xmr_engine.data.lines import broken, read_lines
from xmr_engine.data.report import FileTally, Report
from xmr_engine.data.tables import MISSING, Bad, read_rows
from xmr_engine.errors import DataError
from xmr_engine.text import normalise

MOST_ATTRIBUTES = 200
LONGEST = 2000
MOST_TIMES = 1 << 20
_ID_NAMES = ("product_id", "id")


class Listed(NamedTuple):
    """A product of a catalogue: its id, its title as written, and its further columns by name."""

    product_id: str
    title: str
    attributes: Mapping[str, str]


class Purchase(NamedTuple):
    """What was bought after a query, and how often."""

    query: str
    product_id: str
    times: int


def read_catalogue(path: str | Path) -> list[Listed]:
    """Return the products of a file in the order of their ids.

    Parameters
    ----------
    path
        `.tsv`, `.csv`, `.parquet` with the columns `product_id` (or `id`) and `title`, or `.jsonl` with these keys;
        gzipped or not. Further columns, and the entries of a JSON object within a line, are attributes.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column, holds no product or one id twice, or more than half its rows are bad.
    """
    file = Path(path)
    tally = FileTally(str(file), Report())
    found: dict[str, Listed] = {}
    for number, row in _catalogue_rows(file):
        listed = row if isinstance(row, Bad) else _check_product(row)
        if isinstance(listed, Bad):
            tally.refuse(number, listed)
        elif listed.product_id in found:
            raise DataError(f"{file}, line {number}: product {listed.product_id[:40]!r} a second time; ids must differ")
        else:
            found[listed.product_id] = listed
            tally.n_good += 1
    tally.close()
    if not found:
        raise DataError(f"{file}: holds no product; expected rows of product_id and title")
    return [found[product_id] for product_id in sorted(found)]


def read_purchases(path: str | Path) -> list[Purchase]:
    """Return the purchases of a file with the columns `query product_id count`; without a count each row is one.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column or holds no purchase, or more than half its rows are bad.
    """
    file = Path(path)
    tally = FileTally(str(file), Report())
    found = []
    counted = False

    def choose(header: list[str]) -> list[str]:
        nonlocal counted
        counted = "count" in header
        _require(file, header, ("query",), ("product_id",))
        return ["query", "product_id", *(["count"] if counted else [])]

    for number, row in read_rows(file, choose):
        if isinstance(row, Bad):
            tally.refuse(number, row)
            continue
        text, times = normalise(row[0]), row[2] if counted else "1"
        if not text or not row[1] or len(text) > LONGEST:
            tally.refuse(number, MISSING if len(text) <= LONGEST else "query over 2,000 characters")
        elif not (times.isascii() and times.isdigit() and 1 <= int(times[:9]) <= MOST_TIMES):
            tally.refuse(number, "a count that is no whole number from 1 on", times)
        else:
            found.append(Purchase(text, row[1], int(times)))
            tally.n_good += 1
    tally.close()
    if not found:
        raise DataError(f"{file}: holds no purchase; expected rows of query, product_id and count")
    return found


def _check_product(row: Mapping[str, str]) -> Listed | Bad:
    """Return a row as a product, or why it is none."""
    product_id = next((row[name] for name in _ID_NAMES if row.get(name)), "")
    title = " ".join(row.get("title", "").split())
    if not product_id or not normalise(title):
        return Bad(MISSING)
    if len(product_id) > LONGEST or len(title) > LONGEST or "\n" in product_id:
        return Bad("an id or title over 2,000 characters")
    rest = {name: " ".join(value.split()) for name, value in row.items() if name not in (*_ID_NAMES, "title")}
    kept = {name[:LONGEST]: value[:LONGEST] for name, value in rest.items() if name and value}
    return Listed(product_id, title, dict(list(kept.items())[:MOST_ATTRIBUTES]))


def _catalogue_rows(file: Path) -> Iterator[tuple[int, Mapping[str, str] | Bad]]:
    """Yield the line number and the columns of every row."""
    if [suffix.lower() for suffix in file.suffixes if suffix.lower() != ".gz"][-1:] == [".jsonl"]:
        yield from _json_rows(file)
        return
    names: list[str] = []

    def choose(header: list[str]) -> list[str]:
        _require(file, header, _ID_NAMES, ("title",))
        names.extend(dict.fromkeys(name for name in header if name))
        return names

    for number, row in read_rows(file, choose):
        yield number, row if isinstance(row, Bad) else dict(zip(names, row, strict=True))


def _json_rows(file: Path) -> Iterator[tuple[int, Mapping[str, str] | Bad]]:
    """Yield the lines of a jsonl file as flat columns; what a nested object holds counts as columns of its own."""
    if not file.is_file():
        raise DataError(f"{file}: no such file")
    try:
        for number, line in enumerate(read_lines(file, lambda _: None), 1):
            if line.strip():
                yield number, _flat(line)
    except EOFError:
        raise DataError(f"{file}: the gz file ends too early; copy or download it again") from None
    except OSError as error:
        raise DataError(f"{file}: cannot be read: {error.strerror or error}") from None


def _flat(line: str) -> Mapping[str, str] | Bad:
    wrong = broken(line)
    if wrong:
        return Bad(wrong)
    try:
        row: Any = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return Bad("not JSON")
    if not isinstance(row, dict):
        return Bad("not a JSON object")
    out: dict[str, str] = {}
    for name, value in row.items():
        for key, plain in value.items() if isinstance(value, dict) else ((name, value),):
            text = _plain(plain)
            if text:
                out.setdefault(str(key).strip().lower(), text)
    return out


def _plain(value: object) -> str:
    """Return a JSON value as text; what is neither text, number, truth value nor a list of these is nothing."""
    if isinstance(value, list):
        return ", ".join(text for item in value if (text := _plain(item)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _require(file: Path, header: Sequence[str], *wanted: Sequence[str]) -> None:
    """Raise where none of some names is among the columns."""
    for names in wanted:
        if not any(name in header for name in names):
            raise DataError(f"{file}: no column {names[0]!r}; the header names {', '.join(header)[:200]}")
