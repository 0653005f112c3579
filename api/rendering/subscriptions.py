"""Pages of deadlines as calendars and of briefings as feeds, with what the items themselves do not tell."""

from typing import Any

from litestar import Request, Response
from msgspec import json
from sqlalchemy import Engine

from api.http.conditional import entity_tag
from api.http.representations import ATOM, CALENDAR
from api.http.responses import page
from api.http.urls import address_of, base_of, next_link
from api.rendering.atom import feed
from api.rendering.calendar import calendar
from schemas import BriefingSummary, Deadline
from store.digest import changes_of, sources_of, summaries_of, told_of
from store.paging import Page

_Request = Request[Any, Any, Any]


def as_calendar(request: _Request, database: Engine, found: Page) -> Response[bytes]:
    """A page of deadlines as iCalendar. Those without a date have no place in it."""
    deadlines = [json.decode(item, type=Deadline) for item in found.items]
    proofs = (evidence.document_id for one in deadlines for evidence in one.evidence)
    body = calendar(
        deadlines,
        summaries_of(database, (one.briefing_id for one in deadlines if one.briefing_id)),
        sources_of(database, proofs),
        changes_of(database, (one.id for one in deadlines)),
        base=base_of(request),
        address=address_of(request),
    )
    return _answer(request, body, CALENDAR, found.next_cursor)


def as_feed(request: _Request, database: Engine, found: Page) -> Response[bytes]:
    """A page of briefings as Atom."""
    briefings = [json.decode(item, type=BriefingSummary) for item in found.items]
    told = told_of(database, (one.id for one in briefings))
    body = feed(briefings, told, base=base_of(request), address=address_of(request))
    return _answer(request, body, f"{ATOM}; charset=utf-8", found.next_cursor)


_MADE = {CALENDAR: as_calendar, ATOM: as_feed}


def page_of(request: _Request, database: Engine, found: Page) -> Response[bytes]:
    """A page in the representation that was asked for, where it is one of these; else as JSON."""
    make = _MADE.get(request.scope["state"]["representation"])
    return make(request, database, found) if make else page(found)


def _answer(request: _Request, body: bytes, media_type: str, cursor: str | None) -> Response[bytes]:
    headers = {"ETag": entity_tag(body)}
    if cursor is not None:
        headers["Link"] = next_link(request.scope, cursor)
    return Response(body, media_type=media_type, headers=headers)
