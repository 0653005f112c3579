"""What calendars and feed readers subscribe to: addresses that need no header, and a password where keys are needed."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import json
from msgspec.structs import replace
from sqlalchemy import Engine

from api.http.auth import BRIEFINGS_READ
from api.http.caching import entity_tag
from api.http.content import ATOM, CALENDAR
from api.http.responses import Database, address_of, answers, base_of, next_link, stored_page
from api.rendering.atom import feed
from api.rendering.calendar import calendar
from schemas import BriefingSummary, Deadline
from schemas.queries import CalendarQuery, FeedQuery
from store.briefings import page_briefings
from store.digest import changes_of, sources_of, summaries_of, told_of
from store.facts import page_facts
from store.paging import Page


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
    asked = replace(asked, sort=asked.sort or "-date")
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
    """Briefings, the one that changed last first."""
    asked = replace(asked, sort=asked.sort or "-updated_at")
    return _as_feed(request, database, page_briefings(database, asked))


def _as_calendar(request: Request[Any, Any, Any], database: Engine, listed: Page) -> Response[bytes]:
    """A page of deadlines as iCalendar. Those without a date have no place in it."""
    deadlines = [json.decode(item, type=Deadline) for item in listed.items]
    proofs = (evidence.document_id for one in deadlines for evidence in one.evidence)
    body = calendar(
        deadlines,
        summaries_of(database, (one.briefing_id for one in deadlines if one.briefing_id)),
        sources_of(database, proofs),
        changes_of(database, (one.id for one in deadlines)),
        base=base_of(request),
        address=address_of(request),
    )
    return _answer(request, body, CALENDAR, listed.next_cursor)


def _as_feed(request: Request[Any, Any, Any], database: Engine, listed: Page) -> Response[bytes]:
    """A page of briefings as Atom."""
    briefings = [json.decode(item, type=BriefingSummary) for item in listed.items]
    summaries = told_of(database, (one.id for one in briefings))
    body = feed(briefings, summaries, base=base_of(request), address=address_of(request))
    return _answer(request, body, f"{ATOM}; charset=utf-8", listed.next_cursor)


_MADE = {CALENDAR: _as_calendar, ATOM: _as_feed}


def page_of(request: Request[Any, Any, Any], database: Engine, listed: Page) -> Response[bytes]:
    """A page in the representation that was asked for, where it is one of these; else as JSON."""
    make = _MADE.get(request.scope["state"]["representation"])
    return make(request, database, listed) if make else stored_page(listed)


def _answer(
    request: Request[Any, Any, Any], body: bytes, media_type: str, cursor: str | None
) -> Response[bytes]:
    headers = {"ETag": entity_tag(body)}
    if cursor is not None:
        headers["Link"] = next_link(request.scope, cursor)
    return Response(body, media_type=media_type, headers=headers)


handlers = [deadline_calendar, briefing_feed]
