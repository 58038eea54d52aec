"""Events out of query logs: who, when, what.

Knows the formats of logs and how a time is written; must not know sessions or pairs.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from xmr_engine.data.report import FileTally, Report
from xmr_engine.data.tables import MISSING, Bad, read_rows
from xmr_engine.errors import ConfigError, DataError
from xmr_engine.text import normalise

__all__ = ["FORMATS", "Event", "Progress", "detect_format", "read_events"]

Progress = Callable[[str, float], None]

LOG_COLUMNS = {
    "log": ("user", "time", "query"),
    "aol": ("anonid", "querytime", "query"),
    "amazonqac": ("session_id", "search_time", "final_search_term"),
}
PAIR_COLUMNS = ("previous", "prefix", "next")
FORMATS = ("auto", *LOG_COLUMNS, "pairs")

_LONGEST_QUERY = 100_000  # characters; normalisation can make text eighteen times as long
_MICROSECONDS = 1_000_000
_LAST_SECOND = 253_402_300_799  # the end of the year 9999


class Event(NamedTuple):
    """One logged query: a hash of who, microseconds since 1970, normalised text."""

    person: int
    time: int
    query: str


def detect_format(header: Sequence[str]) -> str | None:
    """Return the format that a header's lower-cased names belong to, or None."""
    names = set(header)
    if names.issuperset(PAIR_COLUMNS):
        return "pairs"
    return next((name for name, columns in LOG_COLUMNS.items() if names.issuperset(columns)), None)


def check_header(path: Path, header: Sequence[str], wanted: str) -> str:
    """Return the format of a file, which must be the wanted one unless that is ``auto``.

    Raises
    ------
    DataError
        If the header names columns of no format, or not those of the wanted one.
    """
    if wanted not in FORMATS:
        raise ConfigError(f"format {wanted!r} is unknown; expected one of {', '.join(FORMATS)}")
    shown = ", ".join(ascii(name[:20])[1:-1] for name in header[:8])
    if wanted == "auto":
        found = detect_format(header)
        if found is None:
            raise DataError(
                f"{path}, line 1: columns {shown}; expected a header with user, time, query (a log), previous, "
                "prefix, next (pairs), AnonID, Query, QueryTime or session_id, final_search_term, search_time"
            )
        return found
    columns = PAIR_COLUMNS if wanted == "pairs" else LOG_COLUMNS[wanted]
    missing = [name for name in columns if name not in header]
    if missing:
        raise DataError(f"{path}, line 1: columns {shown}; format {wanted} also needs {', '.join(missing)}")
    return wanted


def read_events(
    paths: Sequence[Path], report: Report, *, format: str = "auto", progress: Progress | None = None
) -> Iterator[Event]:
    """Yield the events of logs in file order, bad rows counted in the report.

    Raises
    ------
    DataError
        If a file cannot be read, is no log, or more than half of its rows are bad.
    """
    meter = Meter(paths, "reading", progress)
    for path in paths:
        tally = FileTally(str(path), report)
        yield from _read_log(path, format, tally, meter)
        tally.close()
        meter.finish(path)


class Meter:
    """Tells how much of some files has been read, in bytes."""

    def __init__(self, paths: Sequence[Path], stage: str, progress: Progress | None) -> None:
        self._total = max(1, sum(path.stat().st_size for path in paths if path.is_file()))
        self._stage = stage
        self._progress = progress
        self._before = 0

    def advance(self, n_bytes: int) -> None:
        """Report that so many bytes of the present file are read."""
        if self._progress:
            self._progress(self._stage, min(1.0, (self._before + n_bytes) / self._total))

    def finish(self, path: Path) -> None:
        """Report that a file is read."""
        self._before += path.stat().st_size
        self.advance(0)


def _read_log(path: Path, wanted: str, tally: FileTally, meter: Meter) -> Iterator[Event]:
    form = ""

    def choose(header: list[str]) -> list[str]:
        nonlocal form
        form = check_header(path, header, wanted)
        if form == "pairs":
            raise DataError(f"{path}: pairs where a log is expected; give logs and pair files separately")
        return list(LOG_COLUMNS[form])

    for number, row in read_rows(path, choose, meter.advance):
        if isinstance(row, Bad):
            tally.refuse(number, row)
            continue
        user, time, query = row
        if not (user and time):
            tally.refuse(number, MISSING)
            continue
        moment = parse_time(time)
        if moment is None:
            tally.refuse(number, "a time that is neither epoch seconds nor ISO 8601", time)
            continue
        text = clean(query)
        if isinstance(text, Bad) or (form == "aol" and text == "-"):
            tally.refuse(number, text if isinstance(text, Bad) else _EMPTY, query)
            continue
        tally.n_good += 1
        yield Event(_identify(user), moment, text)


_EMPTY = Bad("nothing left of the query")


@lru_cache(maxsize=1 << 16)
def clean(text: str) -> str:
    """Return a query normalised, or why it cannot be used (as Bad)."""
    normalised = normalise(text)
    if not normalised:
        return _EMPTY
    if len(normalised) > _LONGEST_QUERY:
        return Bad("query over 100,000 characters")
    return normalised


def parse_time(text: str) -> int | None:
    """Return a moment in microseconds since 1970, UTC where no zone is named, or None."""
    try:
        if text.isdigit():
            seconds = int(text) if len(text) < 13 else _LAST_SECOND + 1
            return seconds * _MICROSECONDS if seconds <= _LAST_SECOND else None
        if text[4:5] == "-" and text[:4].isdigit():
            moment = datetime.fromisoformat(text)
            return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * _MICROSECONDS)
        number = float(text)
    except (ValueError, OverflowError):
        return None
    return round(number * _MICROSECONDS) if abs(number) <= _LAST_SECOND else None


@lru_cache(maxsize=1 << 16)
def _identify(user: str) -> int:
    """Return 63 bits that stand for a user; the name itself goes no further."""
    digest = blake2b(user.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
