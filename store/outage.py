"""What keeps a database from doing its work for now: errors after which trying again later makes sense."""

import sqlite3

from sqlalchemy.exc import DBAPIError, TimeoutError

_AWAY = "the database does not answer"
_BUSY = "another connection holds what is needed in the database"
_FULL = "the database's disk is full"
_READ_ONLY = "the database can be read and not written"
_SQLITE = {
    sqlite3.SQLITE_CANTOPEN: "the database's file cannot be opened",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: "the database's disk fails",
    sqlite3.SQLITE_PERM: "the database's file may not be opened",
    sqlite3.SQLITE_READONLY: _READ_ONLY,
}
_POSTGRESQL = {
    "08": "the connection to the database was lost",
    "25006": _READ_ONLY,
    "53100": _FULL,
    "53": "the database has no room for more at the moment",
    "57P": "the database is stopping or starting",
    "58": "the database's disk fails",
}
"""By SQLSTATE, or how it begins."""


def outage(error: BaseException) -> str | None:
    """Why nothing that writes can succeed for now, in words; None where the error is another one's fault."""
    if isinstance(error, TimeoutError):
        return "every connection to the database is in use"
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _SQLITE.get(_code(error.orig))
    state = _state(error)
    for begin, words in _POSTGRESQL.items():
        if state.startswith(begin):
            return words
    lost = error.connection_invalidated or (not state and type(error.orig).__name__ == "OperationalError")
    return _AWAY if lost else None


def contention(error: BaseException) -> str | None:
    """Why a transaction had to give way to another, in words; None where it had not."""
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _BUSY if _code(error.orig) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else None
    return _BUSY if _state(error).startswith(("40", "55P03")) else None


def _code(error: sqlite3.Error) -> int:
    """The primary result code; extended ones carry it in their last eight bits."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
