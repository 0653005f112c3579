"""Asking the model again about the documents for which it failed."""

import logging
from datetime import UTC, datetime, timedelta
from threading import Event

from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from store.model_calls import claim_upgrades
from worker.jobs import Jobs, redo

PAUSE = timedelta(minutes=5)
"""The first try comes as late; each further one twice as late, up to a day."""
_AT_A_TIME = 500
log = logging.getLogger("readout.worker")


def keep_upgrading(jobs: Jobs, pause: timedelta, stop: Event) -> None:
    """Put documents that wait for the model back into the queue: all of them now, later those that are due."""
    every = True
    while not stop.is_set():
        try:
            again = [
                id
                for id in claim_upgrades(jobs.engine, datetime.now(UTC), pause, _AT_A_TIME, every)
                if redo(jobs, id)
            ]
            every = False
            if again:
                log.info("asking the model again about %d documents", len(again))
        except (SQLAlchemyError, dbos_error.DBOSException) as error:
            log.warning("the database does not answer (%s): trying again", type(error).__name__)
        stop.wait(pause.total_seconds() / 2)
