"""What editors see before readers do: drafts of briefings, which they publish, and what they withdraw."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from msgspec import json
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.http.caching import entity_tag, is_among
from api.http.requests import Reply, json_body, once, reply
from api.http.resources.briefings import IdOrSlug, editors_briefing, one_briefing
from api.http.resources.reviews import if_match
from api.http.responses import NOT_KEPT, Database, answers, existing, stored, stored_page
from pipeline.briefings.diff import difference
from schemas import (
    Briefing,
    BriefingDiff,
    BriefingDraftPage,
    FoundFact,
    PublishBriefing,
    PublishedBriefing,
    WithdrawBriefing,
)
from schemas.filters import PageQuery
from schemas.vocabulary import FactId
from store.publication import draft_of, page_drafts, working_fact
from store.reviews import found_fact
from worker.publication import publish_briefing, withdraw_briefing


def _body_of_draft(database: Engine, id_or_slug: str) -> bytes:
    """Raises Refusal."""
    with Session(database) as session:
        draft = existing(draft_of(session, id_or_slug), f"draft of a briefing {id_or_slug!r}")
        return draft.body


@get(
    "/v1/drafts",
    operation_id="list_drafts",
    tags=["publication"],
    summary="List drafts",
    opt={"query": PageQuery},
    responses=answers(BriefingDraftPage, when="A page of drafts, the one that changed last first."),
    sync_to_thread=True,
)
def list_drafts(database: Database, asked: NamedDependency[PageQuery]) -> Response[bytes]:
    """Briefings of which something is not published, with what changed them last and when they will be published."""
    answer = stored_page(page_drafts(database, limit=asked.limit, cursor=asked.cursor))
    answer.headers.update(NOT_KEPT)
    return answer


@get(
    "/v1/briefings/{id_or_slug:str}/draft",
    operation_id="get_draft",
    tags=["publication"],
    summary="Get the draft of a briefing",
    responses=answers(Briefing, 404, when="The briefing as it will be once it is published."),
    sync_to_thread=True,
)
def read_draft(database: Database, id_or_slug: IdOrSlug) -> Response[bytes]:
    """What workers and editors have made of a briefing since it was published. Its entity tag is what `If-Match` takes
    when it is published.
    """
    return stored(_body_of_draft(database, id_or_slug), headers=NOT_KEPT)


@get(
    "/v1/briefings/{id_or_slug:str}/draft/diff",
    operation_id="diff_draft",
    tags=["publication"],
    summary="Compare the draft of a briefing with what is published",
    responses=answers(BriefingDiff, 404, when="What publishing the draft changes."),
    sync_to_thread=True,
)
def read_draft_diff(database: Database, id_or_slug: IdOrSlug) -> Response[bytes]:
    """What is added, changed and gone for readers once the draft is published. 404 where they have nothing yet."""
    after = json.decode(_body_of_draft(database, id_or_slug), type=Briefing)
    before = json.decode(one_briefing(database, after.id).body, type=Briefing)
    return stored(json.encode(difference(before, after)), headers=NOT_KEPT)


@get(
    "/v1/facts/{fact_id:str}/draft",
    operation_id="get_draft_fact",
    tags=["publication"],
    summary="Get a fact as editors have it",
    responses=answers(FoundFact, 404, when="The fact, and where its proofs were published."),
    sync_to_thread=True,
)
def read_draft_fact(database: Database, fact_id: FactId) -> Response[bytes]:
    """The fact as a draft has it, else as it is published. Its entity tag is what `If-Match` takes when the fact is
    reviewed.
    """
    with Session(database) as session:
        fact = existing(working_fact(session, fact_id), f"fact {fact_id}")
    return stored(bytes(found_fact(fact)), headers=NOT_KEPT)


async def _decide(
    request: Request[Any, Any, Any],
    database: Engine,
    id_or_slug: str,
    asked: PublishBriefing | WithdrawBriefing,
    decide: Callable[[str, bytes, str], PublishedBriefing],
) -> Response[bytes]:
    """What an editor decides of a briefing, given its id, the tags that the editor saw, and who that is."""

    def act() -> Reply:
        id = editors_briefing(database, id_or_slug)
        return reply(decide(id, given, request.scope["state"]["caller"]))

    given = if_match(request)
    return await sync_to_thread(once, request, database, [json.encode(asked), given], act)


@post(
    "/v1/briefings/{id_or_slug:str}/publication",
    operation_id="publish_briefing",
    tags=["publication"],
    summary="Publish the draft of a briefing",
    status_code=200,
    opt={
        "body": {"application/json": PublishBriefing},
        "headers": ["IfMatch", "IdempotencyKey", "RequestId"],
    },
    responses=answers(
        PublishedBriefing, 404, 408, 409, 412, 415, 422, 428, when="What readers have, or when they will."
    ),
)
async def publish_draft(
    request: Request[Any, Any, Any], database: Database, id_or_slug: IdOrSlug
) -> Response[bytes]:
    """Has readers see what is in the draft, as the next revision, with a note if there is one.

    With `publish_at` it waits until then; a draft that changes meanwhile waits for an editor again. A draft that is
    `withdrawn` withdraws the briefing.
    """
    asked = await json_body(request, PublishBriefing)

    def decide(id: str, given: bytes, by: str) -> PublishedBriefing:
        return publish_briefing(
            database, id, asked, by=by, is_current=lambda body: is_among(given, entity_tag(body))
        )

    return await _decide(request, database, id_or_slug, asked, decide)


@post(
    "/v1/briefings/{id_or_slug:str}/withdrawal",
    operation_id="withdraw_briefing",
    tags=["publication"],
    summary="Withdraw a briefing",
    status_code=200,
    opt={
        "body": {"application/json": WithdrawBriefing},
        "headers": ["IfMatch", "IdempotencyKey", "RequestId"],
    },
    responses=answers(PublishedBriefing, 404, 408, 409, 412, 415, 422, 428, when="The briefing, withdrawn."),
)
async def withdraw_from_readers(
    request: Request[Any, Any, Any], database: Database, id_or_slug: IdOrSlug
) -> Response[bytes]:
    """Takes a briefing out of every list, search, digest and calendar, and tells readers why.

    It keeps its address and its revisions. What was in it is its draft from then on: whatever documents come in change
    the draft alone, until an editor publishes it again.
    """
    asked = await json_body(request, WithdrawBriefing)

    def decide(id: str, given: bytes, by: str) -> PublishedBriefing:
        return withdraw_briefing(
            database,
            id,
            asked.note,
            by=by,
            is_current=lambda one: is_among(given, entity_tag(json.encode(one), one.revision)),
        )

    return await _decide(request, database, id_or_slug, asked, decide)


handlers: list[ControllerRouterHandler] = [
    list_drafts,
    read_draft,
    read_draft_diff,
    read_draft_fact,
    publish_draft,
    withdraw_from_readers,
]
