"""Facts as they stand, and added, confirmed, corrected or rejected by editors, who see what has come of it."""

from typing import Any

from litestar import Controller, Request, Response, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from msgspec import json
from sqlalchemy import Engine

from api.http.caching import entity_tag, is_among
from api.http.problems import PRECONDITION_REQUIRED, Refusal
from api.http.requests import Reply, json_body, once
from api.http.resources.briefings import IdOrSlug, one_briefing
from api.http.responses import Database, Work, answers, existing, no_such, stored, stored_page
from schemas import AddFact, FoundFact, ReviewFact, ReviewPage, ReviewRecord
from schemas.queries import PageQuery
from schemas.vocabulary import FactId
from store.facts import FactRecord, get_fact
from store.reviews import found_fact, page_reviews
from worker.additions import add_fact
from worker.reviews import review_fact


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
        return await sync_to_thread(_decide, request, database, fact_id, asked)


def _decide(
    request: Request[Any, Any, Any], database: Engine, fact_id: str, asked: ReviewFact
) -> Response[bytes]:
    given = ", ".join(request.headers.getall("If-Match", [])).encode("latin-1")
    if not given:
        raise Refusal(PRECONDITION_REQUIRED, "Send `If-Match` with the entity tag of the fact as you saw it.")

    def act() -> Reply:
        fact = review_fact(
            database,
            fact_id,
            asked,
            by=request.scope["state"]["caller"],
            is_current=lambda record: is_among(given, _tag_of(record)),
        )
        if fact is None:
            raise no_such(f"fact {fact_id}")
        return Reply(status=200, headers={"ETag": _tag_of(fact)}, body=bytes(found_fact(fact)))

    existing(get_fact(database, fact_id), f"fact {fact_id}")
    return once(request, database, [json.encode(asked), given], act)


def _tag_of(fact: FactRecord) -> str:
    """The entity tag with which a fact is served as JSON."""
    return entity_tag(bytes(found_fact(fact)))


@get(
    "/v1/briefings/{id_or_slug:str}/reviews",
    operation_id="list_reviews",
    tags=["reviews"],
    summary="List the decisions about a briefing's facts",
    opt={"query": PageQuery},
    responses=answers(ReviewPage, 404, when="A page of decisions, newest first."),
    sync_to_thread=True,
)
def list_reviews(
    database: Database, asked: NamedDependency[PageQuery], id_or_slug: IdOrSlug
) -> Response[bytes]:
    """Who decided what about the facts of a briefing, when and why; whether it holds; and the fact as it is now, also
    where it is rejected. Nothing that an editor decided is ever missing here.
    """
    current = one_briefing(database, id_or_slug)
    return stored_page(page_reviews(database, current.id, limit=asked.limit, cursor=asked.cursor))


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
        briefing = one_briefing(work.engine, id_or_slug).id
        record = add_fact(
            work.engine, work.database_url, briefing, asked, by=request.scope["state"]["caller"]
        )
        return Reply(status=201, headers={}, body=existing(record, f"briefing {id_or_slug!r}"))

    return await sync_to_thread(once, request, work.engine, asked, act)


handlers: list[ControllerRouterHandler] = [OneFact, add_by_hand, list_reviews]
