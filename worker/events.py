"""What happened to a job, as a sequence that anybody can go on with who knows how far they came.

Nothing is written down for it: a job's attempts and finished steps only ever grow, so that where it stands says what
has happened. An event's id is that place: attempts, finished steps, and the status once the job is over.
"""

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from schemas import Job
from schemas.vocabulary import JobStatus
from worker.states import OVER, STEPS, links_of, progress

_ID = re.compile(r"(\d{1,9})\.(\d)(?:\.([a-z]+))?")


class JobEvent(Struct, frozen=True):
    """The job as it was then. After a `final` event there is none until somebody retries the job."""

    id: str
    job: Job
    final: bool


def events_since(job: Job, last_id: str | None) -> Iterator[JobEvent]:
    """Events after the one with that id, or all where it is None or belongs to an earlier run of the job."""
    attempts, done = job.attempts, STEPS.index(job.step) + 1 if job.step else 0
    over = job.status in OVER
    end = _id(attempts, done, job.status) if over else None
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
    found = _ID.fullmatch(last_id or "")
    if found is None or found[3]:
        return None
    # The dispatch that finds that there were too many attempts counts until it has given up.
    tried = min(int(found[1]), attempts) if over else int(found[1])
    return (tried, int(found[2])) if tried <= attempts and int(found[2]) <= done else None


def _id(attempts: int, done: int, status: str | None = None) -> str:
    return ".".join(map(str, (attempts, done, *([status] if status else []))))


def _past(job: Job, attempts: int, done: int) -> JobEvent:
    status: JobStatus = "running" if attempts else "queued"
    then = replace(
        job,
        status=status,
        step=STEPS[done - 1] if done else None,
        progress=progress(done),
        attempts=attempts,
        error=None,
        briefing_ids=[],
        cost=None,
        links=links_of(job.id, job.document_id, status, []),
        started_at=job.started_at if attempts else None,
        finished_at=None,
    )
    return JobEvent(_id(attempts, done), then, False)
