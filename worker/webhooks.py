"""Telling webhooks what changed: a durable workflow for each that is behind, one at a time and in order.

Nothing is queued but the webhook: what it is to be told, and up to where it has been, is in `store.webhooks`. So a
worker that dies leaves at most one delivery that is sent again, under the same id.

A call is one POST, signed as Standard Webhooks has it. Of an answer nothing is read but its status.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event

from dbos import DBOS
from dbos import error as dbos_error
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from standardwebhooks import Webhook as Signer

from store.webhooks import Delivery, Posting, delivered, due, extras, failed, next_delivery, told_besides
from worker import NotCalled
from worker.addresses import Reach, check_secure
from worker.bells import SELDOM
from worker.calls import CALL_ERRORS, called, why_failed
from worker.ingest import patient
from worker.jobs import Jobs, queue_each
from worker.observability import DELIVERED
from worker.queue import DELIVER, DELIVERIES

TIMEOUT = 10.0
"""Seconds that a call may take in all."""
_GONE = 410
AT_ONCE = 8
"""Webhooks that a worker calls at the same time."""
AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each failure in a row the next try comes; after one more the webhook is disabled."""
_JITTER = 0.1
_SHARE = 10.0
"""Seconds after which a webhook makes room for another one."""
Clock = Callable[[], datetime]
log = logging.getLogger("readout.worker")


class Outcome(Struct, frozen=True):
    """`error`: why the call failed; None: it was taken. `gone`: the receiver wants nothing any more."""

    error: str | None = None
    gone: bool = False


Post = Callable[[Posting], Outcome]


def register_deliveries(engine: Engine, post: Post) -> None:
    """Make the workflow known to DBOS before its launch."""

    @patient("deliver")
    def deliver_all(webhook_id: str) -> int:
        return deliver(engine, webhook_id, post, _now)

    @DBOS.workflow(name=DELIVER, max_recovery_attempts=1000)
    def run(webhook_id: str) -> int:
        return deliver_all(webhook_id)


def deliver(engine: Engine, webhook_id: str, post: Post, clock: Clock) -> int:
    """Tell a webhook what it has not been told, until it fails or has had its share; how many it took.

    What somebody asked for besides goes first, once, also to one that fails or is disabled.
    """
    until = time.monotonic() + _SHARE
    taken = 0
    for extra in extras(engine, webhook_id, clock()):
        if time.monotonic() > until:
            return taken
        told_besides(engine, extra, post(extra).error, clock())
    while time.monotonic() < until and (delivery := next_delivery(engine, webhook_id, clock())):
        outcome = post(delivery)
        if outcome.error is not None:
            _failed(engine, delivery, outcome, clock())
            break
        delivered(engine, delivery, clock())
        DELIVERED.labels("taken").inc()
        taken += 1
    return taken


def _now() -> datetime:
    return datetime.now(UTC)


def _failed(engine: Engine, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    pause = AFTER[delivery.failures] if delivery.failures < len(AFTER) and not outcome.gone else None
    again = now + pause * random.uniform(1, 1 + _JITTER) if pause else None
    failed(engine, delivery, outcome.error or "", again, now)
    DELIVERED.labels("failed").inc()
    if again is None:
        log.warning("webhook %s is disabled: %s", delivery.webhook_id, outcome.error)


def keep_delivering(jobs: Jobs, bell: Event) -> None:
    """Put webhooks that are behind into the queue whenever the bell rings. Any number of workers may."""
    while not bell.is_set():
        try:
            queue_due(jobs, _now())
        except (SQLAlchemyError, dbos_error.DBOSException) as error:
            log.warning("the database does not answer (%s): delivering later", type(error).__name__)
        bell.wait(SELDOM)


def queue_due(jobs: Jobs, now: datetime) -> None:
    """Put each webhook that is behind into the queue, where it is not there yet: behind those that fail less."""
    behind = {id: 1 + failures for id, failures in due(jobs.engine, now).items()}
    queue_each(jobs, DELIVER, DELIVERIES, behind)


def post(delivery: Posting, reach: Reach, timeout: float = TIMEOUT) -> Outcome:
    """One call, which never raises."""
    now = datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Readout",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(
            Signer(secret).sign(delivery.id, now, delivery.body.decode()) for secret in delivery.secrets
        ),
    }
    try:
        check_secure(delivery.url, reach)
        status = asyncio.run(_status(delivery, reach, headers, timeout))
    except NotCalled as error:
        return Outcome(str(error))
    except TimeoutError:
        return Outcome(f"no answer within {timeout:g} s")
    except CALL_ERRORS as error:
        return Outcome(why_failed(error))
    if status == _GONE:
        return Outcome(f"it answered {status}: it wants nothing any more", gone=True)
    return Outcome() if 200 <= status < 300 else Outcome(f"it answered {status}")


async def _status(delivery: Posting, reach: Reach, headers: dict[str, str], timeout: float) -> int:
    async with (
        asyncio.timeout(timeout),
        called("POST", delivery.url, reach, headers=headers, content=delivery.body) as answer,
    ):
        return answer.status_code
