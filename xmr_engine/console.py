"""What the command line shows: progress and messages on stderr, results on stdout.

Knows terminals and the engine's documents; must not know how anything is computed.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

__all__ = ["shown_progress", "tell", "write_completions", "write_document", "write_evaluation", "write_json"]

Progress = Callable[[str, float], None]
LEAST_LEFT = 5.0
SURE = 0.05
GROUPS = ("all", "seen", "no_context", "no_context_seen")


def tell(message: str) -> None:
    """Write a message to stderr."""
    click.echo(message, err=True)


def write_json(document: Mapping[str, Any]) -> None:
    """Write exactly one JSON document; its text is ASCII, so any terminal or pipe takes it."""
    click.echo(json.dumps(document, indent=2))


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Show the progress of stages: bars on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _plain_lines()
        return
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    tasks: dict[str, TaskID] = {}
    with Bars(console=Console(stderr=True)) as bars:

        def show(stage: str, done: float) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bars.update(task, completed=1.0)
                tasks[stage] = bars.add_task(stage, total=1.0)
            bars.update(tasks[stage], completed=done)

        yield show
        for task in tasks.values():
            bars.update(task, completed=1.0)


def _plain_lines() -> Progress:
    """Return a progress that writes a line a stage, and one each quarter of a long one with the time left."""
    shown: dict[str, int] = {}
    begun: dict[str, float] = {}

    def show(stage: str, done: float) -> None:
        quarter = int(min(1.0, done) * 4)
        if stage not in shown:
            shown[stage], begun[stage] = quarter, time.monotonic()
            tell(stage)
        elif shown[stage] < quarter < 4:
            shown[stage] = quarter
            left = (time.monotonic() - begun[stage]) * (1.0 - done) / done
            tell(f"{stage} {quarter * 25} %" + (f", about {left:.0f} s left" if left >= LEAST_LEFT else ""))

    return show


def write_document(document: Mapping[str, Any], indent: str = "") -> None:
    """Write a document as indented lines, one a value."""
    for name, value in document.items():
        if isinstance(value, Mapping):
            click.echo(f"{indent}{name}")
            write_document(value, indent + "  ")
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            click.echo(f"{indent}{name}")
            for item in value:
                click.echo(f"{indent}  {'  '.join(_shown(part) for part in item.values())}")
        else:
            click.echo(f"{indent}{name}  {_shown(value)}")


def write_completions(document: Mapping[str, Any]) -> None:
    """Write completions, one a line: rank, score, text, and where it came from."""
    completions = document["completions"]
    width = max((len(found["text"]) for found in completions), default=0)
    for rank, found in enumerate(completions, 1):
        sources = ", ".join(found["sources"])
        click.echo(f"{rank:>3}  {found['score']:>9.4f}  {found['text']:<{width}}  {found['match']}; {sources}")
    tell(f"{len(completions)} completions in {document['took_ms']:.2f} ms")


def write_evaluation(document: Mapping[str, Any]) -> None:
    """Write an evaluation as one table of MRR a group of rows: systems down, prefix lengths across."""
    click.echo(f"{document['model']}: {document['rows']} rows, {document['seen']} of them with a known next query")
    for group in GROUPS:
        rows = {name: figures[group] for name, figures in document["systems"].items() if figures.get(group)}
        columns = list(dict.fromkeys(length for figures in rows.values() for length in figures))
        if not columns:
            continue
        width = max(len(name) for name in rows)
        click.echo(f"\nMRR, {group}\n{'':<{width}}  " + "  ".join(f"{column:>8}" for column in columns))
        for name, figures in rows.items():
            cells = (_mrr(figures.get(column)) for column in columns)
            click.echo(f"{name:<{width}}  " + "  ".join(f"{cell:>8}" for cell in cells))
    click.echo()
    for name, figures in document["systems"].items():
        rest = {key: value for key, value in figures.items() if key not in GROUPS}
        if rest:
            write_document({name: rest})
    for name, differences in document.get("differences", {}).items():
        _write_differences(name, differences)
    for name, changes in document.get("changes", {}).items():
        _write_changes(name, changes)


def _write_differences(name: str, differences: Mapping[str, Any]) -> None:
    """Write by how much the model's MRR is above another system's, one line a group of rows."""
    click.echo(f"\nMRR of the model less that of {name}")
    if verdict := _verdict(name, differences.get("all") or differences.get("no_context") or {}):
        click.echo(f"  {verdict}")
    for group, cells in differences.items():
        for part, cell in cells.items():
            low, high = cell["mrr_ci"]
            place = f"{group.replace('_', ' ')}, {part}"
            sure = f"[{low:+.4f}, {high:+.4f}]  p {cell['p']:.4f}"
            click.echo(f"  {place:<24}  {cell['rows']:>7} rows  {cell['mrr']:+.4f}  {sure}")


def _verdict(name: str, cells: Mapping[str, Any]) -> str:
    """Return in a sentence whether the model is better than another, and at which prefixes most and least."""
    if not (whole := cells.get("sampled")):
        return ""
    gain, p = whole["mrr"], whole["p"]
    kind = "cannot be told from" if p >= SURE or not gain else f"is {'better' if gain > 0 else 'worse'} than"
    lengths = sorted((cell["mrr"], part) for part, cell in cells.items() if part != "sampled")
    where = ""
    if len(lengths) > 1:
        (least, shortest), (most, longest) = lengths[0], lengths[-1]
        where = f"; most at {longest} ({most:+.4f}), least at {shortest} ({least:+.4f})"
    return f"The model {kind} {name}: {gain:+.4f} at the rows' own prefix, p {p:.4f}{where}."


def _write_changes(name: str, changes: Sequence[Mapping[str, Any]]) -> None:
    """Write the queries that changed most, with their MRR by another model and by this one."""
    click.echo(f"\nMost changed since {name}")
    for change in changes:
        mrr = f"{change['other_mrr']:.3f} -> {change['mrr']:.3f}"
        click.echo(f"  {change['change']:>+8.3f}  {mrr}  {change['rows']:>5} rows  {change['query']}")


def _mrr(figures: object) -> str:
    found = figures.get("mrr") if isinstance(figures, Mapping) else None
    return f"{found:.4f}" if isinstance(found, float | int) else "-"


def _shown(value: object) -> str:
    """Return a plain value as it stands in a line."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item) for item in value)
    return str(value)
