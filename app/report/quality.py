"""What the files say of quality: the systems of one table, and the papers' ratios.

Knows the shape of `quality.json`; knows nothing of pages.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.report.charts import Axis, Chart, Mark, Point, Series, Table, write
from app.report.names import FRONT, MODEL, lengths_of, name_of, ordinal
from app.report.results import Result

MRR = Axis("MRR@10", "share", "linear", 0.0)
SEEN, ALL = "answer was in the log", "all rows"
MISSES = (
    ("ranked_low", "ranked below ten"),
    ("no_candidate", "never a candidate"),
    ("no_label", "not in the log"),
)


def quality(source: Result) -> Iterator[Chart]:
    """Yield the charts of the systems' table that the file has figures for."""
    systems = source.figures["systems"]
    yield _by_length(source, systems)
    if source.figures.get("over_mfq"):
        yield _over_mfq(source)
    yield _own_prefix(source, "mrr", "own-prefix", "MRR at the row’s own prefix")
    yield _own_prefix(source, "bleu_rr", "bleu", "BLEU of what is shown, weighted by 1/rank")
    yield _misses(source)
    yield _keystrokes(source)
    if "contexts" in source.figures:
        yield _contexts(source)
    if "mfq" in source.figures.get("differences", {}):
        yield _by_frequency(source)
    if source.figures.get("claims"):
        yield _claims(source)


def _by_length(source: Result, systems: Mapping[str, Any]) -> Chart:
    """Return MRR by the number of characters typed, a line a system."""
    series = tuple(
        Series(name_of(name, source), _points(system["seen"], "mrr"), name == MODEL, name in FRONT)
        for name, system in systems.items()
    )
    ours = systems[MODEL]["seen"]
    first, last = lengths_of(ours)[0], lengths_of(ours)[-1]
    says = (
        f"Where the answer is a query of the log: {write(ours[f'len{first}']['mrr'], 'share')} after "
        f"{ordinal(first)}, {write(ours[f'len{last}']['mrr'], 'share')} after {ordinal(last)}. "
        "Whiskers are 95 % intervals over sessions."
    )
    axis = Axis("Characters typed", "text", "steps")
    title = "The right answer’s rank, by how much was typed"
    return Chart("mrr-by-length", "lines", title, says, source, axis, MRR._replace(most=1.0), series)


def _over_mfq(source: Result) -> Chart:
    """Return by how much the model is above the most frequent query, beside the paper."""
    found = {name[3:]: cell for name, cell in source.figures["over_mfq"].items() if name.startswith("len")}
    ours = Series("here", tuple(Point(at, cell["ours"]) for at, cell in found.items()), True)
    points = tuple(Point(at, cell["paper"]) for at, cell in found.items() if cell["paper"] is not None)
    paper = Series("the paper, on its own log", points)
    says = "How far MRR on seen queries is above that of the most frequent query with the same beginning."
    axis, value = Axis("Characters typed", "text", "steps"), Axis("above the most frequent query", "percent")
    title = "What the session adds to popularity"
    return Chart("over-mfq", "rows", title, says, source, axis, value, (ours, paper), (Mark("value", 0.0, ""),))


def _own_prefix(source: Result, measure: str, name: str, title: str) -> Chart:
    """Return a measure at the row's own prefix, of seen and of all rows, a row a system."""
    series = []
    for group, told in (("seen", SEEN), ("all", ALL)):
        points = tuple(
            _point(name_of(system, source), figures[group]["sampled"], measure)
            for system, figures in source.figures["systems"].items()
            if measure in figures[group]["sampled"]
        )
        series.append(Series(told, points, group == "seen"))
    rows, seen = source.figures["rows"], source.figures["seen"]
    says = (
        f"{rows:,} rows, {seen:,} of them with an answer that the log holds. A system that only repeats the log "
        f"cannot be above {write(seen / rows, 'share')} on all rows."
    )
    if measure == "bleu_rr":
        says = "How alike the shown texts are to the answer, word by word: it also counts what is nearly right."
    value = MRR if measure == "mrr" else Axis("BLEU_RR", "share", "linear", 0.0)
    axis = Axis("System", "text", "steps")
    return Chart(name, "rows", title, says, source, axis, value._replace(most=1.0), tuple(series))


def _misses(source: Result) -> Chart:
    """Return what became of the rows: shown, ranked low, never a candidate, no label."""
    systems = {name: one for name, one in source.figures["systems"].items() if "misses" in one}
    rows = source.figures["rows"] - source.figures.get("no_context", 0)
    shown = tuple(Point(name_of(n, source), 1 - sum(one["misses"].values()) / rows) for n, one in systems.items())
    series = [Series("among the ten", shown, True)]
    for key, told in MISSES:
        points = tuple(Point(name_of(n, source), one["misses"][key] / rows) for n, one in systems.items())
        series.append(Series(told, points))
    ours = systems[MODEL]["misses"]
    says = (
        f"Of {rows:,} rows, {write(ours['no_label'] / rows, 'percent')} have an answer that the log does not hold; "
        f"{ours['no_candidate']:,} of the others were never a candidate, {ours['ranked_low']:,} were ranked below ten."
    )
    axis, value = Axis("System", "text", "steps"), Axis("share of the rows", "percent", "linear", 0.0, 1.0)
    return Chart("misses", "stack", "What became of the answers", says, source, axis, value, tuple(series))


def _keystrokes(source: Result) -> Chart:
    """Return the share of an answer that need not be typed."""
    systems = {name: one for name, one in source.figures["systems"].items() if "keystrokes_saved" in one}
    series = tuple(
        Series(
            told, tuple(Point(name_of(n, source), one[key]) for n, one in systems.items()), key == "keystrokes_saved"
        )
        for key, told in (
            ("keystrokes_saved", "until it is among the ten"),
            ("keystrokes_saved_first", "until it is first"),
        )
    )
    drawn = source.figures["drawn"]["typed_rows"]
    says = f"The share of a query that is not typed before it is offered, new queries included, on {drawn:,} rows."
    axis, value = Axis("System", "text", "steps"), Axis("of the characters", "percent", "linear", 0.0)
    return Chart("keystrokes", "rows", "Keystrokes saved", says, source, axis, value, series)


def _contexts(source: Result) -> Chart:
    """Return the model's MRR by what it is told of the session."""
    told = {"none": "nothing of the session", "previous": "the previous query", "last five": "the last five queries"}
    series = tuple(
        Series(told.get(name, name), _points(figures["seen"], "mrr"), name == "last five")
        for name, figures in source.figures["contexts"].items()
    )
    says = "The same model and the same rows, with the session’s queries withheld in whole or in part."
    axis = Axis("Characters typed", "text", "steps")
    title = "What the session is worth"
    return Chart("contexts", "lines", title, says, source, axis, MRR._replace(most=1.0), series)


def _by_frequency(source: Result) -> Chart:
    """Return the difference to the most frequent query by how often the answer was asked in training."""
    found = source.figures["differences"]["mfq"]["by_frequency"]
    points = tuple(
        _point(f"{name} ({cell['rows']:,} rows)", cell, "mrr") for name, cell in found.items() if name != "0"
    )
    says = "Paired on the same rows, at the row’s own prefix: right of the line, the session helped. 95 % intervals."
    axis = Axis("Times the answer was asked in training", "text", "steps")
    value = Axis("MRR above the most frequent query", "gain")
    series = (Series("difference", points, True),)
    title = "Where the session helps: rare and common answers"
    return Chart("by-frequency", "rows", title, says, source, axis, value, series, (Mark("value", 0.0, ""),))


def _claims(source: Result) -> Chart:
    """Return what the papers claim beside what this run says."""
    rows = []
    for one in source.figures["claims"]:
        beside = name_of(one["beside"], source) if "beside" in one else ""
        note = f" ({one['their_time']})" if "their_time" in one else ""
        numbers = (f"{one[whose]:.3f}" for whose in ("ours", "theirs"))
        rows.append((one["claim"] + note, beside, *numbers, "holds" if one["holds"] else "does not hold"))
    columns = ("The papers say: the model is", "beside", "here", "the other", "in this run")
    held = sum(one["holds"] for one in source.figures["claims"])
    says = f"{held} of {len(rows)} hold on this log. At the row’s own prefix; times are of the machine named below."
    title = "What the papers claim"
    return Chart("claims", "table", title, says, source, behind=Table(columns, tuple(rows)))


def _points(cells: Mapping[str, Any], measure: str) -> tuple[Point, ...]:
    """Return a measure by prefix length."""
    return tuple(_point(str(length), cells[f"len{length}"], measure) for length in lengths_of(cells))


def _point(at: str, cell: Mapping[str, Any], measure: str) -> Point:
    """Return a measure of a cell with its interval, where it has one."""
    low, high = cell.get(f"{measure}_ci", (None, None))
    return Point(at, cell[measure], low, high)
