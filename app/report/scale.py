"""What the files say of size and load: growth with the labels, training beside the peer, the server.

Knows the shapes of `growth.json`, `training.json`, `peers.json` and `serving.json`; knows nothing of pages.
"""

from collections.abc import Iterator
from typing import Any

from app.report.charts import Axis, Chart, Point, Series, Table, write
from app.report.names import name_of
from app.report.results import Result
from app.report.speed import MS, PERCENTILES, STEP

LABELS = Axis("labels", "count", "log")


def growth(source: Result) -> Iterator[Chart]:
    """Yield how times and sizes grow with the number of labels."""
    sizes = source.figures["sizes"]
    first, last = sizes[0], sizes[-1]
    series = tuple(
        Series(told, tuple(Point(one["labels"], one["latency_ms"][q]) for one in sizes), q == "p50")
        for q, told in PERCENTILES.items()
    )
    ratio = last["latency_ms"]["p50"] / first["latency_ms"]["p50"]
    says = (
        f"From {first['labels']:,} to {last['labels']:,} labels the time at p50 grows {ratio:.1f}-fold, "
        f"the labels {last['labels'] / first['labels']:.0f}-fold."
    )
    value = Axis("ms", "ms", "linear", 0.0)
    yield Chart("growth-latency", "lines", "A completion, as labels grow", says, source, LABELS, value, series)
    costs = {
        "training, s": "train_s",
        "peak memory, GiB": "peak_gib",
        "model, MB": "model_mb",
        "opening, ms": "open_ms",
    }
    lines = tuple(
        Series(name, tuple(Point(one["labels"], one[key]) for one in sizes), key == "train_s")
        for name, key in costs.items()
    )
    minutes, peak = write(last["train_s"] / 60, "count"), f"{last['peak_gib']:.1f}"
    says = f"{last['labels']:,} labels are trained in {minutes} minutes, with {peak} GiB at most."
    value = Axis("", "rate", "log")
    rows = tuple((f"{one['labels']:,}", *(f"{one[key]:,g}" for key in costs.values())) for one in sizes)
    table = Table(("labels", *costs), rows)
    title = "What growth costs"
    yield Chart("growth-costs", "lines", title, says, source, LABELS, value, lines, behind=table)


def training(source: Result) -> Iterator[Chart]:
    """Yield the time of training the matchers beside the peer."""
    found = source.figures["indexes"]
    series = tuple(
        Series(
            told,
            tuple(
                Point(kind, one[who]["median_s"], min(one[who]["seconds"]), max(one[who]["seconds"]))
                for kind, one in found.items()
            ),
            who == "ours",
        )
        for who, told in (("ours", "here"), ("libpecos", "libpecos"))
    )
    ratios = ", ".join(f"{kind} {one['ratio']:.2f}" for kind, one in found.items())
    says = f"The same rows and trees, two threads, by turns: median, fastest, slowest. Our share of its time: {ratios}."
    axis, value = STEP._replace(title="Index"), Axis("seconds", "s", "linear", 0.0)
    yield Chart("training", "rows", "Training the matchers", says, source, axis, value, series)
    yield _trained_quality(source, found)


def _trained_quality(source: Result, found: dict[str, Any]) -> Chart:
    """Return the quality of what was trained, so that a time is not bought with it."""
    rows = []
    for kind, one in found.items():
        for who, told in (("ours", "here"), ("libpecos", "libpecos")):
            cells = (write(value, "share") for value in one[who]["mrr"].values())
            rows.append((f"{kind}, {told}", f"{one[who]['weights']:,}", *cells))
    settings = next(iter(found.values()))["ours"]["mrr"]
    columns = ("Index", "weights", *(f"MRR {name.replace('len', 'length ')}" for name in settings))
    says = "MRR@10 on seen queries of the matchers alone, without any ranker."
    return Chart("trained", "table", "What was trained", says, source, behind=Table(columns, tuple(rows)))


def peers(source: Result) -> Iterator[Chart]:
    """Yield what the peer takes, in its own environment."""
    systems = {name: one for name, one in source.figures["systems"].items() if "search" in one}
    if not systems:
        return
    rows = tuple(
        (
            name_of(name, source),
            write(one["index"]["seconds"], "s"),
            write(one["train"]["seconds"], "s"),
            write(one["train"]["mb"], "mb"),
            write(one["features"]["one_query"]["p50_ms"], "ms"),
            write(one["search"]["p50_ms"], "ms"),
            write(one["search"]["p99_ms"], "ms"),
        )
        for name, one in systems.items()
    )
    columns = ("System", "index", "matchers", "weights", "features of a query, p50", "search, p50", "search, p99")
    version = source.figures["rows"]
    says = f"libpecos on the same {version['train']:,} training rows, two threads, {version['labels']:,} labels."
    yield Chart("peers", "table", "The peer", says, source, behind=Table(columns, rows))


def serving(source: Result) -> Iterator[Chart]:
    """Yield what the server bears."""
    figures = source.figures
    load = figures["load"]
    kinds = {"complete": "completions", "constant": "a constant of the same size"}
    points = tuple(Point(told, load[kind]["per_second"]) for kind, told in kinds.items())
    says = (
        f"Two workers, eight connections: {write(load['share_of_constant'], 'percent')} of what the same server does "
        f"with a constant answer of {load['answer_bytes']:,} bytes; {load['complete']['errors']:,} errors in "
        f"{load['complete']['answers']:,} answers."
    )
    axis = STEP._replace(title="Answer")
    value = Axis("answers a second", "rate", "linear", 0.0)
    series = (Series("answers a second", points, True),)
    yield Chart("serving-rate", "rows", "Throughput", says, source, axis, value, series)
    rows = {told: load[kind]["ms"] for kind, told in kinds.items()}
    if idle := figures.get("idle_connections"):
        rows[f"completions beside {idle['connections']:,} idle connections"] = idle["beside"]["ms"]
    times = tuple(
        Series(told, tuple(Point(name, one[q]) for name, one in rows.items()), q == "p50")
        for q, told in PERCENTILES.items()
    )
    says = "From the request to the last byte of the answer, on the same machine."
    yield Chart("serving-times", "rows", "Answers over HTTP", says, source, axis, MS, times, joined=True)
    yield from _endurance(source)


def _endurance(source: Result) -> Iterator[Chart]:
    """Yield memory under steady load, and what fails when things go wrong."""
    figures = source.figures
    if course := figures.get("soak", {}).get("memory_mb"):
        step = figures["soak"]["seconds"] / len(course)
        points = tuple(Point(round(step * (i + 1), 1), size) for i, size in enumerate(course))
        above = write(figures["soak"]["growth_of_last_third"], "percent")
        says = f"All workers together, shared pages once; the last third is {above} above the second."
        at, value = Axis("seconds of steady load", "count"), Axis("memory, MB", "mb", "linear", 0.0)
        line = (Series("memory", points, True),)
        yield Chart("serving-memory", "lines", "Memory under load", says, source, at, value, line)
    rows = []
    for name, told in (("soak", "steady load"), ("workers_killed", "workers killed"), ("reloads", "workers replaced")):
        if one := figures.get(name):
            times = str(one.get("killed", one.get("reloads", "")))
            rows.append((told, times, f"{one['answers']:,}", f"{one['errors']:,}", write(one["ms"]["p99"], "ms")))
    columns = ("What happens", "times", "answers", "errors", "p99")
    says = "What is lost is what a killed worker was answering at that moment, and nothing else."
    yield Chart("serving-trouble", "table", "When things go wrong", says, source, behind=Table(columns, tuple(rows)))
