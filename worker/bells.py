"""How idle workers learn that there is something to do: they are told at once, and look now and then besides.

On PostgreSQL a trigger of the table of work gives notice, with the transaction that queues something. On SQLite the
file of work tells whether anybody wrote to it. A notice that is missed costs time, never work.

What has its time is looked at by a clock, all of it in one statement. It is due until it is done, and rung for until
then.
"""

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from threading import Event
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from store.agenda import Matter, due_matters
from store.engine import lock_schema
from store.notices import WatchedFile, listen

_CHANNEL = "readout_queued"
_HUNG = "SELECT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'readout_queued')"
_HANG = (
    "CREATE OR REPLACE FUNCTION dbos.readout_queued() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN PERFORM pg_notify('{_CHANNEL}', NEW.queue_name); RETURN NULL; END $$",
    "CREATE TRIGGER readout_queued AFTER INSERT OR UPDATE OF status ON dbos.workflow_status FOR EACH ROW "
    "WHEN (NEW.status = 'ENQUEUED') EXECUTE FUNCTION dbos.readout_queued()",
)
# The last condition is that of the index.
_WAITS = (
    "EXISTS (SELECT 1 FROM workflow_status WHERE queue_name = '{queue}' AND status = 'ENQUEUED' "
    "AND status IN ('ENQUEUED', 'PENDING'))"
)
_LOOK = 0.05  # seconds between looks at the file
_LOOK_FOR_DUE = 0.75  # seconds between looks at what has its time
_APART = 0.1
_BEGINS = 0.05  # seconds until what a look took has begun
SELDOM = 60.0
"""Seconds after which who does what is due looks without having been rung for."""
log = logging.getLogger("readout.worker")


class Bell(Event):
    """What a thread waits on between two looks at what there is to do: rung, it looks at once; set, it ends.

    `apart`: seconds between two looks where it rings all the time. Where it is to be looked at once it is only as long
    as what the last look took needs to begin.
    """

    def __init__(self, apart: float = _APART) -> None:
        super().__init__()
        self._apart = apart
        self._rung = Event()
        self._hurried = Event()

    def ring(self, at_once: bool = False) -> None:
        if at_once:
            self._hurried.set()
        self._rung.set()

    def set(self) -> None:
        super().set()
        self.ring(at_once=True)

    def wait(self, timeout: float | None = None) -> bool:
        if not self.is_set():
            # What the last look took is counted once it has begun.
            super().wait(min(_BEGINS, self._apart))
            self._hurried.wait(max(0.0, self._apart - _BEGINS))
            self._hurried.clear()
            self._rung.wait(timeout)
            self._rung.clear()
        return self.is_set()


Bells = Mapping[str, Bell]
"""By queue."""


def hang(connection: Connection) -> None:
    """Have a server give notice of what is queued. Safe from several processes at once."""
    lock_schema(connection)
    if not connection.exec_driver_sql(_HUNG).scalar_one():
        for statement in _HANG:
            connection.exec_driver_sql(statement)


def keep_ringing(engine: Engine, system_url: str, bells: Bells, stop: Event) -> None:
    """Ring the bell of each queue into which something is put, until told to stop."""

    def ring_all() -> None:
        for bell in bells.values():
            bell.ring()

    def heard(_: psycopg.Connection[Any], queues: list[str]) -> None:
        for queue in bells.keys() & set(queues):
            bells[queue].ring()

    if engine.dialect.name == "postgresql":
        listen(engine, _CHANNEL, stop, begun=lambda _: ring_all(), heard=heard, lost=lambda _: ring_all())
        return
    waits = ", ".join(_WAITS.format(queue=queue) for queue in bells)

    def filled_queues(connection: sqlite3.Connection) -> tuple[int, ...]:
        row: tuple[int, ...] = connection.execute(f"SELECT {waits}").fetchone()
        return row

    file = WatchedFile(make_url(system_url).database or "", filled_queues)
    while not stop.wait(_LOOK):
        try:
            for bell, filled in zip(bells.values(), file.news() or (), strict=False):
                if filled:
                    bell.ring()
        except sqlite3.Error:
            ring_all()
    file.close()


def keep_agenda(
    engine: Engine, bells: Mapping[Matter, Bell], stop: Event, leaving: Sequence[str] = ()
) -> None:
    """Ring the bell of each of these matters of which something is due, until told to stop.

    `leaving`: to which recipients this worker sends nothing.
    """
    while not stop.is_set():
        try:
            for matter in due_matters(engine, bells.keys(), datetime.now(UTC), leaving):
                bells[matter].ring()
        except SQLAlchemyError as error:
            log.warning("the database does not answer (%s): looking again", type(error).__name__)
        stop.wait(_LOOK_FOR_DUE)
