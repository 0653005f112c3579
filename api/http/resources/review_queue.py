"""The queue of an editor: facts that nobody has decided about, the likeliest wrong and weightiest first."""

from datetime import UTC, datetime
from itertools import starmap

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from msgspec import json
from sqlalchemy import Engine

from api.http.auth import BRIEFINGS_REVIEW
from api.http.caching import entity_tag
from api.http.responses import NOT_KEPT, Database, answers, stored_page
from pipeline.briefings.review_queue import (
    Experience,
    Queued,
    WaitingFact,
    review_queue,
    waiting_fact,
    waiting_facts,
)
from schemas import ReviewQueue
from schemas.kinds import BY_NAME
from schemas.queries import ReviewQueueQuery
from store.facts import FactRecord
from store.paging import Page, decode_cursor, encode_cursor, scope_of_query
from store.publication import get_working_facts
from store.review_queue import last_judged, undecided
from store.reviews import found_fact


@get(
    "/v1/reviews/queue",
    operation_id="list_review_queue",
    tags=["reviews"],
    summary="List the facts that wait for an editor",
    opt={"query": ReviewQueueQuery, "scope": (BRIEFINGS_REVIEW,)},
    responses=answers(ReviewQueue, when="A page of facts, what should be looked at first first."),
    sync_to_thread=True,
)
def list_queue(database: Database, asked: NamedDependency[ReviewQueueQuery]) -> Response[bytes]:
    """What is likeliest wrong and matters most comes first, each fact with the reasons why it is here, and with how
    often such facts were corrected or rejected before. It has the facts of the 100 rounds that changed last, or those
    of one briefing, about which no editor has decided, or about which a decision is contradicted; where a briefing has
    a draft, as the draft has them.
    """
    scope = scope_of_query("review_queue", asked)
    queued = queue_of(database, asked)
    if asked.cursor is not None:
        priority, id = decode_cursor(asked.cursor, scope, float, str)
        queued = [one for one in queued if (-one.priority, one.id) > (-priority, id)]
    page, more = queued[: asked.limit], len(queued) > asked.limit
    facts = get_working_facts(database, [one.id for one in page])
    answer = stored_page(
        Page(
            items=[_queued(one, facts[one.id]) for one in page if one.id in facts],
            next_cursor=encode_cursor(scope, (page[-1].priority, page[-1].id)) if more else None,
        )
    )
    answer.headers.update(NOT_KEPT)
    return answer


def queue_of(database: Engine, asked: ReviewQueueQuery) -> list[Queued]:
    """All facts that wait, in the order in which an editor looks at them."""
    kinds = asked.kind.split(",") if asked.kind else list(BY_NAME)
    columns = [name for name in WaitingFact._fields if name != "contradicted"]
    stored = undecided(database, columns, briefing=asked.briefing_id, kinds=kinds)
    facts = [*starmap(WaitingFact, stored.facts)]
    facts += (fact for body in stored.drafts for fact in waiting_facts(body) if fact.kind in kinds)
    facts = [fact for fact in facts if fact.id not in stored.decided]
    facts += [waiting_fact(record.kind, record.body) for record in stored.contradicted]
    past = (
        (waiting_fact(one.kind, one.machine), one.verdict, one.at.date()) for one in last_judged(database)
    )
    return review_queue(facts, Experience(past), datetime.now(UTC).date())


def tag_of_fact(fact: FactRecord) -> str:
    """The entity tag with which a fact is served as JSON."""
    return entity_tag(bytes(found_fact(fact)))


def _queued(one: Queued, fact: FactRecord) -> bytes:
    told = {
        "found": found_fact(fact),
        "etag": tag_of_fact(fact),
        "reasons": one.reasons,
        "priority": one.priority,
        "before": one.before,
    }
    return json.encode(told)


handlers: list[ControllerRouterHandler] = [list_queue]
