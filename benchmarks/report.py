"""Write docs/report.md and docs/performance.md, with their pictures, from the json files of benchmarks/results.

Every figure in them is read from a file; nothing is typed by hand. Run it after a benchmark has written its file.

    python -m benchmarks.report
    python -m benchmarks.report --no-pictures
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from app.report.charts import Chart, Section, Table
from app.report.contents import contents
from app.report.headline import headline
from app.report.results import Results, read_results
from benchmarks.record import RESULTS, ROOT

DOCS = ROOT / "docs"
PICTURES = "pictures"
DOCUMENTS = {
    "report.md": ("Report", "how good the completions are", ("quality", "products", "papers")),
    "performance.md": ("Performance", "how long things take and how they grow", ("latency", "scale")),
}
CALM = "Nothing has been measured yet."


def main() -> None:
    """Write the documents, and draw their pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-pictures", action="store_true", help="write the texts alone")
    options = parser.parse_args()
    results = read_results(RESULTS)
    for name, text in documents(results).items():
        (DOCS / name).write_text(text, encoding="utf-8")
        print(f"docs/{name}")
    if not options.no_pictures:
        from benchmarks.plots import draw

        for chart in drawn(contents(results)):
            draw(chart, DOCS / picture_of(chart))
            print(f"docs/{picture_of(chart)}")


def documents(results: Results) -> dict[str, str]:
    """Return the text of every document by its file's name."""
    sections = {section.id: section for section in contents(results)}
    found = {}
    for name, (title, about, wanted) in DOCUMENTS.items():
        parts = [sections[one] for one in wanted if one in sections]
        lines = [*head(title, about), *(summary(results) if name == "report.md" else ()), *body(parts)]
        found[name] = "\n".join(lines).rstrip() + "\n"
    return found


def head(title: str, about: str) -> Iterator[str]:
    """Yield what a document says of itself."""
    yield f"# {title}"
    yield ""
    yield f"What was measured of {about}."
    yield ""
    yield "Written by `python -m benchmarks.report` from the files in `benchmarks/results/`, which hold machine,"
    yield "versions, command and commit; the page `/report` of the demo shows the same charts. Figures of a synthetic"
    yield "log say nothing of quality."
    yield ""


def summary(results: Results) -> Iterator[str]:
    """Yield the figures that one says first."""
    for figure in headline(results):
        yield f"* **{figure.value}** {figure.words}"
    yield ""


def body(sections: list[Section]) -> Iterator[str]:
    """Yield all charts of some sections."""
    if not sections:
        yield CALM
    for section in sections:
        yield f"## {section.title}"
        yield ""
        for chart in section.charts:
            yield from chapter(chart)


def chapter(chart: Chart) -> Iterator[str]:
    """Yield one chart: its picture, its table, and where the figures come from."""
    yield f"### {chart.title}"
    yield ""
    yield chart.says
    yield ""
    if chart.kind != "table":
        yield f"![{chart.title}]({picture_of(chart)})"
        yield ""
    yield from rows(chart.table)
    yield ""
    yield sourced(chart)
    yield ""


def rows(table: Table) -> Iterator[str]:
    """Yield a table's lines."""
    yield f"| {' | '.join(map(escaped, table.columns))} |"
    yield f"|{'---|' * len(table.columns)}"
    for row in table.rows:
        yield f"| {' | '.join(map(escaped, row))} |"


def sourced(chart: Chart) -> str:
    """Return where a chart's figures come from."""
    source = chart.source
    said = [source.log or "log not named", source.day, f"commit {source.commit}" if source.commit else ""]
    said.append(f"{source.cpu}, {source.cores} cores")
    if source.busy and chart.timed:
        said.append(f"a busy machine (load {source.load:.1f}): times are longer than they need be")
    return f"`benchmarks/results/{source.name}.json`: {'; '.join(filter(None, said))}; `{source.command}`"


def escaped(cell: str) -> str:
    """Return a cell that ends where it should."""
    return cell.replace("|", "\\|")


def picture_of(chart: Chart) -> Path:
    """Return the place of a chart's picture within the docs."""
    return Path(PICTURES) / f"report-{chart.id}.png"


def drawn(sections: tuple[Section, ...]) -> Iterator[Chart]:
    """Yield the charts that have a picture."""
    return (chart for section in sections for chart in section.charts if chart.kind != "table")


if __name__ == "__main__":
    main()
