"""The current revision of a briefing by its id, read on the event loop.

A row by its key comes out of a file in less time than another thread is reached, and a server is waited for without
one.
"""

import asyncio
import sqlite3
from contextlib import AsyncExitStack, suppress
from typing import Any, Protocol

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlmodel import col

from store.briefings import BriefingRecord
from store.engine import connect_to_read, connect_to_wait, one_of
from store.tables import BriefingRow, RevisionRow, served

_QUERY = (
    select(col(BriefingRow.id), col(RevisionRow.slug), col(RevisionRow.revision), col(RevisionRow.body))
    .join(RevisionRow, col(RevisionRow.briefing_id) == col(BriefingRow.id))
    .where(col(BriefingRow.revision) == col(RevisionRow.revision))
)
_ONE = _QUERY.where(col(BriefingRow.id) == bindparam("id"))
_NUMBERED = PGDialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_SEVERAL = str(_QUERY.where(one_of(col(BriefingRow.id), "ids")).compile(dialect=_NUMBERED))
_NAME = "current_briefings"
# To plan for several keys each time takes longer than to read them.
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"
_Found = asyncio.Future[dict[str, BriefingRecord]]


def _record(id: str, slug: str, revision: int, body: bytes) -> BriefingRecord:
    return BriefingRecord(id, slug, revision, served(body))


class CurrentBriefings(Protocol):
    """Reads current revisions of briefings on the event loop."""

    async def read(self, id: str) -> BriefingRecord | None:
        """None: it is not there, or cannot be read at once; `get_briefing` tells which."""

    async def close(self) -> None: ...


def current_briefings(engine: Engine) -> CurrentBriefings:
    """Connects on first use. Close it."""
    return _InFile(engine) if engine.dialect.name == "sqlite" else _OnServer(engine)


class _InFile:
    """Who reads the file never waits for who writes to it."""

    def __init__(self, engine: Engine) -> None:
        self._path, self._query = engine.url.database or "", str(_ONE.compile(engine))
        self._connection: sqlite3.Connection | None = None

    async def read(self, id: str) -> BriefingRecord | None:
        with suppress(sqlite3.Error):
            if self._connection is None:
                self._connection = connect_to_read(self._path)
            row = self._connection.execute(self._query, (id,)).fetchone()
            return _record(*row) if row else None
        return None

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


class _OnServer:
    """One connection, which is made while others answer. What is asked for while it is busy is read together, next.

    It speaks to libpq itself, as psycopg passes it on: a cursor takes longer to wait for an answer than to read it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._socket = -1  # a connection that is lost does not tell it any more
        self._connecting: asyncio.Task[None] | None = None
        self._asked: list[str] = []
        self._next: _Found | None = None
        self._asking: _Found | None = None
        self._found: dict[str, BriefingRecord] = {}

    async def read(self, id: str) -> BriefingRecord | None:
        if self._connection is None:
            if self._connecting is None or self._connecting.done():
                self._connecting = asyncio.create_task(self._connect())
            return None
        if self._next is None:
            loop = asyncio.get_running_loop()
            self._next = loop.create_future()
            if self._asking is None:
                loop.call_soon(self._ask, self._connection, 0)
        self._asked.append(id)
        return (await asyncio.shield(self._next)).get(id)

    def _ask(self, connection: psycopg.AsyncConnection[Any], known: int) -> None:
        """For what is asked for until now: nobody is told what was read before they asked."""
        if connection is not self._connection or self._next is None:
            return
        if known < len(self._asked):  # as long as others ask who are ready to
            asyncio.get_running_loop().call_soon(self._ask, connection, len(self._asked))
            return
        ids, self._asked = self._asked, []
        self._asking, self._next = self._next, None
        listed = Transformer().get_dumper(ids, PyFormat.TEXT).dump(ids)
        try:
            connection.pgconn.send_query_prepared(_NAME.encode(), [listed], result_format=Format.BINARY)
        except psycopg.Error:
            self._lose()

    def _hear(self, connection: psycopg.AsyncConnection[Any]) -> None:
        try:
            server = connection.pgconn
            server.consume_input()
            while not server.is_busy():  # nothing else may be asked before None has ended this answer
                if (result := server.get_result()) is None:
                    self._answered(connection)
                    return
                self._found = _records(result)
        except psycopg.Error:
            self._lose()

    def _answered(self, connection: psycopg.AsyncConnection[Any]) -> None:
        answered, self._asking = self._asking, None
        if answered is not None:
            answered.set_result(self._found)
        if self._next is not None:
            self._ask(connection, 0)

    async def _connect(self) -> None:
        with suppress(psycopg.Error):
            connection = await connect_to_wait(self._engine)
            async with AsyncExitStack() as opened:
                opened.push_async_callback(connection.close)
                await connection.execute(_PLAN_ONCE)
                await connection.execute(f"PREPARE {_NAME} AS {_SEVERAL}")
                opened.pop_all()
            self._connection, self._socket = connection, connection.fileno()
            asyncio.get_running_loop().add_reader(self._socket, self._hear, connection)

    def _lose(self) -> None:
        """Who waits is told nothing; for whoever asks next it is connected again."""
        if self._connection is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._connection.pgconn.finish()
        waiting = self._asking, self._next
        self._connection, self._asking, self._next, self._asked = None, None, None, []
        for one in waiting:
            if one is not None:
                one.set_result({})

    async def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        self._lose()


def _records(result: PGresult) -> dict[str, BriefingRecord]:
    """Raises psycopg.Error where the server could not answer."""
    if result.status != ExecStatus.TUPLES_OK:
        raise psycopg.OperationalError(result.error_message.decode())
    records = {}
    for row in range(result.ntuples):
        id, slug, revision, body = (result.get_value(row, column) or b"" for column in range(4))
        records[id.decode()] = _record(id.decode(), slug.decode(), int.from_bytes(revision), body)
    return records
