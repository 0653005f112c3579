"""Briefings: one negotiation round each, as it is and as it came to be."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Meta, json
from sqlalchemy import Engine

from api.http.content import ATOM
from api.http.resources.feeds import page_of
from api.http.responses import Database, answers, missing, page, stored
from pipeline.briefings.diff import difference
from schemas import Briefing, BriefingDiff, BriefingPage, RevisionPage
from schemas.queries import AsOfQuery, BriefingQuery, DiffQuery, PageQuery, Revision
from store.briefings import (
    BriefingRecord,
    get_briefing,
    get_briefing_as_of,
    get_revision,
    page_briefings,
    page_revisions,
)

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


def _revision(database: Engine, id_or_slug: str, revision: int) -> BriefingRecord:
    found = get_revision(database, one_briefing(database, id_or_slug).id, revision)
    if found is None:
        raise missing(f"revision {revision} of a briefing {id_or_slug!r}")
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
    return page_of(request, database, page_briefings(database, asked))


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
    current = one_briefing(database, id_or_slug)
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
    found = _revision(database, id_or_slug, revision)
    return stored(found.body, found.revision, immutable=id_or_slug == found.id)


@get(
    "/v1/briefings/{id_or_slug:str}/diff",
    operation_id="diff_briefing_revisions",
    tags=["briefings"],
    summary="Compare two revisions of a briefing",
    opt={"query": DiffQuery},
    responses=answers(BriefingDiff, 404, when="What turns the one revision into the other."),
    sync_to_thread=True,
)
def read_diff(database: Database, asked: NamedDependency[DiffQuery], id_or_slug: IdOrSlug) -> Response[bytes]:
    """What was added, changed and gone between two revisions, field by field. They may be given in any order."""
    current = one_briefing(database, id_or_slug)
    to = asked.to or current.revision
    revisions = (asked.from_ or max(to - 1, 1), to)
    before, after = (
        json.decode(_revision(database, current.id, number).body, type=Briefing) for number in revisions
    )
    return stored(json.encode(difference(before, after)))


handlers = [list_briefings, read_briefing, list_revisions, read_revision, read_diff]
