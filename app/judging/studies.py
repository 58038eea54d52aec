"""Studies: a query set put before raters in one way, every answer frozen when the study begins.

Knows sets, systems and their answers; knows nothing of raters or votes.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, func, insert, select

from app.judging import schema
from app.judging.contenders import ANSWERS, Completers, Contender, Document, digest
from app.judging.exchange import as_document
from app.judging.store import Store
from app.problems import refuse
from xmr_engine.evaluation.scenarios import Scenario

MODES = tuple(ANSWERS)
REVEALS = ("vote", "end")
MOST_SYSTEMS = 6
MOST_SHOWN = 10
MOST_ANSWERS = 20_000
MOST_STUDIES = 1000


class Plan(NamedTuple):
    """What a study is to be."""

    title: str
    set_name: str
    mode: str
    systems: tuple[Contender, ...]
    k: int = 10
    twice: float = 0.1
    split: bool = False
    reveal: str = "vote"
    seed: int | None = None


class Study(NamedTuple):
    """A study as it was begun; `twice` is the share of items that are judged a second time."""

    id: str
    title: str
    set_name: str
    mode: str
    systems: tuple[Contender, ...]
    k: int
    twice: float
    split: bool
    reveal: str
    seed: int
    synthetic: bool
    created: str

    @property
    def names(self) -> list[str]:
        """Names of its systems."""
        return [system.name for system in self.systems]


class Frozen(NamedTuple):
    """One scenario of a study with every system's answer, in the order of the systems."""

    item_id: int
    place: int
    scenario: dict[str, Any]
    answers: tuple[Document, ...]
    digests: tuple[str, ...]


def begin(store: Store, completers: Completers, plan: Plan, scenarios: Sequence[Scenario]) -> str:
    """Answer every scenario by every system, keep the answers, and return the new study's id."""
    usable = [scenario for scenario in scenarios if _usable(scenario, plan.mode)]
    _check(plan, usable)
    answer = ANSWERS[plan.mode]
    answers = [[answer(completers, system, scenario, plan.k) for system in plan.systems] for scenario in usable]
    study_id = secrets.token_hex(5)
    with store.writing() as connection:
        if (connection.scalar(select(func.count()).select_from(schema.study)) or 0) >= MOST_STUDIES:
            raise refuse(f"There are {MOST_STUDIES} studies already; name another database for more.")
        connection.execute(insert(schema.study).values(id=study_id, **_study_row(plan, completers)))
        for place, (scenario, documents) in enumerate(zip(usable, answers, strict=True)):
            row = {"study_id": study_id, "place": place, "scenario": as_document(scenario)}
            item_id = connection.scalar(insert(schema.item).values(row).returning(schema.item.c.id))
            snapshots = [
                {"item_id": item_id, "system": system, "digest": digest(document), "document": document}
                for system, document in enumerate(documents)
            ]
            connection.execute(insert(schema.snapshot), snapshots)
    return study_id


def list_studies(store: Store) -> list[Study]:
    """Return every study, the newest first."""
    query = select(schema.study).order_by(schema.study.c.created.desc(), schema.study.c.id)
    with store.reading() as connection:
        return [_read(row) for row in connection.execute(query).mappings()]


def find_study(store: Store, study_id: str) -> Study | None:
    """Return a study, ``None`` where there is none."""
    with store.reading() as connection:
        row = connection.execute(select(schema.study).where(schema.study.c.id == study_id)).mappings().first()
    return None if row is None else _read(row)


def read_frozen(store: Store, study_id: str, item_id: int | None = None) -> list[Frozen]:
    """Return what a study froze, in order; of one scenario where its item is given."""
    item, snapshot = schema.item.c, schema.snapshot.c
    query = (
        select(item.id, item.place, item.scenario, snapshot.document, snapshot.digest)
        .join_from(schema.item, schema.snapshot, snapshot.item_id == item.id)
        .where(item.study_id == study_id)
        .order_by(item.place, snapshot.system)
    )
    if item_id is not None:
        query = query.where(item.id == item_id)
    with store.reading() as connection:
        rows = connection.execute(query).all()
    found: dict[int, Frozen] = {}
    for number, place, scenario, document, sum_of_it in rows:
        before = found.get(number, Frozen(number, place, scenario, (), ()))
        answers, digests = (*before.answers, document), (*before.digests, sum_of_it)
        found[number] = before._replace(answers=answers, digests=digests)
    return list(found.values())


def _usable(scenario: Scenario, mode: str) -> bool:
    """Tell whether a scenario can be judged in a mode: typing needs a query to type, a list something to go by."""
    return bool(scenario.next) if mode == "typing" else bool(scenario.prefix or scenario.previous)


def _check(plan: Plan, usable: Sequence[Scenario]) -> None:
    """Refuse a plan that cannot be carried out."""
    if not usable:
        needs = "a next query" if plan.mode == "typing" else "a prefix or a previous query"
        raise refuse(f"set: {plan.set_name!r} has no scenario with {needs}, which this mode needs.")
    fewest = 1 if plan.mode == "graded" else 2
    if len(set(plan.systems)) != len(plan.systems) or not fewest <= len(plan.systems) <= MOST_SYSTEMS:
        raise refuse(f"systems: choose {fewest} to {MOST_SYSTEMS} different ones.")
    lists = sum(len(scenario.next) if plan.mode == "typing" else 1 for scenario in usable)
    if lists * len(plan.systems) > MOST_ANSWERS:
        asked = lists * len(plan.systems)
        raise refuse(f"The study would freeze {asked:,} lists, at most {MOST_ANSWERS:,}: fewer scenarios or systems.")


def _study_row(plan: Plan, completers: Completers) -> Mapping[str, Any]:
    """Return a plan as a row."""
    row = plan._asdict()
    seed = secrets.randbits(31) if plan.seed is None else plan.seed
    synthetic = any(completers[system.model].synthetic for system in plan.systems)
    systems = [system._asdict() for system in plan.systems]
    return {**row, "systems": systems, "seed": seed, "synthetic": synthetic, "created": schema.now()}


def _read(row: RowMapping) -> Study:
    """Return a row as a study."""
    return Study(**{**row, "systems": tuple(Contender(**system) for system in row["systems"])})
