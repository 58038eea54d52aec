"""The few figures one says first. Knows the shapes of the files; knows nothing of pages."""

from typing import NamedTuple

from app.report.charts import write
from app.report.names import MODEL, lengths_of, ordinal
from app.report.results import Results


class Figure(NamedTuple):
    """A number, and what it is."""

    value: str
    words: str


def headline(results: Results) -> tuple[Figure, ...]:
    """Return the figures that stand above all charts, as far as their files exist."""
    found = []
    if source := results.get("quality") or results.get("quality-valid"):
        model = source.figures["systems"][MODEL]
        kind = {True: "synthetic", False: "real"}.get(source.synthetic, "")  # type: ignore[arg-type]
        rows = f"{source.figures['rows']:,} rows of a {kind} log: {source.data}".replace("a  log", "a log")
        found.append(Figure(write(model["seen"]["sampled"]["mrr"], "share"), f"MRR@10 on queries of the log, {rows}"))
        first = f"len{lengths_of(model['seen'])[0]}"
        if gain := source.figures.get("over_mfq", {}).get(first):
            words = f"above the most frequent query after {ordinal(int(first[3:]))}"
            found.append(Figure(f"+{100 * gain['ours']:.0f} %", words))
        found.append(Figure(write(model["keystrokes_saved"], "percent"), "of the characters need not be typed"))
    if source := results.get("latency"):
        whole = source.figures["text_to_text"]["all"]
        found.append(
            Figure(write(whole["p50"], "ms"), f"for half of the completions; 99 % within {write(whole['p99'], 'ms')}")
        )
    return tuple(found)
