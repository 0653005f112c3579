"""Workers: documents are read once, whatever happens to the process that reads them."""

import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from pipeline.documents.document import Document
from pipeline.documents.read import read
from schemas import Job, JobError
from store.webhooks import create_webhook, next_delivery
from tests.waiting import PATIENCE, until
from tests.worker.conftest import StartWorker, bury
from tests.worker.stand_in import go
from worker.jobs import Jobs, cancel_job, get_job, submit

WaitFor = Callable[..., Job]
NEVER = 2 * PATIENCE
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def numbered(number: int) -> Document:
    return read(f"Norway and Chile held round {number} of their trade talks.".encode())


def patient() -> Document:
    return read(b"Norway and Chile are patient.")


def has_begun(begun: Path, times: int) -> bool:
    return len(lines(begun)) == times


def kill_one_that_reads(
    jobs: Jobs, start_worker: StartWorker, begun: Path, attempt: int, **plan: int
) -> None:
    victim = start_worker(seconds=NEVER, **plan)
    until(partial(has_begun, begun, attempt))
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    bury(jobs.engine)


def lines(path: Path) -> list[str]:
    return path.read_text().split()


def test_a_document_that_is_added_twice_is_read_once(
    jobs: Jobs, start_worker: StartWorker, begun: Path, wait_for: WaitFor
) -> None:
    document = numbered(1)
    id = submit(jobs, document).job_id
    start_worker()
    done = wait_for(id)
    assert submit(jobs, document).status == "done"
    assert done == get_job(jobs, id)
    assert (done.status, done.step, done.attempts, done.briefing_ids) == ("done", "merge", 1, [])
    assert lines(begun) == [document.id]


@ON_SQLITE
def test_a_failure_is_told_in_a_sentence_and_can_be_tried_again(
    jobs: Jobs, start_worker: StartWorker, begun: Path, wait_for: WaitFor
) -> None:
    document = read(b"Norway and Chile: garbled.")
    webhook = create_webhook(jobs.engine, url="https://desk.example/", events=["job.failed"]).webhook.id
    start_worker()
    id = submit(jobs, document).job_id
    failed = wait_for(id)
    told = next_delivery(jobs.engine, webhook, datetime.now(UTC))
    assert told is not None and id in told.body.decode()
    assert (failed.status, failed.step, failed.progress) == ("failed", "read", 0.33)
    assert failed.started_at is not None and failed.finished_at is not None
    assert failed.error == JobError(
        type="/problems/work-failed",
        title="The work on the document failed",
        status=500,
        detail="The extraction of this document failed: the text is garbled (ValueError).",
        instance=f"/v1/jobs/{id}",
    )
    assert submit(jobs, document).status in ("queued", "running")
    until(lambda: lines(begun) == [document.id] * 2)
    assert wait_for(id).status == "failed"


@ON_SQLITE
def test_a_running_job_is_cancelled_before_its_next_step(
    jobs: Jobs, start_worker: StartWorker, begun: Path, wait_for: WaitFor
) -> None:
    document = patient()
    start_worker()
    id = submit(jobs, document).job_id
    until(lambda: lines(begun) == [document.id])
    running = wait_for(id, "running")
    assert running.step == "read"
    cancel_job(jobs, id)
    go(begun).touch()
    time.sleep(1)  # in which it would be done if it went on
    job = wait_for(id)
    assert (job.status, job.briefing_ids) == ("cancelled", [])


@ON_SQLITE
def test_a_cancelled_job_that_is_added_again_is_done(
    jobs: Jobs, start_worker: StartWorker, begun: Path, wait_for: WaitFor
) -> None:
    document = patient()
    start_worker()
    id = submit(jobs, document).job_id
    until(lambda: lines(begun) == [document.id])
    cancel_job(jobs, id)
    submit(jobs, document)
    go(begun).touch()
    assert wait_for(id).status == "done"


def test_the_work_of_a_worker_that_is_killed_is_taken_up_by_another(
    jobs: Jobs, start_worker: StartWorker, begun: Path, wait_for: WaitFor
) -> None:
    victim = start_worker(seconds=NEVER)
    documents = [numbered(number) for number in range(6)]
    ids = [submit(jobs, document).job_id for document in documents]
    until(lambda: len(lines(begun)) == 2)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    bury(jobs.engine)
    start_worker(seconds=0.1)
    finished = [wait_for(id) for id in ids]
    assert {job.status for job in finished} == {"done"}
    assert sorted(job.attempts for job in finished) == [1, 1, 1, 1, 2, 2]
    assert set(lines(begun)) == {document.id for document in documents}


def test_a_worker_that_is_told_to_stop_leaves_soon_and_leaves_the_rest_to_the_next(
    jobs: Jobs, start_worker: StartWorker, begun: Path, wait_for: WaitFor
) -> None:
    worker = start_worker(seconds=NEVER)
    id = submit(jobs, numbered(1)).job_id
    until(lambda: len(lines(begun)) == 1)
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
    start_worker()
    assert wait_for(id).status == "done"


@ON_SQLITE
def test_work_under_way_is_finished_before_a_worker_stops(
    jobs: Jobs, start_worker: StartWorker, begun: Path
) -> None:
    worker = start_worker(drain=PATIENCE)
    id = submit(jobs, patient()).job_id
    until(lambda: len(lines(begun)) == 1)
    worker.terminate()
    go(begun).touch()
    assert worker.wait(PATIENCE) == 0
    job = get_job(jobs, id)
    assert job is not None and job.status == "done"


def test_a_document_that_kills_who_reads_it_is_put_aside_after_three_attempts(
    jobs: Jobs, start_worker: StartWorker, begun: Path, wait_for: WaitFor
) -> None:
    poison = read(b"Norway and Chile: poisonous.")
    id = submit(jobs, poison).job_id
    others = [submit(jobs, numbered(number)).job_id for number in range(4)]
    for _ in range(2):
        victim = start_worker()
        assert victim.wait(PATIENCE) == -signal.SIGKILL
        bury(jobs.engine)
    survivor = start_worker()
    failed = wait_for(id)
    assert lines(begun).count(poison.id) == 3
    assert (failed.status, failed.step, failed.attempts) == ("failed", "read", 3)
    assert failed.error == JobError(
        type="/problems/worker-lost",
        title="The document ended the processes that read it",
        status=500,
        detail="Every worker that read this document died while it did, the last one with signal 9.",
        instance=f"/v1/jobs/{id}",
    )
    assert {wait_for(other).status for other in others} == {"done"}
    assert survivor.poll() is None


@ON_SQLITE
def test_a_document_that_was_there_when_workers_died_is_not_blamed(
    jobs: Jobs, start_worker: StartWorker, begun: Path, wait_for: WaitFor
) -> None:
    document = numbered(1)
    id = submit(jobs, document).job_id
    for attempt in range(1, 4):
        kill_one_that_reads(jobs, start_worker, begun, attempt)
    start_worker()
    done = wait_for(id)
    assert (done.status, done.attempts, lines(begun)) == ("done", 4, [document.id] * 4)


@ON_SQLITE
def test_a_document_is_given_up_when_too_many_workers_died_and_webhooks_are_told(
    jobs: Jobs, start_worker: StartWorker, begun: Path, wait_for: WaitFor
) -> None:
    webhook = create_webhook(jobs.engine, url="https://desk.example/", events=["job.failed"]).webhook.id
    id = submit(jobs, numbered(1)).job_id
    for attempt in (1, 2):
        assert next_delivery(jobs.engine, webhook, datetime.now(UTC)) is None
        kill_one_that_reads(jobs, start_worker, begun, attempt, deaths=1)
    start_worker(deaths=1)
    failed = wait_for(id)
    assert (failed.status, failed.attempts) == ("failed", 2)
    assert failed.error is not None and failed.error.type == "/problems/worker-lost"
    until(lambda: next_delivery(jobs.engine, webhook, datetime.now(UTC)))
    told = next_delivery(jobs.engine, webhook, datetime.now(UTC))
    assert told is not None and (told.type, id in told.body.decode()) == ("job.failed", True)
