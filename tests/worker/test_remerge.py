"""Documents of one round that come at once are merged together, and each job is done once its document is merged."""

import subprocess
from collections.abc import Callable

import msgspec

from schemas import Job, RevisionInfo
from store.briefings import page_revisions
from tests.worker.many_talks import document
from worker.jobs import Jobs, submit

DOCUMENTS = 25


def test_documents_of_a_round_that_come_at_once_make_few_revisions(
    jobs: Jobs, real_worker: "subprocess.Popen[str]", wait_for: Callable[..., Job]
) -> None:
    documents = [document(number, 1) for number in range(DOCUMENTS)]
    ids = [submit(jobs, one).job_id for one in documents]
    done = [(job.status, len(job.briefing_ids)) for job in map(wait_for, ids)]
    assert done == [("done", 1)] * DOCUMENTS
    [id] = {id for job in map(wait_for, ids) for id in job.briefing_ids}
    listed = b"[%s]" % b",".join(page_revisions(jobs.engine, id, limit=99).items)
    revisions = msgspec.json.decode(listed, type=list[RevisionInfo])
    assert len(revisions) <= DOCUMENTS // 5
    brought = [one for revision in revisions for one in revision.cause.document_ids]
    assert sorted(brought) == sorted(one.id for one in documents)


def test_a_job_is_done_once_its_document_is_in_the_briefing(
    jobs: Jobs, real_worker: "subprocess.Popen[str]", wait_for: Callable[..., Job]
) -> None:
    for number in range(3):
        job = wait_for(submit(jobs, document(number, 1)).job_id, "done")
        assert len(job.briefing_ids) == 1
