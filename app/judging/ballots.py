"""Votes: each kept once, whatever the network does; a later one on the same showing takes the earlier one's place.

Knows showings and what may be voted on them; knows nothing of what votes add up to.
"""

import json
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, func, select
from werkzeug.exceptions import Conflict

from app.judging import schema
from app.judging.store import Store
from app.judging.studies import Study
from app.problems import refuse
from xmr_engine.evaluation.grades import MOST_GRADE

WITHDRAWN = "withdrawn"
SIDES = ("left", "right", "tie", "bad")
MOST_NOTE = 1000
_FIELDS = ("set", "item", "mode", "left", "right", "vote", "rater", "note")
_MOST_KEY = 64

Value = str | list[int]


class Cast(NamedTuple):
    """A vote that is kept: its number, whether it is new, and the showing it is on."""

    number: int
    fresh: bool
    showing: Mapping[str, Any]
    value: Value


def current_votes(study_id: str) -> Select[Any]:
    """Return the query of the votes that count: the last one on every showing of a study."""
    newest = select(func.max(schema.vote.c.id)).group_by(schema.vote.c.showing_id).scalar_subquery()
    return (
        select(schema.vote)
        .join_from(schema.vote, schema.showing, schema.showing.c.id == schema.vote.c.showing_id)
        .where(schema.showing.c.study_id == study_id, schema.vote.c.id.in_(newest))
        .order_by(schema.vote.c.id)
    )


def find_showing(store: Store, showing_id: object) -> dict[str, Any] | None:
    """Return what was shown under an id."""
    if not isinstance(showing_id, str):
        return None
    with store.reading() as connection:
        query = select(schema.showing).where(schema.showing.c.id == showing_id)
        row = connection.execute(query).mappings().first()
    return None if row is None else {str(name): value for name, value in row.items()}


def cast(store: Store, study: Study, showing: Mapping[str, Any], body: Mapping[str, Any], key: str) -> Cast:
    """Keep a vote, once for a key.

    Raises
    ------
    werkzeug.exceptions.UnprocessableEntity
        The body does not fit what was shown.
    werkzeug.exceptions.Conflict
        The key came with another vote before.
    """
    value = _check(study, showing, body)
    fingerprint = sha256(json.dumps([body.get(name) for name in _FIELDS]).encode("ascii")).hexdigest()
    row = {
        "key": key,
        "body_digest": fingerprint,
        "showing_id": showing["id"],
        "value": value,
        "note": clean_note(body.get("note")),
        "created": schema.now(),
    }
    with store.writing() as connection:
        statement = store.insert(schema.vote).values(row).on_conflict_do_nothing()
        added = connection.scalar(statement.returning(schema.vote.c.id))
        kept = _by_key(connection, key)
    if kept["body_digest"] != fingerprint:
        raise Conflict("Idempotency-Key: this key came with another vote before; every vote needs its own.")
    return Cast(kept["id"], added is not None, showing, value)


def read_key(text: str | None) -> str:
    """Return the idempotency key of a header; refuses none."""
    if not text or len(text) > _MOST_KEY or not (text.isascii() and text.isprintable()):
        raise refuse(f"Idempotency-Key: send one of 1 to {_MOST_KEY} ASCII characters, a new one for every vote.")
    return text


def clean_note(note: object) -> str:
    """Return a note without controls; none is the empty note."""
    if note is None:
        return ""
    if not isinstance(note, str) or len(note) > MOST_NOTE:
        raise refuse(f"note: expected a text of at most {MOST_NOTE:,} characters.")
    return "".join(c for c in note if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def _by_key(connection: Connection, key: str) -> RowMapping:
    return connection.execute(select(schema.vote).where(schema.vote.c.key == key)).mappings().one()


def _check(study: Study, showing: Mapping[str, Any], body: Mapping[str, Any]) -> Value:
    """Return the vote if it fits what was shown, to whom, and how."""
    right = None if study.mode == "graded" else showing["right_id"]
    expected = {"set": study.set_name, "mode": study.mode, "left": showing["left_id"], "right": right}
    for name, wanted in {**expected, "rater": showing["rater"]}.items():
        if body.get(name) != wanted:
            raise refuse(f"{name}: does not fit what this item was shown with; reload the page.")
    value: Value = body.get("vote") or []
    if value == WITHDRAWN or _fits(study.mode, value, len(showing["rows"])):
        return value
    raise refuse(f"vote: does not fit; expected {_EXPECTED.get(study.mode, ', '.join(SIDES))}, or {WITHDRAWN}.")


_EXPECTED = {
    "interleaved": "the places of the rows that were chosen, from 0",
    "graded": f"a grade from 0 to {MOST_GRADE} for every row",
}


def _fits(mode: str, value: object, n_rows: int) -> bool:
    """Tell whether a vote is of the kind that a mode takes."""
    if mode in ("list", "typing"):
        return isinstance(value, str) and value in SIDES
    if not isinstance(value, list) or not all(type(number) is int for number in value):
        return False
    if mode == "graded":
        return len(value) == n_rows and all(0 <= grade <= MOST_GRADE for grade in value)
    return len(set(value)) == len(value) and all(0 <= place < n_rows for place in value)
