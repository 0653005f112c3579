"""Whether the service lives and can do its work, open to whoever reaches it; and its figures, for Prometheus."""

from litestar import Response, get
from msgspec import json
from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    generate_latest,
)
from sqlalchemy.exc import SQLAlchemyError

from api.http.problems import NOT_READY, Refusal
from api.http.responses import Database, Work, answers, stored
from schemas import FieldError, Health
from store.errors import LaterVersion
from store.migrate import pending
from worker.jobs import Jobs
from worker.observability import AsOfNow, OfAllWorkers

DATABASE = Gauge("readout_database_up", "Whether the database answered when it was asked for figures.")
_WELL = json.encode(Health(status="ok"))


@get(
    "/health/live",
    operation_id="get_liveness",
    tags=["health"],
    summary="Is the process alive?",
    opt={"open": True},
    responses=answers(Health, when="The process answers."),
    sync_to_thread=False,
)
def live() -> Response[bytes]:
    """Answers as long as the process does. Restart it when this fails."""
    return stored(_WELL)


@get(
    "/health/ready",
    operation_id="get_readiness",
    tags=["health"],
    summary="Can the service do its work?",
    opt={"open": True},
    responses=answers(Health, when="The database answers and its tables are those of this version."),
    sync_to_thread=True,
)
def ready(database: Database) -> Response[bytes]:
    """Send requests only while this answers 200: the database is reachable and its migrations are current."""
    try:
        missing = pending(database)
    except LaterVersion:
        # While a new version is rolled out, the old one goes on serving: migrations add and do not take away.
        return stored(_WELL)
    except SQLAlchemyError:
        raise _not_ready("database", "The database does not answer.") from None
    if missing:
        raise _not_ready("migrations", "The tables are not those of this version: run `readout migrate`.")
    return stored(_WELL)


def _not_ready(what: str, detail: str) -> Refusal:
    return Refusal(NOT_READY, detail, [FieldError(pointer=what, detail=detail)], headers={"Retry-After": "1"})


@get("/metrics", include_in_schema=False, sync_to_thread=True, opt={"scope": ()})
def metrics(work: Work) -> Response[bytes]:
    """Of this process and of all workers. Takes any key; docs/operations.md tells the figures."""
    return Response(
        exposition(work), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"}
    )


def exposition(jobs: Jobs) -> bytes:
    """Everything, in Prometheus's text format; of this process alone while the database does not answer."""
    try:
        stored = CollectorRegistry()
        stored.register(AsOfNow(jobs.engine, jobs.client))
        stored.register(OfAllWorkers(jobs.engine))
        stored_figures = generate_latest(stored)
        DATABASE.set(1)
    except SQLAlchemyError:
        stored_figures = b""
        DATABASE.set(0)
    return generate_latest(REGISTRY) + stored_figures


handlers = [live, ready, metrics]
