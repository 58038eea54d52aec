"""Votes with what they were cast on, and what each of them says of the systems.

Knows showings, votes and teams; knows nothing of shares or intervals.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import func, select

from app.judging import schema
from app.judging.ballots import WITHDRAWN, Value
from app.judging.store import Store
from app.judging.studies import Study
from xmr_engine.evaluation.interleaving import Drafted, winner

Verdict = int | Literal["tie", "bad"]


class Judged(NamedTuple):
    """A vote that counts, and what was shown; `revised` where an earlier vote on the same showing was taken back."""

    number: int
    value: Value
    note: str
    created: str
    revised: bool
    item_id: int
    place: int
    scenario: Mapping[str, Any]
    one: int
    other: int
    rater: str
    round: int
    left_system: int
    right_system: int
    rows: Sequence[Any]

    @property
    def numbers(self) -> list[int]:
        """The grades or chosen places of a vote that has any."""
        return [] if isinstance(self.value, str) else self.value


def read_judged(store: Store, study: Study, number: int | None = None) -> list[Judged]:
    """Return the votes of a study that count, in the order they were cast; one of them where its number is given."""
    vote, showing, item = schema.vote.c, schema.showing.c, schema.item.c
    newest = (
        select(func.max(vote.id).label("id"), (func.count() > 1).label("revised"))
        .join_from(schema.vote, schema.showing, showing.id == vote.showing_id)
        .where(showing.study_id == study.id)
        .group_by(vote.showing_id)
        .subquery()
    )
    shown = (showing.item_id, item.place, item.scenario, showing.one, showing.other, showing.rater, showing.round)
    query = (
        select(vote.id, vote.value, vote.note, vote.created, newest.c.revised, *shown)
        .add_columns(showing.left_system, showing.right_system, showing.rows)
        .join_from(schema.vote, newest, newest.c.id == vote.id)
        .join(schema.showing, showing.id == vote.showing_id)
        .join(schema.item, item.id == showing.item_id)
        .order_by(vote.id)
    )
    if number is not None:
        query = query.where(vote.id == number)
    with store.reading() as connection:
        found = [Judged(*row) for row in connection.execute(query).all()]
    return [judged for judged in found if judged.value != WITHDRAWN]


def count_votes(store: Store) -> dict[str, tuple[int, int]]:
    """Return, by study, how many votes count and how many raters cast them."""
    newest = select(func.max(schema.vote.c.id)).group_by(schema.vote.c.showing_id).scalar_subquery()
    query = (
        select(schema.showing.c.study_id, schema.showing.c.rater, schema.vote.c.value)
        .join_from(schema.vote, schema.showing, schema.showing.c.id == schema.vote.c.showing_id)
        .where(schema.vote.c.id.in_(newest))
    )
    found: dict[str, list[str]] = {}
    with store.reading() as connection:
        for study_id, rater, value in connection.execute(query):
            if value != WITHDRAWN:
                found.setdefault(study_id, []).append(rater)
    return {study_id: (len(raters), len(set(raters))) for study_id, raters in found.items()}


def verdict(study: Study, judged: Judged) -> Verdict:
    """Return which system a comparison preferred, by number, or that it was a tie, or that both were bad."""
    if study.mode == "interleaved":
        if not judged.value:
            return "bad"
        team = winner([Drafted(text, side) for text, side in judged.rows], judged.numbers)
        side = {None: "tie", 0: "left", 1: "right"}[team]
    else:
        side = str(judged.value)
    if side == "left":
        return judged.left_system
    if side == "right":
        return judged.right_system
    return "tie" if side == "tie" else "bad"


def names_of(study: Study, showing: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the rater is told after the vote: who stood where, and who brought which row.

    Parameters
    ----------
    answers
        What every system answered, in the order of the systems.
    """
    names = study.names
    told: dict[str, Any] = {}
    if study.mode == "graded":
        listed = [{row["text"] for row in answer["rows"]} for answer in answers]
        told["rows"] = [
            [name for name, own in zip(names, listed, strict=True) if text in own] for text in showing["rows"]
        ]
        return told
    told = {"left": names[showing["left_system"]], "right": names[showing["right_system"]]}
    if study.mode == "interleaved":
        told["rows"] = [[told[("left", "right")[team]]] for _, team in showing["rows"]]
    return told
