"""Rounds: which documents make up a briefing, where an editor decides it."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from msgspec import json
from sqlalchemy import Engine

from api.http.problems import UNDECIDABLE, Refusal
from api.http.requests import json_body
from api.http.resources.briefings import IdOrSlug, one_briefing
from api.http.responses import Database, answers, page
from schemas import MergeBriefings, RoundDecisionPage, RoundsChanged, SplitBriefing
from schemas.queries import PageQuery
from store.briefings import page_decisions
from store.read_index import summary_of
from worker.decisions import Decided, merge_briefings, split_briefing
from worker.errors import Undecidable


async def _decide(
    request: Request[Any, Any, Any], database: Engine, id_or_slug: str, decide: Callable[[str, str], Decided]
) -> Response[bytes]:
    """What an editor decides of a briefing, given its id and who the editor is."""

    def act() -> Decided:
        return decide(one_briefing(database, id_or_slug).id, request.scope["state"]["caller"])

    try:
        decided = await sync_to_thread(act)
    except Undecidable as error:
        raise Refusal(UNDECIDABLE, str(error)) from None
    briefings = sorted(decided.briefings, key=lambda one: decided.decision.briefing_ids.index(one.id))
    body = RoundsChanged(decision=decided.decision, briefings=[summary_of(one) for one in briefings])
    return Response(json.encode(body), media_type="application/json")


@post(
    "/v1/briefings/{id_or_slug:str}/split",
    operation_id="split_briefing",
    tags=["rounds"],
    summary="Split a briefing",
    status_code=200,
    opt={"body": {"application/json": SplitBriefing}},
    responses=answers(RoundsChanged, 404, 409, 415, 422, when="The decision, and both briefings after it."),
)
async def split(request: Request[Any, Any, Any], database: Database, id_or_slug: IdOrSlug) -> Response[bytes]:
    """Moves documents that are about another round to a briefing of their own.

    The decision holds: these documents stay where they are now, whatever comes in later.
    """
    asked = await json_body(request, SplitBriefing)

    def decide(id: str, by: str) -> Decided:
        return split_briefing(database, id, asked.document_ids, by=by, reason=asked.reason)

    return await _decide(request, database, id_or_slug, decide)


@post(
    "/v1/briefings/{id_or_slug:str}/merge",
    operation_id="merge_briefings",
    tags=["rounds"],
    summary="Merge briefings into one",
    status_code=200,
    opt={"body": {"application/json": MergeBriefings}},
    responses=answers(RoundsChanged, 404, 409, 415, 422, when="The decision, and the briefing after it."),
)
async def merge(request: Request[Any, Any, Any], database: Database, id_or_slug: IdOrSlug) -> Response[bytes]:
    """Moves all documents of other briefings, which are about the same round, to this one.

    The others are withdrawn and keep their revisions. The decision holds, whatever comes in later.
    """
    asked = await json_body(request, MergeBriefings)

    def decide(id: str, by: str) -> Decided:
        return merge_briefings(database, id, asked.briefing_ids, by=by, reason=asked.reason)

    return await _decide(request, database, id_or_slug, decide)


@get(
    "/v1/briefings/{id_or_slug:str}/decisions",
    operation_id="list_round_decisions",
    tags=["rounds"],
    summary="List the decisions about a briefing's round",
    opt={"query": PageQuery},
    responses=answers(RoundDecisionPage, 404, when="A page of decisions, newest first."),
    sync_to_thread=True,
)
def list_decisions(
    database: Database, asked: NamedDependency[PageQuery], id_or_slug: IdOrSlug
) -> Response[bytes]:
    """What editors decided about the round of a briefing: who, when, why, and which documents moved."""
    current = one_briefing(database, id_or_slug)
    return page(page_decisions(database, current.id, limit=asked.limit, cursor=asked.cursor))


handlers = [split, merge, list_decisions]
