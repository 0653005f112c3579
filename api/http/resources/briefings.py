"""Briefings: one negotiation round each."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Meta
from sqlalchemy import Engine

from api.http.parameters import filters
from api.http.queries import AsOfQuery, BriefingQuery
from api.http.representations import ATOM
from api.http.responses import Database, answers, missing, stored
from api.rendering.subscriptions import page_of
from schemas import Briefing, BriefingPage
from store.briefings import BriefingRecord, get_briefing, get_briefing_as_of, page_briefings

IdOrSlug = Annotated[
    str,
    Meta(
        pattern="^(?:brf_[0-9a-f]{16}|[a-z0-9]+(?:-[a-z0-9]+)*)$",
        description="Id or slug of a briefing.",
        examples=["us-cn-london-2025-06"],
    ),
]


def one_briefing(database: Engine, id_or_slug: str) -> BriefingRecord:
    """The current revision of a briefing. Raises Refusal."""
    found = get_briefing(database, id_or_slug)
    if found is None:
        raise missing(f"briefing {id_or_slug!r}")
    return found


@get(
    "/v1/briefings",
    operation_id="list_briefings",
    tags=["briefings"],
    summary="List briefings",
    opt={"query": BriefingQuery, "makes": (ATOM,)},
    responses=answers(BriefingPage, when="A page of briefings, newest first."),
    sync_to_thread=True,
)
def list_briefings(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[BriefingQuery]
) -> Response[bytes]:
    """Briefings, newest first. Withdrawn ones are listed only where `status` asks for them. Feed readers subscribe to
    `/v1/briefings.atom`, which takes the same filters."""
    found = page_briefings(
        database, limit=asked.limit, cursor=asked.cursor, sort=asked.sort, **filters(asked)
    )
    return page_of(request, database, found)


@get(
    "/v1/briefings/{id_or_slug:str}",
    operation_id="get_briefing",
    tags=["briefings"],
    summary="Get a briefing",
    opt={"query": AsOfQuery},
    responses=answers(Briefing, 404, when="The briefing at its current revision, or as it was."),
    sync_to_thread=True,
)
def read_briefing(
    database: Database, asked: NamedDependency[AsOfQuery], id_or_slug: IdOrSlug
) -> Response[bytes]:
    """A briefing whole: every fact with its evidence, every conflict, every source."""
    current = found = one_briefing(database, id_or_slug)
    if asked.as_of is not None:
        past = get_briefing_as_of(database, current.id, asked.as_of)
        if past is None:
            raise missing(f"briefing {id_or_slug!r} before {asked.as_of.isoformat()}")
        found = past
    return stored(found.body, found.revision)


handlers = [list_briefings, read_briefing]
