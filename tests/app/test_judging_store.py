"""The database: its versions, its absence, and what is asked of its address."""

import sqlite3
import threading

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, inspect, select, text

from app import create_app
from app.judging import schema
from app.judging.schema import MIGRATIONS, migrate
from app.judging.store import Store, StoreDown, read_url
from app.settings import Settings, SettingsError
from tests.app.judging import Judge, begin_study, judging_app, make_app


@pytest.fixture
def store(database_url):
    store = Store(database_url)
    yield store
    store.close()


def versions(store):
    with store.reading() as connection:
        return list(connection.scalars(select(schema.schema_version.c.version).order_by("version")))


def test_the_first_use_makes_the_tables(store):
    assert versions(store) == [1]
    with store.reading() as connection:
        assert set(inspect(connection).get_table_names()) == {*schema.metadata.tables, "schema_version"}


def test_many_who_begin_at_once_make_them_once(database_url):
    stores = [Store(database_url) for _ in range(6)]
    found = []
    threads = [threading.Thread(target=lambda store=store: found.append(versions(store))) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert found == [[1]] * 6


def add_table(connection):
    Table("extra", MetaData(), Column("id", Integer, primary_key=True)).create(connection)


def fail(connection):
    add_table(connection)
    raise RuntimeError("half way")


def test_a_newer_app_takes_the_steps_that_are_missing(store):
    assert versions(store) == [1]
    with store.writing() as connection:
        assert migrate(connection, (*MIGRATIONS, add_table)) == 1
    with store.writing() as connection:
        assert migrate(connection, (*MIGRATIONS, add_table)) == 0
        assert inspect(connection).has_table("extra")
    assert versions(store) == [1, 2]


def test_a_step_that_fails_leaves_nothing(store):
    assert versions(store) == [1]
    with pytest.raises(RuntimeError, match="half way"), store.writing() as connection:
        migrate(connection, (*MIGRATIONS, fail))
    assert versions(store) == [1]
    with store.reading() as connection:
        assert not inspect(connection).has_table("extra")


def test_an_older_app_leaves_newer_tables_alone(database_url):
    newer = Store(database_url)
    with newer.writing() as connection:
        migrate(connection, (*MIGRATIONS, add_table))
    newer.close()
    older = Store(database_url)
    with pytest.raises(StoreDown, match="has version 2, this app knows 1"):
        versions(older)
    older.close()


def fail_after_writing(connection):
    connection.execute(schema.query_set.insert().values(name="half", created="now"))
    raise ZeroDivisionError


def test_what_fails_within_is_taken_back(store):
    with pytest.raises(ZeroDivisionError), store.writing() as connection:
        fail_after_writing(connection)
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.query_set)) == 0


def test_sqlite_keeps_a_log_of_writes(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'new' / 'judgments.db'}")
    with store.writing() as connection:
        found = [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
    store.close()
    assert found == ["wal", 2, 1]


def broken_urls(tmp_path):
    (tmp_path / "file").write_text("no database at all, and longer than a header of one would be" * 10)
    return [
        f"sqlite:///{tmp_path}/file/judgments.db",
        f"sqlite:///{tmp_path}/file",
        "postgresql://nobody@127.0.0.1:1/none",
    ]


@pytest.mark.parametrize("place", range(3))
def test_a_store_that_is_away_stops_judging_and_nothing_else(tmp_path, place):
    with judging_app(broken_urls(tmp_path)[place]) as app:
        client = app.test_client()
        for response in (
            client.post("/api/v1/judge/studies/any/items", json={"rater": "Ada"}),
            client.get("/api/v1/judgments"),
        ):
            assert response.status_code == 503
            assert response.content_type == "application/problem+json"
            assert response.headers["Retry-After"] == "5"
            assert "go on" in response.json["detail"]
        assert client.get("/api/v1/complete?prefix=n").status_code == 200
        assert client.get("/").status_code == 200


def test_a_vote_sent_again_once_the_store_is_back_is_kept(tmp_path):
    place = tmp_path / "judgments.db"
    with judging_app(f"sqlite:///{place}") as app:
        judge = Judge(app.test_client(), begin_study(app))
        item = judge.hand(1)["items"][0]
        app.extensions["judging"].store.close()
        place.rename(tmp_path / "away")
        place.mkdir()
        assert judge.vote(item, "left", key="kept").status_code == 503
        place.rmdir()
        (tmp_path / "away").rename(place)
        assert judge.vote(item, "left", key="kept").status_code == 201


def test_a_writer_waits_for_another_process(tmp_path):
    place = tmp_path / "judgments.db"
    with judging_app(f"sqlite:///{place}") as app:
        judge = Judge(app.test_client(), begin_study(app))
        item = judge.hand(1)["items"][0]
        other = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, other.execute, ["COMMIT"])
        release.start()
        assert judge.vote(item, "tie").status_code == 201
        release.join()
        other.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "no database URL"),
        ("mysql://host/name", "expected sqlite or postgresql"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_line_at_the_start(url, told, tmp_path):
    with pytest.raises(SettingsError, match=told):
        read_url(url)
    with pytest.raises(SystemExit, match=r"^error: NEXTQUERY_DATABASE_URL: "):
        make_app(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_postgresql_is_spoken_to_by_psycopg(scheme):
    assert read_url(f"{scheme}://user:secret@host/name").drivername == "postgresql+psycopg"


def test_the_settings_come_from_the_environment(tmp_path):
    environ = {"NEXTQUERY_SECRET_KEY": "k" * 32, "NEXTQUERY_MODELS": str(tmp_path)}
    assert Settings.from_environment(environ).database_url is None
    told = {"NEXTQUERY_DATABASE_URL": " sqlite:///x.db ", "NEXTQUERY_JUDGE_PASSPHRASE": " open sesame "}
    settings = Settings.from_environment({**environ, **told})
    assert (settings.database_url, settings.judge_passphrase) == ("sqlite:///x.db", "open sesame")


def test_an_app_that_nobody_judges_with_opens_no_database(tmp_path, completer):
    place = tmp_path / "judgments.db"
    app = create_app(Settings(secret_key="k" * 32, models=tmp_path, database_url=f"sqlite:///{place}"), [completer])
    assert app.test_client().get("/livez").status_code == 200
    assert not place.exists()
