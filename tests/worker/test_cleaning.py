"""What is dropped, and what is not: whatever work goes on with stays."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.documents.read import read
from store.idempotency import claim_key
from store.workers import KeptAnswer, add_answer, get_answer, wait_for_model
from worker.jobs import Jobs, cancel_job, submit
from worker.maintenance import clean
from worker.queue import DELIVER, DELIVERIES

NOW = datetime.now(UTC)
KEPT = timedelta(days=90)


def answered(jobs: Jobs, key: str, days_ago: float) -> None:
    add_answer(
        jobs.engine,
        KeptAnswer(
            key=key,
            model="invented-1",
            body=b"{}",
            prompt_tokens=1,
            cached_tokens=0,
            completion_tokens=1,
            cost=None,
            created_at=NOW - timedelta(days=days_ago),
        ),
    )


def left(jobs: Jobs) -> list[str]:
    return [key for key in ("old", "new") if get_answer(jobs.engine, key) is not None]


@pytest.fixture(autouse=True)
def answers(jobs: Jobs) -> None:
    answered(jobs, "old", 91)
    answered(jobs, "new", 89)


def test_answers_are_dropped_when_they_are_old(jobs: Jobs) -> None:
    clean(jobs, KEPT, NOW)
    assert left(jobs) == ["new"]


def test_answers_since_the_oldest_document_to_be_read_are_kept(jobs: Jobs) -> None:
    job = submit(jobs, read(b"Norway and Chile opened trade talks.")).job_id
    later = NOW + timedelta(days=365)
    answered(jobs, "during", -1)
    clean(jobs, KEPT, later)
    assert (left(jobs), get_answer(jobs.engine, "during")) == ([], b"{}")
    cancel_job(jobs, job)
    clean(jobs, KEPT, later)
    assert get_answer(jobs.engine, "during") is None


def test_answers_for_documents_that_wait_for_the_model_are_kept(jobs: Jobs) -> None:
    added = submit(jobs, read(b"Norway and Chile opened trade talks."))
    cancel_job(jobs, added.job_id)
    assert added.document_id
    wait_for_model(jobs.engine, added.document_id, NOW)
    answered(jobs, "during", -1)
    clean(jobs, KEPT, NOW + timedelta(days=365))
    assert get_answer(jobs.engine, "during") == b"{}"


def test_an_idempotency_key_is_free_after_a_day(jobs: Jobs) -> None:
    claim_key(jobs.engine, "key", "one thing")
    clean(jobs, KEPT, NOW + timedelta(days=2))
    assert isinstance(claim_key(jobs.engine, "key", "another thing"), str)


def test_records_of_deliveries_are_dropped_an_hour_after(jobs: Jobs) -> None:
    client = jobs.client()
    client.enqueue({"workflow_name": DELIVER, "queue_name": DELIVERIES, "workflow_id": "deliver-1"}, "wbh_1")
    clean(jobs, KEPT, NOW + timedelta(days=1))
    client.cancel_workflow("deliver-1")
    clean(jobs, KEPT, datetime.now(UTC))
    assert [one.workflow_id for one in client.list_workflows(name=DELIVER)] == ["deliver-1"]
    clean(jobs, KEPT, NOW + timedelta(hours=2))
    assert client.list_workflows(name=DELIVER) == []
