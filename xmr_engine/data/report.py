"""What a reading of data kept, what it dropped, and why.

Knows reasons and counts; must not know files, formats or sessions.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from xmr_engine.errors import DataError

_SHOWN = 3
_EARLY_STOP = 1_000_000  # so many bad rows, nine in ten of all: the rest is not read


@dataclass(slots=True)
class Report:
    """Counts of rows, by what became of them.

    Attributes
    ----------
    rows : int
        Rows read, good and bad, header lines and blank lines apart.
    bad : Counter of str
        Rows that could not be read, by reason.
    sessions, people : int
        Distinct sessions and persons among the good rows of a log (of a pair file: sessions).
    repeats : int
        Events dropped as the session's previous query again.
    dropped : Counter of str
        Pairs dropped for the privacy of those who typed them, by reason.
    emptied : Counter of str
        Pairs whose previous query was taken away, by reason.
    kept : dict of str to int
        Pairs written or returned, by part.
    """

    rows: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    sessions: int = 0
    people: int = 0
    repeats: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    emptied: Counter[str] = field(default_factory=Counter)
    kept: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as one JSON-able document."""
        return {
            "rows": self.rows,
            "bad": dict(sorted(self.bad.items())),
            "sessions": self.sessions,
            "people": self.people,
            "repeats": self.repeats,
            "dropped": dict(sorted(self.dropped.items())),
            "emptied": dict(sorted(self.emptied.items())),
            "kept": dict(self.kept),
        }


class FileTally:
    """The good and bad rows of one file; refuses the file when more than half are bad."""

    def __init__(self, name: str, report: Report) -> None:
        self._name = name
        self._report = report
        self._n_bad = 0
        self._first: list[str] = []
        self.n_good = 0

    def refuse(self, line: int, reason: str, shown: str = "") -> None:
        """Count a bad row; `shown` is what was got, kept for the first three only."""
        self._n_bad += 1
        self._report.bad[reason] += 1
        if len(self._first) < _SHOWN:
            self._first.append(f"line {line}: {reason}{_clip(shown)}")
        if self._n_bad >= _EARLY_STOP and self._n_bad > 9 * self.n_good:
            raise self._refusal("so far")

    def close(self) -> None:
        """Add the rows to the report.

        Raises
        ------
        DataError
            If more than half of the file's rows are bad, or it has none.
        """
        n_rows = self.n_good + self._n_bad
        self._report.rows += n_rows
        if n_rows == 0:
            raise DataError(f"{self._name}: no rows below the header line")
        if self._n_bad > self.n_good:
            raise self._refusal("")

    def _refusal(self, when: str) -> DataError:
        n_rows = self.n_good + self._n_bad
        counted = f"{self._n_bad} of {n_rows} rows {when}".rstrip()
        return DataError(f"{self._name}: {counted} cannot be used, more than half: {'; '.join(self._first)}")


def _clip(shown: str) -> str:
    """Return a value as it may stand in a message of one line."""
    if not shown:
        return ""
    return f" (got {shown[:40]!a}{'…' if len(shown) > 40 else ''})"
