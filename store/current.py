"""The current revision of a briefing by its id, read on the event loop.

A row by its key comes out of a file in less time than another thread is reached, and a server is waited for without
one.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from typing import Any, NamedTuple, Protocol

import psycopg
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlmodel import col

from store.briefings import BriefingRecord
from store.engine import as_array, connect_to_read, connect_to_wait, one_of
from store.tables import BriefingRow, RevisionRow, digest_at_rest, served

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


class Current(NamedTuple):
    """The current revision of a briefing, and the SHA-256 of its body in hexadecimal digits."""

    record: BriefingRecord
    digest: str


_Row = tuple[str, str, int, bytes]
_Waiting = dict[str, list[asyncio.Future[_Row | None]]]
"""Who waits for a briefing, by its id."""


def _current(id: str, slug: str, revision: int, stored: bytes) -> Current:
    return Current(BriefingRecord(id, slug, revision, served(stored)), digest_at_rest(stored))


class CurrentBriefings(Protocol):
    """Reads current revisions of briefings on the event loop."""

    async def read(self, id: str) -> Current | None:
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

    async def read(self, id: str) -> Current | None:
        with suppress(sqlite3.Error):
            if self._connection is None:
                self._connection = connect_to_read(self._path)
            row = self._connection.execute(self._query, (id,)).fetchone()
            return _current(*row) if row else None
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
        self._next: _Waiting = {}
        self._asked: _Waiting = {}
        self._is_busy = False

    async def read(self, id: str) -> Current | None:
        if self._connection is None:
            if self._connecting is None or self._connecting.done():
                self._connecting = asyncio.create_task(self._connect())
            return None
        loop = asyncio.get_running_loop()
        if not self._next and not self._is_busy:
            loop.call_soon(self._ask, self._connection, 0)
        found: asyncio.Future[_Row | None] = loop.create_future()
        self._next.setdefault(id, []).append(found)
        row = await found
        return _current(*row) if row else None

    def _ask(self, connection: psycopg.AsyncConnection[Any], known: int) -> None:
        """For what is asked for until now: nobody is told what was read before they asked."""
        if connection is not self._connection or not self._next:
            return
        if known < len(self._next):  # as long as others ask who are ready to
            asyncio.get_running_loop().call_soon(self._ask, connection, len(self._next))
            return
        self._asked, self._next, self._is_busy = self._next, {}, True
        listed = as_array(self._asked).encode()
        try:
            server = connection.pgconn
            server.send_query_prepared(_NAME.encode(), [listed], result_format=Format.BINARY)
            server.set_single_row_mode()
        except psycopg.Error:
            self._lose()

    def _hear(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Each is told as soon as its row is there, while the server looks for the others."""
        try:
            server = connection.pgconn
            server.consume_input()
            while not server.is_busy():  # nothing else may be asked before None has ended this answer
                if (result := server.get_result()) is None:
                    _tell(self._asked, None)
                    self._asked, self._is_busy = {}, False
                    self._ask(connection, 0)
                    return
                for row in _rows(result):
                    _tell({row[0]: self._asked.pop(row[0])}, row)
        except psycopg.Error:
            self._lose()

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
        waiting = self._asked, self._next
        self._connection, self._asked, self._next, self._is_busy = None, {}, {}, False
        for some in waiting:
            _tell(some, None)

    async def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        self._lose()


def _tell(waiting: _Waiting, row: _Row | None) -> None:
    for some in waiting.values():
        for one in some:
            if not one.done():  # who has hung up waits no longer
                one.set_result(row)


def _rows(result: PGresult) -> Iterator[_Row]:
    """Raises psycopg.Error where the server could not answer."""
    if result.status not in (ExecStatus.SINGLE_TUPLE, ExecStatus.TUPLES_OK):
        raise psycopg.OperationalError(result.error_message.decode())
    for row in range(result.ntuples):
        id, slug, revision, body = (result.get_value(row, column) or b"" for column in range(4))
        yield id.decode(), slug.decode(), int.from_bytes(revision), body
