"""What the report holds, in its order: sections, the files they read, and who makes charts of each.

Knows the parts only.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from app.report.charts import Chart, Section
from app.report.papers import papers
from app.report.products import beside_peer, products
from app.report.quality import quality
from app.report.results import Result, Results
from app.report.scale import growth, peers, serving, training
from app.report.speed import curves, latency, times

logger = logging.getLogger(__name__)


class Part(NamedTuple):
    """Files of which the first that exists is read, and what makes charts of it."""

    files: tuple[str, ...]
    make: Callable[[Result], Iterable[Chart]]


TABLE = ("quality", "quality-valid")
SECTIONS: dict[tuple[str, str], tuple[Part, ...]] = {
    ("quality", "Quality"): (Part(TABLE, quality),),
    ("latency", "Latency"): (Part(TABLE, times), Part(("latency",), latency), Part(("curves",), curves)),
    ("scale", "Growth, training, serving"): (
        Part(("growth",), growth),
        Part(("training",), training),
        Part(("peers",), peers),
        Part(("serving",), serving),
    ),
    ("products", "Product retrieval"): (
        Part(("products-homedepot",), products),
        Part(("product-peers",), beside_peer),
        Part(("products-shop",), products),
    ),
    ("papers", "The papers’ configurations"): (Part(("reproduce", "reproduce-valid"), papers),),
}


def contents(results: Results) -> tuple[Section, ...]:
    """Return the sections that have a chart."""
    found = (
        Section(*head, tuple(chart for part in parts for chart in _charts(part, results)))
        for head, parts in SECTIONS.items()
    )
    return tuple(section for section in found if section.charts)


def _charts(part: Part, results: Results) -> Iterator[Chart]:
    """Yield the charts of a part; a file of another version of its benchmark gives those that it has figures for."""
    source = next((results[name] for name in part.files if name in results), None)
    if source is None:
        return
    try:
        yield from part.make(source)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError) as error:
        logger.warning("%s.json has other figures than the report reads: %r", source.name, error)
