"""Taking up the work of workers that are gone.

DBOS recovers by itself only what a process of the same name left behind. So every worker has a name of its
own, and says in the database every few seconds that it is alive; work of a name that is not alive goes back
to the queue. DBOS hands it over atomically and refuses what the old owner may still write, so that a worker
which was merely slow does no harm.
"""

import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event

from dbos import DBOS
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

from store.engine import outage
from store.workers import alive, beat, leave
from worker.observability import TAKEN_UP, Account
from worker.queue import DELIVER, QUEUE, REINGEST, VERSION, WORKFLOW, Places, give_back

_OURS = [WORKFLOW, REINGEST, DELIVER]
log = logging.getLogger("readout.worker")


def keep_watch(
    dbos: DBOS, places: Places, engine: Engine, worker: str, silence: timedelta, stop: Event
) -> None:
    """Say that this worker is alive and take up what others left, until told to stop.

    After an outage, or a jump of the database's clock, everybody seems to have been silent: then all have the
    time to say that they are alive before any work is taken from them.
    """
    span = silence.total_seconds()
    patience = Patience(span)
    account = Account(engine)
    dropped: set[str] = set()
    while not stop.is_set():
        try:
            patience.heard(beat(engine, worker))
            account.bring()
            if patience.over():
                reclaim(dbos, engine, silence)
                dropped = take_up(dbos, places, worker, dropped)
        except SQLAlchemyError as error:
            patience.lost()
            log.warning("%s: trying again", outage(error) or f"the database failed ({type(error).__name__})")
        stop.wait(span / 5)
    with suppress(SQLAlchemyError):
        account.bring()


class Patience:
    """When the silence of others means something, given this process's clock and the database's."""

    def __init__(self, span: float) -> None:
        self._span = span
        self._until = 0.0
        self._last: tuple[datetime, float] | None = None

    def heard(self, theirs: datetime) -> None:
        """The database answered, at its time."""
        ours = time.monotonic()
        if self._last:
            jump = (theirs - self._last[0]).total_seconds() - (ours - self._last[1])
            if abs(jump) > self._span / 2:
                log.warning("the database's clock jumped by %.0f seconds", jump)
                self.lost()
        self._last = theirs, ours

    def lost(self) -> None:
        self._until = time.monotonic() + self._span

    def over(self) -> bool:
        return time.monotonic() >= self._until


def take_up(dbos: DBOS, places: Places, worker: str, before: set[str]) -> set[str]:
    """Put back into the queue what this worker holds and does not run; `before`: what was so a while ago.

    A connection that breaks when work is handed over, or when its outcome is written, leaves such work behind.
    """
    held = DBOS.list_workflows(
        status="PENDING", name=_OURS, executor_id=worker, load_input=False, load_output=False
    )
    queues = {one.workflow_id: one.queue_name or QUEUE for one in held}
    idle = set(queues) - places.running()
    for id in sorted(idle & before):
        log.warning("taking up %s again, which an outage interrupted", id)
        give_back(dbos, id, worker, queues[id])
    return idle - before


def pause_in_outages() -> None:
    """Let DBOS wait for the database whatever keeps it from its work; by itself it waits for lost connections."""

    @event.listens_for(Engine, "handle_error")
    def mark(context: ExceptionContext) -> None:
        if context.sqlalchemy_exception is not None and outage(context.sqlalchemy_exception):
            context.is_disconnect = True
            context.invalidate_pool_on_disconnect = False


def reclaim(dbos: DBOS, engine: Engine, silence: timedelta) -> None:
    """Put the unfinished work of every worker that is not alive back into the queue."""
    held = DBOS.list_workflows(
        status="PENDING", name=_OURS, app_version=VERSION, load_input=False, load_output=False
    )
    if not held:
        return
    live = alive(engine, silence)
    left = [(one, one.executor_id) for one in held if one.executor_id and one.executor_id not in live]
    taken = [one for one, dead in left if give_back(dbos, one.workflow_id, dead, one.queue_name or QUEUE)]
    if taken:
        count = sum(one.name == WORKFLOW for one in taken)
        log.warning("taking up %d documents of a worker that is gone", count)
        TAKEN_UP.inc(count)
    for dead in {dead for _, dead in left}:
        leave(engine, dead)
