"""The clock of a worker: looks at what has its time, at all of it in one statement, and rings for whoever does it.

Something is due until it is done, and rung for until then. So a look that failed or came too early costs time, never
work.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from store.agenda import Matter, due_matters
from worker.bells import Bell

LOOK = 0.75
"""Seconds between looks at what is due."""
SELDOM = 60.0
"""Seconds after which whoever does it looks without having been rung for."""
log = logging.getLogger("readout.worker")


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
        stop.wait(LOOK)
