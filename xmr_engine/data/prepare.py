"""A log made ready: training, validation and test pairs in a folder, and the report beside them.

Knows the parts of the way from log to pairs; must not know how any of them works.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from xmr_engine.data.events import LOG_COLUMNS, Progress, read_events
from xmr_engine.data.pairs import HEADER, Pair, pair_of
from xmr_engine.data.prefixes import follow
from xmr_engine.data.privacy import Blocklist, admit, explain_drops, read_blocklist, refusal, too_few
from xmr_engine.data.report import Report
from xmr_engine.data.sessions import Sessions, Step, cut_sessions
from xmr_engine.errors import ConfigError, DataError

__all__ = ["PairsConfig", "prepare_pairs"]

PARTS = ("train", "valid", "test")
REPORT = "report.json"

_TOLD_EVERY = 50_000  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsConfig:
    """Settings of the way from a log to pairs.

    Attributes
    ----------
    gap_minutes : float
        Longest pause within a session.
    valid, test : float
        Shares of the sessions, the last by time, that are kept apart.
    min_people : int
        Queries that fewer distinct persons typed are dropped.
    blocklist : str, optional
        File of words that no query may hold.
    format : str
        Of the logs: ``auto``, ``log``, ``aol`` or ``amazonqac``.
    seed : int
        Of the prefix lengths.
    memory_limit : str, optional
        What the session cutter may use, such as ``2GB``; the rest it keeps on disk.
    """

    gap_minutes: float = 30.0
    valid: float = 0.1
    test: float = 0.1
    min_people: int = 1
    blocklist: str | None = None
    format: str = "auto"
    seed: int = 0
    memory_limit: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.gap_minutes <= 1e9:
            raise ConfigError(f"gap-minutes is {self.gap_minutes}; expected a number of minutes, 0 or more")
        if not (self.valid >= 0 and self.test >= 0 and self.valid + self.test < 1):
            raise ConfigError(
                f"valid {self.valid} and test {self.test}: expected two shares that add up to less than 1"
            )
        if self.min_people < 1:
            raise ConfigError(f"min-people is {self.min_people}; expected 1 or more")
        if self.format not in ("auto", *LOG_COLUMNS):
            raise ConfigError(f"format {self.format!r} is no format of a log; expected auto, {', '.join(LOG_COLUMNS)}")


def prepare_pairs(
    logs: Sequence[str | Path], out: str | Path, config: PairsConfig | None = None, progress: Progress | None = None
) -> Report:
    """Write ``train.tsv``, ``valid.tsv``, ``test.tsv`` and ``report.json`` into a folder.

    They are written to ``OUT.partial`` and renamed. A folder that an earlier call wrote is
    replaced; one that holds anything else is left alone.

    Raises
    ------
    DataError
        If a log cannot be read, nothing is left of it, or the folder holds other files.
    """
    config = config or PairsConfig()
    folder = Path(out).resolve()
    _check_replaceable(folder)
    blocklist = read_blocklist(config.blocklist) if config.blocklist is not None else None
    partial = folder.with_name(folder.name + ".partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(parents=True)
    try:
        report = _write_parts([Path(log) for log in logs], partial, config, blocklist, progress)
        (partial / REPORT).write_text(json.dumps(report.as_dict(), indent=2) + "\n", encoding="utf-8")
        _check_replaceable(folder)
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return report


def _check_replaceable(folder: Path) -> None:
    """Refuse a folder that holds what no earlier call wrote."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise DataError(f"{folder}: a file; name a new folder")
    ours = {f"{part}.tsv" for part in PARTS} | {REPORT}
    others = sorted(path.name for path in folder.iterdir() if path.name not in ours)
    if others:
        raise DataError(f"{folder}: holds other files ({others[0]}); name a new folder")


def _write_parts(
    logs: list[Path], partial: Path, config: PairsConfig, blocklist: Blocklist | None, progress: Progress | None
) -> Report:
    report = Report()
    events = read_events(logs, report, format=config.format, progress=progress)
    with (
        ExitStack() as opened,
        cut_sessions(
            events,
            gap_minutes=config.gap_minutes,
            min_people=config.min_people,
            memory_limit=config.memory_limit,
        ) as sessions,
    ):
        report.sessions, report.people = sessions.n_sessions, sessions.n_people
        report.repeats = sessions.n_repeats
        streams = [
            opened.enter_context((partial / f"{part}.tsv").open("w", encoding="utf-8", newline="\n")) for part in PARTS
        ]
        for stream in streams:
            stream.write(HEADER)
        counts = [0, 0, 0]
        first_valid, first_test = _borders(sessions.n_sessions, config)
        for previous, prefix, text, session, _ in _admitted(sessions, config, blocklist, report, progress):
            part = (session >= first_valid) + (session >= first_test)
            streams[part].write(f"{previous}\t{prefix}\t{text}\t{session}\n")
            counts[part] += 1
    report.kept = dict(zip(PARTS, counts, strict=True))
    if not sum(counts):
        raise DataError(f"nothing is left of the log: {explain_drops(report)}")
    return report


def _borders(n_sessions: int, config: PairsConfig) -> tuple[int, int]:
    """Return the first session of validation and the first of test."""
    first_test = n_sessions - int(config.test * n_sessions + 1e-9)
    return first_test - int(config.valid * n_sessions + 1e-9), first_test


def _admitted(
    sessions: Sessions, config: PairsConfig, blocklist: Blocklist | None, report: Report, progress: Progress | None
) -> Iterator[Pair]:
    """Yield the pairs that may enter a model."""
    rare = too_few(config.min_people)
    n_steps = max(1, report.rows - report.bad.total() - report.repeats)

    def wrong(step: Step) -> str | None:
        return refusal(step.query, blocklist) or (None if step.common else rare)

    for number, (before, step) in enumerate(follow(sessions.steps)):
        wrong_before = None if before is None else wrong(before)
        pair = admit(pair_of(before, step, config.seed), wrong(step), wrong_before, report)
        if pair is not None:
            yield pair
        if progress and number % _TOLD_EVERY == 0:
            progress("writing", number / n_steps)
