"""Query sets: the shipped ones, read from files, and the raters' own, in the database.

Knows scenarios and names; knows nothing of what is asked of them.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select
from werkzeug.exceptions import HTTPException

from app.judging import schema
from app.judging.exchange import as_document, parse, read_scenario
from app.judging.store import Store
from app.problems import refuse
from app.settings import SettingsError
from xmr_engine.evaluation.scenarios import Scenario

MOST_SCENARIOS = 500
MOST_SETS = 200
MOST_NAME = 60
_SHIPPED = "sets/*.jsonl"

Sets = Mapping[str, tuple[Scenario, ...]]


class Listed(NamedTuple):
    """A set as the overview names it."""

    name: str
    n_scenarios: int
    shipped: bool


class Kept(NamedTuple):
    """A scenario of an own set, with the number by which it is removed."""

    number: int
    scenario: Scenario


def read_shipped(folder: Path) -> Sets:
    """Return the sets that lie beside the models of a folder, by name.

    Raises
    ------
    SettingsError
        A file is no set.
    """
    found = {}
    for path in sorted(folder.glob(_SHIPPED)):
        try:
            found[clean_name(path.stem)] = tuple(parse(path.read_text("utf-8"), "jsonl"))
        except (HTTPException, ValueError) as error:
            told = error.description if isinstance(error, HTTPException) else error
            raise SettingsError(f"{path}: is no query set: {told}") from error
    return found


def clean_text(text: object, name: str, most: int) -> str:
    """Return one line without controls or spaces around it; refuses what is no text, empty or too long."""
    if not isinstance(text, str):
        raise refuse(f"{name}: expected a text.")
    spaced = "".join(" " if c.isspace() else c for c in text)
    kept = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs"))
    line = " ".join(unicodedata.normalize("NFC", kept).split())
    if not line:
        raise refuse(f"{name}: there is nothing in it.")
    if len(line) > most:
        raise refuse(f"{name}: got {len(line):,} characters, at most {most} are taken.")
    return line


def clean_name(text: object) -> str:
    """Return a set's name; it must fit into an address."""
    name = clean_text(text, "The set's name", MOST_NAME)
    if "/" in name or name in (".", ".."):
        raise refuse(f"The set's name: got {name!r}; slashes and dots alone do not fit into an address.")
    return name


def list_sets(store: Store, shipped: Sets) -> list[Listed]:
    """Return every set, the shipped ones first."""
    scenarios = select(schema.scenario.c.set_id, func.count().label("n")).group_by(schema.scenario.c.set_id).subquery()
    query = (
        select(schema.query_set.c.name, func.coalesce(scenarios.c.n, 0))
        .outerjoin(scenarios, scenarios.c.set_id == schema.query_set.c.id)
        .order_by(schema.query_set.c.name)
    )
    with store.reading() as connection:
        own = [Listed(name, n, False) for name, n in connection.execute(query)]
    return [Listed(name, len(listed), True) for name, listed in shipped.items()] + own


def read_own(store: Store, name: str) -> list[Kept] | None:
    """Return the scenarios of an own set in order, ``None`` where there is no such set."""
    with store.reading() as connection:
        number = _find(connection, name)
        if number is None:
            return None
        query = select(schema.scenario.c.id, schema.scenario.c.document).where(schema.scenario.c.set_id == number)
        rows = connection.execute(query.order_by(schema.scenario.c.id)).all()
    return [Kept(place, read_scenario(document)) for place, document in rows]


def read_set(store: Store, shipped: Sets, name: str) -> tuple[Scenario, ...] | None:
    """Return the scenarios of a set, shipped or own, ``None`` where there is none."""
    if name in shipped:
        return shipped[name]
    own = read_own(store, name)
    return None if own is None else tuple(kept.scenario for kept in own)


def add_scenarios(store: Store, shipped: Sets, name: str, scenarios: Sequence[Scenario]) -> int:
    """Add scenarios to an own set, making it where there is none; return how many are new to it."""
    if name in shipped:
        raise refuse(f"{name!r} is a shipped set and stays as it is; choose another name.")
    with store.writing() as connection:
        number = _find(connection, name) or _make(store, connection, name)
        query = select(schema.scenario.c.document).where(schema.scenario.c.set_id == number)
        there = {_identity(read_scenario(document)) for document in connection.scalars(query)}
        new = {_identity(one): one for one in scenarios if _identity(one) not in there}
        if len(there) + len(new) > MOST_SCENARIOS:
            raise refuse(f"{name!r} would have {len(there) + len(new):,} scenarios; a set takes {MOST_SCENARIOS}.")
        if new:
            rows = [{"set_id": number, "document": as_document(one)} for one in new.values()]
            connection.execute(insert(schema.scenario), rows)
    return len(new)


def remove_scenario(store: Store, name: str, number: int) -> bool:
    """Remove one scenario of an own set; tell whether it was there."""
    with store.writing() as connection:
        set_id = _find(connection, name)
        if set_id is None:
            return False
        table = schema.scenario
        return connection.execute(delete(table).where(table.c.id == number, table.c.set_id == set_id)).rowcount > 0


def remove_set(store: Store, name: str) -> bool:
    """Remove an own set; studies made of it keep their scenarios. Tell whether it was there."""
    with store.writing() as connection:
        set_id = _find(connection, name)
        if set_id is None:
            return False
        connection.execute(delete(schema.scenario).where(schema.scenario.c.set_id == set_id))
        connection.execute(delete(schema.query_set).where(schema.query_set.c.id == set_id))
    return True


def _find(connection: Connection, name: str) -> int | None:
    """Return the number of an own set."""
    return connection.scalar(select(schema.query_set.c.id).where(schema.query_set.c.name == name))


def _make(store: Store, connection: Connection, name: str) -> int:
    """Make an own set; return its number."""
    if (connection.scalar(select(func.count()).select_from(schema.query_set)) or 0) >= MOST_SETS:
        raise refuse(f"There are {MOST_SETS} sets already; remove one first.")
    connection.execute(store.insert(schema.query_set).values(name=name, created=schema.now()).on_conflict_do_nothing())
    number = _find(connection, name)
    if number is None:
        raise LookupError(f"the set {name!r} was not made")
    return number


def _identity(scenario: Scenario) -> tuple[tuple[str, ...], str, str]:
    """Return what makes a scenario the same as another; tags do not."""
    return scenario.previous, scenario.prefix, scenario.next
