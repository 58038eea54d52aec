"""The database of judgments: SQLite in WAL mode or PostgreSQL, opened on first use in each process.

Knows connections and transactions; knows nothing of what is stored.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, TimeoutError
from werkzeug.exceptions import ServiceUnavailable

from app.judging.schema import NewerSchema, migrate
from app.settings import SettingsError

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 10
_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_WRITES = "nextquery_writes"
_AWAY = "The store of judgments does not answer just now. Completions go on; the page keeps votes and sends them again."


class StoreDown(ServiceUnavailable):
    """The database does not answer; what does not need it goes on."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or _AWAY, retry_after=5)


class Store:
    """A database; connects when first used, so that a server may fork before."""

    def __init__(self, url: str) -> None:
        """Check the URL; raises `SettingsError` where it cannot be used."""
        self._url = read_url(url)
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._url.get_backend_name()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database."""
        with self._translated(), self._open().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept as a whole, on disk before this returns, or not at all."""
        with self._translated(), self._open().connect() as connection:
            connection = connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """Return an insert statement that knows `on_conflict_do_nothing`."""
        return postgresql.insert(table) if self.dialect == "postgresql" else sqlite.insert(table)

    def close(self) -> None:
        """Give all connections back."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _open(self) -> Engine:
        """Return the engine; the first time in a process, bring the tables up to date."""
        with self._lock:
            if self._engine is None:
                engine = make_engine(self._url)
                try:
                    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
                        if steps := migrate(connection):
                            logger.info("judgments: %d steps of the schema applied", steps)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what a database that is away says into one refusal."""
        try:
            yield
        except NewerSchema as error:
            raise StoreDown(f"{error}.") from error
        except IntegrityError:
            raise
        except (DBAPIError, TimeoutError, OSError) as error:
            logger.warning("judgments: the store failed: %s", type(error).__name__, exc_info=error)
            raise StoreDown from error


def read_url(text: str) -> URL:
    """Return the URL with the driver that this app uses.

    Raises
    ------
    SettingsError
        The URL is none, or names a database that is not supported, or its driver is not installed.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise SettingsError(
            "NEXTQUERY_DATABASE_URL: this is no database URL; expected sqlite:////path/to/file.db "
            "or postgresql://user:password@host/name"
        ) from None
    backend = url.drivername.split("+")[0]
    if backend not in _DRIVERS:
        raise SettingsError(f"NEXTQUERY_DATABASE_URL: got {backend!r}, expected sqlite or postgresql")
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise SettingsError("NEXTQUERY_DATABASE_URL: name a file, sqlite:////path/to/file.db; memory is not shared")
    url = url.set(drivername=_DRIVERS[backend])
    try:
        url.get_dialect().import_dbapi()
    except ImportError:
        raise SettingsError("NEXTQUERY_DATABASE_URL: PostgreSQL needs psycopg: pip install 'psycopg[binary]'") from None
    return url


def make_engine(url: URL) -> Engine:
    """Return an engine that waits for its turn and gives up in good time."""
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=_PATIENCE_SECONDS,
            connect_args={"connect_timeout": _PATIENCE_SECONDS // 2},
        )
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_timeout=_PATIENCE_SECONDS, connect_args={"timeout": _PATIENCE_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    """Let readers and one writer work side by side, and begin transactions ourselves."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the writer's lock at the beginning, where there is something to write: waiting is safe only then."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
