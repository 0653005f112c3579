"""Jobs without a worker: what is accepted is kept and queued, once, and can be looked at and cancelled."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from pipeline.documents.document import Document, source_of
from pipeline.documents.read import read
from schemas import DocumentAdded, Job, JobLinks
from store import BadCursor
from store.documents import get_document, get_text
from store.migrate import migrate
from worker import NotRetryable, QueueFull
from worker.ingest import load
from worker.jobs import Jobs, cancel_job, connect_jobs, get_job, page_jobs, retry_job, submit
from worker.queue import Backlog

TALKS = read("Norway and Chile opened trade talks in Oslo on 3 March 2031. “We will sign.”\n".encode())
CLOCK = timedelta(seconds=1)
"""How much coarser the database's clock may be."""
QUEUED = DocumentAdded(job_id=f"ingest-{TALKS.id}", document_id=TALKS.id, status="queued", parts=[])


def numbered(number: int) -> Document:
    return read(f"Norway and Chile held round {number} of their trade talks.".encode())


def test_a_document_is_stored_and_queued(jobs: Jobs) -> None:
    before = datetime.now(UTC)
    assert submit(jobs, TALKS) == QUEUED
    stored = get_document(jobs.engine, TALKS.id)
    assert stored is not None and before <= stored.added_at <= datetime.now(UTC)
    assert stored.source == source_of(TALKS)
    assert get_text(jobs.engine, TALKS.id) == TALKS.text


def test_a_worker_gets_the_document_exactly_as_it_was_read(jobs: Jobs) -> None:
    submit(jobs, TALKS)
    assert load(jobs.engine, TALKS.id) == TALKS


def test_a_job_that_waits(jobs: Jobs) -> None:
    before = datetime.now(UTC)
    id = submit(jobs, TALKS).job_id
    job = get_job(jobs, id)
    assert job is not None
    assert before - CLOCK <= job.created_at <= datetime.now(UTC) + CLOCK
    assert job == Job(
        id=id,
        document_id=TALKS.id,
        status="queued",
        step=None,
        progress=0.0,
        attempts=0,
        error=None,
        briefing_ids=[],
        cost=None,
        links=JobLinks(
            job=f"/v1/jobs/{id}",
            events=f"/v1/jobs/{id}/events",
            document=f"/v1/documents/{TALKS.id}",
            readout=None,
            briefings=[],
        ),
        created_at=job.created_at,
        started_at=None,
        finished_at=None,
    )


def test_the_same_document_is_queued_once(jobs: Jobs) -> None:
    assert submit(jobs, TALKS) == submit(jobs, msgspec.structs.replace(TALKS, title="Renamed")) == QUEUED
    assert len(page_jobs(jobs, limit=9).items) == 1
    stored = get_document(jobs.engine, TALKS.id)
    assert stored is not None and stored.source.title == TALKS.title


def test_an_unknown_job_is_none(jobs: Jobs) -> None:
    assert get_job(jobs, f"ingest-{'0' * 64}") is None
    assert cancel_job(jobs, f"ingest-{'0' * 64}") is None


def test_a_cancelled_job_is_started_again_when_its_document_is_added_again(jobs: Jobs) -> None:
    id = submit(jobs, TALKS).job_id
    cancelled = cancel_job(jobs, id)
    assert cancelled is not None and cancelled.finished_at is not None
    assert (cancelled.status, cancelled.error) == ("cancelled", None)
    assert submit(jobs, TALKS) == QUEUED


def test_a_cancelled_job_is_retried(jobs: Jobs) -> None:
    id = submit(jobs, TALKS).job_id
    cancel_job(jobs, id)
    job = retry_job(jobs, id)
    assert job is not None
    assert (job.status, job.attempts, job.finished_at) == ("queued", 0, None)


def test_a_job_that_waits_is_not_retried(jobs: Jobs) -> None:
    with pytest.raises(NotRetryable, match="queued"):
        retry_job(jobs, submit(jobs, TALKS).job_id)


def test_no_more_documents_wait_than_may(jobs: Jobs) -> None:
    short = connect_jobs(jobs.database_url, queue_limit=3)
    ids = [submit(short, numbered(number)).job_id for number in range(3)]
    with pytest.raises(QueueFull, match="3 documents wait to be read, and no more may"):
        submit(short, numbered(3))
    assert get_document(jobs.engine, numbered(3).id) is None
    assert submit(short, numbered(2)).status == "queued"
    cancel_job(jobs, ids[0])
    assert submit(short, numbered(3)).status == "queued"
    with pytest.raises(QueueFull):
        retry_job(short, ids[0])
    short.close()


def test_a_long_queue_is_not_looked_at_for_every_document() -> None:
    waiting, looks = 0, 0

    def more_than(count: int) -> bool:
        nonlocal looks
        looks += 1
        return waiting > count

    backlog = Backlog(1000)
    for _ in range(1000):
        backlog.enter(more_than)
        waiting += 1
    assert looks <= 10 + 2 * 100
    with pytest.raises(QueueFull):
        backlog.enter(more_than)


def test_pages_of_jobs_join_up(jobs: Jobs) -> None:
    added = {submit(jobs, numbered(number)).job_id for number in range(7)}
    seen: list[Job] = []
    cursor = None
    for size in (3, 3, 1):
        page = page_jobs(jobs, limit=3, cursor=cursor)
        assert len(page.items) == size
        seen, cursor = seen + page.items, page.next_cursor
    assert cursor is None
    assert {job.id for job in seen} == added
    assert [job.created_at for job in seen] == sorted((job.created_at for job in seen), reverse=True)


def test_jobs_of_one_state(jobs: Jobs) -> None:
    ids = [submit(jobs, numbered(number)).job_id for number in range(5)]
    cancel_job(jobs, ids[2])
    assert [job.id for job in page_jobs(jobs, limit=9, status="cancelled").items] == [ids[2]]
    assert len(page_jobs(jobs, limit=9, status="queued").items) == 4
    assert page_jobs(jobs, limit=9, status="failed").items == []


def test_the_job_of_one_document(jobs: Jobs) -> None:
    ids = [submit(jobs, numbered(number)).job_id for number in range(3)]
    page = page_jobs(jobs, limit=9, document_id=numbered(1).id)
    assert ([job.id for job in page.items], page.next_cursor) == ([ids[1]], None)


def test_jobs_since_a_moment(jobs: Jobs) -> None:
    submit(jobs, numbered(0))
    time.sleep(1)
    since = datetime.now(UTC)
    later = submit(jobs, numbered(1)).job_id
    assert [job.id for job in page_jobs(jobs, limit=9, created_since=since).items] == [later]


@pytest.mark.parametrize("status", [None, "queued"])
def test_a_cursor_goes_with_its_filter(jobs: Jobs, status: str | None) -> None:
    for number in range(2):
        submit(jobs, numbered(number))
    cursor = page_jobs(jobs, limit=1, status="queued" if status is None else None).next_cursor
    with pytest.raises(BadCursor, match="another collection or to other filters"):
        page_jobs(jobs, limit=1, cursor=cursor, status="queued" if status else None)


def test_the_tables_of_the_work_are_made_when_they_are_first_needed(blank_url: str) -> None:
    jobs = connect_jobs(blank_url)
    migrate(jobs.engine)
    assert submit(jobs, TALKS) == QUEUED
    jobs.close()


def test_the_api_side_loads_no_language_model() -> None:
    code = "import sys, worker.jobs; print([m for m in ('spacy', 'pipeline.extraction.readout') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
