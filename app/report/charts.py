"""What a chart is: points on two axes, and the table behind them. A page draws it, a document prints it.

Knows numbers and words; knows no file and no picture.
"""

from typing import Any, Literal, NamedTuple

from app.report.results import Result

Form = Literal["share", "gain", "percent", "ms", "s", "mb", "count", "rate", "text"]
Kind = Literal["lines", "rows", "stack", "table"]

_UNITS = {"percent": " %", "ms": " ms", "s": " s", "mb": " MB"}
_DECIMALS = {"share": 3, "gain": 3, "percent": 1, "count": 0, "rate": 0}


class Axis(NamedTuple):
    """What an axis says, how it is divided, and how its numbers are written; None leaves an end to the values."""

    title: str
    form: Form = "share"
    scale: Literal["linear", "log", "steps"] = "linear"
    least: float | None = None
    most: float | None = None


class Point(NamedTuple):
    """A value at a place, which is a number or a step's name; its interval; a word beside it."""

    at: float | str
    value: float
    low: float | None = None
    high: float | None = None
    text: str = ""


class Series(NamedTuple):
    """Points of one thing. main: what the chart is about. shown: whether it is drawn before anyone asks."""

    name: str
    points: tuple[Point, ...]
    main: bool = False
    shown: bool = True


class Mark(NamedTuple):
    """A line across the chart, at a place of the axis `at` or of the axis `value`."""

    axis: Literal["at", "value"]
    where: float
    text: str


class Table(NamedTuple):
    """Columns' names, and rows of cells; the first cell names its row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Chart(NamedTuple):
    """One figure of the report.

    says: what is to be seen in it, in a sentence or two. joined: whether the points of a row are of one thing.
    """

    id: str
    kind: Kind
    title: str
    says: str
    source: Result
    at: Axis = Axis("")
    value: Axis = Axis("")
    series: tuple[Series, ...] = ()
    marks: tuple[Mark, ...] = ()
    joined: bool = False
    behind: Table | None = None

    @property
    def timed(self) -> bool:
        """Whether it holds times, which a busy machine makes longer."""
        cells = (cell for row in self.table.rows for cell in row if self.kind == "table")
        return bool({self.at.form, self.value.form} & {"ms", "s", "rate"}) or any(map(_is_time, cells))

    @property
    def table(self) -> Table:
        """The table behind the chart: places down, series across."""
        return self.behind or _table(self)

    def document(self) -> dict[str, Any]:
        """Return what the page draws, as plain values."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "at": self.at._asdict(),
            "value": self.value._asdict(),
            "series": [one._asdict() | {"points": [point._asdict() for point in one.points]} for one in self.series],
            "marks": [mark._asdict() for mark in self.marks],
            "joined": self.joined,
        }


class Section(NamedTuple):
    """Charts that belong together."""

    id: str
    title: str
    charts: tuple[Chart, ...]


def write(value: float, form: Form) -> str:
    """Return a number as it is read."""
    if form in ("ms", "s", "mb"):
        digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
        return f"{value:,.{digits}f}{_UNITS[form]}"
    sign = "+" if form == "gain" and value > 0 else ""
    scaled = 100 * value if form == "percent" else value
    return f"{sign}{scaled:,.{_DECIMALS.get(form, 3)}f}{_UNITS.get(form, '')}".replace("-", "−")


def cell(point: Point, form: Form) -> str:
    """Return a value with its interval."""
    if point.low is None or point.high is None:
        return write(point.value, form)
    return f"{write(point.value, form)} ({write(point.low, form)} to {write(point.high, form)})"


def table_of(first: str, form: Form, series: tuple[Series, ...]) -> Table:
    """Return series across and their places down."""
    places = list(dict.fromkeys(point.at for one in series for point in one.points))
    found = [{point.at: cell(point, form) for point in one.points} for one in series]
    rows = [(str(place), *(cells.get(place, "") for cells in found)) for place in places]
    return Table((first, *(one.name for one in series)), tuple(rows))


def _turned(table: Table) -> Table:
    """Return a wide table with its columns down; its corner says what stands across."""
    across = tuple(row[0] for row in table.rows)
    rows = tuple((name, *(row[i] for row in table.rows)) for i, name in enumerate(table.columns) if i)
    return Table((f"{table.columns[0]}:", *across), rows)


def _is_time(text: str) -> bool:
    """Tell whether a cell speaks of milliseconds or seconds."""
    return "ms" in text.split() or text.endswith(" s")


def _table(chart: Chart) -> Table:
    """Return the table of a chart that brings none."""
    plain = table_of(chart.at.title, chart.value.form, chart.series)
    if chart.at.scale == "steps":
        return _turned(plain) if len(plain.columns) > len(plain.rows) + 1 else plain
    rows = [(write(float(place), chart.at.form), *cells) for place, *cells in plain.rows]
    return Table(plain.columns, tuple(rows))
