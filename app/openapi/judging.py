"""The calls of judging by hand: what each takes and gives.

Knows the limits that are checked elsewhere, by importing them; knows nothing of how a call is answered.
"""

from collections.abc import Sequence

from app.judging.ballots import MOST_NOTE, WITHDRAWN
from app.judging.exchange import MOST_TAGS, N_PREVIOUS
from app.judging.handing import MOST_HANDED, MOST_RATER
from app.judging.sets import MOST_NAME
from app.judging.studies import MODES
from app.openapi.parts import (
    ALWAYS,
    CHANGING,
    Part,
    answer,
    body,
    by_name,
    call,
    choice,
    named,
    position,
    record,
    rows,
    text,
)
from app.reading import MAX_PREFIX, MAX_QUERY

_TAG = {"tags": ["Judging"]}
_CLOSED = (401, 403, 503)
_READS = (*ALWAYS, *_CLOSED)
_WRITES = (*CHANGING, *_CLOSED)
_ANY: Part = {}
_WORD: Part = {"type": "string"}
_WHOLE: Part = {"type": "integer"}


def _limited(most: int) -> Part:
    return {"type": "string", "maxLength": most}


def _in_path(name: str, says: str, most: int) -> Part:
    return {"name": name, "in": "path", "description": says, "required": True, "schema": _limited(most)}


_STUDY = _in_path("study_id", "The study.", 16)
_SET = _in_path("name", "The set.", MOST_NAME)
_KEY: Part = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "New for every vote; the same for the same vote sent again, which is then kept once.",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 64},
}
_ASKED = [
    text("study", "One study; absent: all.", 16),
    text("set", "The studies of one set; absent: of all.", MOST_NAME),
    choice("part", "Of `trec`: the grades, or what a system answered.", ["qrels", "run"], "qrels"),
    text("system", "Of a run: the system by name.", 200),
]

SCHEMAS: dict[str, Part] = {
    "Scenario": record(
        {
            "previous": {"type": "array", "items": _limited(MAX_QUERY), "maxItems": N_PREVIOUS},
            "prefix": _limited(MAX_PREFIX),
            "next": _limited(MAX_PREFIX),
            "tags": {"type": "array", "items": _limited(40), "maxItems": MOST_TAGS},
        },
        optional=["previous", "prefix", "next", "tags"],
    ),
    "Vote": record(
        {
            "set": _WORD,
            "item": _WORD,
            "mode": {"type": "string", "enum": list(MODES)},
            "left": {**_WORD, "description": "The opaque id of what stood left."},
            "right": {"type": ["string", "null"], "description": "That of what stood right; none in a graded list."},
            "vote": {
                "description": f"`left`, `right`, `tie`, `bad`; chosen rows; a grade for every row; or `{WITHDRAWN}`.",
                "anyOf": [_WORD, {"type": "array", "items": _WHOLE}],
            },
            "rater": _limited(MOST_RATER),
            "note": _limited(MOST_NOTE),
        },
        optional=["note"],
    ),
    "Kept": record({"judgment": _WHOLE, "item": _WORD, "vote": _ANY, "names": by_name(_ANY)}, optional=["names"]),
    "Items": record(
        {"rater": _WORD, "done": _WHOLE, "total": _WHOLE, "own": _WHOLE, "items": rows({"type": "object"})}
    ),
}

_VOTES = record({"judgments": rows({"type": "object"})})
_FILES = ("text/csv", "application/x-ndjson", "text/plain")


def _page(name: str, summary: str, parameters: Sequence[Part] = ()) -> Part:
    """Return the description of a page; the door stands before it where judging is closed."""
    answers = {200: answer(_WORD, "The page.", "text/html"), 303: {"description": "The door."}}
    return call(name, summary, answers, parameters, (*ALWAYS, 403, 503), tags=["Pages"])


def _form(name: str, summary: str, fields: Sequence[str], parameters: Sequence[Part] = ()) -> Part:
    """Return the description of a page's form, which leads to another page."""
    schema: Part = {"type": "object", "properties": dict.fromkeys(fields, _WORD)}
    content = {kind: {"schema": schema} for kind in ("application/x-www-form-urlencoded", "multipart/form-data")}
    answers: dict[int, Part] = {303: {"description": "Look at the next page."}}
    body_of_form = {"required": True, "content": content}
    return call(name, summary, answers, parameters, (*_WRITES,), requestBody=body_of_form, tags=["Pages"])


PATHS: dict[str, dict[str, Part]] = {
    "/api/v1/judgments": {
        "get": call(
            "export_judgments",
            "Show the votes that count.",
            {200: answer(_VOTES, "The votes, as JSON, a table or a file.", files=_FILES)},
            [choice("format", "How.", ["json", "csv", "jsonl", "trec"], "json"), *_ASKED],
            _READS,
            **_TAG,
        ),
        "post": call(
            "cast_vote",
            "Keep a vote, and say whom it was for.",
            {
                201: answer(named("Kept"), "It is kept; names are told where the study tells them after each vote."),
                200: answer(named("Kept"), "It was kept before."),
            },
            [_KEY],
            (*_WRITES, 409),
            requestBody=body(named("Vote")),
            **_TAG,
        ),
    },
    "/api/v1/judge/studies/{study_id}/items": {
        "post": call(
            "hand_items",
            "Show what a rater judges next.",
            {200: answer(named("Items"), "The next items, and how far the work is.")},
            [_STUDY],
            _WRITES,
            requestBody=body(
                record(
                    {
                        "rater": _limited(MOST_RATER),
                        "waiting": rows(_WORD),
                        "n": {"type": "integer", "minimum": 1, "maximum": MOST_HANDED},
                    },
                    optional=["waiting", "n"],
                )
            ),
            **_TAG,
        )
    },
    "/api/v1/judge/studies/{study_id}/results": {
        "get": call(
            "show_results",
            "Show what a study's votes add up to.",
            {200: answer({"type": "object"}, "Shares, strengths, agreement, grades.")},
            [_STUDY],
            _READS,
            **_TAG,
        )
    },
    "/api/v1/judge/sets/{name}/scenarios": {
        "get": call(
            "export_set",
            "Show a query set as a file.",
            {200: answer(_WORD, "The scenarios.", "application/x-ndjson", ["text/csv"])},
            [_SET, choice("format", "How.", ["jsonl", "csv"], "jsonl")],
            _READS,
            **_TAG,
        ),
        "post": call(
            "add_scenarios",
            "Add one scenario, or a file of them, to a set.",
            {201: answer(record({"set": _WORD, "added": _WHOLE, "known": _WHOLE}), "How many were new.")},
            [_SET],
            _WRITES,
            requestBody={
                "required": True,
                "content": {
                    "application/json": {"schema": named("Scenario")},
                    "application/x-ndjson": {"schema": _WORD},
                    "text/csv": {"schema": _WORD},
                },
            },
            **_TAG,
        ),
    },
    "/judge": {
        "get": _page("judge_page", "Studies, what a new one can be, and query sets."),
        "post": _form("begin_study", "Begin a study.", ("title", "set", "mode", "system", "twice", "split", "reveal")),
    },
    "/judge/enter": {
        "get": _page("door_page", "Ask for the passphrase."),
        "post": _form("enter", "Say the passphrase.", ("passphrase", "to")),
    },
    "/judge/{study_id}": {"get": _page("rating_page", "The page to judge on.", [_STUDY])},
    "/judge/{study_id}/results": {"get": _page("results_page", "What a study's votes add up to.", [_STUDY])},
    "/judge/votes/{number}": {
        "get": _page("vote_page", "A vote with what was shown.", [position("number", "The vote's number.")])
    },
    "/judge/compare": {
        "get": _page(
            "compare_page", "What two studies showed.", [text("one", "A study.", 16), text("other", "Another.", 16)]
        )
    },
    "/judge/sets": {
        "post": _form(
            "import_set",
            "Add a file, or one scenario, to a set.",
            ("name", "file", "previous", "prefix", "next", "tags"),
        )
    },
    "/judge/sets/{name}": {
        "get": _page("set_page", "The scenarios of a set.", [_SET]),
        "post": _form("change_set", "Remove a scenario, or the set.", ("remove", "whole"), [_SET]),
    },
}
