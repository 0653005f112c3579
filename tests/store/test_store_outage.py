"""What keeps a database from its work is told apart from what is wrong with a statement."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from store.documents import add_document, get_document
from store.engine import connect, contention, outage, writable, writing
from store.migrate import migrate
from tests.store.invented import add, hexed, info, text_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "readout.db"


@pytest.fixture
def sqlite(file: Path) -> Iterator[Engine]:
    """An SQLite database that holds document a."""
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    add(engine, "a", None)
    yield engine
    engine.dispose()


def trouble(engine: Engine, name: str = "b", size: int = 1) -> tuple[str | None, str | None]:
    """Why a document cannot be added."""
    with pytest.raises(DBAPIError) as raised:
        add_document(engine, info(name), text_of(name) * size, b"{}")
    return outage(raised.value), contention(raised.value)


def test_a_full_disk_is_told_and_what_was_stored_stays(sqlite: Engine) -> None:
    with sqlite.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    assert trouble(sqlite, size=100_000) == ("the database's disk is full", None)
    assert get_document(sqlite, hexed("a")) is not None
    with sqlite.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=100000")
    assert add_document(sqlite, info("b"), text_of("b") * 100_000, b"{}")


def test_a_database_that_may_not_be_written_is_told_and_read(sqlite: Engine, file: Path) -> None:
    engine = connect(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert trouble(engine) == ("the database can be read and not written", None)
    assert get_document(engine, hexed("a")) is not None
    engine.dispose()


def test_a_database_that_another_connection_holds_is_told(sqlite: Engine, file: Path) -> None:
    with sqlite.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=200")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert trouble(sqlite) == (None, "another connection holds what is needed in the database")
        other.execute("ROLLBACK")
    assert add_document(sqlite, info("b"), text_of("b"), b"{}")


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/nowhere/readout.db")
    assert trouble(engine) == ("the database's file cannot be opened", None)


def test_a_server_that_is_not_there_is_told() -> None:
    assert trouble(connect("postgresql://nobody@127.0.0.1:9/none")) == ("the database does not answer", None)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_only_reads_is_told(engine: Engine) -> None:
    with writable(engine).connect() as connection, connection.begin(), pytest.raises(DBAPIError) as raised:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text("DELETE FROM workers"))
    assert outage(raised.value) == "the database can be read and not written"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_the_server_ends_is_told(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as raised, writing(engine) as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert outage(raised.value) == "the database is stopping or starting"


def test_a_wrong_statement_is_neither(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError) as raised:
        connection.execute(text("SELECT * FROM nowhere"))
    assert (outage(raised.value), contention(raised.value)) == (None, None)
