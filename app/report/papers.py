"""What the files say of the papers' twelve configurations, built of this engine's stages.

Knows the shape of `reproduce.json`; knows nothing of pages.
"""

from collections.abc import Iterator
from typing import Any

from app.report.charts import Axis, Chart, Point, Series, Table, write
from app.report.quality import MRR
from app.report.results import Result

WAYS = {"span": "search kept to what was typed", "filtered": "filtered afterwards, as in the paper"}
VECTORS = {"pifa": "PIFA", "simple": "label text", "position": "label text by position", "none": ""}
PREFIXES = {"none": "no prefix", "simple": "prefix", "position": "prefix by position"}


def papers(source: Result) -> Iterator[Chart]:
    """Yield the configurations, and the ratios of them that the paper gives."""
    configs = source.figures["configs"]
    series = tuple(
        Series(told, tuple(_point(number, one, way) for number, one in configs.items()), way == "span")
        for way, told in WAYS.items()
    )
    says = (
        f"The matcher alone ranks, trained on pairs alone: {source.figures['training_pairs']:,} of them, "
        f"{source.figures['labels']:,} labels. MRR on those of {source.figures['rows']:,} rows whose answer is a label."
    )
    axis = Axis("Configuration", "text", "steps")
    title = "From the previous query alone to hybrid and trie"
    yield Chart("configurations", "rows", title, says, source, axis, MRR._replace(most=1.0), series)
    rows = tuple(
        (_ratio(one), _paper(one["paper"]), write(one["filtered"], "share"), write(one["span"], "share"))
        for one in source.figures["ratios"]
        if isinstance(one.get("filtered"), float)
    )
    if rows:
        says = "Another log and another size: what can be compared is the order, and which ratios are large."
        table = Table(("Ratio of MRR", "the paper", *reversed(WAYS.values())), rows)
        yield Chart("ratios", "table", "Ratios beside the paper’s", says, source, behind=table)


def _point(number: str, config: dict[str, Any], way: str) -> Point:
    """Return the MRR of a configuration."""
    cell = config[way]["seen"]["sampled"]
    recipe = config["recipe"]
    depth = f"{'must-link ' if recipe['kind'] == 'tree' else 'depth '}{recipe['depth']}" if recipe["depth"] else ""
    index = f"{recipe['kind']} {depth}".rstrip()
    words = ", ".join(filter(None, (PREFIXES[recipe["prefix"]], VECTORS[recipe["embedding"]], index)))
    return Point(f"{number}: {words}", cell["mrr"], *cell["mrr_ci"])


def _ratio(one: dict[str, Any]) -> str:
    """Return what is compared."""
    return f"{one['ratio']} ({' / '.join(map(str, one['configs']))})" if one.get("configs") else str(one["ratio"])


def _paper(value: object) -> str:
    """Return the paper's ratio, or its words."""
    return f"{value:.2f}" if isinstance(value, float) else str(value or "")
