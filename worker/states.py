"""A DBOS workflow as the job that clients see."""

from datetime import UTC, datetime

from dbos import WorkflowStatus

from schemas import Job
from schemas.vocabulary import JobStatus
from worker.system import WORKFLOW

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
_GAVE_UP = "Every worker that read this document died while it did."


def job_of(workflow: WorkflowStatus, step: str | None, briefing_ids: list[str]) -> Job:
    """`step` is the one that finished last, `briefing_ids` are those that hold the document."""
    status = STATES[workflow.status]
    return Job(
        id=workflow.workflow_id,
        document_id=workflow.workflow_id.removeprefix(PREFIX),
        status=status,
        step=step,
        attempts=workflow.recovery_attempts or 0,
        error=_sentence(workflow) if status == "failed" else None,
        briefing_ids=briefing_ids,
        created_at=_moment(workflow.created_at or 0),
        finished_at=_moment(workflow.completed_at) if workflow.completed_at else None,
    )


def _sentence(workflow: WorkflowStatus) -> str:
    if workflow.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
        return _GAVE_UP
    return str(workflow.error).strip() or "The work failed without saying why."


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
