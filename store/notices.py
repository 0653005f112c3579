"""How a process learns at once that another one wrote: a server sends notice, an SQLite file is looked at."""

import sqlite3
from collections.abc import Callable
from threading import Event
from typing import Any, Generic, TypeVar

import psycopg
from sqlalchemy import Engine

from store.engine import connect_to_read, url_of_server

T = TypeVar("T")
_PATIENCE = 0.25  # seconds between looks at whether to stop, and before a lost connection is made anew


class WatchedFile(Generic[T]):
    """A database file, and what is read of it whenever somebody has written to it: to ask costs microseconds."""

    def __init__(self, path: str, read: Callable[[sqlite3.Connection], T]) -> None:
        self._path, self._read = path, read
        self._connection: sqlite3.Connection | None = None
        self._version = -1

    def news(self) -> T | None:
        """What is read in one transaction; None where nobody wrote since the last look. Raises sqlite3.Error."""
        if self._connection is None:
            self._connection = connect_to_read(self._path)
        now: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if now == self._version:
            return None
        self._connection.execute("BEGIN")
        try:
            read = self._read(self._connection)
        finally:
            self._connection.execute("COMMIT")
        self._version = now
        return read

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def listen(
    engine: Engine,
    channel: str,
    stop: Event,
    *,
    begun: Callable[[psycopg.Connection[Any]], None],
    heard: Callable[[psycopg.Connection[Any], list[str]], None],
    lost: Callable[[psycopg.Error], None],
) -> None:
    """Tell `heard` what is said on a server's channel, what was said together at once, until told to stop.

    `begun`: from now on nothing is missed; `lost`: until it has begun again, something may be.
    """
    address = url_of_server(engine)
    while not stop.is_set():
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"LISTEN {channel}")
                begun(connection)
                while not stop.is_set():
                    said = [one.payload for one in connection.notifies(timeout=_PATIENCE, stop_after=1)]
                    if said:
                        said += [one.payload for one in connection.notifies(timeout=0)]
                        heard(connection, said)
        except psycopg.Error as error:
            lost(error)
            stop.wait(_PATIENCE)
