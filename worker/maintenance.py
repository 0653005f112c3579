"""What any worker does beside its documents: asking the model again where it failed, dropping what nobody needs."""

import logging
from datetime import UTC, datetime, timedelta
from threading import Event

from dbos import DBOSClient
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from store.idempotency import drop_answered
from store.model_calls import claim_upgrades, drop_answers
from worker.jobs import Jobs, redo
from worker.queue import DELIVER, REINGEST, WORKFLOW

KEPT = timedelta(days=90)
"""How long answers of models are kept, and records of documents being read again."""
_EVERY = timedelta(hours=1)
PAUSE = timedelta(minutes=5)
"""The first try of a document for which the model failed comes as late; each further one twice as late, up to a day."""
_UPGRADED_AT_A_TIME = 500
_AT_A_TIME = 1_000
log = logging.getLogger("readout.worker")


def keep_clean(jobs: Jobs, kept: timedelta, stop: Event) -> None:
    """Clean until told to stop."""
    while not stop.is_set():
        try:
            clean(jobs, kept, datetime.now(UTC))
        except (SQLAlchemyError, dbos_error.DBOSException) as error:
            log.warning("the database does not answer (%s): cleaning later", type(error).__name__)
        stop.wait(_EVERY.total_seconds())


def clean(jobs: Jobs, kept: timedelta, now: datetime) -> None:
    """Drop what is older than `kept`, never what work goes on with: answers for documents not read yet stay."""
    client = jobs.client()
    before = now - kept
    under_way = client.list_workflows(
        name=WORKFLOW,
        status=["ENQUEUED", "DELAYED", "PENDING"],
        limit=1,
        load_input=False,
        load_output=False,
    )
    first = [datetime.fromtimestamp((one.created_at or 0) / 1000, UTC) for one in under_way]
    if dropped := drop_answers(jobs.engine, min([before, *first])):
        log.info("dropped %d answers that are older than %d days", dropped, kept.days)
    drop_answered(jobs.engine, now)
    _forget(client, REINGEST, before)
    _forget(client, DELIVER, now - _EVERY)


def _forget(client: DBOSClient, name: str, before: datetime) -> None:
    """Drop the records of work of this name that was over before then."""
    while old := client.list_workflows(
        name=name,
        status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
        completed_before=before.isoformat(),
        limit=_AT_A_TIME,
        load_input=False,
        load_output=False,
    ):
        client.delete_workflows([one.workflow_id for one in old])


def keep_upgrading(jobs: Jobs, pause: timedelta, stop: Event) -> None:
    """Put documents that wait for the model back into the queue: all of them now, later those that are due."""
    every = True
    while not stop.is_set():
        try:
            again = [
                id
                for id in claim_upgrades(jobs.engine, datetime.now(UTC), pause, _UPGRADED_AT_A_TIME, every)
                if redo(jobs, id)
            ]
            every = False
            if again:
                log.info("asking the model again about %d documents", len(again))
        except (SQLAlchemyError, dbos_error.DBOSException) as error:
            log.warning("the database does not answer (%s): trying again", type(error).__name__)
        stop.wait(pause.total_seconds() / 2)
