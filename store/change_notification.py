"""Whether anything in the database has changed: what makes an answer that is kept in memory a right one."""

import logging
import sqlite3
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic
from typing import NamedTuple
from urllib.parse import quote

import psycopg
from sqlalchemy import Engine

CHANNEL = "readout_changed"
_OF_DOCUMENTS = {"documents", "readouts"}  # tables that are counted apart
_LOOK = 0.001  # seconds for which a look at a file is good
_PATIENCE = 0.25  # seconds between looks at whether to stop, and before a lost connection is made anew
log = logging.getLogger("readout.store")


class Changes(NamedTuple):
    """Changes to briefings and all that they hold, and to documents and what was read in them."""

    briefings: int
    documents: int


class Freshness:
    """Counts the changes of a database. `count()` is None while they cannot be told. Close it."""

    def __init__(self, count: Callable[[], Changes | None], close: Callable[[], None]) -> None:
        self._look = count
        self._found: Changes | None = None
        self._until = 0.0
        self._own = 0
        self.close = close

    def count(self) -> Changes | None:
        """Grows with every change. Two equal counts: nothing has changed between them, but for some milliseconds."""
        now = monotonic()
        if now > self._until:
            self._found, self._until = self._look(), now + _LOOK
        return self._found and Changes(self._found.briefings + self._own, self._found.documents + self._own)

    def expire(self) -> None:
        """The caller is told something that was read just now: what is told afterwards is no older."""
        self._until = 0.0

    def changed(self) -> None:
        """This process has changed something, of which the database may not have given notice yet."""
        self._own += 1


def watch(engine: Engine) -> Freshness:
    """Changes by any process: on SQLite seen within a millisecond, on PostgreSQL as soon as its notice arrives."""
    return _sqlite(engine) if engine.dialect.name == "sqlite" else _postgresql(engine)


def _sqlite(engine: Engine) -> Freshness:
    """The file tells in microseconds whether anybody wrote to it; if so, whether it was to what is served."""
    path = engine.url.database or ""
    connection: sqlite3.Connection | None = None
    version = -1
    changes = Changes(-1, -1)

    def count() -> Changes | None:
        nonlocal connection, version, changes
        try:
            if connection is None:
                connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, check_same_thread=False)
            now: int = connection.execute("PRAGMA data_version").fetchone()[0]
            if now != version:
                found = connection.execute("SELECT changes, documents FROM freshness").fetchone()
                changes = Changes(*found)
                version = now
        except sqlite3.Error:
            return None
        return changes

    def close() -> None:
        if connection is not None:
            connection.close()

    return Freshness(count, close)


def _postgresql(engine: Engine) -> Freshness:
    """A thread that listens from the first question on. Without a connection nothing is known to be fresh."""
    changes: Changes | None = None
    briefings = documents = 0
    stop = Event()

    def listen() -> None:
        nonlocal changes, briefings, documents
        address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            briefings, documents = briefings + 1, documents + 1
            changes = Changes(briefings, documents)
            while not stop.is_set():
                for heard in connection.notifies(timeout=_PATIENCE, stop_after=1):
                    if heard.payload in _OF_DOCUMENTS:
                        documents += 1
                    else:
                        briefings += 1
                    changes = Changes(briefings, documents)

    def keep_listening() -> None:
        nonlocal changes
        while not stop.is_set():
            try:
                listen()
            except psycopg.Error as error:
                changes = None
                log.warning("no news of changes, so answers are not kept: %s", error)
                stop.wait(_PATIENCE)

    thread = Thread(target=keep_listening, name="freshness", daemon=True)

    def count() -> Changes | None:
        if not thread.ident:
            thread.start()
        return changes

    def close() -> None:
        stop.set()
        if thread.ident:
            thread.join(timeout=10)

    return Freshness(count, close)
