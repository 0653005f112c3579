"""A DBOS workflow as the job that clients see."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dbos import WorkflowStatus

from schemas import Job, JobError, JobLinks
from schemas.vocabulary import JobStatus
from worker.isolation import LOST
from worker.queue import WORKFLOW

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

WORK_FAILED = ("work-failed", 500, "The work on the document failed")
WORKER_LOST = ("worker-lost", 500, "The document ended the processes that read it")


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
        progress=progress(done),
        attempts=(workflow.recovery_attempts or 0) - gave_up,
        error=_error(workflow) if status == "failed" else None,
        briefing_ids=briefing_ids,
        cost=cost,
        links=links_of(workflow.workflow_id, document_id, status, briefing_ids),
        created_at=_moment(workflow.created_at or 0),
        started_at=_moment(workflow.dequeued_at) if workflow.dequeued_at else None,
        finished_at=_moment(workflow.completed_at) if workflow.completed_at else None,
    )


def progress(done: int) -> float:
    return round(done / len(STEPS), 2)


def links_of(id: str, document_id: str, status: JobStatus, briefing_ids: Sequence[str]) -> JobLinks:
    return JobLinks(
        job=f"/v1/jobs/{id}",
        events=f"/v1/jobs/{id}/events",
        document=f"/v1/documents/{document_id}",
        readout=f"/v1/documents/{document_id}/readout" if status == "done" else None,
        briefings=[f"/v1/briefings/{briefing_id}" for briefing_id in briefing_ids],
    )


def _error(workflow: WorkflowStatus) -> JobError:
    detail = f"{LOST}." if workflow.error is None else str(workflow.error).strip()
    name, status, title = WORKER_LOST if detail.startswith(LOST) else WORK_FAILED
    return JobError(
        type=f"/problems/{name}",
        title=title,
        status=status,
        detail=detail or "The work failed without saying why.",
        instance=f"/v1/jobs/{workflow.workflow_id}",
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
