"""The tables of judgments, and the steps from one version of them to the next.

Knows SQLAlchemy Core; knows nothing of connections, requests or what the rows mean to anybody.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    inspect,
    select,
    text,
)

Migration = Callable[[Connection], None]

_ADVISORY_LOCK = 7_262_005_164

metadata = MetaData()

query_set = Table(
    "query_set",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("created", String(20), nullable=False),
)
scenario = Table(
    "scenario",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("set_id", ForeignKey("query_set.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("document", JSON, nullable=False),
)
study = Table(
    "study",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("title", String(120), nullable=False),
    Column("set_name", String(60), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("systems", JSON, nullable=False),
    Column("k", Integer, nullable=False),
    Column("twice", Float, nullable=False),
    Column("split", Boolean, nullable=False),
    Column("reveal", String(8), nullable=False),
    Column("seed", Integer, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("created", String(20), nullable=False),
)
item = Table(
    "item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("scenario", JSON, nullable=False),
    UniqueConstraint("study_id", "place"),
)
snapshot = Table(
    "snapshot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", ForeignKey("item.id"), nullable=False),
    Column("system", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("document", JSON, nullable=False),
    UniqueConstraint("item_id", "system"),
)
showing = Table(
    "showing",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("item_id", ForeignKey("item.id"), nullable=False),
    Column("one", Integer, nullable=False),
    Column("other", Integer, nullable=False),
    Column("rater", String(60), nullable=False),
    Column("round", Integer, nullable=False),
    Column("left_system", Integer, nullable=False),
    Column("right_system", Integer, nullable=False),
    Column("left_id", String(24), nullable=False),
    Column("right_id", String(24), nullable=False),
    Column("rows", JSON, nullable=False),
    Column("created", String(20), nullable=False),
    UniqueConstraint("item_id", "one", "other", "rater", "round"),
)
vote = Table(
    "vote",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("body_digest", String(64), nullable=False),
    Column("showing_id", ForeignKey("showing.id"), nullable=False, index=True),
    Column("value", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("created", String(20), nullable=False),
)

_versions = MetaData()
schema_version = Table(
    "schema_version",
    _versions,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied", String(20), nullable=False),
)


class NewerSchema(Exception):
    """The database was written by a newer version of the app."""


def now() -> str:
    """Return the present second, UTC, ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _first_tables(connection: Connection) -> None:
    """Make the tables of version 1."""
    metadata.create_all(connection, checkfirst=False)


# One step a version, in order. A released step is never edited: what changes comes as the next one, and then the
# first takes a copy of the tables as they were.
MIGRATIONS: tuple[Migration, ...] = (_first_tables,)


def migrate(connection: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """Bring the tables to the newest version within the connection's transaction; return how many steps it took.

    Processes that start together take turns: on PostgreSQL by an advisory lock, on SQLite by the writer's lock, which
    the caller's transaction holds already.

    Raises
    ------
    NewerSchema
        The tables are of a version that this app does not know.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
    if not inspect(connection).has_table(schema_version.name):
        _versions.create_all(connection, checkfirst=False)
    done = connection.scalar(select(func.max(schema_version.c.version))) or 0
    if done > len(migrations):
        raise NewerSchema(
            f"the database of judgments has version {done}, this app knows {len(migrations)}; update the app, "
            "or name another database in NEXTQUERY_DATABASE_URL"
        )
    for version, step in enumerate(migrations[done:], done + 1):
        step(connection)
        connection.execute(insert(schema_version).values(version=version, applied=now()))
    return len(migrations) - done
