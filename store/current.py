"""The current revision of a briefing by its id, read on the event loop.

A row by its key comes out of a file in less time than another thread is reached, and a server is waited for without
one.
"""

import asyncio
import sqlite3
from contextlib import suppress
from typing import Any, Protocol

import psycopg
from sqlalchemy import Engine, bindparam, select
from sqlmodel import col

from store.briefings import BriefingRecord
from store.engine import connect_to_read, connect_to_wait
from store.tables import BriefingRow, RevisionRow, served

_QUERY = (
    select(col(BriefingRow.id), col(RevisionRow.slug), col(RevisionRow.revision), col(RevisionRow.body))
    .join(RevisionRow, col(RevisionRow.briefing_id) == col(BriefingRow.id))
    .where(col(BriefingRow.revision) == col(RevisionRow.revision), col(BriefingRow.id) == bindparam("id"))
)


def _record(id: str, slug: str, revision: int, body: bytes) -> BriefingRecord:
    return BriefingRecord(id, slug, revision, served(body))


class CurrentBriefings(Protocol):
    """Reads current revisions of briefings on the event loop."""

    async def read(self, id: str) -> BriefingRecord | None:
        """None: it is not there, or cannot be read at once; `get_briefing` tells which."""

    async def close(self) -> None: ...


def current_briefings(engine: Engine) -> CurrentBriefings:
    """Connects on first use. Close it."""
    query = str(_QUERY.compile(engine))
    return _InFile(engine, query) if engine.dialect.name == "sqlite" else _OnServer(engine, query)


class _InFile:
    """Who reads the file never waits for who writes to it."""

    def __init__(self, engine: Engine, query: str) -> None:
        self._path, self._query = engine.url.database or "", query
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
    """One connection, which is made while others answer; what is asked on it goes one after the other."""

    def __init__(self, engine: Engine, query: str) -> None:
        self._engine, self._query = engine, query
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._connecting: asyncio.Task[None] | None = None

    async def read(self, id: str) -> BriefingRecord | None:
        connection = self._connection
        if connection is None or connection.closed:
            if self._connecting is None or self._connecting.done():
                self._connecting = asyncio.create_task(self._connect())
            return None
        with suppress(psycopg.Error):
            row = await (await connection.execute(self._query, {"id": id}, binary=True)).fetchone()
            return _record(*row) if row else None
        return None

    async def _connect(self) -> None:
        await self._leave()
        with suppress(psycopg.Error):
            self._connection = await connect_to_wait(self._engine)

    async def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        await self._leave()

    async def _leave(self) -> None:
        if self._connection is not None:
            await self._connection.close()
