"""Fetching documents, and looking at what is watched: a durable workflow for each host of which something is due, so
that a host is asked one thing at a time, with a pause after each, by all workers together.

Nothing is queued but the host: what is due of it is in `store.addresses` and `store.watches`. A worker that dies leaves
at most one address that is fetched again.
"""

import html
import logging
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from threading import Event
from urllib.parse import unquote, urljoin, urlsplit

from dbos import DBOS
from dbos import error as dbos_error
from msgspec import json
from sqlalchemy.exc import SQLAlchemyError

from pipeline import Unreadable
from pipeline.documents.document import Document
from pipeline.documents.read import read
from pipeline.feeds import Feed, feed_of
from schemas import DocumentAddress
from schemas.http import HOSTED
from store.addresses import (
    IRRELEVANT,
    AddressRow,
    Validators,
    begin_fetch,
    due_address,
    finish_fetch,
    give_up_fetch,
    put_off_fetch,
)
from store.engine import contention, outage
from store.watches import FoundItem, WatchRow, due_hosts, due_watch, leave_alone, look_failed, looked
from worker import LOST, NotFetched
from worker.bells import SELDOM
from worker.fetching import Fetch, Fetched, Fetcher, normal, unpacked
from worker.ingest import load, patient
from worker.jobs import Jobs, job_time, queue_each, submit
from worker.queue import FETCH, FETCHES

HOSTS_AT_ONCE = 4
"""Hosts that a worker asks at the same time."""
AGAIN = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""How long after each failed try of an address the next one comes; after one more it is given up."""
_SITEMAPS = 5
"""Of a sitemap of sitemaps, so many are looked at: those that changed last."""
_SHARE = 20.0  # seconds after which a host makes room for another one
_HEAD = 200_000  # bytes of a page in which it says which address is its own
_LINK = re.compile(rb"<link\b[^>]{0,2000}>", re.IGNORECASE)
_CANONICAL = re.compile(rb"\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_HOSTED = re.compile(HOSTED)
Relevant = Callable[[Document], bool]
log = logging.getLogger("readout.worker")


def register_fetching(jobs: Jobs, fetcher: Fetcher, relevant: Relevant) -> None:
    """Make the workflow known to DBOS before its launch. `relevant`: which documents a watch takes."""

    def rest(host: str) -> None:
        time.sleep(max(fetcher.pause_of(f"{scheme}://{host}") for scheme in ("http", "https")))

    @patient("fetch")
    def visit_host(host: str) -> int:
        return visit(jobs, host, fetcher.fetch, relevant, job_time, lambda: rest(host))

    @DBOS.workflow(name=FETCH, max_recovery_attempts=1000)
    def run(host: str) -> int:
        return visit_host(host)


def keep_fetching(jobs: Jobs, bell: Event) -> None:
    """Put hosts of which something is due into the queue whenever the bell rings. Any number of workers may."""
    while not bell.is_set():
        try:
            queue_each(jobs, FETCH, FETCHES, dict.fromkeys(due_hosts(jobs.engine, job_time()), 1))
        except (SQLAlchemyError, dbos_error.DBOSException) as error:
            log.warning("the database does not answer (%s): fetching later", type(error).__name__)
        bell.wait(SELDOM)


def visit(
    jobs: Jobs,
    host: str,
    fetch: Fetch,
    relevant: Relevant,
    clock: Callable[[], datetime],
    rest: Callable[[], None] = lambda: None,
) -> int:
    """Do what is due of a host until nothing is, or it has had its share; how much that was. It may be run again."""
    until = time.monotonic() + _SHARE
    done = 0
    while time.monotonic() < until:
        if watch := due_watch(jobs.engine, host, clock()):
            look(jobs, watch, fetch, clock, rest)
        elif address := due_address(jobs.engine, host, clock()):
            bring(jobs, address, fetch, relevant, clock)
        else:
            break
        done += 1
        rest()
    return done


def look(
    jobs: Jobs, watch: WatchRow, fetch: Fetch, clock: Callable[[], datetime], rest: Callable[[], None]
) -> None:
    """See what a watched address points to, and have what is new or changed fetched."""
    try:
        fetched = fetch(watch.url, Validators(watch.etag, watch.modified))
        if fetched.data is None:
            looked(jobs.engine, watch, clock())
            return
        feed, validators = feed_of(unpacked(fetched.data), fetched.url), fetched.validators
        if feed.format == "sitemaps":
            # It may stay as it is while the sitemaps change.
            feed, validators = _of_sitemaps(feed, fetch, rest), Validators()
    except NotFetched as error:
        look_failed(jobs.engine, watch, clock(), str(error), error.wait)
        if error.wait:
            leave_alone(jobs.engine, watch.host, clock() + error.wait)
        return
    except Unreadable as error:
        look_failed(jobs.engine, watch, clock(), str(error), None)
        return
    except Exception as error:
        if outage(error) or contention(error):
            raise
        log.exception("looking at %s failed", watch.id)
        look_failed(jobs.engine, watch, clock(), f"the worker failed ({type(error).__name__})", None)
        return
    found = list(_found(feed))
    looked(
        jobs.engine,
        watch,
        clock(),
        format=feed.format,
        found=found,
        left_out=feed.left_out,
        validators=validators,
    )


def _of_sitemaps(index: Feed, fetch: Fetch, rest: Callable[[], None]) -> Feed:
    """What the sitemaps point to of which a sitemap tells, as one. Raises NotFetched, Unreadable."""
    feeds = []
    for sitemap in index.items[:_SITEMAPS]:
        rest()
        fetched = fetch(normal(sitemap.url), Validators())
        feeds.append(feed_of(unpacked(fetched.data or b""), fetched.url))
    items = [item for feed in feeds if feed.format == "sitemap" for item in feed.items]
    return Feed("sitemap", items, sum(feed.left_out for feed in feeds))


def _found(feed: Feed) -> Iterator[FoundItem]:
    """What a feed points to, where that is an address on the web."""
    for item in feed.items:
        try:
            url = normal(item.url)
        except ValueError:
            continue
        if _HOSTED.match(url):
            yield FoundItem(url, host_of(url), item.title, item.mark)


def host_of(url: str) -> str:
    """The host of an address, with its port where it names one."""
    return urlsplit(url).netloc.lower()


def bring(
    jobs: Jobs, row: AddressRow, fetch: Fetch, relevant: Relevant, clock: Callable[[], datetime]
) -> None:
    """Fetch an address and have its document read. A watch takes only what is relevant and not there yet."""
    engine = jobs.engine
    if row.tries > len(AGAIN):
        give_up_fetch(engine, row, clock(), "worker-lost", f"{LOST}.")
        return
    begin_fetch(engine, row, clock())
    try:
        about = json.decode(row.about, type=DocumentAddress)
        known = Validators(row.etag, row.modified) if row.document_id else Validators()
        fetched = fetch(row.url, known)
        if fetched.data is not None:
            document = document_at(fetched, about)
        elif row.watch_id is None and row.document_id is not None:
            document = load(engine, row.document_id)
        else:
            finish_fetch(engine, row, clock(), None, known)
            return
        if row.watch_id is not None and not relevant(document):
            give_up_fetch(engine, row, clock(), IRRELEVANT, "it is not about trade negotiations")
            return
        submit(jobs, document)
        finish_fetch(engine, row, clock(), document.id, fetched.validators)
    except NotFetched as error:
        _not_fetched(jobs, row, error, clock())
    except Unreadable as error:
        give_up_fetch(engine, row, clock(), "address-unreadable", str(error))
    except Exception as error:
        if outage(error) or contention(error):
            raise
        log.exception("fetching of %s failed", row.id)
        failure = NotFetched("work-failed", f"the worker failed ({type(error).__name__})", again=True)
        _not_fetched(jobs, row, failure, clock())


def _not_fetched(jobs: Jobs, row: AddressRow, error: NotFetched, now: datetime) -> None:
    if not error.again or row.tries > len(AGAIN):
        give_up_fetch(jobs.engine, row, now, error.reason, str(error))
        return
    pause = max(AGAIN[row.tries - 1], error.wait or timedelta())
    put_off_fetch(jobs.engine, row, now + pause, error.reason, str(error))
    if error.wait:
        leave_alone(jobs.engine, row.host, now + error.wait)


def document_at(fetched: Fetched, about: DocumentAddress) -> Document:
    """The document that was fetched, at the address that its page calls its own. Raises Unreadable."""
    data = fetched.data or b""
    return read(
        data,
        file=PurePosixPath(unquote(urlsplit(fetched.url).path)).name or None,
        title=about.title,
        publisher=about.publisher,
        url=_canonical(data, fetched.url),
        published=about.published,
        rights=about.rights,
        reliability=about.reliability,
        embargo=about.embargo,
    )


def _canonical(data: bytes, url: str) -> str:
    """The address that a page calls its own, where that is of the same site; else the one where it was found."""
    for link in _LINK.findall(data, 0, _HEAD):
        if _CANONICAL.search(link) and (href := _HREF.search(link)):
            words = (href[1] or href[2] or href[3] or b"").decode("utf-8", "replace")
            try:
                own = normal(urljoin(url, html.unescape(words)))
            except ValueError:
                return url
            return own if _HOSTED.match(own) and _site(own) == _site(url) else url
    return url


def _site(url: str) -> str:
    return host_of(url).removeprefix("www.")
