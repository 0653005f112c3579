"""Documents of one round that come at once are merged together, and each job is done once its document is merged."""

import subprocess
from collections.abc import Callable

import msgspec
from sqlalchemy import Engine

from schemas import Job, RevisionInfo
from store.briefings import page_revisions
from store.engine import connect
from tests.worker.many_talks import document
from tests.worker.rounds_archive import store
from worker.jobs import Jobs, submit
from worker.rebuild import rebuild_waiting, wait_to_rebuild

DOCUMENTS = 25


def test_documents_of_a_round_that_come_at_once_make_few_revisions(
    jobs: Jobs, real_worker: "subprocess.Popen[str]", wait_for: Callable[..., Job]
) -> None:
    documents = [document(number, 1) for number in range(DOCUMENTS)]
    ids = [submit(jobs, one).job_id for one in documents]
    done = [(job.status, len(job.briefing_ids)) for job in map(wait_for, ids)]
    assert done == [("done", 1)] * DOCUMENTS
    [id] = {id for job in map(wait_for, ids) for id in job.briefing_ids}
    revisions = revisions_of(jobs.engine, id)
    assert len(revisions) <= DOCUMENTS // 2  # how few depends on the machine
    brought = [one for revision in revisions for one in revision.cause.document_ids]
    assert sorted(brought) == sorted(one.id for one in documents)


def test_documents_that_wait_together_make_one_revision(database_url: str) -> None:
    engine = connect(database_url)
    documents = [document(number, 1) for number in range(DOCUMENTS)]
    for one in documents:
        store(engine, one)
        wait_to_rebuild(engine, one.id)
    [id] = {id for one in documents for id in rebuild_waiting(engine, one.id)}
    [revision] = revisions_of(engine, id)
    assert sorted(revision.cause.document_ids) == sorted(one.id for one in documents)
    engine.dispose()


def revisions_of(engine: Engine, briefing: str) -> list[RevisionInfo]:
    listed = b"[%s]" % b",".join(page_revisions(engine, briefing, limit=99).items)
    return msgspec.json.decode(listed, type=list[RevisionInfo])


def test_a_job_is_done_once_its_document_is_in_the_briefing(
    jobs: Jobs, real_worker: "subprocess.Popen[str]", wait_for: Callable[..., Job]
) -> None:
    for number in range(3):
        job = wait_for(submit(jobs, document(number, 1)).job_id, "done")
        assert len(job.briefing_ids) == 1
