"""What newsletters, calendars, feed readers and followers take: digest, deadlines, briefings, changes."""

from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import json
from msgspec.structs import replace
from sqlalchemy import Engine

from api.http.auth import BRIEFINGS_READ
from api.http.caching import entity_tag
from api.http.content import ATOM, CALENDAR, JSON_FEED
from api.http.responses import Database, address_of, answers, base_of, next_link, stored, stored_page
from api.newsletters import digest_of, of_topic
from schemas import BriefingId, BriefingSummary, ChangePage, Deadline
from schemas.changes import Digest
from schemas.fact_queries import CalendarQuery
from schemas.queries import ChangeQuery, DigestQuery, FeedQuery
from store.briefings import page_briefings
from store.changes import read_changes
from store.digest import changes_of, sources_of, summaries_of, told_of
from store.facts import page_facts
from store.paging import Page

if TYPE_CHECKING:
    from api.rendering.subscriptions import FeedContent


@get(
    "/v1/deadlines.ics",
    include_in_schema=False,
    opt={"query": CalendarQuery, "scope": (BRIEFINGS_READ,), "subscribed": True},
    responses=answers(str, when="A calendar.", media_type=CALENDAR),
    sync_to_thread=True,
)
def deadline_calendar(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[CalendarQuery]
) -> Response[bytes]:
    """Deadlines that have a date. Where there are more than `limit`, the earliest stay out."""
    return deadlines_as_calendar(request, database, asked)


def deadlines_as_calendar(
    request: Request[Any, Any, Any], database: Engine, asked: CalendarQuery
) -> Response[bytes]:
    """As iCalendar, the last in time first."""
    asked = replace(of_topic(database, asked), sort=asked.sort or "-date")
    return _as_calendar(request, database, page_facts(database, "deadline", asked))


@get(
    "/v1/briefings.atom",
    include_in_schema=False,
    opt={"query": FeedQuery, "scope": (BRIEFINGS_READ,), "subscribed": True},
    responses=answers(str, when="A feed.", media_type=ATOM),
    sync_to_thread=True,
)
def briefing_feed(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[FeedQuery]
) -> Response[bytes]:
    """Briefings, the one that changed last first; also those that were withdrawn."""
    return briefings_as(ATOM, request, database, asked)


@get(
    "/v1/briefings.feed.json",
    include_in_schema=False,
    opt={"query": FeedQuery, "scope": (BRIEFINGS_READ,), "subscribed": True},
    responses=answers(str, when="A feed.", media_type=JSON_FEED),
    sync_to_thread=True,
)
def briefing_json_feed(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[FeedQuery]
) -> Response[bytes]:
    """The same as JSON Feed 1.1."""
    return briefings_as(JSON_FEED, request, database, asked)


def briefings_as(
    form: str, request: Request[Any, Any, Any], database: Engine, asked: FeedQuery
) -> Response[bytes]:
    """As a feed in this form, the one that changed last first."""
    asked = replace(of_topic(database, asked), sort=asked.sort or "-updated_at")
    listed = page_briefings(database, asked, withdrawn=True)
    return _as_feed(request, database, listed, form)


def _as_calendar(request: Request[Any, Any, Any], database: Engine, listed: Page) -> Response[bytes]:
    """A page of deadlines as iCalendar. Those without a date have no place in it."""
    # What makes calendars and feeds is loaded when somebody asks for one.
    from api.rendering.subscriptions import calendar

    deadlines = [json.decode(item, type=Deadline[BriefingId]) for item in listed.items]
    proofs = (evidence.document_id for one in deadlines for evidence in one.evidence)
    body = calendar(
        deadlines,
        summaries_of(database, (one.briefing_id for one in deadlines)),
        sources_of(database, proofs),
        changes_of(database, (one.id for one in deadlines)),
        base=base_of(request),
        address=address_of(request),
    )
    return _subscribed(request, body, CALENDAR, listed.next_cursor)


def _as_feed(
    request: Request[Any, Any, Any], database: Engine, listed: Page, form: str = ATOM
) -> Response[bytes]:
    """A page of briefings as Atom or JSON Feed, with what is told of each."""
    from api.rendering.subscriptions import feed_of_briefings

    briefings = [json.decode(item, type=BriefingSummary) for item in listed.items]
    texts = told_of(database, (one.id for one in briefings))
    content = feed_of_briefings(briefings, texts, base=base_of(request), address=address_of(request))
    return feed_as(form, request, content, listed.next_cursor)


def feed_as(
    form: str, request: Request[Any, Any, Any], content: "FeedContent", cursor: str | None
) -> Response[bytes]:
    """A page of a feed, as Atom or as JSON Feed."""
    from api.rendering.subscriptions import atom, json_feed

    if form == JSON_FEED:
        return _subscribed(request, json_feed(content), JSON_FEED, cursor)
    return _subscribed(request, atom(content, base_of(request)), f"{ATOM}; charset=utf-8", cursor)


_MADE = {CALENDAR: _as_calendar, ATOM: _as_feed}


def page_of(request: Request[Any, Any, Any], database: Engine, listed: Page) -> Response[bytes]:
    """A page in the representation that was asked for, where it is one of these; else as JSON."""
    make = _MADE.get(request.scope["state"]["representation"])
    return make(request, database, listed) if make else stored_page(listed)


def _subscribed(
    request: Request[Any, Any, Any], body: bytes, media_type: str, cursor: str | None
) -> Response[bytes]:
    """A page of what programs subscribe to, with the way to the next one."""
    headers = {"ETag": entity_tag(body)}
    if cursor is not None:
        headers["Link"] = next_link(request.scope, cursor)
    return Response(body, media_type=media_type, headers=headers)


@get(
    "/v1/changes",
    operation_id="list_changes",
    tags=["changes"],
    summary="List changes",
    opt={"query": ChangeQuery, "scope": (BRIEFINGS_READ,)},
    responses=answers(ChangePage, when="Changes, oldest first, and where the next ones begin."),
    sync_to_thread=True,
)
def list_changes(database: Database, asked: NamedDependency[ChangeQuery]) -> Response[bytes]:
    """Everything that is new, different or gone since a cursor: put `item` in place by `id`, drop what was removed.

    Each briefing, fact and conflict is there once, with its last change. Keep `next_cursor` together with what you
    applied and go on from it, after a second or a year. Nothing is left out and nothing comes in the wrong order,
    whatever is written at the same time. Applying a page again does no harm.
    """
    changes = read_changes(database, limit=asked.limit, cursor=asked.cursor)
    cursor, more = json.encode(changes.next_cursor), json.encode(changes.has_more)
    items = b",".join(changes.items)
    return stored(b'{"items":[' + items + b'],"next_cursor":' + cursor + b',"has_more":' + more + b"}")


@get(
    "/v1/digest",
    operation_id="get_digest",
    tags=["digest"],
    summary="Get a digest",
    opt={"query": DigestQuery},
    responses=answers(Digest, when="What changed, what falls due, and where sources disagree."),
    sync_to_thread=True,
)
def read_digest(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[DigestQuery]
) -> Response[bytes]:
    """What a newsletter is made of: what changed since a moment, deadlines ahead, and where sources disagree.

    Every sentence comes with the facts that it rests on and with the addresses of their sources. Besides JSON
    there are Markdown and plain HTML. `until` is the `since` of the next digest.
    """
    return stored(json.encode(digest_of(database, asked, base_of(request))))


handlers = [list_changes, read_digest, deadline_calendar, briefing_feed, briefing_json_feed]
