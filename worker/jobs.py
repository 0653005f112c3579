"""Jobs as the API sees them: submitted, looked at, cancelled. Runs no work and loads no language model."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

import msgspec
from dbos import DBOSClient, WorkflowSerializationFormat, WorkflowStatus, error
from sqlalchemy import Engine

from pipeline.document import Document
from pipeline.sources import source_of
from schemas import DocumentAdded, DocumentInfo, Job, JobPage
from schemas.vocabulary import JobStatus
from store.documents import add_document, briefings_of
from store.engine import connect as connect_store
from store.migrate import migrate
from store.paging import decode_cursor, encode_cursor, scope_of
from worker.states import PREFIX, STATES, job_of
from worker.system import QUEUE, WORKFLOW, connect_system, prepare_system


@dataclass(frozen=True)
class Jobs:
    """A connection to the documents and to the work on them. Close it."""

    database_url: str
    engine: Engine
    _client: DBOSClient
    _ready: list[bool] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def client(self) -> DBOSClient:
        """The client of the work; its tables are made by whoever asks first, be it the API or a worker."""
        with self._lock:
            if not self._ready:
                prepare_system(self.database_url)
                self._ready.append(True)
        return self._client

    def close(self) -> None:
        self._client.destroy()
        self.engine.dispose()


def connect(database_url: str) -> Jobs:
    """Opens nothing until it is used."""
    return Jobs(database_url, connect_store(database_url), connect_system(database_url))


def prepare(database_url: str) -> list[str]:
    """Make all tables, ours and those of the work; the migrations of ours that were applied."""
    engine = connect_store(database_url)
    try:
        applied = migrate(engine).revisions
    finally:
        engine.dispose()
    prepare_system(database_url)
    return applied


def submit(jobs: Jobs, document: Document) -> DocumentAdded:
    """Keep a document and see to it that it is read, once.

    It is stored before anything else, so that none is lost once this returns. What failed or was cancelled is
    started again.
    """
    info = DocumentInfo(
        id=document.id,
        file=document.file,
        chars=len(document.text),
        source=source_of(document),
        added_at=datetime.now(UTC),
    )
    layout = msgspec.json.encode(msgspec.structs.replace(document, text=""))
    new = add_document(jobs.engine, info, document.text, layout)
    id = f"{PREFIX}{document.id}"
    state = _state(jobs, id)
    if state is None:
        _enqueue(jobs, id, document.id)
    elif new or STATES[state] in ("failed", "cancelled"):
        _start_again(jobs, id)
    now = _state(jobs, id)
    return DocumentAdded(job_id=id, document_id=document.id, status=STATES[now or "ENQUEUED"])


def get_job(jobs: Jobs, id: str) -> Job | None:
    found = _workflows(jobs, [id])
    return _jobs(jobs, found)[0] if found else None


def cancel_job(jobs: Jobs, id: str) -> Job | None:
    """Stop a job before its next step; one that is over stays as it is."""
    if not _workflows(jobs, [id]):
        return None
    jobs.client().cancel_workflow(id)
    return get_job(jobs, id)


def redo(jobs: Jobs, document_id: str) -> bool:
    """Work on a document anew if the work on it is over and nobody cancelled it."""
    id = f"{PREFIX}{document_id}"
    state = _state(jobs, id)
    if state is None or STATES[state] not in ("done", "failed"):
        return False
    _start_again(jobs, id)
    return True


def page_jobs(
    jobs: Jobs, *, limit: int, cursor: str | None = None, status: JobStatus | None = None
) -> JobPage:
    """Jobs, newest first. Raises BadCursor."""
    scope = scope_of("jobs", {"status": status})
    last = decode_cursor(cursor, scope, int, str) if cursor is not None else None
    found = _window(jobs, limit + 1, last, status)
    more = encode_cursor(scope, _key(found[limit - 1])) if len(found) > limit else None
    return JobPage(items=_jobs(jobs, found[:limit]), next_cursor=more)


def _enqueue(jobs: Jobs, id: str, document_id: str) -> None:
    jobs.client().enqueue(
        {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": id,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        },
        document_id,
    )


def _start_again(jobs: Jobs, id: str) -> None:
    # Refused where another process has started it again in the meantime, which is as good.
    with suppress(error.DBOSException):
        jobs.client().rewind_workflow(id, queue_name=QUEUE)


def _state(jobs: Jobs, id: str) -> str | None:
    found = _workflows(jobs, [id])
    return found[0].status if found else None


def _workflows(jobs: Jobs, ids: list[str]) -> list[WorkflowStatus]:
    return jobs.client().list_workflows(workflow_ids=ids, name=WORKFLOW, load_input=False)


def _key(workflow: WorkflowStatus) -> tuple[int, str]:
    return workflow.created_at or 0, workflow.workflow_id


def _window(
    jobs: Jobs, wanted: int, last: tuple[int, ...] | None, status: JobStatus | None
) -> list[WorkflowStatus]:
    """The `wanted` workflows that come after `last`. DBOS sorts by time alone, so ties are sorted here."""
    states = [state for state, name in STATES.items() if name == status]
    end = datetime.fromtimestamp((last[0] + 1) / 1000, UTC).isoformat() if last else None
    size = wanted
    while True:
        size *= 2
        found = jobs.client().list_workflows(
            name=WORKFLOW, status=states or None, end_time=end, limit=size, sort_desc=True, load_input=False
        )
        whole = found
        if len(found) == size:
            # The last millisecond of the window may go on beyond it.
            whole = [one for one in found if one.created_at != found[-1].created_at]
        after = sorted((one for one in whole if last is None or _key(one) < last), key=_key, reverse=True)
        if len(after) >= wanted or len(found) < size:
            return after[:wanted]


def _jobs(jobs: Jobs, workflows: Sequence[WorkflowStatus]) -> list[Job]:
    documents = [one.workflow_id.removeprefix(PREFIX) for one in workflows if one.status == "SUCCESS"]
    briefings = briefings_of(jobs.engine, documents) if documents else {}
    return [
        job_of(one, _last_step(jobs, one), briefings.get(one.workflow_id.removeprefix(PREFIX), []))
        for one in workflows
    ]


def _last_step(jobs: Jobs, workflow: WorkflowStatus) -> str | None:
    if workflow.status == "SUCCESS":
        return "merge"
    steps = jobs.client().list_workflow_steps(workflow.workflow_id)
    finished = [step["function_name"] for step in steps if step["error"] is None]
    return finished[-1] if finished else None
