"""How a process learns at once that another one wrote: a server sends notice, an SQLite file is looked at."""

import sqlite3
from collections.abc import Callable
from threading import Event
from urllib.parse import quote

import psycopg
from sqlalchemy import Engine

_PATIENCE = 0.25  # seconds between looks at whether to stop, and before a lost connection is made anew


class WatchedFile:
    """A database file, and what a query says of it whenever somebody has written to it: to ask costs microseconds."""

    def __init__(self, path: str, query: str) -> None:
        self._path, self._query = path, query
        self._connection: sqlite3.Connection | None = None
        self._version = -1

    def news(self) -> tuple[int, ...] | None:
        """The query's row of numbers; None where nobody wrote since the last look. Raises sqlite3.Error."""
        if self._connection is None:
            address = f"file:{quote(self._path)}?mode=ro"
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        now: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if now == self._version:
            return None
        row: tuple[int, ...] = self._connection.execute(self._query).fetchone()
        self._version = now
        return row

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def listen(
    engine: Engine,
    channel: str,
    stop: Event,
    *,
    begun: Callable[[], None],
    heard: Callable[[str], None],
    lost: Callable[[psycopg.Error], None],
) -> None:
    """Tell `heard` what is said on a server's channel, until told to stop.

    `begun`: from now on nothing is missed; `lost`: until it has begun again, something may be.
    """
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while not stop.is_set():
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"LISTEN {channel}")
                begun()
                while not stop.is_set():
                    for notice in connection.notifies(timeout=_PATIENCE, stop_after=1):
                        heard(notice.payload)
        except psycopg.Error as error:
            lost(error)
            stop.wait(_PATIENCE)
