"""Jobs as the API sees them: submitted, listed, cancelled, retried. Runs no work and loads no language model."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock
from typing import NamedTuple
from urllib.parse import urldefrag, urlsplit
from uuid import uuid4

import msgspec
from dbos import DBOSClient, WorkflowSerializationFormat, WorkflowStatus, error
from msgspec.structs import replace
from sqlalchemy import Engine

from pipeline.documents.copies import sketch_of
from pipeline.documents.document import Document, source_of
from pipeline.documents.read import stated_before
from schemas import DocumentAdded, DocumentAddress, DocumentInfo, Job, JobPage
from schemas.vocabulary import JobStatus
from store.addresses import (
    AddressRow,
    address_status,
    ask_for,
    cancel_fetch,
    fetch_again,
    get_addresses,
    waiting_addresses,
    without_document,
)
from store.documents import add_document, briefings_of, costs_of, get_document
from store.engine import connect as connect_store
from store.migrate import migrate
from store.paging import decode_cursor, encode_cursor, scope_of
from worker import NotRetryable
from worker.queue import QUEUE, WAITING, WORKFLOW, Backlog, connect_system, more_than, prepare_system
from worker.states import FETCH_PREFIX, PREFIX, STATES, STEPS, job_of, job_of_address


@dataclass(frozen=True)
class Jobs:
    """A connection to the documents and to the work on them. Close it."""

    database_url: str
    engine: Engine
    backlog: Backlog
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


def connect_jobs(database_url: str, queue_limit: int | None = None, *, reviewed: bool = False) -> Jobs:
    """Opens nothing until it is used. `queue_limit`: documents that may wait; None: any number.

    `reviewed`: as in `store.engine.connect`.
    """
    engine = connect_store(database_url, reviewed=reviewed)
    return Jobs(database_url, engine, Backlog(queue_limit), connect_system(database_url))


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
    """Keep a document and see to it that it is read, once. Raises QueueFull.

    It is stored before anything else, so that none is lost once this returns. What failed or was cancelled is
    started again, and so is one of which its sender says something else than before.
    """
    known = get_document(jobs.engine, document.id)
    if known is not None and known.stated is not None:
        document = stated_before(document, known.stated)
    id = f"{PREFIX}{document.id}"
    state = _state(jobs, id)
    idle = state is None or STATES[state] in ("failed", "cancelled")
    if idle:
        _wait_in_line(jobs)
    info = DocumentInfo(
        id=document.id,
        file=document.file,
        chars=len(document.text),
        status="waiting",
        refusal=None,
        source=source_of(document),
        stated=document.stated,
        detected=document.detected,
        copy_of=None,
        added_at=datetime.now(UTC),
        withdrawn_at=None,
        replaced_by=None,
    )
    layout = msgspec.json.encode(msgspec.structs.replace(document, text=""))
    new = add_document(jobs.engine, info, document.text, layout, sketch_of(document), known)
    if state is None:
        _enqueue(jobs, id, document.id)
        state = "ENQUEUED"
    elif idle or new:
        # Refused where another process has started it again in the meantime, which is as good.
        with suppress(error.DBOSException):
            _start_again(jobs, id)
        state = _state(jobs, id)
    return DocumentAdded(job_id=id, document_id=document.id, status=STATES[state or "ENQUEUED"], parts=[])


def queue_each(jobs: Jobs, workflow: str, queue: str, priorities: Mapping[str, int]) -> None:
    """Put each of these into a queue, where it is not there yet; the workflow is given its name and nothing else."""
    if not priorities:
        return
    client = jobs.client()
    there = client.list_workflows(
        name=workflow, status=["ENQUEUED", "PENDING"], load_input=False, load_output=False
    )
    for id in sorted(priorities.keys() - {one.deduplication_id for one in there}):
        client.enqueue(
            {
                "workflow_name": workflow,
                "queue_name": queue,
                "workflow_id": f"{workflow}-{uuid4().hex}",
                "deduplication_id": id,
                "duplication_policy": "return-existing",
                "priority": priorities[id],
                "serialization_type": WorkflowSerializationFormat.PORTABLE,
            },
            id,
        )


def submit_address(jobs: Jobs, address: DocumentAddress) -> DocumentAdded:
    """See to it that a document is fetched and read. Raises QueueFull.

    An address that was fetched before is fetched again, as the same job: what it gives now may be another version.
    """
    address = replace(address, url=urldefrag(address.url).url)
    jobs.backlog.enter(lambda count: waiting_addresses(jobs.engine) > count)
    id = f"{FETCH_PREFIX}{sha256(msgspec.json.encode(address)).hexdigest()[:32]}"
    row = ask_for(jobs.engine, id, address, urlsplit(address.url).netloc.lower(), job_time())
    return DocumentAdded(job_id=id, document_id=None, status=address_status(row), parts=[])


def job_time() -> datetime:
    """Now, as exact as cursors of jobs are."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def get_job(jobs: Jobs, id: str) -> Job | None:
    return next(iter(get_jobs(jobs, [id])), None)


def get_jobs(jobs: Jobs, ids: list[str]) -> list[Job]:
    """Those of these jobs that there are."""
    of_documents = [id for id in ids if id.startswith(PREFIX)]
    found = _jobs_of(jobs, _workflows(jobs, of_documents)) if of_documents else []
    if len(of_documents) < len(ids):
        found += _jobs_of_addresses(jobs, get_addresses(jobs.engine, ids))
    return found


def _jobs_of_addresses(jobs: Jobs, rows: Sequence[AddressRow]) -> list[Job]:
    read = {f"{PREFIX}{row.document_id}" for row in rows if row.document_id}
    reading = {job.document_id: job for job in get_jobs(jobs, sorted(read))}
    return [job_of_address(row, reading.get(row.document_id)) for row in rows]


def page_jobs(
    jobs: Jobs,
    *,
    limit: int,
    cursor: str | None = None,
    status: JobStatus | None = None,
    document_id: str | None = None,
    created_since: datetime | None = None,
) -> JobPage:
    """Jobs, newest first; an address whose document is there is told of by the job of the document.

    `created_since` counts in whole seconds, as some databases do. Raises BadCursor.
    """
    since = created_since.replace(microsecond=0).isoformat() if created_since else None
    scope = scope_of("jobs", {"status": status, "document_id": document_id, "created_since": since})
    last = decode_cursor(cursor, scope, int, str) if cursor is not None else None
    wanted = _Wanted(
        [state for state, name in STATES.items() if name == status] or None,
        [f"{PREFIX}{document_id}"] if document_id else None,
        since,
    )
    workflows = _window(jobs, limit + 1, last, wanted)
    rows = _unfetched(jobs, limit + 1, last, status, created_since) if document_id is None else []
    listed: list[WorkflowStatus | AddressRow] = [*workflows, *rows]
    listed.sort(key=_key, reverse=True)
    more = encode_cursor(scope, _key(listed[limit - 1])) if len(listed) > limit else None
    chosen = listed[:limit]
    of_documents = _jobs_of(jobs, [one for one in chosen if isinstance(one, WorkflowStatus)])
    of_addresses = _jobs_of_addresses(jobs, [one for one in chosen if isinstance(one, AddressRow)])
    place = {_key(one)[1]: place for place, one in enumerate(chosen)}
    items = sorted([*of_documents, *of_addresses], key=lambda job: place[job.id])
    return JobPage(items=items, next_cursor=more)


def _unfetched(
    jobs: Jobs, limit: int, last: tuple[int, str] | None, status: JobStatus | None, since: datetime | None
) -> list[AddressRow]:
    after = (datetime.fromtimestamp(last[0] / 1000, UTC), last[1]) if last else None
    since = since.replace(microsecond=0) if since else None
    return without_document(jobs.engine, limit=limit, last=after, status=status, since=since)


def _key(one: WorkflowStatus | AddressRow) -> tuple[int, str]:
    if isinstance(one, AddressRow):
        return round(one.created_at.timestamp() * 1000), one.id
    return one.created_at or 0, one.workflow_id


class _Wanted(NamedTuple):
    states: list[str] | None
    ids: list[str] | None
    since: str | None


def _window(jobs: Jobs, count: int, last: tuple[int, ...] | None, wanted: _Wanted) -> list[WorkflowStatus]:
    """The `count` workflows that come after `last`. DBOS sorts by time alone, so ties are sorted here."""
    end = datetime.fromtimestamp((last[0] + 1) / 1000, UTC).isoformat() if last else None
    size = count
    while True:
        size *= 2
        listed = jobs.client().list_workflows(
            name=WORKFLOW,
            status=wanted.states,
            workflow_ids=wanted.ids,
            start_time=wanted.since,
            end_time=end,
            limit=size,
            sort_desc=True,
            load_input=False,
        )
        whole = listed
        if len(listed) == size:
            # The last millisecond of the window may go on beyond it.
            whole = [one for one in listed if one.created_at != listed[-1].created_at]
        after = sorted((one for one in whole if last is None or _key(one) < last), key=_key, reverse=True)
        if len(after) >= count or len(listed) < size:
            return after[:count]


def cancel_job(jobs: Jobs, id: str) -> Job | None:
    """Stop a job before its next step; one that is over stays as it is."""
    if id.startswith(FETCH_PREFIX):
        return _cancel_fetching(jobs, id)
    if not _workflows(jobs, [id]):
        return None
    jobs.client().cancel_workflow(id)
    return get_job(jobs, id)


def _cancel_fetching(jobs: Jobs, id: str) -> Job | None:
    for row in get_addresses(jobs.engine, [id]):
        if row.due_at is not None:
            cancel_fetch(jobs.engine, row, job_time())
        elif address_status(row) == "done" and row.document_id:
            cancel_job(jobs, f"{PREFIX}{row.document_id}")
    return get_job(jobs, id)


def retry_job(jobs: Jobs, id: str) -> Job | None:
    """Start a job that failed or was cancelled from its beginning. Raises NotRetryable, QueueFull."""
    if id.startswith(FETCH_PREFIX):
        return _retry_fetching(jobs, id)
    state = _state(jobs, id)
    if state is None:
        return None
    if STATES[state] not in ("failed", "cancelled"):
        raise NotRetryable(STATES[state])
    _wait_in_line(jobs)
    try:
        _start_again(jobs, id)
    except error.DBOSException:
        raise NotRetryable("queued") from None
    return get_job(jobs, id)


def _retry_fetching(jobs: Jobs, id: str) -> Job | None:
    for row in get_addresses(jobs.engine, [id]):
        status = address_status(row)
        if status == "done" and row.document_id:
            retry_job(jobs, f"{PREFIX}{row.document_id}")
        elif status in ("failed", "cancelled"):
            fetch_again(jobs.engine, id, job_time())
        else:
            raise NotRetryable(status)
    return get_job(jobs, id)


def redo(jobs: Jobs, document_id: str) -> bool:
    """Work on a document anew if the work on it is over and nobody cancelled it."""
    id = f"{PREFIX}{document_id}"
    state = _state(jobs, id)
    if state is None or STATES[state] not in ("done", "failed"):
        return False
    with suppress(error.DBOSException):
        _start_again(jobs, id)
    return True


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
    jobs.client().rewind_workflow(id, queue_name=QUEUE)


def _wait_in_line(jobs: Jobs) -> None:
    jobs.backlog.enter(lambda count: more_than(jobs.client(), count, WAITING))


def _state(jobs: Jobs, id: str) -> str | None:
    workflows = _workflows(jobs, [id])
    return workflows[0].status if workflows else None


def _workflows(jobs: Jobs, ids: list[str]) -> list[WorkflowStatus]:
    return jobs.client().list_workflows(workflow_ids=ids, name=WORKFLOW, load_input=False)


def _jobs_of(jobs: Jobs, workflows: Sequence[WorkflowStatus]) -> list[Job]:
    """Jobs as the API tells of them."""
    documents = [one.workflow_id.removeprefix(PREFIX) for one in workflows if one.status == "SUCCESS"]
    briefings = briefings_of(jobs.engine, documents) if documents else {}
    costs = costs_of(jobs.engine, documents) if documents else {}
    listed = []
    for one in workflows:
        document_id = one.workflow_id.removeprefix(PREFIX)
        steps = _finished(jobs, one)
        listed.append(job_of(one, steps, briefings.get(document_id, []), costs.get(document_id)))
    return listed


def _finished(jobs: Jobs, workflow: WorkflowStatus) -> list[str]:
    """Steps of a job that finished, in order. One that is done, or was never begun, need not be asked about."""
    if workflow.status == "SUCCESS" or not workflow.recovery_attempts:
        return []
    steps = jobs.client().list_workflow_steps(workflow.workflow_id)
    finished = {step["function_name"] for step in steps if step["error"] is None}
    return [step for step in STEPS if step in finished]
