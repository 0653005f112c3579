"""Briefings: one negotiation round each."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta

from api.answers import Database, answers, missing, page, stored
from api.queries import BriefingQuery, PageQuery
from schemas import Briefing, BriefingPage, RevisionPage
from store.briefings import get_briefing, get_revision, page_briefings, page_revisions

IdOrSlug = Annotated[
    str,
    Meta(
        pattern="^(?:brf_[0-9a-f]{16}|[a-z0-9]+(?:-[a-z0-9]+)*)$",
        description="Id or slug of a briefing.",
        examples=["us-cn-london-2025-06"],
    ),
]
Revision = Annotated[
    int, Meta(ge=1, le=2_147_483_647, description="Number of a revision, from 1.", examples=[1])
]


@get(
    "/v1/briefings",
    operation_id="list_briefings",
    tags=["briefings"],
    summary="List briefings",
    opt={"query": BriefingQuery},
    responses=answers(BriefingPage, when="A page of briefings, newest first."),
    sync_to_thread=True,
)
def list_briefings(database: Database, asked: NamedDependency[BriefingQuery]) -> Response[bytes]:
    """Briefings, newest first. Withdrawn ones are listed only where `status` asks for them."""
    return page(
        page_briefings(
            database, limit=asked.limit, cursor=asked.cursor, party=asked.party, status=asked.status
        )
    )


@get(
    "/v1/briefings/{id_or_slug:str}",
    operation_id="get_briefing",
    tags=["briefings"],
    summary="Get a briefing",
    responses=answers(Briefing, 404, when="The briefing at its current revision."),
    sync_to_thread=True,
)
def read_briefing(database: Database, id_or_slug: IdOrSlug) -> Response[bytes]:
    """A briefing whole: every fact with its evidence, every conflict, every source."""
    found = get_briefing(database, id_or_slug)
    if found is None:
        raise missing(f"briefing {id_or_slug!r}")
    return stored(found.body, found.revision)


@get(
    "/v1/briefings/{id_or_slug:str}/revisions",
    operation_id="list_briefing_revisions",
    tags=["briefings"],
    summary="List a briefing's revisions",
    opt={"query": PageQuery},
    responses=answers(RevisionPage, 404, when="A page of revisions, newest first."),
    sync_to_thread=True,
)
def list_revisions(
    database: Database, asked: NamedDependency[PageQuery], id_or_slug: IdOrSlug
) -> Response[bytes]:
    """The revisions of a briefing, newest first. A new one is made where its facts change."""
    current = get_briefing(database, id_or_slug)
    if current is None:
        raise missing(f"briefing {id_or_slug!r}")
    return page(page_revisions(database, current.id, limit=asked.limit, cursor=asked.cursor))


@get(
    "/v1/briefings/{id_or_slug:str}/revisions/{revision:str}",
    operation_id="get_briefing_revision",
    tags=["briefings"],
    summary="Get a briefing as it was",
    responses=answers(Briefing, 404, when="The briefing at that revision. It never changes."),
    sync_to_thread=True,
)
def read_revision(database: Database, id_or_slug: IdOrSlug, revision: Revision) -> Response[bytes]:
    """A briefing at one of its revisions. Revisions are kept for ever."""
    current = get_briefing(database, id_or_slug)
    found = current and get_revision(database, current.id, revision)
    if not found:
        raise missing(f"revision {revision} of a briefing {id_or_slug!r}")
    return stored(found.body, found.revision, immutable=id_or_slug == found.id)


handlers = [list_briefings, read_briefing, list_revisions, read_revision]
