"""What becomes of a document as it comes: pages that are none, near copies, embargoes, and what is said of it later."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import json
from sqlalchemy import update
from sqlmodel import col

from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Briefing, DocumentInfo, DocumentRefusal, Job, RevisionInfo
from store.briefings import get_briefing, page_revisions
from store.documents import briefings_of, get_document, get_readout, save_readout
from store.embargoes import embargoes_over
from store.engine import writing
from store.tables import DocumentRow
from tests.conftest import ROOT
from tests.worker.conftest import StartWorker
from worker.ingest import note_original
from worker.jobs import Jobs, submit
from worker.maintenance import end_embargoes
from worker.rebuild import rebuild

WALL = b"We value your privacy\n\nWe and our 842 partners use cookies. You can withdraw your consent.\n\nAccept all\n"
STORY = (ROOT / "samples" / "eu-india-1-preview.txt").read_bytes()
COPY = b"Another headline of another paper\n\n" + STORY.replace(b"110 per cent", b"120 per cent")


def known(jobs: Jobs, id: str) -> DocumentInfo:
    document = get_document(jobs.engine, id)
    assert document is not None
    return document


def submitted(jobs: Jobs, data: bytes, **about: Any) -> str:
    """A document that waits to be read; its id."""
    id = submit(jobs, read(data, **about)).document_id
    assert id is not None
    return id


def bring(jobs: Jobs, data: bytes, **about: Any) -> str:
    """A document that is read and merged here, as a worker does it; its id."""
    id = submitted(jobs, data, **about)
    save_readout(jobs.engine, id, readout(read(data, **about)))
    rebuild(jobs.engine, id)
    return id


def briefings(jobs: Jobs, id: str) -> list[str]:
    """The briefings that a document supports."""
    return briefings_of(jobs.engine, [id])[id]


def test_a_wall_is_kept_and_not_read(
    jobs: Jobs, start_worker: StartWorker, begun: Any, wait_for: Callable[..., Job]
) -> None:
    start_worker()
    added = submit(jobs, read(WALL))
    job = wait_for(added.job_id)
    assert job.status == "failed"
    assert job.error is not None
    assert (job.error.type, job.error.status, job.error.detail) == (
        "/problems/no-document",
        422,
        "The document is not read: It is a page that asks for consent to cookies.",
    )
    document = known(jobs, read(WALL).id)
    assert document.status == "refused"
    assert document.refusal == DocumentRefusal(
        kind="consent", reason="It is a page that asks for consent to cookies."
    )
    assert begun.read_text() == "", "no extractor is asked about it"


def test_a_near_copy_names_the_document_that_came_before(jobs: Jobs) -> None:
    first, second = (submitted(jobs, data) for data in (STORY, COPY))
    assert note_original(jobs.engine, read(STORY)) is None
    assert note_original(jobs.engine, read(COPY)) == first
    assert (known(jobs, first).copy_of, known(jobs, second).copy_of) == (None, first)


def test_near_copies_are_one_origin_of_a_briefing(jobs: Jobs) -> None:
    ids = [bring(jobs, data) for data in (STORY, COPY)]
    [briefing] = briefings(jobs, ids[0])
    record = get_briefing(jobs.engine, briefing)
    assert record is not None
    sources = json.decode(record.body, type=Briefing).sources
    assert {source.document_id for source in sources} == set(ids)
    assert len({source.origin_group for source in sources}) == 1


def test_another_version_at_the_same_address_is_no_copy(jobs: Jobs) -> None:
    address = "https://times.example/talks"
    for data in (STORY, COPY):
        submit(jobs, read(data, url=address))
    assert note_original(jobs.engine, read(COPY, url=address)) is None


def test_a_document_under_an_embargo_is_read_and_supports_a_briefing_when_it_is_over(jobs: Jobs) -> None:
    embargo = datetime.now(UTC) + timedelta(days=1)
    id = bring(jobs, STORY, embargo=embargo)
    assert get_readout(jobs.engine, id) is not None
    assert briefings(jobs, id) == []
    end_embargoes(jobs.engine)
    assert briefings(jobs, id) == []
    let_pass(jobs, id)
    end_embargoes(jobs.engine)
    assert len(briefings(jobs, id)) == 1
    assert embargoes_over(jobs.engine, 9) == []
    assert known(jobs, id).stated == read(STORY, embargo=embargo).stated


def let_pass(jobs: Jobs, id: str) -> None:
    """The embargo of a document has been over for a second."""
    with writing(jobs.engine) as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(DocumentRow).where(col(DocumentRow.id) == id).values(embargo=past))


def test_a_version_under_an_embargo_leaves_the_one_before_in_place_until_it_is_over(jobs: Jobs) -> None:
    address = "https://times.example/talks"
    before = bring(jobs, STORY, url=address)
    later = bring(jobs, COPY, url=address, embargo=datetime.now(UTC) + timedelta(days=1))
    assert (known(jobs, before).status, len(briefings(jobs, before))) == ("current", 1)
    let_pass(jobs, later)
    end_embargoes(jobs.engine)
    assert (known(jobs, before).replaced_by, briefings(jobs, before)) == (later, [])
    assert len(briefings(jobs, later)) == 1


def causes(jobs: Jobs, id: str) -> list[str]:
    """Why the revisions of a briefing were made, the first first."""
    items = page_revisions(jobs.engine, id, limit=9).items
    return [json.decode(item, type=RevisionInfo).cause.kind for item in reversed(items)]


def test_what_is_stated_later_is_told_by_a_revision_that_says_why(jobs: Jobs) -> None:
    id = bring(jobs, STORY, publisher="Example Times", rights="CC-BY-4.0")
    [briefing] = briefings(jobs, id)
    bring(jobs, STORY, publisher="Another Times")
    stated = known(jobs, id).stated
    assert stated is not None
    assert (stated.publisher, stated.rights) == ("Another Times", "CC-BY-4.0")
    assert causes(jobs, briefing) == ["added", "restated"]


def test_an_embargo_that_is_stated_later_takes_a_document_out(jobs: Jobs) -> None:
    first, other = bring(jobs, STORY), bring(jobs, COPY)
    [briefing] = briefings(jobs, first)
    bring(jobs, COPY, embargo=datetime.now(UTC) + timedelta(days=1))
    assert (briefings(jobs, first), briefings(jobs, other)) == ([briefing], [])
    assert causes(jobs, briefing)[-1] == "embargoed"


def test_a_document_that_is_sent_again_as_it_was_is_not_worked_on_again(jobs: Jobs) -> None:
    submit(jobs, read(STORY, publisher="Example Times"))
    before = known(jobs, read(STORY).id)
    submit(jobs, read(STORY))
    assert known(jobs, read(STORY).id) == before
