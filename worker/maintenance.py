"""What a worker does beside its documents: takes up what others left, asks the model again, drops what nobody needs,
tells of the days that pass.

DBOS recovers by itself only what a process of the same name left behind. So every worker has a name of its
own, and says in the database every few seconds that it is alive; work of a name that is not alive goes back
to the queue. DBOS hands it over atomically and refuses what the old owner may still write, so that a worker
which was merely slow does no harm.
"""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from threading import Event

from dbos import DBOS, DBOSClient, WorkflowStatus
from dbos import error as dbos_error
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

from store.embargoes import embargoes_over
from store.engine import outage
from store.idempotency import drop_answered
from store.reminders import forget_reminders
from store.webhooks import job_failed
from store.workers import add_counted, alive, beat, claim_upgrades, drop_answers, leave
from worker.bells import SELDOM
from worker.jobs import Jobs, redo
from worker.observability import TAKEN_UP, Account
from worker.publication import publish_due
from worker.queue import DELIVER, FETCH, QUEUE, REINGEST, WORKFLOW, WORKFLOW_VERSION, WRITE, Places, give_back
from worker.rebuild import ROUND_RULES, RoundRules, end_embargo, let_time_pass, rounds_overdue

# One that takes down the process which reads it apart is given up before.
MOST_DEATHS = 99
"""Deaths of workers after which a document is given up though none of them can be laid to it."""
KEPT = timedelta(days=90)
"""How long answers of models are kept, and records of documents being read again."""
_EVERY = timedelta(hours=1)
_TWO_DAYS = timedelta(days=2)  # after which a day is over in every time zone
EMBARGOES = 5.0
"""Seconds between looks whether one is over, where one cannot be lifted."""
PAUSE = timedelta(minutes=5)
"""The first try of a document for which the model failed comes as late; each further one twice as late, up to a day."""
_UPGRADED_AT_A_TIME = 500
_AT_A_TIME = 1_000
_OURS = [WORKFLOW, REINGEST, DELIVER, WRITE, FETCH]
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
    account = Account()
    dropped: set[str] = set()
    while not stop.is_set():
        try:
            patience.heard(account.tell(lambda counted: beat(engine, worker, counted)))
            if patience.over():
                held = unfinished()
                reclaim(dbos, engine, held, silence)
                dropped = take_up(dbos, engine, places, worker, held, dropped)
        except SQLAlchemyError as error:
            patience.lost()
            log.warning("%s: trying again", outage(error) or f"the database failed ({type(error).__name__})")
        stop.wait(span / 5)
    with suppress(SQLAlchemyError):
        account.tell(lambda counted: add_counted(engine, counted))


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


def unfinished() -> list[WorkflowStatus]:
    """The work that workers hold, dead or alive."""
    return DBOS.list_workflows(
        status="PENDING", name=_OURS, app_version=WORKFLOW_VERSION, load_input=False, load_output=False
    )


def take_up(
    dbos: DBOS,
    engine: Engine,
    places: Places,
    worker: str,
    held: Sequence[WorkflowStatus],
    before: set[str],
) -> set[str]:
    """Put back into the queue what this worker holds and does not run; `before`: what was so a while ago.

    A connection that breaks when work is handed over, or when its outcome is written, leaves such work behind.
    """
    mine = {one.workflow_id: one for one in held if one.executor_id == worker}
    idle = set(mine) - places.running()
    for id in sorted(idle & before):
        log.warning("taking up %s again, which an outage interrupted", id)
        _put_back(dbos, engine, mine[id])
    return idle - before


def _put_back(dbos: DBOS, engine: Engine, one: WorkflowStatus) -> bool:
    """Put work back into the queue, unless somebody else has; whether it was.

    What was begun too often DBOS does not begin again but gives up, and tells nobody.
    """
    back = give_back(dbos, one.workflow_id, one.executor_id or "", one.queue_name or QUEUE)
    if back and one.name == WORKFLOW and (one.recovery_attempts or 0) > MOST_DEATHS:
        log.error("%s is given up: too many workers died while they worked on it", one.workflow_id)
        job_failed(engine, one.workflow_id)
    return back


def pause_in_outages() -> None:
    """Let DBOS wait for the database whatever keeps it from its work; by itself it waits for lost connections."""

    @event.listens_for(Engine, "handle_error")
    def mark(context: ExceptionContext) -> None:
        if context.sqlalchemy_exception is not None and outage(context.sqlalchemy_exception):
            context.is_disconnect = True
            context.invalidate_pool_on_disconnect = False


def reclaim(dbos: DBOS, engine: Engine, held: Sequence[WorkflowStatus], silence: timedelta) -> None:
    """Put the unfinished work of every worker that is not alive back into the queue."""
    if not held:
        return
    live = alive(engine, silence)
    left = [one for one in held if one.executor_id and one.executor_id not in live]
    taken = [one for one in left if _put_back(dbos, engine, one)]
    if taken:
        count = sum(one.name == WORKFLOW for one in taken)
        log.warning("taking up %d documents of a worker that is gone", count)
        TAKEN_UP.inc(count)
    for dead in {one.executor_id or "" for one in left}:
        leave(engine, dead)


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


def keep_clean(jobs: Jobs, kept: timedelta, stop: Event) -> None:
    """Clean until told to stop."""
    while not stop.is_set():
        try:
            clean(jobs, kept, datetime.now(UTC))
        except (SQLAlchemyError, dbos_error.DBOSException) as error:
            log.warning("the database does not answer (%s): cleaning later", type(error).__name__)
        stop.wait(_EVERY.total_seconds())


def keep_current(engine: Engine, stop: Event, rules: RoundRules = ROUND_RULES) -> None:
    """Let briefings tell what has fallen due meanwhile, every hour until told to stop."""
    while not stop.is_set():
        try:
            tell_what_has_passed(engine, datetime.now(UTC).date(), rules)
        except SQLAlchemyError as error:
            log.warning("the database does not answer (%s): merging later", type(error).__name__)
        stop.wait(_EVERY.total_seconds())


def keep_embargoes(engine: Engine, bell: Event, rules: RoundRules = ROUND_RULES) -> None:
    """Let documents count once their embargo is over, and publish drafts at their time, whenever the bell rings."""
    while not bell.is_set():
        try:
            end_embargoes(engine, rules)
            for id in publish_due(engine):
                log.info("briefing %s is published, as an editor decided", id)
        except SQLAlchemyError as error:
            log.warning("the database does not answer (%s): lifting embargoes later", type(error).__name__)
        bell.wait(SELDOM)


def end_embargoes(engine: Engine, rules: RoundRules = ROUND_RULES) -> None:
    """Merge each document whose embargo is over; one that cannot be merged keeps none of the others."""
    for id, read in embargoes_over(engine, _AT_A_TIME):
        try:
            end_embargo(engine, id, read, rules)
            log.info("the embargo of document %s is over", id)
        except ValueError:
            log.exception("document %s, whose embargo is over, cannot be merged", id)


def tell_what_has_passed(engine: Engine, today: date, rules: RoundRules = ROUND_RULES) -> None:
    """Merge anew each round with a day that has passed; one that cannot be merged keeps none of the others."""
    merged = 0
    for id in rounds_overdue(engine, today):
        try:
            let_time_pass(engine, id, rules)
            merged += 1
        except ValueError:
            log.exception("briefing %s cannot be merged anew", id)
    if merged:
        log.info("merged %d briefings anew: days that they told of have passed", merged)


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
    forget_reminders(jobs.engine, (now - _TWO_DAYS).date())
    _forget(client, REINGEST, before)
    _forget(client, DELIVER, now - _EVERY)
    _forget(client, WRITE, now - _EVERY)
    _forget(client, FETCH, now - _EVERY)


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
