"""Who is shown what next, on which side, and in which order of rows.

Knows a study's seed, its items and what was voted on; knows no names of systems, only their numbers.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app.judging import schema
from app.judging.ballots import WITHDRAWN, current_votes
from app.judging.chance import coins, draw, share, shuffled
from app.judging.contenders import digest
from app.judging.store import Store
from app.judging.studies import Study
from xmr_engine.evaluation.interleaving import team_draft

MOST_RATER = 60
MOST_HANDED = 20
_CLAIM = timedelta(minutes=15)
_EMPTY = digest({"rows": []})


class Unit(NamedTuple):
    """One thing to judge: a scenario and two systems by number (in graded lists both 0: all systems at once)."""

    item_id: int
    place: int
    one: int
    other: int


class Handed(NamedTuple):
    """What a rater gets: the next showings as documents, and how far the work is."""

    showings: list[dict[str, Any]]
    done: int
    total: int
    own: int


class Turn(NamedTuple):
    """A unit that is a rater's to judge, for the first or the second time."""

    unit: Unit
    round: int


class Shown(NamedTuple):
    """That a unit was shown to somebody."""

    id: str
    rater: str
    round: int
    created: str


class State(NamedTuple):
    """What the raters of a study have done: what was shown of each unit, and which of it was voted on."""

    units: list[Unit]
    shown: Mapping[tuple[int, int, int], list[Shown]]
    voted: Collection[str]

    def of(self, unit: Unit) -> list[Shown]:
        """Return the showings of a unit."""
        return self.shown.get((unit.item_id, unit.one, unit.other), [])


def hand_out(store: Store, study: Study, rater: str, waiting: Collection[str], n: int) -> Handed:
    """Return the next n showings of a rater; what is shown once stays as it was shown.

    Parameters
    ----------
    waiting
        Showings whose votes are still on the way.
    """
    with store.writing() as connection:
        connection.execute(select(schema.study.c.id).where(schema.study.c.id == study.id).with_for_update())
        state = _read_state(connection, study, waiting)
        turns = _shared_turns(study, rater, state) if study.split else _own_turns(study, rater, state)
        chosen = [turn for _, turn in zip(range(n), turns, strict=False)]
        found = [_show(store, connection, study, rater, turn) for turn in chosen]
    own = sum(row.id in state.voted for rows in state.shown.values() for row in rows if row.rater == rater)
    done, total = _progress(study, state, own)
    return Handed(found, done, total, own)


def list_units(connection: Connection, study: Study) -> tuple[list[Unit], int]:
    """Return what there is to judge, and how many comparisons need no rater because both lists are the same."""
    query = (
        select(schema.item.c.id, schema.item.c.place, schema.snapshot.c.digest)
        .join_from(schema.item, schema.snapshot, schema.snapshot.c.item_id == schema.item.c.id)
        .where(schema.item.c.study_id == study.id)
        .order_by(schema.item.c.place, schema.snapshot.c.system)
    )
    digests: dict[tuple[int, int], list[str]] = {}
    for item_id, place, sum_of_it in connection.execute(query):
        digests.setdefault((item_id, place), []).append(sum_of_it)
    if study.mode == "graded":
        return [Unit(*key, 0, 0) for key, found in digests.items() if any(one != _EMPTY for one in found)], 0
    n = len(study.systems)
    pairs = [(one, other) for one in range(n) for other in range(one + 1, n)]
    every = [(Unit(*key, one, other), found) for key, found in digests.items() for one, other in pairs]
    differing = [(unit, found) for unit, found in every if found[unit.one] != found[unit.other]]
    showable = [
        unit
        for unit, found in differing
        if study.mode != "interleaved" or _EMPTY not in (found[unit.one], found[unit.other])
    ]
    return showable, len(every) - len(differing)


def _read_state(connection: Connection, study: Study, waiting: Collection[str]) -> State:
    """Return what was shown and voted on so far."""
    shown: dict[tuple[int, int, int], list[Shown]] = {}
    columns = schema.showing.c
    unit = (columns.item_id, columns.one, columns.other)
    query = select(*unit, columns.id, columns.rater, columns.round, columns.created)
    for item_id, one, other, *rest in connection.execute(query.where(columns.study_id == study.id)):
        shown.setdefault((item_id, one, other), []).append(Shown(*rest))
    votes = connection.execute(current_votes(study.id)).mappings()
    voted = {row["showing_id"] for row in votes if row["value"] != WITHDRAWN}
    return State(list_units(connection, study)[0], shown, voted | set(waiting))


def _own_turns(study: Study, rater: str, state: State) -> Iterator[Turn]:
    """Yield what a rater has not judged yet, where everybody judges everything; second times come last."""
    every = [Turn(unit, 0) for unit in shuffled(state.units, study.seed, "order", rater)]
    again = [unit for unit in state.units if _is_twice(study, unit)]
    every += [Turn(unit, 1) for unit in shuffled(again, study.seed, "again", rater)]
    return (turn for turn in every if not _is_done(state, rater, turn))


def _is_done(state: State, rater: str, turn: Turn) -> bool:
    """Tell whether a rater has voted on a turn."""
    return any(row.rater == rater and row.round == turn.round and row.id in state.voted for row in state.of(turn.unit))


def _shared_turns(study: Study, rater: str, state: State) -> Iterator[Turn]:
    """Yield what still needs somebody, where the work is shared out; what the rater has begun comes first."""
    since = (datetime.now(UTC) - _CLAIM).strftime("%Y-%m-%dT%H:%M:%SZ")
    begun: list[Turn] = []
    free: list[Turn] = []
    for unit in shuffled(state.units, study.seed, "order"):
        rows = state.of(unit)
        own = [row for row in rows if row.rater == rater]
        others = sum(row.id in state.voted or row.created > since for row in rows if row.rater != rater)
        if any(row.id in state.voted for row in own) or others >= 1 + _is_twice(study, unit):
            continue
        (begun if own else free).append(Turn(unit, 0))
    yield from begun
    yield from free


def _progress(study: Study, state: State, own: int) -> tuple[int, int]:
    """Return how many judgments there are, and are to be: a rater's where everybody judges all, else everybody's."""
    twice = sum(_is_twice(study, unit) for unit in state.units)
    total = len(state.units) + twice
    if not study.split:
        return min(own, total), total
    there = [state.of(unit) for unit in state.units]
    needed = [1 + _is_twice(study, unit) for unit in state.units]
    done = sum(min(sum(row.id in state.voted for row in rows), most) for rows, most in zip(there, needed, strict=True))
    return done, total


def _is_twice(study: Study, unit: Unit) -> bool:
    """Tell whether a unit is one of the share that is judged twice."""
    return share(study.seed, "twice", unit.place, unit.one, unit.other) < study.twice


def _show(store: Store, connection: Connection, study: Study, rater: str, turn: Turn) -> dict[str, Any]:
    """Return a turn as the page gets it; the first time, decide sides and rows, and keep them."""
    unit, key = turn.unit, (turn.unit.place, turn.unit.one, turn.unit.other, rater)
    swapped = bool(draw(study.seed, "side", *key) & 1) != (turn.round == 1)
    left, right = (unit.other, unit.one) if swapped else (unit.one, unit.other)
    snapshots = schema.snapshot.c
    query = select(snapshots.system, snapshots.document).where(snapshots.item_id == unit.item_id)
    documents: dict[int, Any] = {row.system: row.document for row in connection.execute(query)}
    row = {
        "id": secrets.token_urlsafe(15), "study_id": study.id, "item_id": unit.item_id, "one": unit.one,
        "other": unit.other, "rater": rater, "round": turn.round, "left_system": left, "right_system": right,
        "left_id": secrets.token_urlsafe(12), "right_id": secrets.token_urlsafe(12),
        "rows": _arrange(study, (*key, turn.round), documents, (left, right)), "created": schema.now(),
    }  # fmt: skip
    connection.execute(store.insert(schema.showing).values(row).on_conflict_do_nothing())
    columns = schema.showing.c
    same = [columns[name] == row[name] for name in ("item_id", "one", "other", "rater", "round")]
    kept = connection.execute(select(schema.showing).where(*same)).one()._asdict()
    scenario = connection.scalar(select(schema.item.c.scenario).where(schema.item.c.id == unit.item_id))
    return as_shown(study, kept, scenario or {}, documents)


def _arrange(
    study: Study, key: tuple[str | int, ...], documents: Mapping[int, Any], sides: tuple[int, int]
) -> list[Any]:
    """Return the rows of a drafted list with their teams (0: left), or those to grade; two lists need none."""
    texts = {system: [row["text"] for row in document.get("rows", ())] for system, document in documents.items()}
    if study.mode == "interleaved":
        drafted = team_draft(texts[sides[0]], texts[sides[1]], coins(study.seed, "draft", *key), study.k)
        return [[row.text, row.team] for row in drafted]
    if study.mode == "graded":
        pool = sorted({text for listed in texts.values() for text in listed})
        return shuffled(pool, study.seed, "rows", *key)
    return []


def as_shown(
    study: Study, row: Mapping[str, Any], scenario: Mapping[str, Any], documents: Mapping[int, Any]
) -> dict[str, Any]:
    """Return a showing as the page gets it: nothing in it tells the systems apart."""
    shown = {
        "item": row["id"],
        "set": study.set_name,
        "mode": study.mode,
        "previous": scenario["previous"],
        "prefix": scenario["next"] if study.mode == "typing" else scenario["prefix"],
        "left": {"id": row["left_id"]},
        "right": {"id": row["right_id"]},
    }
    if study.mode == "interleaved":
        return {**shown, "rows": [text for text, _ in row["rows"]]}
    if study.mode == "graded":
        return {**shown, "rows": row["rows"], "right": None}
    left, right = (documents[row[f"{side}_system"]] for side in ("left", "right"))
    return {**shown, "left": {**shown["left"], **left}, "right": {**shown["right"], **right}}
