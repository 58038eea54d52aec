"""Pairs: the previous query, the prefix typed, the query meant.

Knows sessions and pair files; must not know labels, features or who may see what.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from xmr_engine.data.events import PAIR_COLUMNS, Meter, Progress, check_header, clean, read_events
from xmr_engine.data.prefixes import draw_prefix, follow
from xmr_engine.data.report import FileTally, Report
from xmr_engine.data.sessions import Step, cut_sessions
from xmr_engine.data.tables import Bad, read_rows
from xmr_engine.errors import ConfigError, DataError
from xmr_engine.text import normalise, normalise_prefix

__all__ = ["Pair", "Pairs", "contexts", "pair_of", "read_pairs", "split_last", "take", "write_pairs"]

N_CONTEXT = 5

_normalise = lru_cache(maxsize=1 << 16)(normalise)
HEADER = "previous\tprefix\tnext\tsession\n"


class Pair(NamedTuple):
    """One row of `Pairs`."""

    previous: str
    prefix: str
    next: str
    session: int
    person: int


class Pairs(NamedTuple):
    """Columns of equal length, all text normalised.

    Rows of one session stand together and in order; sessions are numbered from 0 in file order
    (those of a log: by their start). `previous` is empty for a session's first query. `person` is
    the user of a log, else the session.
    """

    previous: list[str]
    prefix: list[str]
    next: list[str]
    session: list[int]
    person: list[int]


def read_pairs(
    paths: str | Path | Sequence[str | Path],
    format: str = "auto",
    *,
    gap_minutes: float = 30.0,
    seed: int = 0,
    report: Report | None = None,
    progress: Progress | None = None,
) -> Pairs:
    """Read pair files as they are, or logs by way of their sessions, into memory.

    Parameters
    ----------
    paths : path or sequence of paths
        All pair files or all logs.
    format : str
        One of `events.FORMATS`; ``auto`` decides by each file's header.
    gap_minutes : float
        Longest pause within a session of a log.
    seed : int
        Of the prefix lengths drawn for the pairs of a log.
    report : Report, optional
        Is told what was dropped, and why.
    progress : callable, optional
        Gets the name of the stage and the share of it that is done.

    Raises
    ------
    DataError
        If a file cannot be read, or more than half of its rows are bad, or nothing is left.
    """
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    if not files:
        raise ConfigError("no file is given; expected logs or pair files")
    report = Report() if report is None else report
    if _holds_pairs(files, format):
        pairs = _read_pair_files(files, format, report, progress)
    else:
        events = read_events(files, report, format=format, progress=progress)
        with cut_sessions(events, gap_minutes=gap_minutes) as sessions:
            report.sessions, report.people = sessions.n_sessions, sessions.n_people
            report.repeats = sessions.n_repeats
            pairs = _gather(pair_of(before, step, seed) for before, step in follow(sessions.steps))
    report.kept["pairs"] = len(pairs.next)
    return pairs


def pair_of(before: Step | None, step: Step, seed: int) -> Pair:
    """Return the pair that a step makes, its prefix drawn by seed and row."""
    previous = "" if before is None else before.query
    return Pair(previous, draw_prefix(step.query, seed, step.row), step.query, step.session, step.person)


def write_pairs(pairs: Pairs, path: str | Path) -> None:
    """Write pairs as a tsv file with the column `session`; beside it first, then renamed."""
    target = Path(path)
    beside = target.with_name(target.name + ".partial")
    rows = zip(pairs.previous, pairs.prefix, pairs.next, pairs.session, strict=True)
    with beside.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(HEADER)
        stream.writelines(f"{previous}\t{prefix}\t{text}\t{session}\n" for previous, prefix, text, session in rows)
    beside.replace(target)


def contexts(pairs: Pairs) -> list[tuple[str, ...]]:
    """Return for every row the session's queries so far, oldest first, at most five.

    They are the `previous` of the session's earlier rows and the row's own, without empty ones
    and immediate repeats.
    """
    found: list[tuple[str, ...]] = []
    current: tuple[str, ...] = ()
    session = -1
    for previous, number in zip(pairs.previous, pairs.session, strict=True):
        if number != session:
            session, current = number, ()
        if previous and (not current or current[-1] != previous):
            current = (*current, previous)[-N_CONTEXT:]
        found.append(current)
    return found


def split_last(pairs: Pairs, share: float) -> tuple[Pairs, Pairs]:
    """Return the first sessions and the last `share` of them, in order, both numbered from 0."""
    n_sessions = pairs.session[-1] + 1 if pairs.session else 0
    first_held = n_sessions - int(share * n_sessions + 1e-9)
    n_rows = len(pairs.session)
    cut = next((row for row in range(n_rows) if pairs.session[row] >= first_held), n_rows)
    tail = take(pairs, range(cut, n_rows))
    return take(pairs, range(cut)), tail._replace(session=[number - first_held for number in tail.session])


def take(pairs: Pairs, rows: Sequence[int]) -> Pairs:
    """Return some rows of pairs, in the order given; sessions and persons keep their numbers."""
    return Pairs(
        previous=[pairs.previous[row] for row in rows],
        prefix=[pairs.prefix[row] for row in rows],
        next=[pairs.next[row] for row in rows],
        session=[pairs.session[row] for row in rows],
        person=[pairs.person[row] for row in rows],
    )


def _holds_pairs(files: Sequence[Path], wanted: str) -> bool:
    """Tell whether the files are pair files (and not logs)."""
    kinds: dict[Path, bool] = {}

    for path in files:

        def choose(header: list[str], path: Path = path) -> list[str]:
            kinds[path] = check_header(path, header, wanted) == "pairs"
            return header[:1]

        for _ in read_rows(path, choose):
            if path in kinds:
                break
    if len(set(kinds.values())) > 1:
        raise DataError(f"{files[0]} and others: pair files and logs cannot be mixed; give them separately")
    return all(kinds.values())


def _gather(rows: Iterable[Pair]) -> Pairs:
    """Return rows as columns, persons numbered as they come."""
    pairs = Pairs([], [], [], [], [])
    persons: dict[int, int] = {}
    for previous, prefix, text, session, person in rows:
        pairs.previous.append(previous)
        pairs.prefix.append(prefix)
        pairs.next.append(text)
        pairs.session.append(session)
        pairs.person.append(persons.setdefault(person, len(persons)))
    return pairs


def _read_pair_files(files: Sequence[Path], wanted: str, report: Report, progress: Progress | None) -> Pairs:
    meter = Meter(files, "reading", progress)
    pairs = Pairs([], [], [], [], [])
    n_sessions = 0
    for path in files:
        tally = FileTally(str(path), report)
        numbers: dict[str, int] = {}
        for name, previous, prefix, text in _pair_rows(path, wanted, tally, meter):
            pairs.previous.append(previous)
            pairs.prefix.append(prefix)
            pairs.next.append(text)
            # a row without a session is one of its own
            key = name or f"\n{tally.n_good}"
            pairs.session.append(n_sessions + numbers.setdefault(key, len(numbers)))
            pairs.person.append(pairs.session[-1])
        n_sessions += len(numbers)
        tally.close()
        meter.finish(path)
    report.sessions = report.people = n_sessions
    return _together(pairs)


def _pair_rows(path: Path, wanted: str, tally: FileTally, meter: Meter) -> Iterator[tuple[str, str, str, str]]:
    """Yield session name, previous, prefix and next of the good rows of a pair file."""

    def choose(header: list[str]) -> list[str]:
        check_header(path, header, wanted)
        return [*PAIR_COLUMNS, "session"] if "session" in header else list(PAIR_COLUMNS)

    for number, row in read_rows(path, choose, meter.advance):
        if isinstance(row, Bad):
            tally.refuse(number, row)
            continue
        text = clean(row[2])
        prefix = normalise_prefix(row[1])
        if isinstance(text, Bad):
            tally.refuse(number, text, row[2])
        elif not text.startswith(prefix):
            tally.refuse(number, "a prefix that does not begin its next", row[1])
        else:
            tally.n_good += 1
            yield row[3] if len(row) > 3 else "", _normalise(row[0]), prefix, text


def _together(pairs: Pairs) -> Pairs:
    """Return the rows with those of one session together, in the order they had."""
    session = pairs.session
    if all(session[row] <= session[row + 1] for row in range(len(session) - 1)):
        return pairs
    return take(pairs, sorted(range(len(session)), key=session.__getitem__))
