"""Sessions out of events, in DuckDB, which spills to disk what memory does not hold.

DuckDB sorts numbers only. What was typed stays in the file of events; DuckDB has its 64-bit hash and its place there.

Knows persons, times and order; must not know files, prefixes or what a query says.
"""

import mmap
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb

from xmr_engine.data.events import Event
from xmr_engine.errors import DataError

__all__ = ["Sessions", "Step", "cut_sessions"]

_BATCH = 20_000
_LONGEST_ROW = 4_000_000  # bytes; a query is cut off long before

_BUFFER = 2 * _LONGEST_ROW

_READ = """
CREATE TABLE event AS SELECT row, person, time, place, hash(query) AS said
FROM read_csv(?, auto_detect = false, header = false, delim = '\t', quote = '', escape = '', comment = '',
    nullstr = '\x01', max_line_size = ?, buffer_size = ?, columns = {'row': 'BIGINT', 'query': 'VARCHAR',
    'person': 'BIGINT', 'time': 'BIGINT', 'place': 'BIGINT'})
"""
# an event opens a session if it is the person's first or comes after a gap
_CUT = """
CREATE TABLE step AS
WITH stepped AS (
    SELECT *, lag(time) OVER w AS time_before, lag(said) OVER w AS said_before
    FROM event WINDOW w AS (PARTITION BY person ORDER BY time, row)
), marked AS (
    SELECT row, person, time, place, said, said_before,
        (time_before IS NULL OR time - time_before > ?) AS opens
    FROM stepped
)
SELECT row, person, time, place, said, opens, (NOT opens AND said = said_before) AS repeats,
    last_value(CASE WHEN opens THEN row END IGNORE NULLS) OVER w AS opener,
    last_value(CASE WHEN opens THEN time END IGNORE NULLS) OVER w AS start
FROM marked WINDOW w AS (PARTITION BY person ORDER BY time, row ROWS UNBOUNDED PRECEDING)
"""
_COMMON = "CREATE TABLE common AS SELECT said FROM step GROUP BY said HAVING count(DISTINCT person) >= ?"
_COUNT = """
SELECT count(*) FILTER (WHERE opens), count(DISTINCT person), count(*) FILTER (WHERE repeats) FROM step
"""
_STEPS = """
SELECT opener, row, person, place, {common} FROM step {join} WHERE NOT repeats ORDER BY start, opener, time, row
"""


class Step(NamedTuple):
    """One query of a session.

    `row` counts the log's good rows; `common` tells whether enough persons typed the query.
    """

    session: int
    row: int
    person: int
    query: str
    common: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """The sessions of a log, ordered by their start; `steps` can be read once."""

    n_sessions: int
    n_people: int
    n_repeats: int
    steps: Iterator[Step]


@contextmanager
def cut_sessions(
    events: Iterable[Event], *, gap_minutes: float = 30.0, min_people: int = 1, memory_limit: str | None = None
) -> Iterator[Sessions]:
    """Cut each person's events into sessions, for as long as the context is open.

    A gap strictly over `gap_minutes` ends a session. Events of the same time keep the order in
    which they come. A query that repeats the one before it in its session is dropped.

    Parameters
    ----------
    events : iterable of Event
        In file order. They are written to a temporary folder first.
    gap_minutes : float
        Longest pause within a session.
    min_people : int
        How many distinct persons make a query common.
    memory_limit : str, optional
        What DuckDB may use, such as ``2GB``; the rest it keeps on disk.

    Raises
    ------
    DataError
        If DuckDB cannot do it: no room on the disk, or too little memory.
    """
    with tempfile.TemporaryDirectory(prefix="nextquery-") as folder:
        spool = Path(folder) / "events.tsv"
        try:
            limits = _limits(Path(folder) / "spill", memory_limit)
            with duckdb.connect(str(Path(folder) / "events.duckdb"), config=limits) as connection:
                connection.execute("SET enable_progress_bar = false")
                if not _write(events, spool):
                    raise DataError("the log holds no usable query")
                with spool.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as texts:
                    yield _cut(connection, spool, texts, gap_minutes, min_people)
        except duckdb.InterruptException:
            raise KeyboardInterrupt from None
        except duckdb.Error as error:
            raise DataError(f"cutting sessions failed: {str(error).splitlines()[0]}") from None


def _limits(spill: Path, memory_limit: str | None) -> dict[str, str | bool | int | float | list[str]]:
    """Return what DuckDB may use."""
    limits = {"temp_directory": str(spill), "preserve_insertion_order": "false"}
    if memory_limit is not None:  # each thread holds blocks of its own that cannot be spilled
        limits |= {"memory_limit": memory_limit, "threads": "1"}
    return dict(limits)


def _write(events: Iterable[Event], path: Path) -> int:
    """Write the events as numbered rows, each with the place of its query in the file; return how many they are."""
    lines: list[bytes] = []
    n_rows = place = 0
    with path.open("wb") as stream:
        for n_rows, (person, time, query) in enumerate(events, 1):
            row = str(n_rows - 1)
            line = f"{row}\t{query}\t{person}\t{time}\t{place + len(row) + 1}\n".encode()
            place += len(line)
            lines.append(line)
            if len(lines) == _BATCH:
                stream.writelines(lines)
                lines.clear()
        stream.writelines(lines)
    return n_rows


def _cut(
    connection: duckdb.DuckDBPyConnection, spool: Path, texts: mmap.mmap, gap_minutes: float, min_people: int
) -> Sessions:
    columns = _READ.replace("?", f"'{spool}'", 1).replace("?", str(_LONGEST_ROW), 1).replace("?", str(_BUFFER))
    connection.execute(columns)
    connection.execute(_CUT, [round(gap_minutes * 60_000_000)])
    connection.execute("DROP TABLE event")
    common, join = "true", ""
    if min_people > 1:
        connection.execute(_COMMON, [min_people])
        common, join = "common.said IS NOT NULL", "LEFT JOIN common USING (said)"
    n_sessions, n_people, n_repeats = connection.execute(_COUNT).fetchall()[0]
    return Sessions(
        n_sessions=n_sessions,
        n_people=n_people,
        n_repeats=n_repeats,
        steps=_steps(connection, _STEPS.format(common=common, join=join), texts),
    )


def _steps(connection: duckdb.DuckDBPyConnection, query: str, texts: mmap.mmap) -> Iterator[Step]:
    """Yield the steps, sessions numbered as they come."""
    found = connection.execute(query)
    session, opener = -1, None
    while batch := found.fetchmany(_BATCH):
        for opened_by, row, person, place, common in batch:
            if opened_by != opener:
                session, opener = session + 1, opened_by
            yield Step(session, row, person, texts[place : texts.find(b"\t", place)].decode(), common)
