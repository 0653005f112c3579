"""Taking up the work of workers that are gone.

DBOS recovers by itself only what a process of the same name left behind. So every worker has a name of its
own, and says in the database every few seconds that it is alive; work of a name that is not alive goes back
to the queue. DBOS hands it over atomically and refuses what the old owner may still write, so that a worker
which was merely slow does no harm.
"""

import logging
from datetime import timedelta
from threading import Event

from dbos import DBOS
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from store.heartbeats import alive, beat, leave
from worker.system import WORKFLOW

SILENCE = timedelta(seconds=10)
"""A worker that has not been heard of for so long is gone."""
log = logging.getLogger("readout.worker")


def keep_watch(engine: Engine, worker: str, silence: timedelta, stop: Event) -> None:
    """Say that this worker is alive and take up what others left, until told to stop."""
    while not stop.is_set():
        try:
            beat(engine, worker)
            reclaim(engine, silence)
        except SQLAlchemyError as error:
            log.warning("the database does not answer (%s): trying again", type(error).__name__)
        stop.wait(silence.total_seconds() / 5)


def reclaim(engine: Engine, silence: timedelta) -> None:
    """Put the unfinished work of every worker that is not alive back into the queue."""
    held = DBOS.list_workflows(status="PENDING", name=WORKFLOW, load_input=False, load_output=False)
    if not held:
        return
    dead = {one.executor_id for one in held if one.executor_id} - alive(engine, silence)
    if dead:
        count = sum(one.executor_id in dead for one in held)
        log.warning("taking up %d documents of a worker that is gone", count)
        DBOS._recover_pending_workflows(sorted(dead))
        for worker in dead:
            leave(engine, worker)
