"""What the files say of product retrieval: systems beside one another, the knobs' curves, the peer.

Knows the shapes of `products-….json` and `product-peers.json`; knows nothing of pages.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.report.charts import Axis, Chart, Point, Series, Table, write
from app.report.results import Result
from app.report.speed import STEP

RECALL = Axis("recall", "share", "linear", 0.0)
DEPTHS = (10, 50, 100)
PAPER = {"neural": "more than 2", "lexical": "almost 4"}
NAMES = {"xr-linear": "XR-Linear", "lexical": "BM25", "neural": "two-tower network", "full": "full retrieval"}


def told(name: str) -> str:
    """Return a system's name as it is read."""
    return NAMES.get(name, name)


def products(source: Result) -> Iterator[Chart]:
    """Yield recall by system, the curves over beam and threshold, sets of features, what training takes."""
    yield _systems(source)
    yield _gain(source)
    if source.synthetic:
        yield _planted(source)
    yield _beams(source)
    yield _thresholds(source)
    if "feature_sets" in source.figures:
        yield _sets(source)
    yield _training(source)


def _id(source: Result, name: str) -> str:
    return f"{source.name}-{name}"


def _of(source: Result, title: str) -> str:
    return f"{title}: products of {source.data or source.name}"


def _where(source: Result) -> str:
    kind = "a synthetic shop log" if source.synthetic else "judged queries"
    return f"{source.figures['queries']:,} held-out queries of {kind}, {source.figures['products']:,} products"


def _systems(source: Result) -> Chart:
    """Return recall by system, with milliseconds in the table."""
    found: Mapping[str, Any] = source.figures["systems"]
    series = tuple(
        Series(
            f"recall@{k}",
            tuple(Point(told(name), one[f"recall{k}"], *one[f"recall{k}_ci"]) for name, one in found.items()),
            k == DEPTHS[0],
        )
        for k in DEPTHS
    )
    rows = tuple(
        (
            told(name),
            *(write(one[f"recall{k}"], "share") for k in DEPTHS),
            *(write(one[q], "ms") if q in one else "" for q in ("p50_ms", "p99_ms")),
        )
        for name, one in found.items()
    )
    table = Table(("System", *(f"recall@{k}" for k in DEPTHS), "p50", "p99"), rows)
    full, lexical, linear = (write(found[name]["recall10"], "share") for name in ("full", "lexical", "xr-linear"))
    says = f"{_where(source)}. Recall@10: full retrieval {full}, BM25 {lexical}, XR-Linear {linear}."
    title = _of(source, "Systems")
    axis = STEP._replace(title="System")
    return Chart(_id(source, "systems"), "rows", title, says, source, axis, RECALL, series, joined=True, behind=table)


def _gain(source: Result) -> Chart:
    """Return what XR-Linear adds to the full system."""
    found = source.figures["gain of XR-Linear"]
    rows = tuple(
        (f"recall@{k}", *(write(v, "gain") for v in (found[f"recall{k}"]["gain"], *found[f"recall{k}"]["ci"])))
        for k in DEPTHS
    )
    says = "Full retrieval beside itself without XR-Linear, trained and asked in the same run: paired, bootstrap."
    columns = ("Depth", "gain", "95 % from", "to")
    title = _of(source, "What XR-Linear adds to full retrieval")
    return Chart(_id(source, "gain"), "table", title, says, source, behind=Table(columns, rows))


def _planted(source: Result) -> Chart:
    """Return the ratios that the shop's generator planted, beside the paper's."""
    found = source.figures["systems"]
    ours = found["xr-linear"]["recall10"]
    rows = tuple(
        (f"XR-Linear over {told(name)}", f"{ours / found[name]['recall10']:.2f}", paper)
        for name, paper in PAPER.items()
        if found.get(name, {}).get("recall10")
    )
    says = (
        "Planted: shoppers, words and purchases were made up, by a generator fixed before any system was scored. "
        "These ratios say what it was given, and are no evidence of quality."
    )
    table = Table(("Recall@10", "planted here", "the paper, on its own log"), rows)
    return Chart(_id(source, "planted"), "table", "Planted ratios", says, source, behind=table)


def _beams(source: Result) -> Chart:
    """Return XR-Linear's recall by beam, its milliseconds in the table."""
    least = min(one["threshold"] for one in source.figures["curve"])
    found = [one for one in source.figures["curve"] if one["threshold"] == least]
    series = tuple(
        Series(f"recall@{k}", tuple(Point(one["beam"], one[f"recall{k}"]) for one in found), k == DEPTHS[0])
        for k in DEPTHS
    )
    ms = source.figures["beam_ms"]
    rows = tuple(
        (str(one["beam"]), *(write(one[f"recall{k}"], "share") for k in DEPTHS), _ms(ms.get(str(one["beam"]))))
        for one in found
    )
    table = Table(("beam", *(f"recall@{k}" for k in DEPTHS), "p50"), rows)
    last = found[-1]
    share = next(one for one in found if one["beam"] == 10)["recall100"] / max(last["recall100"], 1e-9)
    says = (
        f"XR-Linear alone, at weight threshold {least:g}. A beam of 10 has {write(share, 'percent')} of the recall@100 "
        f"of a beam of {last['beam']}."
    )
    at = Axis("beam", "count", "log")
    return Chart(
        _id(source, "beams"), "lines", _of(source, "Beam width"), says, source, at, RECALL, series, behind=table
    )


def _thresholds(source: Result) -> Chart:
    """Return XR-Linear's recall by weight threshold, its megabytes in the table."""
    found = [one for one in source.figures["curve"] if one["beam"] == 10]
    series = tuple(
        Series(f"recall@{k}", tuple(Point(one["threshold"], one[f"recall{k}"]) for one in found), k == DEPTHS[0])
        for k in DEPTHS
    )
    rows = tuple(
        (f"{one['threshold']:g}", *(write(one[f"recall{k}"], "share") for k in DEPTHS), write(one["megabytes"], "mb"))
        for one in found
    )
    table = Table(("threshold", *(f"recall@{k}" for k in DEPTHS), "tree and weights"), rows)
    first, last = found[0]["megabytes"], found[-1]["megabytes"]
    says = f"XR-Linear alone, beam 10, pruned after training: from {write(first, 'mb')} to {write(last, 'mb')}."
    at = Axis("weight threshold", "share")
    return Chart(
        _id(source, "thresholds"),
        "lines",
        _of(source, "Weight threshold"),
        says,
        source,
        at,
        RECALL,
        series,
        behind=table,
    )


def _sets(source: Result) -> Chart:
    """Return XR-Linear's recall by sets of features."""
    rows = tuple(
        (
            name,
            *(write(one[f"recall{k}"], "share") for k in DEPTHS),
            write(one["megabytes"], "mb"),
            write(one["seconds"], "s"),
        )
        for name, one in source.figures["feature_sets"].items()
    )
    says = "XR-Linear alone: runs of one, two, three words, and the character trigrams within words."
    columns = ("Features", *(f"recall@{k}" for k in DEPTHS), "weights", "training")
    return Chart(
        _id(source, "sets"), "table", _of(source, "Sets of features"), says, source, behind=Table(columns, rows)
    )


def _training(source: Result) -> Chart:
    """Return the seconds that training takes."""
    rows = tuple((name, write(float(value), "s")) for name, value in source.figures["training_seconds"].items())
    says = "Full retrieval trains a tree for all queries, and one for each fold that the ranker is fitted on."
    table = Table(("System", "training"), rows)
    return Chart(_id(source, "training"), "table", _of(source, "Training"), says, source, behind=table)


def beside_peer(source: Result) -> Iterator[Chart]:
    """Yield XR-Linear beside libpecos on the same rows."""
    figures = source.figures
    ours, theirs = figures["ours"], figures["libpecos"]
    rows = [
        (f"recall@{k}, beam {beam}", *(write(one["recall"][beam][f"recall{k}"], "share") for one in (ours, theirs)), "")
        for beam in ours["recall"]
        for k in DEPTHS
    ]
    for beam in ours["p50_ms"]:
        pair = ours["p50_ms"][beam], theirs["p50_ms"][beam]
        rows.append((f"a query, beam {beam}, p50", *(write(v, "ms") for v in pair), f"{pair[0] / pair[1]:.2f}"))
    for key, name in (("matcher_seconds", "training, matchers"), ("index_seconds", "training, tree")):
        rows.append((name, *(write(one[key], "s") for one in (ours, theirs)), f"{ours[key] / theirs[key]:.2f}"))
    rows.append(("weights", *(write(one["mb_in_memory"], "mb") for one in (ours, theirs)), ""))
    says = (
        f"The same {figures['rows']:,} rows, {figures['products']:,} products and settings, two threads for training, "
        f"one for a query; by turns, medians of {ours['turns']}."
    )
    table = Table(("What", "here", "libpecos", "our share"), tuple(rows))
    yield Chart("product-peers", "table", "XR-Linear beside libpecos, on products", says, source, behind=table)


def _ms(value: float | None) -> str:
    return "" if value is None else write(value, "ms")
