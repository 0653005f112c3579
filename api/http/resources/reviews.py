"""Facts and conflicts as they stand; what editors decide about them and about texts, and what has come of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from litestar import Controller, Request, Response, get, patch, post, put
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from msgspec import Struct, json
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.http.caching import entity_tag, is_among
from api.http.problems import PRECONDITION_REQUIRED, Refusal
from api.http.requests import Reply, json_body, once
from api.http.resources.briefings import IdOrSlug, editors_alone, editors_briefing, one_briefing
from api.http.responses import Database, Work, answers, existing, no_such, stored, stored_page
from schemas import (
    AddFact,
    Briefing,
    Conflict,
    EditText,
    FoundFact,
    PinFacts,
    ReviewFact,
    ReviewPage,
    ReviewRecord,
    SettleConflict,
)
from schemas.filters import PageQuery
from schemas.vocabulary import ConflictId, FactId
from store.facts import FactRecord, get_fact
from store.publication import draft_of, working_fact
from store.reviews import found_fact, page_reviews
from worker import ChangedMeanwhile
from worker.additions import add_fact
from worker.reviews import edit_text, pin_facts, review_fact, settle_conflict


class OneFact(Controller):
    path = "/v1/facts/{fact_id:str}"

    @get(
        operation_id="get_fact",
        tags=["facts"],
        summary="Get a fact",
        responses=answers(FoundFact, 404, when="The fact, and where its proofs were published."),
        sync_to_thread=True,
    )
    def read_fact(self, database: Database, fact_id: FactId) -> Response[bytes]:
        """A fact of any kind, as its briefing has it now: `kind` tells which. One that an editor rejected is here
        alone.
        """
        return stored(bytes(found_fact(existing(get_fact(database, fact_id), f"fact {fact_id}"))))

    @patch(
        operation_id="review_fact",
        tags=["reviews"],
        summary="Confirm, correct or reject a fact",
        status_code=200,
        opt={
            "body": {"application/json": ReviewFact},
            "headers": ["IfMatch", "IdempotencyKey", "RequestId"],
        },
        responses=answers(FoundFact, 404, 408, 409, 412, 415, 422, 428, when="The fact, with the review."),
    )
    async def decide_on_fact(
        self, request: Request[Any, Any, Any], database: Database, fact_id: FactId
    ) -> Response[bytes]:
        """Decides about a fact, for good: whatever documents come in later, whoever reads them anew.

        Of what is corrected the machine's values are kept beside the editor's. What is rejected is in no briefing,
        list, digest or text, and is still here with its evidence. A later decision about the same fact takes the place
        of this one: `accepted` gives the machine's values back. Where what is read later says otherwise, the decision
        holds and `review.contradicted` is true.
        """
        asked = await json_body(request, ReviewFact)

        def decide(by: str, is_current: Callable[[FactRecord], bool]) -> FactRecord | None:
            return review_fact(database, fact_id, asked, by=by, is_current=is_current)

        return await sync_to_thread(_decide, request, database, fact_id, asked, decide, found_fact)


class OneConflict(Controller):
    path = "/v1/conflicts/{conflict_id:str}"

    @get(
        operation_id="get_conflict",
        tags=["conflicts"],
        summary="Get a conflict",
        responses=answers(Conflict, 404, when="The conflict, and whether it is settled."),
        sync_to_thread=True,
    )
    def read_conflict(self, database: Database, conflict_id: ConflictId) -> Response[bytes]:
        """A conflict as its briefing has it now."""
        return stored(existing(get_fact(database, conflict_id), f"conflict {conflict_id}").body)

    @patch(
        operation_id="settle_conflict",
        tags=["reviews"],
        summary="Settle a conflict",
        status_code=200,
        opt={
            "body": {"application/json": SettleConflict},
            "headers": ["IfMatch", "IdempotencyKey", "RequestId"],
        },
        responses=answers(Conflict, 404, 408, 409, 412, 415, 422, 428, when="The conflict, with the review."),
    )
    async def decide_on_conflict(
        self, request: Request[Any, Any, Any], database: Database, conflict_id: ConflictId
    ) -> Response[bytes]:
        """Decides which side is right, or that neither is. Facts of that side are disputed no more.

        It is open again, and `review.contradicted` is true, where a document of another origin brings a new side or
        supports the other one.
        """
        asked = await json_body(request, SettleConflict)

        def decide(by: str, is_current: Callable[[FactRecord], bool]) -> FactRecord | None:
            return settle_conflict(database, conflict_id, asked, by=by, is_current=is_current)

        return await sync_to_thread(
            _decide, request, database, conflict_id, asked, decide, lambda one: one.body
        )


_Decide = Callable[[str, Callable[[FactRecord], bool]], FactRecord | None]
"""Decides, given who does and whether a fact or conflict is as it was seen."""


def if_match(request: Request[Any, Any, Any]) -> bytes:
    """The entity tags of what the caller saw. Raises Refusal."""
    given = ", ".join(request.headers.getall("If-Match", [])).encode("latin-1")
    if not given:
        raise Refusal(PRECONDITION_REQUIRED, "Send `If-Match` with the entity tag of what you saw.")
    return given


def _decide(
    request: Request[Any, Any, Any],
    database: Engine,
    id: str,
    asked: Struct,
    decide: _Decide,
    served: Callable[[FactRecord], bytes],
) -> Response[bytes]:
    """What an editor decides of a fact or a conflict, which is `served` so."""
    what = f"{'conflict' if id.startswith('cfl_') else 'fact'} {id}"
    given = if_match(request)

    def act() -> Reply:
        told = decide(
            request.scope["state"]["caller"],
            lambda record: is_among(given, entity_tag(bytes(served(record)))),
        )
        body = bytes(served(existing(told, what)))
        return Reply(status=200, headers={"ETag": entity_tag(body)}, body=body)

    with Session(database) as session:
        existing(working_fact(session, id), what)
    return once(request, database, [json.encode(asked), given], act)


@get(
    "/v1/briefings/{id_or_slug:str}/reviews",
    operation_id="list_reviews",
    tags=["reviews"],
    summary="List an editor's decisions about a briefing",
    opt={"query": PageQuery},
    responses=answers(ReviewPage, 404, when="A page of decisions, newest first."),
    sync_to_thread=True,
)
def list_reviews(
    request: Request[Any, Any, Any],
    database: Database,
    asked: NamedDependency[PageQuery],
    id_or_slug: IdOrSlug,
) -> Response[bytes]:
    """Who decided what about the facts and conflicts of a briefing, when and why; whether it holds; and what that is
    now, also where it is rejected. Nothing that an editor decided is ever missing here. While the briefing has a
    draft, it takes a key that may publish it.
    """
    id, kept = editors_alone(request, database, id_or_slug)
    answer = stored_page(page_reviews(database, id, limit=asked.limit, cursor=asked.cursor))
    answer.headers.update(kept)
    return answer


class _Edited(NamedTuple):
    """A briefing as editors have it."""

    body: bytes
    tag: str


def _as_edited(database: Engine, id_or_slug: str) -> _Edited:
    """The draft of a briefing where it has one, else what readers have. Raises Refusal."""
    with Session(database) as session:
        draft = draft_of(session, id_or_slug)
    if draft is not None:
        return _Edited(draft.body, entity_tag(draft.body))
    served = one_briefing(database, id_or_slug)
    return _Edited(bytes(served.body), entity_tag(served.body, served.revision))


def _edit(
    request: Request[Any, Any, Any],
    database: Engine,
    id_or_slug: str,
    asked: Struct,
    edit: Callable[[str, datetime, str], bool],
) -> Response[bytes]:
    """The briefing after an edit, which is given its id, when what was seen had changed last, and who edits."""
    given = if_match(request)

    def act() -> Reply:
        before = _as_edited(database, id_or_slug)
        if not is_among(given, before.tag):
            raise ChangedMeanwhile("The briefing is not as you saw it any more.")
        seen = json.decode(before.body, type=Briefing)
        if not edit(seen.id, seen.updated_at, request.scope["state"]["caller"]):
            raise no_such(f"briefing {id_or_slug!r}")
        after = _as_edited(database, seen.id)
        return Reply(status=200, headers={"ETag": after.tag}, body=after.body)

    return once(request, database, [json.encode(asked), given], act)


@patch(
    "/v1/briefings/{id_or_slug:str}/text",
    operation_id="edit_text",
    tags=["reviews"],
    summary="Edit a headline and a summary",
    status_code=200,
    opt={"body": {"application/json": EditText}, "headers": ["IfMatch", "IdempotencyKey", "RequestId"]},
    responses=answers(Briefing, 404, 408, 409, 412, 415, 422, 428, when="The briefing, with the text."),
)
async def edit_summary(
    request: Request[Any, Any, Any], database: Database, id_or_slug: IdOrSlug
) -> Response[bytes]:
    """Keeps the text of a briefing as an editor has it. The facts that a sentence cites have to prove it, as they have
    to prove a model's: it is refused with the reason where they do not. With `unchecked` it is taken, and `unproven`
    says what of it they do not prove.

    The whole text stays so until an editor changes it or gives it back. `writing.review.contradicted` is true as soon
    as a fact that it cites says something else or is gone.
    """
    asked = await json_body(request, EditText)

    def edit(id: str, seen: datetime, by: str) -> bool:
        return edit_text(database, id, asked, by=by, seen=seen)

    return await sync_to_thread(_edit, request, database, id_or_slug, asked, edit)


@put(
    "/v1/briefings/{id_or_slug:str}/pinned",
    operation_id="pin_facts",
    tags=["reviews"],
    summary="Pin facts",
    status_code=200,
    opt={"body": {"application/json": PinFacts}, "headers": ["IfMatch", "IdempotencyKey", "RequestId"]},
    responses=answers(Briefing, 404, 408, 409, 412, 415, 422, 428, when="The briefing, in this order."),
)
async def pin(request: Request[Any, Any, Any], database: Database, id_or_slug: IdOrSlug) -> Response[bytes]:
    """Has facts come first in the lists of a briefing, in this order. With none, all come as they are weighed."""
    asked = await json_body(request, PinFacts)

    def edit(id: str, seen: datetime, by: str) -> bool:
        return pin_facts(database, id, asked, by=by, seen=seen)

    return await sync_to_thread(_edit, request, database, id_or_slug, asked, edit)


@post(
    "/v1/briefings/{id_or_slug:str}/facts",
    operation_id="add_fact",
    tags=["reviews"],
    summary="Add a fact by hand",
    opt={"body": {"application/json": AddFact}, "headers": ["IdempotencyKey", "RequestId"]},
    responses=answers(ReviewRecord, 404, 408, 409, 415, 422, when="The decision, with the fact."),
)
async def add_by_hand(request: Request[Any, Any, Any], work: Work, id_or_slug: IdOrSlug) -> Response[bytes]:
    """Adds what no machine has read. Code finds the span of the words and proves every field by them, as it does what
    an extractor proposes; what it cannot prove is refused with the reason.

    The fact stays as long as its document counts, whoever reads that anew. Facts that say the same become one. It is
    corrected and rejected as any other.
    """
    asked = await json_body(request, AddFact)

    def act() -> Reply:
        briefing = editors_briefing(work.engine, id_or_slug)
        record = add_fact(
            work.engine, work.database_url, briefing, asked, by=request.scope["state"]["caller"]
        )
        return Reply(status=201, headers={}, body=existing(record, f"briefing {id_or_slug!r}"))

    return await sync_to_thread(once, request, work.engine, asked, act)


handlers: list[ControllerRouterHandler] = [OneFact, OneConflict, edit_summary, pin, add_by_hand, list_reviews]
