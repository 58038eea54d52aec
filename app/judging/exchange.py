"""Scenarios as files: CSV and JSON lines, in and out, the same after a round trip.

Knows both formats and the limits of a scenario; knows nothing of databases or pages.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.problems import refuse
from app.reading import MAX_PREFIX, MAX_QUERY
from xmr_engine.evaluation.scenarios import Scenario
from xmr_engine.text import normalise, normalise_prefix

N_PREVIOUS = 5
MOST_TAGS = 10
_MOST_TAG = 40
_PREVIOUS = tuple(f"previous_{place}" for place in range(1, N_PREVIOUS + 1))
COLUMNS = (*_PREVIOUS, "prefix", "next", "tags")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def read_scenario(row: Mapping[str, Any], where: str = "") -> Scenario:
    """Return a scenario of plain values, checked and normalised.

    Raises
    ------
    werkzeug.exceptions.UnprocessableEntity
        A value has another type, is too long, or there is nothing to judge; the message begins with `where`.
    """
    previous, tags = row.get("previous", []), row.get("tags", [])
    if not (_are_texts(previous) and _are_texts(tags)):
        raise refuse(f"{where}previous and tags must be lists of texts.")
    prefix, wanted = row.get("prefix") or "", row.get("next") or ""
    if not _are_texts([prefix, wanted]):
        raise refuse(f"{where}prefix and next must be texts.")
    queries = tuple(text for text in map(normalise, previous) if text)[-N_PREVIOUS:]
    labels = tuple(dict.fromkeys(text for text in map(normalise, tags) if text))
    read = Scenario(queries, normalise_prefix(prefix), normalise(wanted), labels)
    _check_lengths(where, read)
    if not (read.previous or read.prefix or read.next):
        raise refuse(f"{where}there is neither a previous query, nor a prefix, nor a next query.")
    return read


def as_document(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as plain values."""
    return {
        "previous": list(scenario.previous),
        "prefix": scenario.prefix,
        "next": scenario.next,
        "tags": list(scenario.tags),
    }


def parse(text: str, form: str) -> list[Scenario]:
    """Return the scenarios of a file's text; `form` is `csv` or `jsonl`."""
    rows = _csv_rows(text) if form == "csv" else _json_rows(text)
    return [read_scenario(row, f"line {line}: ") for line, row in rows]


def render(scenarios: Iterable[Scenario], form: str) -> str:
    """Return scenarios as the text of a file."""
    if form == "jsonl":
        return "".join(json.dumps(as_document(one), ensure_ascii=False) + "\n" for one in scenarios)
    return write_csv(COLUMNS, map(_csv_cells, scenarios))


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return an RFC 4180 table; a text that a spreadsheet would take for a formula gets a leading apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _csv_cells(scenario: Scenario) -> list[str]:
    """Return a scenario's cells; the previous query always stands in the last of its columns."""
    empty = [""] * (N_PREVIOUS - len(scenario.previous))
    return [*empty, *scenario.previous, scenario.prefix, scenario.next, "; ".join(scenario.tags)]


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of a table with their lines; also one with the single column `previous`, as in pair files."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = reader.fieldnames or ()
        if not {"prefix", "next", "previous", *_PREVIOUS} & set(header):
            raise refuse(f"line 1: the header is {', '.join(header)[:200]!r}; expected some of {', '.join(COLUMNS)}.")
        for row in reader:
            cells = {name: _unguarded(cell) for name, cell in row.items() if isinstance(name, str) and cell is not None}
            if any(cells.values()):
                previous = [cells.get(name, "") for name in (*_PREVIOUS, "previous")]
                tags = cells.get("tags", "").split(";")
                yield reader.line_num, {**cells, "previous": [text for text in previous if text.strip()], "tags": tags}
    except csv.Error as error:
        raise refuse(f"after line {reader.line_num}: {error}.") from None


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of JSON lines with their lines."""
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise refuse(f"line {number}: is no JSON.") from None
        if not isinstance(row, dict):
            raise refuse(f"line {number}: expected an object with previous, prefix, next and tags.")
        yield number, row


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _check_lengths(where: str, read: Scenario) -> None:
    """Refuse what is longer than the calls that answer it take."""
    limits = [("previous", text, MAX_QUERY) for text in read.previous]
    limits += [("tags", text, _MOST_TAG) for text in read.tags]
    for name, text, limit in (*limits, ("prefix", read.prefix, MAX_PREFIX), ("next", read.next, MAX_PREFIX)):
        if len(text) > limit:
            raise refuse(f"{where}{name}: got {len(text):,} characters, at most {limit} are taken.")
    if len(read.tags) > MOST_TAGS:
        raise refuse(f"{where}tags: got {len(read.tags)}, at most {MOST_TAGS} are taken.")
