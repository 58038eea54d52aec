"""Votes as files: JSON, JSON lines, CSV, and the qrels and runs of TREC.

Knows votes and frozen answers; knows nothing of pages or requests.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median_low
from typing import Any
from urllib.parse import quote

from app.judging.exchange import write_csv
from app.judging.studies import Frozen, Study
from app.judging.verdicts import Judged, verdict

FIELDS = (
    "judgment", "time", "study", "set", "mode", "place", "previous", "prefix", "next", "tags", "rater", "round",
    "left", "right", "vote", "winner", "rows", "note", "revised", "seed", "left_model", "right_model",
    "left_snapshot", "right_snapshot",
)  # fmt: skip


def describe(study: Study, frozen: Sequence[Frozen], judged: Sequence[Judged]) -> Iterator[dict[str, Any]]:
    """Yield every vote with all that was shown, as plain values by `FIELDS`; a graded list has all its systems left."""
    by_item = {one.item_id: one for one in frozen}
    graded = study.mode == "graded"
    for one in judged:
        item = by_item[one.item_id]
        sides = list(range(len(study.systems))) if graded else [one.left_system]
        right = None if graded else one.right_system
        left_parts = [[each(side) for side in sides] for each in _facts(study, item)]
        right_parts = [None if right is None else each(right) for each in _facts(study, item)]
        lefts = [part if graded else part[0] for part in left_parts]
        said = None if graded else verdict(study, one)
        winner = study.names[said] if isinstance(said, int) else said
        scenario = [one.scenario[name] for name in ("previous", "prefix", "next", "tags")]
        values = (
            one.number, one.created, study.id, study.set_name, study.mode, one.place, *scenario, one.rater, one.round,
            lefts[0], right_parts[0], one.value, winner, one.rows, one.note, one.revised, study.seed,
            lefts[1], right_parts[1], lefts[2], right_parts[2],
        )  # fmt: skip
        yield dict(zip(FIELDS, values, strict=True))


def as_json(rows: Iterable[dict[str, Any]]) -> str:
    """Return one document with all votes."""
    return json.dumps({"judgments": list(rows)}, ensure_ascii=False) + "\n"


def as_jsonl(rows: Iterable[dict[str, Any]]) -> str:
    """Return one vote a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """Return a table; lists stand in it as JSON."""
    return write_csv(FIELDS, ([_cell(row[name]) for name in FIELDS] for row in rows))


def qrels(study: Study, judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the grades as lines of TREC qrels: the lower median of all raters' grades of a row."""
    grades: dict[tuple[int, str], list[int]] = defaultdict(list)
    for one in judged:
        for text, grade in zip(one.rows, one.numbers, strict=True):
            grades[one.place, text].append(grade)
    for (place, text), given in sorted(grades.items()):
        yield f"{query_id(study, place)} 0 {document_id(text)} {median_low(given)}\n"


def run(study: Study, frozen: Sequence[Frozen], system: int) -> Iterator[str]:
    """Yield what a system answered as lines of a TREC run; the score is the number of rows at and below the rank."""
    tag = quote(study.names[system], safe="/")
    for one in frozen:
        rows = one.answers[system]["rows"]
        for rank, row in enumerate(rows, 1):
            scored = f"{rank} {len(rows) - rank + 1}"
            yield f"{query_id(study, one.place)} Q0 {document_id(row['text'])} {scored} {tag}\n"


def query_id(study: Study, place: int) -> str:
    """Return the name of a scenario in TREC files, which have no spaces."""
    return f"{study.id}-{place}"


def document_id(text: str) -> str:
    """Return the name of a completion in TREC files: its text, percent-encoded."""
    return quote(text, safe="")


def _facts(study: Study, item: Frozen) -> tuple[Any, Any, Any]:
    """Return what is told of a system by its number: name, hash of its model, hash of what it showed."""
    return (
        lambda system: study.names[system],
        lambda system: study.systems[system].model_hash,
        lambda system: item.digests[system],
    )


def _cell(value: object) -> object:
    """Return what stands in a cell."""
    if value is None:
        return ""
    return value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
