"""Watches take what is new or changed, once, whatever fails meanwhile; addresses are fetched until they give something."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET, json

from pipeline.documents.document import Document
from schemas import DocumentAddress, DocumentInfo, Job
from schemas.queries import DocumentQuery
from schemas.watches import Watch, WatchChange, WatchItem
from store.addresses import page_items
from store.documents import get_document, page_documents
from store.embargoes import Cleared
from store.watches import change_watch, create_watch, delete_watch, due_hosts, get_watch
from tests.serving import worker
from tests.site import Page, Site, rss, site, story, zipped
from tests.waiting import until
from tests.worker.conftest import bury
from worker.decisions import withdraw
from worker.fetching import Fetcher, Manners
from worker.hosts import AGAIN, visit
from worker.jobs import Jobs, cancel_job, get_job, page_jobs, queue_each, retry_job, submit_address
from worker.queue import FETCH, FETCHES

START = datetime(2031, 3, 14, 9, 30, tzinfo=UTC)
EVERY = 900
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Desk:
    """A worker's visits to a site, at moments that the test chooses."""

    def __init__(self, jobs: Jobs, there: Site) -> None:
        self.jobs, self.there, self.now = jobs, there, START
        self.fetcher = Fetcher(Manners(reach="any", pause=0))
        self.relevant: list[str] = []

    def visit(self, later: timedelta = timedelta()) -> int:
        """What is done of what is due by then."""
        self.now += later

        def about_talks(document: Document) -> bool:
            self.relevant.append(document.id)
            return "trade talks" in document.text

        done = 0
        while more := visit(self.jobs, self.there.host, self.fetcher.fetch, about_talks, lambda: self.now):
            done += more
        return done

    def watch(self, path: str) -> Watch:
        return create_watch(self.jobs.engine, url=self.there.url + path, every=EVERY, now=self.now)

    def state(self, watch: Watch) -> Watch:
        found = get_watch(self.jobs.engine, watch.id)
        assert found is not None
        return found

    def items(self, watch: Watch, status: Any = None) -> list[WatchItem]:
        page = page_items(self.jobs.engine, watch.id, status=status, limit=100, cursor=None)
        return [json.decode(item, type=WatchItem) for item in page.items]

    def documents(self) -> list[DocumentInfo]:
        listed = page_documents(self.jobs.engine, DocumentQuery(limit=100), to=Cleared(True, True))
        return [json.decode(item, type=DocumentInfo) for item in listed.items]

    def job(self, id: str) -> Job:
        job = get_job(self.jobs, id)
        assert job is not None
        return job

    def ask(self, path: str, **about: Any) -> str:
        return submit_address(self.jobs, DocumentAddress(url=self.there.url + path, **about)).job_id


@pytest.fixture
def there() -> Iterator[Site]:
    with site() as there:
        yield there


@pytest.fixture
def desk(jobs: Jobs, there: Site) -> Desk:
    return Desk(jobs, there)


def fill(there: Site, count: int) -> None:
    """A feed of so many items about talks."""
    there.pages["/feed"] = rss({f"/{number}": f"Round {number}" for number in range(count)})
    for number in range(count):
        there.pages[f"/{number}"] = Page(story(number))


def test_each_of_fifty_items_is_taken_once_though_the_site_fails(desk: Desk, there: Site) -> None:
    fill(there, 50)
    there.failing = [500, 503]
    watch = desk.watch("/feed")
    assert desk.visit() == 1
    assert desk.state(watch).last_error == "it answered 500"
    desk.visit(timedelta(seconds=EVERY))
    assert desk.state(watch).failures == 2
    desk.visit(timedelta(seconds=2 * EVERY))
    assert (desk.state(watch).status, desk.state(watch).format) == ("active", "rss")
    assert [item.status for item in desk.items(watch)] == ["taken"] * 50
    assert len(desk.documents()) == 50
    for _ in range(3):
        desk.visit(timedelta(seconds=EVERY))
    assert {path: there.given(path) for path in ("/0", "/49")} == {"/0": [200], "/49": [200]}
    assert there.given("/feed")[2:] == [200, 304, 304, 304]


def test_an_item_that_changes_becomes_another_version(desk: Desk, there: Site) -> None:
    fill(there, 2)
    watch = desk.watch("/feed")
    desk.visit()
    before = {item.url: item.document_id for item in desk.items(watch)}
    there.pages["/1"] = Page(story(1, "They will meet again in Santiago on 9 April 2031."))
    there.pages["/feed"] = rss({"/0": "Round 0", "/1": "Round 1, with a place"})
    desk.visit(timedelta(seconds=EVERY))
    after = {item.url: item.document_id for item in desk.items(watch)}
    first, second = f"{there.url}/0", f"{there.url}/1"
    assert (after[first], there.given("/0")) == (before[first], [200])
    assert after[second] != before[second]
    [old] = [one for one in desk.documents() if one.id == before[second]]
    assert old.replaced_by == after[second]


def test_an_item_that_is_told_otherwise_and_stays_is_not_taken_again(desk: Desk, there: Site) -> None:
    fill(there, 1)
    watch = desk.watch("/feed")
    desk.visit()
    [before] = desk.items(watch)
    there.pages["/feed"] = rss({"/0": "Another title"})
    desk.visit(timedelta(seconds=EVERY))
    [after] = desk.items(watch)
    assert (after.document_id, after.status, after.title) == (before.document_id, "taken", "Another title")
    assert there.given("/0") == [200, 304]


def test_what_is_skipped_or_fails_is_listed_with_the_reason(desk: Desk, there: Site) -> None:
    there.pages |= {
        "/feed": rss({"/talks": "Talks", "/football": "Football", "/gone": "Gone", "/flag": "Flag"}),
        "/talks": Page(story(1)),
        "/football": Page(
            "<!doctype html><html><body><article><p>Norway beat Chile by two goals to one.</p></article>"
        ),
        "/flag": Page(b"\x89PNG", "image/png"),
    }
    watch = desk.watch("/feed")
    desk.visit()
    became = {item.title: (item.status, item.reason) for item in desk.items(watch)}
    assert became == {
        "Talks": ("taken", None),
        "Football": ("skipped", "not-about-trade"),
        "Gone": ("failed", "address-not-found"),
        "Flag": ("failed", "address-unreadable"),
    }
    assert [item.title for item in desk.items(watch, "skipped")] == ["Football"]
    assert len(desk.documents()) == 1
    assert len(desk.relevant) == 2


@ON_SQLITE
@pytest.mark.parametrize(
    ("page", "format"),
    [
        ('<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><link href="/0"/></entry></feed>', "atom"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "/0"}]}', "json"),
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/0</loc></url></urlset>', "sitemap"),
        (zipped(b"<urlset><url><loc>/0</loc></url></urlset>"), "sitemap"),
        ("<sitemapindex><sitemap><loc>/map</loc></sitemap></sitemapindex>", "sitemap"),
        ("<rss><channel><item><guid>/none</guid><link>/0</link></item></channel>", "rss"),
    ],
)  # fmt: skip
def test_feeds_of_every_kind(desk: Desk, there: Site, page: str | bytes, format: str) -> None:
    fill(there, 1)
    there.pages["/map"] = Page("<urlset><url><loc>/0</loc></url></urlset>")
    there.pages["/watched"] = Page(page, "application/octet-stream")
    watch = desk.watch("/watched")
    desk.visit()
    [item] = desk.items(watch)
    assert (desk.state(watch).format, item.url, item.status) == (format, f"{there.url}/0", "taken")


@ON_SQLITE
def test_a_page_is_watched_itself(desk: Desk, there: Site) -> None:
    there.pages["/page"] = Page(story(1))
    watch = desk.watch("/page")
    desk.visit()
    there.pages["/page"] = Page(story(1, "They end on 4 March 2031."))
    desk.visit(timedelta(seconds=EVERY))
    [item] = desk.items(watch)
    assert (desk.state(watch).format, item.url) == ("page", f"{there.url}/page")
    assert {one.replaced_by for one in desk.documents()} == {None, item.document_id}


@ON_SQLITE
def test_a_host_that_wants_to_be_left_alone_is(desk: Desk, there: Site) -> None:
    fill(there, 3)
    watch = desk.watch("/feed")
    there.pages["/1"] = Page(status=429, headers={"Retry-After": "7200"})
    there.pages["/0"] = there.pages["/2"] = there.pages["/1"]
    desk.visit()
    waiting = [item for item in desk.items(watch) if item.detail]
    assert [item.detail for item in waiting] == ["it answered 429"]
    assert (desk.visit(timedelta(hours=1)), len(there.asked)) == (0, 3)
    fill(there, 3)
    desk.visit(timedelta(hours=1))
    assert [item.status for item in desk.items(watch)] == ["taken"] * 3


@ON_SQLITE
def test_a_watch_that_fails_is_looked_at_less_and_less_and_goes_on(desk: Desk, there: Site) -> None:
    watch = desk.watch("/feed")
    pauses = []
    for _ in range(9):
        desk.visit()
        state = desk.state(watch)
        assert state.next_look_at is not None
        pauses.append((state.next_look_at - desk.now).total_seconds() / EVERY)
        desk.now = state.next_look_at
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 96, 96]
    assert (state.status, state.last_error) == ("failing", "it answered 404")
    fill(there, 1)
    desk.visit()
    assert (desk.state(watch).status, desk.state(watch).failures) == ("active", 0)


def test_a_paused_watch_is_not_looked_at_until_it_goes_on(desk: Desk, there: Site) -> None:
    fill(there, 1)
    watch = desk.watch("/feed")
    engine = desk.jobs.engine
    paused = change_watch(engine, watch.id, WatchChange(paused=True), desk.now)
    assert paused and (paused.status, paused.next_look_at) == ("paused", None)
    assert (desk.visit(timedelta(days=1)), due_hosts(engine, desk.now)) == (0, set())
    change_watch(engine, watch.id, WatchChange(paused=False, every=UNSET), desk.now)
    assert due_hosts(engine, desk.now) == {there.host}
    assert desk.visit() == 2


def test_a_deleted_watch_leaves_the_documents(desk: Desk, there: Site) -> None:
    fill(there, 2)
    watch = desk.watch("/feed")
    desk.visit()
    assert delete_watch(desk.jobs.engine, watch.id)
    assert not delete_watch(desk.jobs.engine, watch.id)
    assert (len(desk.documents()), desk.items(watch)) == (2, [])


@ON_SQLITE
def test_watching_an_address_twice_is_watching_it_once(desk: Desk) -> None:
    first = desk.watch("/feed#top")
    second = create_watch(desk.jobs.engine, url=first.url, every=60, now=desk.now)
    assert (second.id, second.every) == (first.id, 60)


def test_a_document_is_fetched_and_read_as_its_sender_says(desk: Desk, there: Site) -> None:
    there.pages["/talks"] = Page(story(1))
    id = desk.ask("/talks?from=mail#top", title="Talks in Oslo", published="2031-03-04")
    assert (desk.job(id).status, desk.job(id).document_id, desk.job(id).links.document) == (
        "queued",
        None,
        None,
    )
    there.pages["/talks?from=mail"] = there.pages["/talks"]
    desk.visit()
    job = desk.job(id)
    assert job.document_id is not None
    document = get_document(desk.jobs.engine, job.document_id)
    assert document is not None and document.source.published is not None
    assert (document.source.title, document.source.published.edtf) == ("Talks in Oslo", "2031-03-04")
    assert document.source.url == f"{there.url}/talks?from=mail"
    assert (job.id, job.status, job.links.document) == (id, "queued", f"/v1/documents/{job.document_id}")
    assert [one.id for one in page_jobs(desk.jobs, limit=5).items] == [f"ingest-{job.document_id}"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("own", "kept"),
    [("/own", "/own"), ("https://elsewhere.example/own", "/talks"), ("http://[", "/talks"), ("", "/talks")],
)
def test_the_address_that_a_page_calls_its_own_is_kept_where_it_is_of_its_site(
    desk: Desk, there: Site, own: str, kept: str
) -> None:
    there.pages["/talks"] = Page(story(1).replace("<head>", f'<head><link href="{own}" rel="canonical">'))
    id = desk.ask("/talks")
    desk.visit()
    document = get_document(desk.jobs.engine, desk.job(id).document_id or "")
    assert document and document.source.url == there.url + kept


def test_an_address_that_is_asked_for_again_gives_what_it_has_now(desk: Desk, there: Site) -> None:
    there.pages["/talks"] = Page(story(1))
    id = desk.ask("/talks")
    desk.visit()
    first = desk.job(id).document_id
    assert first
    withdraw(desk.jobs.engine, first)
    assert desk.ask("/talks") == id
    desk.visit()
    again = get_document(desk.jobs.engine, first)
    assert again and again.withdrawn_at is None, (
        "what is brought again counts again, though it has not changed"
    )
    there.pages["/talks"] = Page(story(2))
    desk.ask("/talks")
    desk.visit()
    replaced = get_document(desk.jobs.engine, first)
    assert replaced and replaced.replaced_by == desk.job(id).document_id
    assert there.given("/talks") == [200, 304, 200]


@ON_SQLITE
def test_an_address_that_fails_is_tried_again_for_hours_and_then_given_up(desk: Desk, there: Site) -> None:
    there.failing = [500] * 6
    id = desk.ask("/talks")
    assert desk.visit() == 1
    assert (desk.job(id).status, desk.job(id).error) == ("running", None)
    for pause in AGAIN:
        assert desk.visit(pause * 0.9) == 0
        assert desk.visit(pause * 0.1) == 1
    job = desk.job(id)
    assert job.error is not None
    assert (job.status, job.attempts, job.error.type, job.error.status) == (
        "failed", 6, "/problems/address-unreachable", 502,
    )  # fmt: skip
    assert job.error.detail == "Nothing was taken from the address: it answered 500."
    there.pages["/talks"] = Page(story(1))
    assert retry_job(desk.jobs, id)
    assert desk.visit() == 1
    assert desk.job(id).document_id


def test_an_address_that_is_cancelled_is_not_fetched(desk: Desk, there: Site) -> None:
    ids = [desk.ask("/a"), desk.ask("/b")]
    cancelled = cancel_job(desk.jobs, ids[0])
    assert cancelled and cancelled.status == "cancelled"
    desk.visit()
    assert (there.given("/a"), there.given("/b")) == ([], [404])
    listed = {job.id: job.status for job in page_jobs(desk.jobs, limit=5).items}
    assert listed == {ids[0]: "cancelled", ids[1]: "failed"}
    assert [job.id for job in page_jobs(desk.jobs, limit=5, status="failed").items] == ids[1:]
    first = page_jobs(desk.jobs, limit=1)
    second = page_jobs(desk.jobs, limit=1, cursor=first.next_cursor)
    assert {job.id for page in (first, second) for job in page.items} == set(ids)
    assert second.next_cursor is None


def test_a_worker_that_is_killed_leaves_the_rest_to_another(
    jobs: Jobs, there: Site, desk: Desk, database_url: str, tmp_path: Path
) -> None:
    fill(there, 12)
    watch = create_watch(jobs.engine, url=f"{there.url}/feed", every=60, now=datetime.now(UTC))
    with worker(database_url, tmp_path, fetching=True):
        until(lambda: len(there.asked) > 5)
    bury(jobs.engine)
    with worker(database_url, tmp_path, fetching=True):
        until(lambda: len(desk.items(watch, "taken")) == 12, lambda: desk.items(watch))
        until(lambda: {desk.job(item.job_id).status for item in desk.items(watch)} == {"done"})
    assert len(desk.documents()) == 12
    given = [there.given(f"/{number}") for number in range(12)]
    assert max(map(len, given)) <= 2 and sum(map(len, given)) <= 13


@ON_SQLITE
def test_a_host_is_queued_once(jobs: Jobs, there: Site, desk: Desk) -> None:
    desk.watch("/feed")
    for _ in range(2):
        queue_each(jobs, FETCH, FETCHES, dict.fromkeys(due_hosts(jobs.engine, desk.now), 1))
    [queued] = jobs.client().list_workflows(name=FETCH)
    assert queued.deduplication_id == there.host
