"""What calendars and feed readers subscribe to: addresses that need no header, and a password where keys are needed."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Meta

from api.http.auth.scopes import READ
from api.http.parameters import filters
from api.http.queries import BriefingQuery, DeadlineQuery
from api.http.representations import ATOM, CALENDAR
from api.http.responses import Database, answers
from api.rendering.subscriptions import as_calendar, as_feed
from store.briefings import page_briefings
from store.facts import page_facts


class CalendarQuery(DeadlineQuery, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=1000, description="Deadlines in the calendar.")] = 1000


class FeedQuery(BriefingQuery, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=100, description="Entries of the feed.")] = 50


@get(
    "/v1/deadlines.ics",
    include_in_schema=False,
    opt={"query": CalendarQuery, "scope": (READ,), "subscribed": True},
    responses=answers(str, when="A calendar.", media_type=CALENDAR),
    sync_to_thread=True,
)
def deadline_calendar(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[CalendarQuery]
) -> Response[bytes]:
    """Deadlines that have a date. Where there are more than `limit`, the earliest stay out."""
    sort = asked.sort or "-date"
    found = page_facts(
        database, "deadline", limit=asked.limit, cursor=asked.cursor, sort=sort, filters=filters(asked)
    )
    return as_calendar(request, database, found)


@get(
    "/v1/briefings.atom",
    include_in_schema=False,
    opt={"query": FeedQuery, "scope": (READ,), "subscribed": True},
    responses=answers(str, when="A feed.", media_type=ATOM),
    sync_to_thread=True,
)
def briefing_feed(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[FeedQuery]
) -> Response[bytes]:
    """Briefings, the one that changed last first."""
    sort = asked.sort or "-updated_at"
    found = page_briefings(database, limit=asked.limit, cursor=asked.cursor, sort=sort, **filters(asked))
    return as_feed(request, database, found)


handlers = [deadline_calendar, briefing_feed]
