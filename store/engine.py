"""The database connection, and what keeps a database from doing its work for now.

The only module that knows which databases there are.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import quote

import psycopg
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Integer,
    SQLColumnExpression,
    Text,
    TypeDecorator,
    bindparam,
    column,
    create_engine,
    event,
    extract,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine, UserDefinedType
from sqlmodel import SQLModel

_WRITES = "readout_writes"
_REVIEWED = "readout_reviewed"
_MIGRATION_LOCK = 7_305_415_862
COUNTED_UP_TO = 100_000
"""Rows that are not counted for each question."""
_PATIENCE = 10.0  # seconds to wait for others before giving up
# A server that is gone without a word is noticed in seconds, not in the system's quarter of an hour.
_CONNECTION: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_AWAY = "the database does not answer"
_BUSY = "another connection holds what is needed in the database"
_FULL = "the database's disk is full"
_READ_ONLY = "the database can be read and not written"
_SQLITE_OUTAGES = {
    sqlite3.SQLITE_CANTOPEN: "the database's file cannot be opened",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: "the database's disk fails",
    sqlite3.SQLITE_PERM: "the database's file may not be opened",
    sqlite3.SQLITE_READONLY: _READ_ONLY,
}
_POSTGRESQL_OUTAGES = {
    "08": "the connection to the database was lost",
    "25006": _READ_ONLY,
    "53100": _FULL,
    "53": "the database has no room for more at the moment",
    "57P": "the database is stopping or starting",
    "58": "the database's disk fails",
}
"""By SQLSTATE, or how it begins."""


def connect(url: str, *, reviewed: bool = False) -> Engine:
    """A connection pool for `sqlite:///file` or `postgresql://…`. Connects on first use.

    `reviewed`: what comes of documents and decisions that are stored through it is a draft, until an editor publishes.
    """
    engine = _pool(url)
    return engine.execution_options(**{_REVIEWED: True}) if reviewed else engine


def is_reviewed(session: Session) -> bool:
    """Whether what is stored in this transaction is for editors first; see `connect`."""
    return bool(session.connection().get_execution_options().get(_REVIEWED))


def _pool(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(create_engine(address, hide_parameters=True, connect_args={"timeout": _PATIENCE}))
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    return create_engine(
        address,
        hide_parameters=True,
        # Who reads begins no transaction: to roll it back would take two more trips, and forget what was prepared.
        isolation_level="AUTOCOMMIT",
        pool_pre_ping=True,
        pool_timeout=_PATIENCE,
        connect_args=_CONNECTION,
    )


def connect_to_read(path: str) -> sqlite3.Connection:
    """A connection to an SQLite file that never writes and never waits, of no thread in particular."""
    address = f"file:{quote(path)}?mode=ro"
    return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None, timeout=0)


async def connect_to_wait(engine: Engine) -> psycopg.AsyncConnection[Any]:
    """A connection to a PostgreSQL server whose answers an event loop waits for; each statement is on its own."""
    address = url_of_server(engine)
    return await psycopg.AsyncConnection.connect(address, autocommit=True, prepare_threshold=1, **_CONNECTION)


def url_of_server(engine: Engine) -> str:
    """The URL of a PostgreSQL server as its own tools take it, with the password."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that will write; it is committed unless the block raises.

    It takes SQLite's write lock when it begins: one that reads first and asks for the lock later fails at
    once where another process wrote in between.
    """
    with Session(writable(engine)) as session, session.begin():
        yield session


def writable(engine: Engine) -> Engine:
    """The same pool; its transactions begin as those of `writing` do."""
    isolation = {"isolation_level": "READ COMMITTED"} if engine.dialect.name == "postgresql" else {}
    return engine.execution_options(**{_WRITES: True}, **isolation)


def lock_schema(connection: Connection) -> None:
    """Let one process at a time change tables, until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")


class _Array(UserDefinedType[str]):
    """An array of texts that is given as it is written: its driver would take each item for a value of its own."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        return "TEXT[]"


class _Listed(TypeDecorator[list[str]]):
    """Words as one parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(_Array() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str:
        words = value or []
        return as_array(words) if dialect.name == "postgresql" else json.dumps(words)


def as_array(words: Iterable[str]) -> str:
    """Words as PostgreSQL writes an array of them."""
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in escaped) + "}"


class _OneOf(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "_OneOf":
        """As it is: SQLite would be asked whether it `= 1`, and use no index."""
        return self


@compiles(_OneOf)
def _one_of(element: _OneOf, compiler: SQLCompiler, **told: Any) -> str:
    column, words = (compiler.process(one, **told) for one in element.clauses)
    if compiler.dialect.name == "postgresql":
        return f"{column} = ANY ({words})"
    return f"{column} IN (SELECT value FROM json_each({words}))"


def one_of(column: SQLColumnExpression[str], name: str) -> ColumnElement[bool]:
    """Whether a column has one of the words of a list under a name: one parameter, of however many words."""
    return _OneOf(column, bindparam(name, type_=_Listed()))


def lock(session: Session, names: Iterable[str]) -> None:
    """Take locks of these names until the transaction ends. SQLite lets one transaction write at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        for name in sorted(names):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


_Insert = postgresql.Insert | sqlite.Insert


def insert_into(session: Session, table: type[SQLModel]) -> _Insert:
    """An INSERT that can say what becomes of a row that is there."""
    return _insert_into(session.get_bind().dialect.name, table)


def _insert_into(dialect: str, table: type[SQLModel]) -> _Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def put(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Store rows of the same columns, each in place of the one with its key, in one statement."""
    session.execute(_in_place(session.get_bind().dialect.name, table, tuple(rows[0])), rows)


@cache
def _in_place(dialect: str, table: type[SQLModel], columns: tuple[str, ...]) -> _Insert:
    new = _insert_into(dialect, table)
    keys = [column.name for column in SQLModel.metadata.tables[str(table.__tablename__)].primary_key]
    others = {name: new.excluded[name] for name in columns if name not in keys}
    return new.on_conflict_do_update(index_elements=keys, set_=others)


def count_rows(session: Session, table: type[SQLModel]) -> int:
    """The rows of a table. PostgreSQL reads all to count them: where they are many, as it last knew them without."""
    name = str(table.__tablename__)
    if session.get_bind().dialect.name == "postgresql":
        known = select(column("reltuples", Integer)).select_from(text("pg_class"))
        about = session.scalar(known.where(column("oid") == func.to_regclass(name))) or 0
        if about > COUNTED_UP_TO:
            return int(about)
    return session.scalar(select(func.count()).select_from(SQLModel.metadata.tables[name])) or 0


def clock(session: Session) -> float:
    """Seconds since 1970 by the clock that all processes share: the server's, or for SQLite that of the machine."""
    if session.get_bind().dialect.name != "postgresql":
        return time.time()
    return float(session.scalars(select(extract("epoch", func.clock_timestamp()))).one())


def _sqlite(engine: Engine) -> Engine:
    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own transactions start late and leave DDL outside; ours start in `begin`.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={_PATIENCE * 1000:.0f}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-512",  # KiB for each of a dozen connections; the system keeps the file in memory anyway
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def outage(error: BaseException) -> str | None:
    """Why nothing that writes can succeed for now, in words; None where the error is another one's fault."""
    if isinstance(error, TimeoutError):
        return "every connection to the database is in use"
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _SQLITE_OUTAGES.get(_sqlite_code(error.orig))
    state = _sqlstate(error)
    for begin, words in _POSTGRESQL_OUTAGES.items():
        if state.startswith(begin):
            return words
    lost = error.connection_invalidated or (not state and type(error.orig).__name__ == "OperationalError")
    return _AWAY if lost else None


def contention(error: BaseException) -> str | None:
    """Why a transaction had to give way to another, in words; None where it had not."""
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _BUSY if _sqlite_code(error.orig) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else None
    return _BUSY if _sqlstate(error).startswith(("40", "55P03")) else None


def _sqlite_code(error: sqlite3.Error) -> int:
    """The primary result code; extended ones carry it in their last eight bits."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
