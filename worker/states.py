"""A DBOS workflow as the job that clients see, and what has happened to it so far.

Events are a sequence that anybody can go on with who knows how far they came. Nothing is written down for it: a job's
attempts and finished steps only ever grow, so that where it stands says what has happened. An event's id is that
place: attempts, finished steps, and the status once the job is over.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from dbos import WorkflowStatus
from msgspec import Struct
from msgspec.structs import replace

from schemas import Job, JobError, JobLinks
from schemas.vocabulary import JobStatus
from store.addresses import AddressRow, address_status
from worker import LOST, NOT_READ
from worker.queue import FETCH, WORKFLOW

PREFIX = f"{WORKFLOW}-"
STATES: dict[str, JobStatus] = {
    "ENQUEUED": "queued",
    "DELAYED": "queued",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}
STEPS = ("read", "extract", "merge")
OVER = ("done", "failed", "cancelled")
_EVENT_ID = re.compile(r"(\d{1,9})\.(\d)(?:\.([a-z]+))?")

FETCH_PREFIX = f"{FETCH}-"
WORK_FAILED = ("work-failed", 500, "The work on the document failed")
NO_DOCUMENT = ("no-document", 422, "A page stands in place of the document")
WORKER_LOST = ("worker-lost", 500, "The document ended the processes that read it")
UNFETCHED = {
    kind[0]: kind
    for kind in (
        ("address-not-allowed", 422, "The address is not one that is fetched"),
        ("address-not-found", 422, "Nothing is at the address"),
        ("address-refused", 422, "The site does not give the document"),
        ("address-too-large", 422, "What is at the address is too large"),
        ("address-unreachable", 502, "The address could not be reached"),
        ("address-unreadable", 422, "What is at the address cannot be read"),
        ("refused-by-robots", 422, "The site keeps robots out"),
        WORK_FAILED,
        WORKER_LOST,
    )
}
"""Why nothing was taken from an address, by the reason: problems of its job."""


def job_of(
    workflow: WorkflowStatus, finished: Sequence[str], briefing_ids: list[str], cost: float | None
) -> Job:
    """`finished` are its steps that finished, `briefing_ids` are those that hold the document."""
    status = STATES[workflow.status]
    document_id = workflow.workflow_id.removeprefix(PREFIX)
    done = len(STEPS) if status == "done" else len(finished)
    # The dispatch that found that there had been too many is not an attempt.
    gave_up = workflow.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
    return Job(
        id=workflow.workflow_id,
        document_id=document_id,
        status=status,
        step=STEPS[done - 1] if done else None,
        progress=_progress(done),
        attempts=(workflow.recovery_attempts or 0) - gave_up,
        error=_error(workflow) if status == "failed" else None,
        briefing_ids=briefing_ids,
        cost=cost,
        links=_links(workflow.workflow_id, document_id, status, briefing_ids),
        created_at=_moment(workflow.created_at or 0),
        started_at=_moment(workflow.dequeued_at) if workflow.dequeued_at else None,
        finished_at=_moment(workflow.completed_at) if workflow.completed_at else None,
    )


def job_of_address(row: AddressRow, reading: Job | None) -> Job:
    """The work on an address; `reading`: that on the document which it gave."""
    status = address_status(row)
    if status == "done" and reading is not None:
        return replace(
            reading,
            id=row.id,
            attempts=row.tries + reading.attempts,
            links=_links(row.id, reading.document_id, reading.status, reading.briefing_ids),
            created_at=row.created_at,
            started_at=row.began_at,
        )
    return Job(
        id=row.id,
        document_id=row.document_id,
        status=status,
        step=None,
        progress=1.0 if status == "done" else 0.0,
        attempts=row.tries,
        error=_unfetched(row) if status == "failed" else None,
        briefing_ids=[],
        cost=None,
        links=_links(row.id, row.document_id, status, []),
        created_at=row.created_at,
        started_at=row.began_at,
        finished_at=row.finished_at,
    )


def _unfetched(row: AddressRow) -> JobError:
    name, status, title = UNFETCHED[row.reason or ""]
    return JobError(
        type=f"/problems/{name}",
        title=title,
        status=status,
        detail=f"Nothing was taken from the address: {row.detail}.",
        instance=f"/v1/jobs/{row.id}",
    )


class JobEvent(Struct, frozen=True):
    """The job as it was then. After a `final` event there is none until somebody retries the job."""

    id: str
    job: Job
    final: bool


def events_since(job: Job, last_id: str | None) -> Iterator[JobEvent]:
    """Events after the one with that id, or all where it is None or belongs to an earlier run of the job."""
    attempts, done = job.attempts, STEPS.index(job.step) + 1 if job.step else 0
    over = job.status in OVER
    end = _event_id(attempts, done, job.status) if over else None
    if last_id is not None and last_id == end:
        return
    place = _place(last_id, attempts, done, over)
    if place is None:
        yield _past(job, 0, 0)
        place = (0, 0)
    tried, finished = place
    if tried < attempts:
        yield _past(job, attempts, finished)
    for step in range(finished + 1, done + 1):
        yield _past(job, attempts, step)
    if end:
        yield JobEvent(end, job, True)


def is_last(job: Job, last_id: str | None) -> bool:
    """Whether nothing is to come after that event."""
    return job.status in OVER and next(events_since(job, last_id), None) is None


def _place(last_id: str | None, attempts: int, done: int, over: bool) -> tuple[int, int] | None:
    """Attempts and steps that are known; None where they are not of this run of the job."""
    known = _EVENT_ID.fullmatch(last_id or "")
    if known is None or known[3]:
        return None
    # The dispatch that finds that there were too many attempts counts until it has given up.
    tried = min(int(known[1]), attempts) if over else int(known[1])
    return (tried, int(known[2])) if tried <= attempts and int(known[2]) <= done else None


def _event_id(attempts: int, done: int, status: str | None = None) -> str:
    return ".".join(map(str, (attempts, done, *([status] if status else []))))


def _past(job: Job, attempts: int, done: int) -> JobEvent:
    status: JobStatus = "running" if attempts else "queued"
    then = replace(
        job,
        status=status,
        step=STEPS[done - 1] if done else None,
        progress=_progress(done),
        attempts=attempts,
        error=None,
        briefing_ids=[],
        cost=None,
        links=_links(job.id, job.document_id, status, []),
        started_at=job.started_at if attempts else None,
        finished_at=None,
    )
    return JobEvent(_event_id(attempts, done), then, False)


def _progress(done: int) -> float:
    return round(done / len(STEPS), 2)


def _links(id: str, document_id: str | None, status: JobStatus, briefing_ids: Sequence[str]) -> JobLinks:
    document = f"/v1/documents/{document_id}" if document_id else None
    return JobLinks(
        job=f"/v1/jobs/{id}",
        events=f"/v1/jobs/{id}/events",
        document=document,
        readout=f"{document}/readout" if document and status == "done" else None,
        briefings=[f"/v1/briefings/{briefing_id}" for briefing_id in briefing_ids],
    )


def _error(workflow: WorkflowStatus) -> JobError:
    detail = f"{LOST}." if workflow.error is None else str(workflow.error).strip()
    known = {LOST: WORKER_LOST, NOT_READ: NO_DOCUMENT}
    name, status, title = next(
        (kind for begin, kind in known.items() if detail.startswith(begin)), WORK_FAILED
    )
    return JobError(
        type=f"/problems/{name}",
        title=title,
        status=status,
        detail=detail or "The work failed without saying why.",
        instance=f"/v1/jobs/{workflow.workflow_id}",
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
