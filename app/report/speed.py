"""What the files say of speed: times of a completion, and quality against latency.

Knows the shapes of `quality.json`, `latency.json` and `curves.json`; knows nothing of pages.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.report.charts import Axis, Chart, Mark, Point, Series, Table, write
from app.report.names import MODEL, name_of
from app.report.results import Result

PAPER_MS = Mark("value", 10.0, "10 ms: the papers’ limit")
PERCENTILES = {"p50": "half are faster (p50)", "p90": "p90", "p99": "p99"}
STEP, MS = Axis("", "text", "steps"), Axis("ms", "ms", "log")
KNOBS = {
    "beam": ("Beam width", "beam", "{:.0f}", "nodes kept at a depth"),
    "trie_depth": ("Depth of the hybrid’s trie", "depth", "{:.0f}", "0 is the plain tree"),
    "threshold": ("Pruning threshold", "threshold", "{:.2f}", "weights below it are dropped"),
}
ASKED = {"sampled": "own prefix", "len1": "one character"}
BY = {"all": "all sources", "index": "index alone"}


def curves(source: Result) -> Iterator[Chart]:
    """Yield quality against latency, a chart a knob."""
    return (_curve(source, knob) for knob in KNOBS if source.figures["knobs"].get(knob))


def times(source: Result) -> Iterator[Chart]:
    """Yield the times of all systems, asked one row at a time."""
    found = {name: one["latency_ms"] for name, one in source.figures["systems"].items()}
    series = _percentiles({_timed(name, source): cells for name, cells in found.items()})
    says = (
        "One completion at a time, one thread, from the text typed to the texts shown, in the run of the first table."
    )
    axis = STEP._replace(title="System")
    title = "How long a completion takes"
    yield Chart("latency-systems", "rows", title, says, source, axis, MS, series, (PAPER_MS,), joined=True)
    full = {name: cells["quantiles"] for name, cells in found.items() if "quantiles" in cells}
    if full:
        lines = tuple(
            Series(name_of(name, source), tuple(Point(ms, q / 100) for q, ms in pairs), name == MODEL)
            for name, pairs in full.items()
        )
        mark = PAPER_MS._replace(axis="at")
        value = Axis("share of completions that are ready", "percent", "linear", 0.0, 1.0)
        says = "Read upwards: after so many milliseconds, this share of the completions has been answered."
        table = Table(
            ("System", *(f"{q:g} %" for q, _ in next(iter(full.values())))),
            tuple((name_of(n, source), *(write(ms, "ms") for _, ms in pairs)) for n, pairs in full.items()),
        )
        title = "The whole distribution"
        yield Chart("latency-distribution", "lines", title, says, source, MS, value, lines, (mark,), behind=table)


def _timed(name: str, source: Result) -> str:
    """Return the name of a system, with what its time leaves out."""
    partly = "latency_of" in source.figures["systems"][name]
    return name_of(name, source) + (" (search alone)" if partly else "")


def latency(source: Result) -> Iterator[Chart]:
    """Yield the times of the model by what was typed, and where they go."""
    figures = source.figures
    rows = {"all rows": figures["text_to_text"]["all"]}
    rows["ten labels or more begin so"] = figures["text_to_text"]["span_of_ten_or_more"]
    rows |= {f"{n} character{'' if n == '1' else 's'} typed": one for n, one in figures["by_prefix_length"].items()}
    says = (
        f"The median of {figures['rounds']} rounds for each of {figures['rows']:,} rows, {figures['labels']:,} labels."
    )
    axis = STEP._replace(title="Rows")
    series = _percentiles(rows)
    title = "A completion, by how much was typed"
    yield Chart("latency-typed", "rows", title, says, source, axis, MS, series, (PAPER_MS,), joined=True)
    parts = {f"candidates from {name} alone": one for name, one in figures.get("one_source_alone", {}).items()}
    if "tree_search_alone" in figures:
        parts["the search of the index alone"] = figures["tree_search_alone"]
    if parts:
        parts = {"whole": figures["text_to_text"]["span_of_ten_or_more"]} | parts
        says = "Where ten labels or more begin so: the whole, and what is left of it with parts switched off."
        axis = STEP._replace(title="What is done")
        title = "What each source costs"
        yield Chart("latency-parts", "rows", title, says, source, axis, MS, _percentiles(parts), joined=True)
    if "stages" in figures:
        yield _stages(source)
    if "by_turns" in figures:
        yield _by_turns(source)


def _stages(source: Result) -> Chart:
    """Return what each stage of a completion takes."""
    stages = source.figures["stages"]
    series = tuple(
        Series(told, tuple(Point(stage, times[kind]) for stage, times in stages.items()), kind == "once")
        for kind, told in (("once", "asked as people ask"), ("in_a_row", "asked again and again"))
    )
    says = (
        "The mean of what each stage takes within the compiled code, where ten labels or more begin so. Asked again "
        "and again, a row finds its memory in the processor's caches: the rest is waiting for memory."
    )
    axis, value = STEP._replace(title="Stage"), Axis("ms", "ms", "linear", 0.0)
    title = "Where the microseconds go"
    return Chart("latency-stages", "rows", title, says, source, axis, value, series)


def _by_turns(source: Result) -> Chart:
    """Return what a completion takes beside the peer's search, turn by turn."""
    turns = source.figures["by_turns"]
    words = {"ours": "Nextquery, from text to text"}
    cells = {
        words.get(name, f"{name_of(f'libpecos {name}', source)}, the search alone"): times
        for name, times in turns["p50_ms"].items()
    }
    rows = tuple((name, *(write(ms, "ms") for ms in times)) for name, times in cells.items())
    ratios = ", ".join(f"{value:.2f} of libpecos {kind}" for kind, value in turns["ratio"].items())
    says = (
        "The median of each turn, one thread. Ours: rows where ten labels or more begin so, whole; the peer's search "
        f"leaves out its features and the filter by prefix. Our medians: {ratios}."
    )
    n = len(turns["p50_ms"]["ours"])
    table = Table(("System", *(f"turn {i + 1}" for i in range(n))), rows)
    return Chart("latency-by-turns", "table", "Beside libpecos, by turns", says, source, behind=table)


def _percentiles(rows: Mapping[str, Any]) -> tuple[Series, ...]:
    """Return a series a percentile, a place a row."""
    return tuple(
        Series(told, tuple(Point(name, cells[q]) for name, cells in rows.items() if q in cells), q == "p50")
        for q, told in PERCENTILES.items()
    )


def _curve(source: Result, knob: str) -> Chart:
    """Return quality against latency along one knob."""
    points = source.figures["knobs"][knob]
    title, word, form, note = KNOBS[knob]
    series = tuple(
        Series(
            f"{asked}, {by}",
            tuple(
                Point(
                    one[source_of]["latency_ms"]["p50"],
                    cell["mrr"],
                    cell["mrr_ci"][0],
                    cell["mrr_ci"][1],
                    form.format(one["at"]),
                )
                for one in points
                if (cell := one[source_of]["seen"].get(setting))
            ),
            source_of == "all" and setting == "sampled",
        )
        for setting, asked in ASKED.items()
        for source_of, by in BY.items()
    )
    says = (
        f"Each point is a {word} ({note}): the time of a completion across, MRR on seen queries upwards. "
        f"{source.figures['rows']:,} rows; the ranker stays as it was fitted."
    )
    axis, value = Axis("ms at p50", "ms"), Axis("MRR@10, seen", "share")
    table = _curve_table(points, title, form)
    return Chart(f"curve-{knob}", "lines", title, says, source, axis, value, series, behind=table)


def _curve_table(points: list[dict[str, Any]], title: str, form: str) -> Table:
    """Return every figure of a knob's points."""
    sized = all("mb" in one for one in points)
    columns = [title, *(["index"] if sized else [])]
    for by in BY.values():
        columns += [*(f"MRR {asked}, {by}" for asked in ASKED.values()), f"p50, {by}", f"p99, {by}"]
    rows = []
    for one in points:
        cells = [form.format(one["at"]), *([write(one["mb"], "mb")] if sized else [])]
        for source_of in BY:
            seen, times = one[source_of]["seen"], one[source_of]["latency_ms"]
            cells += [write(seen[setting]["mrr"], "share") for setting in ASKED]
            cells += [write(times[q], "ms") for q in ("p50", "p99")]
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))
