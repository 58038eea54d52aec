"""A vote as it was cast, and what two studies showed at the same scenarios, side by side.

Knows frozen answers and votes; knows nothing of pages.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from app.judging import schema
from app.judging.store import Store
from app.judging.studies import Frozen, Study, find_study, read_frozen
from app.judging.verdicts import Judged, names_of, read_judged


class Replayed(NamedTuple):
    """A vote with everything that stood on the page when it was cast."""

    study: Study
    judged: Judged
    item: Frozen
    names: dict[str, Any]


class Changed(NamedTuple):
    """One scenario and system of two studies; `same` rows keep text and place."""

    scenario: Mapping[str, Any]
    system: str
    before: Sequence[str]
    after: Sequence[str]

    @property
    def same(self) -> bool:
        """Whether both studies showed the same."""
        return list(self.before) == list(self.after)


def find_vote(store: Store, number: int) -> Replayed | None:
    """Return a vote that counts with what was shown, ``None`` where there is none."""
    vote, showing = schema.vote.c, schema.showing.c
    with store.reading() as connection:
        query = select(showing.study_id).join_from(schema.vote, schema.showing, showing.id == vote.showing_id)
        study_id = connection.scalar(query.where(vote.id == number))
    study = None if study_id is None else find_study(store, study_id)
    judged = [] if study is None else read_judged(store, study, number)
    if study is None or not judged:
        return None
    (item,) = read_frozen(store, study.id, judged[0].item_id)
    return Replayed(study, judged[0], item, names_of(study, judged[0]._asdict(), item.answers))


def compare(one: tuple[Study, Sequence[Frozen]], other: tuple[Study, Sequence[Frozen]]) -> list[Changed]:
    """Return, for every scenario and system that two studies share, what both showed.

    A system is the same by name; its model may have changed in between.
    """
    (before, frozen_before), (after, frozen_after) = one, other
    later = {_moment(item, after): item for item in frozen_after}
    found = []
    for item in frozen_before:
        match = later.get(_moment(item, before))
        if match is None:
            continue
        for system, name in enumerate(before.names):
            if name in after.names:
                texts = texts_of(item.answers[system]), texts_of(match.answers[after.names.index(name)])
                found.append(Changed(item.scenario, name, *texts))
    return found


def overlap(before: Sequence[str], after: Sequence[str]) -> float:
    """Return the share of texts that both lists have; of two empty ones, all."""
    union = set(before) | set(after)
    return len(set(before) & set(after)) / len(union) if union else 1.0


def texts_of(answer: Mapping[str, Any]) -> list[str]:
    """Return the texts of a frozen list, of a typing those of all its lists in order."""
    rows = answer["rows"] if "rows" in answer else [row for step in answer["steps"] for row in step]
    return [row["text"] for row in rows]


def _moment(item: Frozen, study: Study) -> tuple[Any, ...]:
    """Return what makes two scenarios comparable."""
    typed = item.scenario["next"] if study.mode == "typing" else item.scenario["prefix"]
    return tuple(item.scenario["previous"]), typed, study.mode == "typing"
