"""Draw a chart of the report as a picture file, by matplotlib. Knows charts; knows nothing of what they say."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from app.report.charts import Axis, Chart, Form, Point, Series, write

COLOURS = ("#07485f", "#b1500a", "#0f7a46", "#7b3aa8", "#b0214b", "#806300", "#596270", "#00757a")
SHAPES = ("o", "s", "^", "D", "v", "P", "X", "d")
HATCHES = ("", "////", "....", "")
STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#dedbd2",
    "axes.grid": True,
    "grid.color": "#e8e5dd",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}
WIDTH, DPI = 8.0, 130


def draw(chart: Chart, path: Path) -> None:
    """Write the picture of a chart."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, _height(chart)), dpi=DPI)
        plot = figure.add_subplot()
        {"lines": _lines, "rows": _rows, "stack": _stack}[chart.kind](chart, plot)
        if len(_shown(chart)) > 1:
            figure.legend(loc="outside upper left", ncols=3)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Software": None})


def _lines(chart: Chart, plot: Axes) -> None:
    """Draw points on two axes, joined."""
    steps = _places(chart) if chart.at.scale == "steps" else None
    shown = _shown(chart)
    for order, (i, series) in enumerate(shown):
        moved = 0.06 * (order - (len(shown) - 1) / 2) if steps else 0.0
        x = [steps.index(str(p.at)) + moved if steps else float(p.at) for p in series.points]
        y, spread = [p.value for p in series.points], _spread(series.points)
        plot.errorbar(x, y, yerr=spread, label=series.name, capsize=0, elinewidth=1.2, zorder=3, **_look(i, series))
        for point, at in zip(series.points, x, strict=True):
            if point.text:
                plot.annotate(
                    point.text, (at, point.value), (0, 5), textcoords="offset points", ha="center", fontsize=7
                )
    if steps:
        plot.set_xticks(range(len(steps)), steps)
    else:
        _scale(plot, "x", chart.at)
    _scale(plot, "y", chart.value)
    plot.set(xlabel=chart.at.title, ylabel=chart.value.title)
    _mark(chart, plot)


def _rows(chart: Chart, plot: Axes) -> None:
    """Draw points along rows."""
    names, shown = _places(chart), _shown(chart)
    for order, (i, series) in enumerate(shown):
        moved = 0.0 if chart.joined else 0.18 * (order - (len(shown) - 1) / 2)
        y = [names.index(str(point.at)) + moved for point in series.points]
        look = _look(i, series) | {"linestyle": "none"}
        x = [p.value for p in series.points]
        plot.errorbar(x, y, xerr=_spread(series.points), label=series.name, capsize=0, elinewidth=1.2, zorder=3, **look)
    if chart.joined:
        for n, name in enumerate(names):
            values = [p.value for _, series in shown for p in series.points if str(p.at) == name]
            plot.hlines(n, min(values), max(values), color=COLOURS[6], linewidth=1.5, zorder=2)
    _scale(plot, "x", chart.value)
    _name_rows(plot, names, chart)
    _mark(chart, plot)


def _stack(chart: Chart, plot: Axes) -> None:
    """Draw shares end to end."""
    names = _places(chart)
    ends = [0.0] * len(names)
    for i, series in _shown(chart):
        sizes = [point.value for point in series.points]
        face = COLOURS[i] if i == 0 else "white"
        hatch, edge = HATCHES[i % len(HATCHES)], COLOURS[i if i < 3 else 6]
        plot.barh(range(len(names)), sizes, 0.6, ends, label=series.name, color=face, edgecolor=edge, hatch=hatch)
        for n, (end, size) in enumerate(zip(ends, sizes, strict=True)):
            if size > 0.06:
                ink, text = "white" if i == 0 else "black", write(size, chart.value.form)
                plot.text(end + size / 2, n, text, ha="center", va="center", color=ink, fontsize=8)
        ends = [end + size for end, size in zip(ends, sizes, strict=True)]
    _scale(plot, "x", chart.value)
    _name_rows(plot, names, chart)


def _mark(chart: Chart, plot: Axes) -> None:
    """Draw the lines across, and make room for them."""
    for mark in chart.marks:
        low, high = plot.get_xlim()
        plot.set_xlim(min(low, mark.where), max(high, mark.where * 1.2))
        plot.axvline(mark.where, color=COLOURS[6], linestyle="--" if mark.text else "-", linewidth=1)
        top = (mark.where, 1)
        plot.annotate(
            mark.text, top, (-3, 3), xycoords=("data", "axes fraction"), textcoords="offset points", ha="right"
        )


def _name_rows(plot: Axes, names: list[str], chart: Chart) -> None:
    """Name the rows, the first on top."""
    plot.set_yticks(range(len(names)), names)
    plot.set_ylim(len(names) - 0.5, -0.5)
    plot.set_xlabel(chart.value.title)
    plot.grid(visible=False, axis="y")


def _scale(plot: Axes, side: str, axis: Axis) -> None:
    """Set an axis' kind, ends and numbers."""
    own = plot.xaxis if side == "x" else plot.yaxis
    (plot.set_xscale if side == "x" else plot.set_yscale)("log" if axis.scale == "log" else "linear")
    (plot.set_xlim if side == "x" else plot.set_ylim)(axis.least, axis.most)
    if axis.scale == "log":
        own.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    own.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, axis.form)))
    own.set_minor_formatter(FuncFormatter(lambda value, _: ""))


def _tick(value: float, form: Form) -> str:
    """Return a number as an axis says it."""
    return f"{100 * value:,.4g} %" if form == "percent" else f"{value:,.9g}"


def _look(i: int, series: Series) -> dict[str, object]:
    """Return what tells a series from others."""
    thick = 2.6 if series.main else 1.4
    return {"color": COLOURS[i % 8], "marker": SHAPES[i % 8], "markersize": 5.5, "linewidth": thick}


def _spread(points: tuple[Point, ...]) -> list[list[float]]:
    """Return how far intervals reach below and above."""
    sure = [p if p.low is not None and not p.text else p._replace(low=p.value, high=p.value) for p in points]
    below = [max(p.value - (p.value if p.low is None else p.low), 0.0) for p in sure]
    return [below, [max((p.value if p.high is None else p.high) - p.value, 0.0) for p in sure]]


def _shown(chart: Chart) -> list[tuple[int, Series]]:
    """Return the series that are drawn, with their numbers."""
    return [(i, series) for i, series in enumerate(chart.series) if series.shown]


def _places(chart: Chart) -> list[str]:
    """Return the names of rows or steps."""
    return list(dict.fromkeys(str(point.at) for _, series in _shown(chart) for point in series.points))


def _height(chart: Chart) -> float:
    """Return the height of a picture in inches."""
    legend = 0.25 * ((len(_shown(chart)) + 2) // 3)
    return 4.2 if chart.kind == "lines" else 1.3 + legend + 0.34 * len(_places(chart))
