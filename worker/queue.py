"""The queue of documents: where DBOS keeps the work, what both of its sides call things, and how much may wait.

All that is used of DBOS without being public is in this module; see the end of it.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock, Thread

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer
from dbos._core import ActiveWorkflowById
from dbos._queue import queue_worker_thread
from sqlalchemy import make_url

from store.engine import connect, writable
from worker import QueueFull
from worker.bells import Bell, Bells, hang

APPLICATION = "readout"
WORKFLOW = "ingest"
QUEUE = "ingest"
REINGEST = "reingest"
UPKEEP = "upkeep"
"""The queue of what workers do beside their work on documents."""
DELIVER = "deliver"
DELIVERIES = "deliveries"
"""The queue of webhooks that are to be told something."""
FETCH = "fetch"
FETCHES = "fetches"
"""The queue of hosts that documents are to be fetched from."""
WRITE = "write"
WRITING = "writing"
"""The queue of briefings that wait for a text."""
# Of the workflow's steps, not of the product: another version would leave unfinished work of this one alone.
WORKFLOW_VERSION = "1"
SERIALIZER = DBOSPortableJSONSerializer()
SILENCE = timedelta(seconds=10)
"""A worker that has not been heard of for so long is gone."""
WAITING = ("ENQUEUED", "DELAYED")
"""The states of work that nobody has begun."""
RETRY_AFTER = 5
"""Seconds after which it is worth asking again where the queue was full."""
_LOOK = 5.0  # seconds between looks into a queue whose bell does not ring
_TRUSTED = 1.0  # seconds for which room that was found is taken to be there

# DBOS tells at length what it does; what a reader of the log can act on are its warnings.
logging.getLogger("dbos").setLevel(logging.WARNING)
logging.getLogger("dbos").addHandler(logging.NullHandler())


def system_url(database_url: str) -> str:
    """Where the work is kept: in a file beside an SQLite database, in schema `dbos` of a PostgreSQL one."""
    address = make_url(database_url)
    if address.get_backend_name() != "sqlite":
        return address.set(drivername="postgresql").render_as_string(hide_password=False)
    stem, dot, suffix = (address.database or "readout.db").rpartition(".")
    beside = f"{stem}-jobs.{suffix}" if dot and "/" not in suffix else f"{address.database}-jobs"
    return address.set(database=beside).render_as_string(hide_password=False)


def prepare_system(database_url: str) -> None:
    """Create or bring up to date the tables of DBOS. Safe from several processes at once."""
    url = system_url(database_url)
    if url.startswith("sqlite"):
        # Kept in the file: readers and the writer then do not wait for each other.
        with closing(sqlite3.connect(make_url(url).database or "", timeout=30)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    DBOS.migrate(url)
    if not url.startswith("sqlite"):
        engine = connect(database_url)
        with writable(engine).begin() as server:
            hang(server)
        engine.dispose()


def connect_system(database_url: str) -> DBOSClient:
    """A client of the system database, connected on first use."""
    return DBOSClient(
        system_database_url=system_url(database_url),
        serializer=SERIALIZER,
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=False,
    )


@dataclass
class Backlog:
    """At most `limit` documents wait; None: any number.

    Counting a long queue for every document would cost more than the document. So a tenth of the limit at a time is
    given out after one look, and each document is looked at alone where there is less room than that.
    """

    limit: int | None
    _room: int = 0
    _until: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def enter(self, more_than: Callable[[int], bool]) -> None:
        """Take a place in the queue. `more_than`: whether more than so many documents wait. Raises QueueFull."""
        if self.limit is None:
            return
        with self._lock:
            if self._room and time.monotonic() < self._until:
                self._room -= 1
                return
            portion = max(1, self.limit // 10)
            if not more_than(self.limit - portion):
                self._room, self._until = portion - 1, time.monotonic() + _TRUSTED
                return
            if more_than(self.limit - 1):
                raise QueueFull(f"{self.limit:,} documents wait to be read, and no more may")


def more_than(client: DBOSClient, count: int, states: Sequence[str]) -> bool:
    """Whether more than so many documents are in one of these states."""
    return bool(
        client.list_workflows(
            name=WORKFLOW, status=list(states), limit=1, offset=count, load_input=False, load_output=False
        )
    )


def how_many(client: DBOSClient, states: Sequence[str]) -> int:
    """How many documents are in one of these states, found in a few looks: a long queue is not read for it."""
    least, most = 0, 1
    while more_than(client, most - 1, states):
        least, most = most, most * 2
    while least < most - 1:
        middle = (least + most) // 2
        least, most = (middle, most) if more_than(client, middle - 1, states) else (least, middle)
    return least


def longest_wait(client: DBOSClient) -> float:
    """Seconds that the document has waited which waits longest."""
    oldest = client.list_workflows(
        name=WORKFLOW, status=list(WAITING), limit=1, load_input=False, load_output=False
    )
    return max(0.0, time.time() - (oldest[0].created_at or 0) / 1000) if oldest else 0.0


# What follows is not public in DBOS, whose minor version is pinned for it; tests/worker/test_dbos.py holds each name.
#
# - `_core.ActiveWorkflowById` and `DBOS._active_workflows_set`: what a process runs, which it looks at before it takes
#   more. A document that waits to be merged with others of its round leaves its place to one that is to be read; DBOS
#   has no public way for work under way to give up its place. `take_up` asks it what this process runs.
# - `_queue.queue_worker_thread`: the thread of a queue, here with a bell in place of the event that it waits on. DBOS
#   looks into each queue as often as it is told, whether anything is there or not.
# - `DBOS.background_thread_stop_events` and `DBOS._background_jobs_stop_event`: end what DBOS asks every second for
#   queues, schedules, delays and timeouts. Here are none but the queues that `take_from` looks into.
# - `DBOS._sys_db.reenqueue_for_recovery`: gives the work of a dead worker back, only while it is still that worker's,
#   and counts the attempt. `DBOS.resume_workflow` takes work from whoever has it, and forgets how many workers died of
#   it; by itself DBOS recovers what a process of the same name left, and nobody comes back under a dead worker's name.


class Places(ActiveWorkflowById):
    """What a worker runs, as DBOS looks at it before it takes more: what waits to be merged takes no place.

    A place that becomes free rings the bell of its queue.
    """

    def __init__(self, bells: Bells) -> None:
        super().__init__()
        self._bells = bells
        self.waiting = 0

    def wait(self, count: int) -> None:
        """So many more documents wait to be merged."""
        self.waiting += count
        if count > 0:
            self._bells[QUEUE].ring(at_once=True)

    def _remove(self, key: str, bucket: tuple[str, str | None] | None) -> None:
        super()._remove(key, bucket)
        if bucket is not None and bucket[0] in self._bells:
            self._bells[bucket[0]].ring(at_once=True)

    def count_for_queue(self, queue_name: str) -> int:
        count = super().count_for_queue(queue_name)
        return max(0, count - self.waiting) if queue_name == QUEUE else count

    def running(self) -> set[str]:
        return set(self.activeList())


def take_places(dbos: DBOS, places: Places) -> None:
    """Have DBOS, before its launch, look at these places."""
    dbos._active_workflows_set = places


def stop_polling(dbos: DBOS) -> None:
    """End the threads with which DBOS asks the database every second, after its launch."""
    for stop in (*dbos.background_thread_stop_events, dbos._background_jobs_stop_event):
        stop.set()


def take_from(dbos: DBOS, queue: str, at_once: int, bell: Bell) -> None:
    """Have this worker take work from a queue, so much at once, until the bell is set."""
    registered = DBOS.register_queue(
        queue, worker_concurrency=at_once, polling_interval_sec=_LOOK, on_conflict="always_update"
    )
    # What has just been said of it need not be asked at each look.
    registered.database_backed_queue = False
    Thread(target=queue_worker_thread, args=(bell, dbos, registered), daemon=True).start()


def give_back(dbos: DBOS, id: str, worker: str, queue: str) -> bool:
    """Put work back into the queue that a worker holds; whether it still held it."""
    return dbos._sys_db.reenqueue_for_recovery(id, [worker], queue)
