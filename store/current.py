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
from store.engine import connect_to_read, connect_to_wait, one_of
from store.tables import BriefingRow, RevisionRow, served

_QUERY = (
    select(col(BriefingRow.id), col(RevisionRow.slug), col(RevisionRow.revision), col(RevisionRow.body))
    .join(RevisionRow, col(RevisionRow.briefing_id) == col(BriefingRow.id))
    .where(col(BriefingRow.revision) == col(RevisionRow.revision))
)
_ONE = _QUERY.where(col(BriefingRow.id) == bindparam("id"))
_SEVERAL = _QUERY.where(one_of(col(BriefingRow.id), "ids"))
# To plan for several keys each time takes longer than to read them.
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"


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
    """One connection, which is made while others answer. What is asked for while it is busy is read together, next."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._one, self._several = engine, *(str(it.compile(engine)) for it in (_ONE, _SEVERAL))
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._asked: list[str] = []
        self._next: asyncio.Task[dict[str, BriefingRecord]] | None = None

    async def read(self, id: str) -> BriefingRecord | None:
        connection = self._connection
        if connection is None or connection.closed:
            if self._connecting is None or self._connecting.done():
                self._connecting = asyncio.create_task(self._connect())
            return None
        if self._next is None and not self._turn.locked():
            async with self._turn:
                return (await self._found(connection, [id])).get(id)
        if self._next is None:
            self._next = asyncio.create_task(self._read_next(connection))
        self._asked.append(id)
        return (await asyncio.shield(self._next)).get(id)

    async def _read_next(self, connection: psycopg.AsyncConnection[Any]) -> dict[str, BriefingRecord]:
        """What is asked for until its turn: nobody is told what was read before they asked."""
        async with self._turn:
            known = 0
            while known < len(self._asked):  # as long as others ask who are ready to
                known = len(self._asked)
                await asyncio.sleep(0)
            ids, self._asked, self._next = self._asked, [], None
            return await self._found(connection, ids)

    async def _found(
        self, connection: psycopg.AsyncConnection[Any], ids: list[str]
    ) -> dict[str, BriefingRecord]:
        with suppress(psycopg.Error):
            if len(ids) == 1:
                cursor = await connection.execute(self._one, {"id": ids[0]}, binary=True)
            else:
                cursor = await connection.execute(self._several, {"ids": ids}, binary=True)
            return {row[0]: _record(*row) for row in await cursor.fetchall()}
        return {}

    async def _connect(self) -> None:
        await self._leave()
        with suppress(psycopg.Error):
            self._connection = await connect_to_wait(self._engine)
            await self._connection.execute(_PLAN_ONCE)

    async def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        await self._leave()

    async def _leave(self) -> None:
        if self._connection is not None:
            await self._connection.close()
