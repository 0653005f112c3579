"""Reading documents again that another extractor read: a durable workflow, some at a time beside what is new."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from uuid import uuid4

import msgspec
from dbos import DBOS, WorkflowSerializationFormat
from msgspec import Struct

from schemas import ExtractorInfo
from store.documents import read_by_others
from worker import AlreadyUnderWay, OtherExtractor
from worker.ingest import patient
from worker.jobs import Jobs, get_jobs, redo
from worker.queue import REINGEST, UPKEEP
from worker.states import OVER, PREFIX

_AT_A_TIME = 20
"""Documents read again at the same time: so long does one that is new wait at the most."""
_LOOK = 0.5  # seconds
_PROGRESS = "progress"
_UNDER_WAY = ["ENQUEUED", "PENDING"]


class Wanted(Struct, frozen=True, kw_only=True):
    """Which documents: those that `extractor` did not read, or `every` one; those added `since`."""

    extractor: ExtractorInfo
    every: bool = False
    since: datetime | None = None


class Progress(Struct, frozen=True, kw_only=True):
    """How many documents there are, and what became of them so far; `error`: why it ended early."""

    total: int | None = None
    read: int = 0
    failed: int = 0
    over: bool = False
    error: str | None = None


def register_reingest(jobs: Jobs, reads_with: ExtractorInfo) -> None:
    """Make the workflow known to DBOS before its launch. Any step may run again unharmed."""

    @patient("count")
    def count(asked: dict[str, object]) -> int:
        wanted = msgspec.convert(asked, Wanted)
        if wanted.extractor != reads_with:
            raise OtherExtractor(
                f"The workers read with {_named(reads_with)}, and {_named(wanted.extractor)} is asked for."
            )
        return sum(1 for _ in _documents(jobs, wanted))

    @patient("choose")
    def choose(asked: dict[str, object], after: str) -> list[str]:
        return list(islice(_documents(jobs, msgspec.convert(asked, Wanted), after), _AT_A_TIME))

    # Apart from waiting, so that whoever goes on for a worker that was killed does not queue what has been read.
    @patient("queue again")
    def queue_again(documents: list[str]) -> None:
        for id in documents:
            redo(jobs, id)

    @patient("wait")
    def wait(documents: list[str]) -> int:
        return _wait(jobs, documents)

    @DBOS.workflow(name=REINGEST, max_recovery_attempts=1000)
    def reingest(asked: dict[str, object]) -> None:
        total = count(asked)
        so_far = Progress(total=total)
        after = ""
        while True:
            DBOS.set_event(_PROGRESS, msgspec.to_builtins(so_far))
            documents = choose(asked, after)
            if not documents:
                return
            queue_again(documents)
            failed = wait(documents)
            so_far = Progress(
                total=total, read=so_far.read + len(documents) - failed, failed=so_far.failed + failed
            )
            after = documents[-1]


def _documents(jobs: Jobs, wanted: Wanted, after: str = "") -> Iterator[str]:
    now = None if wanted.every else wanted.extractor
    return read_by_others(jobs.engine, now, since=wanted.since, after=after)


def _wait(jobs: Jobs, documents: Sequence[str]) -> int:
    """Wait until these documents have been read; how many could not be."""
    waiting = [f"{PREFIX}{id}" for id in documents]
    failed = 0
    while True:
        listed = get_jobs(jobs, waiting)
        failed += len(waiting) - len(listed) + sum(job.status in ("failed", "cancelled") for job in listed)
        waiting = [job.id for job in listed if job.status not in OVER]
        if not waiting:
            return failed
        time.sleep(_LOOK)


def start_reingest(jobs: Jobs, wanted: Wanted) -> str:
    """The id of the workflow, which the next worker takes up; of one that is under way, where it is the same.

    Raises AlreadyUnderWay.
    """
    asked = msgspec.to_builtins(wanted)
    for one in jobs.client().list_workflows(name=REINGEST, status=_UNDER_WAY):
        given = one.input["args"][0] if one.input else None
        if given == asked:
            return one.workflow_id
        raise AlreadyUnderWay("other documents are being read again: wait until that is over")
    id = f"{REINGEST}-{uuid4().hex}"
    jobs.client().enqueue(
        {
            "workflow_name": REINGEST,
            "queue_name": UPKEEP,
            "workflow_id": id,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        },
        asked,
    )
    return id


def progress_of(jobs: Jobs, id: str) -> Progress:
    [workflow] = jobs.client().list_workflows(workflow_ids=[id], load_input=False)
    event = jobs.client().get_event(id, _PROGRESS, timeout_seconds=0)
    so_far = msgspec.convert(event, Progress) if event else Progress()
    over = workflow.status not in _UNDER_WAY
    error = str(workflow.error or workflow.status) if over and workflow.status != "SUCCESS" else None
    return msgspec.structs.replace(so_far, over=over, error=error)


def _named(extractor: ExtractorInfo) -> str:
    asked = f", {extractor.model}, prompt {extractor.prompt}" if extractor.model else ""
    return f"{extractor.name} {extractor.version}{asked}"
