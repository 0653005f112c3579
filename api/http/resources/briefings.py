"""Briefings, one negotiation round each: as they are, as they came to be, which documents make one up where an
editor decides it, and how rounds between the same sides follow one another.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from msgspec import Meta, json
from msgspec.structs import replace
from sqlalchemy import Engine

from api.http.auth import BRIEFINGS_REVIEW, may
from api.http.content import ATOM
from api.http.problems import MISSING_SCOPE, Refusal
from api.http.requests import Reply, json_body, once, reply
from api.http.resources.feeds import page_of
from api.http.responses import NOT_KEPT, Database, answers, existing, no_such, stored, stored_page
from pipeline.briefings.diff import difference, open_deadlines, round_changes
from pipeline.language.parties import name_of
from pipeline.writing.changes import changes_as_text
from pipeline.writing.text import in_style
from schemas import (
    Briefing,
    BriefingDiff,
    BriefingId,
    BriefingPage,
    BriefingSummary,
    Deadline,
    MergeBriefings,
    NegotiationPage,
    NegotiationRecord,
    NegotiationSummary,
    RevisionPage,
    RoundDecisionPage,
    RoundsChanged,
    SplitBriefing,
)
from schemas.filters import PageQuery
from schemas.queries import AsOfQuery, BriefingQuery, DiffQuery, NegotiationQuery, Revision, TextQuery
from schemas.vocabulary import NegotiationId
from store.briefings import (
    BriefingRecord,
    Rounds,
    get_briefing,
    get_briefing_as_of,
    get_revision,
    list_rounds,
    page_briefings,
    page_decisions,
    page_revisions,
    rounds_between,
)
from store.paging import Page
from store.publication import draft_id
from store.read_index import summary_of
from store.rebuild import sides_of
from worker.decisions import Decided, merge_briefings, split_briefing

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
    return existing(get_briefing(database, id_or_slug), f"briefing {id_or_slug!r}")


def one_revision(database: Engine, id_or_slug: str, revision: int) -> BriefingRecord:
    """A briefing as it was. Raises Refusal."""
    return existing(
        get_revision(database, one_briefing(database, id_or_slug).id, revision),
        f"revision {revision} of a briefing {id_or_slug!r}",
    )


def editors_briefing(database: Engine, id_or_slug: str) -> str:
    """The id of a briefing that editors know, be it a draft alone. Raises Refusal."""
    if (served := get_briefing(database, id_or_slug)) is not None:
        return served.id
    return existing(draft_id(database, id_or_slug), f"briefing {id_or_slug!r}")


def editors_alone(
    request: Request[Any, Any, Any], database: Engine, id_or_slug: str
) -> tuple[str, dict[str, str]]:
    """The id of a briefing, and headers of an answer about what editors decided of it.

    While the briefing has a draft, that is for them alone. Raises Refusal.
    """
    if may(request.scope, BRIEFINGS_REVIEW):
        id = editors_briefing(database, id_or_slug)
        return id, NOT_KEPT if draft_id(database, id) else {}
    id = one_briefing(database, id_or_slug).id
    if draft_id(database, id):
        raise Refusal(
            MISSING_SCOPE,
            f"While the briefing has a draft, this takes a key with the scope `{BRIEFINGS_REVIEW}`.",
        )
    return id, {}


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
    current = shown = one_briefing(database, id_or_slug)
    if asked.as_of is not None:
        past = get_briefing_as_of(database, current.id, asked.as_of)
        if past is None:
            raise no_such(f"briefing {id_or_slug!r} before {asked.as_of.isoformat()}")
        shown = past
    return _as_asked(shown, asked)


def _as_asked(record: BriefingRecord, asked: TextQuery, *, immutable: bool = False) -> Response[bytes]:
    """A briefing as it is stored, or with a summary of that language and length."""
    if asked.language is None and asked.length is None:
        return stored(record.body, record.revision, immutable=immutable)
    briefing = in_style(json.decode(record.body, type=Briefing), asked.language, asked.length)
    return stored(json.encode(briefing), record.revision, immutable=immutable)


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
    return stored_page(page_revisions(database, current.id, limit=asked.limit, cursor=asked.cursor))


@get(
    "/v1/briefings/{id_or_slug:str}/revisions/{revision:str}",
    operation_id="get_briefing_revision",
    tags=["briefings"],
    summary="Get a briefing as it was",
    opt={"query": TextQuery},
    responses=answers(Briefing, 404, when="The briefing at that revision. It never changes."),
    sync_to_thread=True,
)
def read_revision(
    database: Database, asked: NamedDependency[TextQuery], id_or_slug: IdOrSlug, revision: Revision
) -> Response[bytes]:
    """A briefing at one of its revisions. Revisions are kept for ever."""
    past = one_revision(database, id_or_slug, revision)
    return _as_asked(past, asked, immutable=id_or_slug == past.id)


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
    """What was added, changed and gone between two revisions, field by field or in sentences. They may be given in any
    order."""
    current = one_briefing(database, id_or_slug)
    to = asked.to or current.revision
    revisions = (asked.from_ or max(to - 1, 1), to)
    before, after = (
        json.decode(one_revision(database, current.id, number).body, type=Briefing) for number in revisions
    )
    told = difference(before, after)
    if asked.as_ == "text":
        told = replace(told, text=changes_as_text(before, after))
    return stored(json.encode(told))


async def _decide(
    request: Request[Any, Any, Any],
    database: Engine,
    id_or_slug: str,
    asked: SplitBriefing | MergeBriefings,
    decide: Callable[[str, str], Decided],
) -> Response[bytes]:
    """What an editor decides of a briefing, given its id and who the editor is."""

    def act() -> Reply:
        decided = decide(editors_briefing(database, id_or_slug), request.scope["state"]["caller"])
        briefings = sorted(decided.briefings, key=lambda one: decided.decision.briefing_ids.index(one.id))
        return reply(
            RoundsChanged(decision=decided.decision, briefings=[summary_of(one) for one in briefings])
        )

    return await sync_to_thread(once, request, database, asked, act)


@post(
    "/v1/briefings/{id_or_slug:str}/split",
    operation_id="split_briefing",
    tags=["rounds"],
    summary="Split a briefing",
    status_code=200,
    opt={"body": {"application/json": SplitBriefing}, "headers": ["IdempotencyKey", "RequestId"]},
    responses=answers(
        RoundsChanged, 404, 408, 409, 415, 422, when="The decision, and both briefings after it."
    ),
)
async def split_off(
    request: Request[Any, Any, Any], database: Database, id_or_slug: IdOrSlug
) -> Response[bytes]:
    """Moves documents that are about another round to a briefing of their own.

    The decision holds: these documents stay where they are now, whatever comes in later.
    """
    asked = await json_body(request, SplitBriefing)

    def decide(id: str, by: str) -> Decided:
        return split_briefing(database, id, asked.document_ids, by=by, reason=asked.reason)

    return await _decide(request, database, id_or_slug, asked, decide)


@post(
    "/v1/briefings/{id_or_slug:str}/merge",
    operation_id="merge_briefings",
    tags=["rounds"],
    summary="Merge briefings into one",
    status_code=200,
    opt={"body": {"application/json": MergeBriefings}, "headers": ["IdempotencyKey", "RequestId"]},
    responses=answers(
        RoundsChanged, 404, 408, 409, 415, 422, when="The decision, and the briefing after it."
    ),
)
async def merge_into(
    request: Request[Any, Any, Any], database: Database, id_or_slug: IdOrSlug
) -> Response[bytes]:
    """Moves all documents of other briefings, which are about the same round, to this one.

    The others are withdrawn and keep their revisions. The decision holds, whatever comes in later.
    """
    asked = await json_body(request, MergeBriefings)

    def decide(id: str, by: str) -> Decided:
        return merge_briefings(database, id, asked.briefing_ids, by=by, reason=asked.reason)

    return await _decide(request, database, id_or_slug, asked, decide)


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
    request: Request[Any, Any, Any],
    database: Database,
    asked: NamedDependency[PageQuery],
    id_or_slug: IdOrSlug,
) -> Response[bytes]:
    """What editors decided about the round of a briefing: who, when, why, and which documents moved. While the briefing
    has a draft, it takes a key that may publish it.
    """
    id, kept = editors_alone(request, database, id_or_slug)
    answer = stored_page(page_decisions(database, id, limit=asked.limit, cursor=asked.cursor))
    answer.headers.update(kept)
    return answer


def id_of_sides(sides: str) -> str:
    """The sides of a table, as they stand in addresses: `CN+US` -> `cn_us`."""
    return sides.lower().replace("+", "_")


def _sides_of_id(negotiation_id: str) -> str:
    return negotiation_id.upper().replace("_", "+")


def _summary(rounds: Rounds) -> NegotiationSummary:
    parties = rounds.sides.split("+")
    due = rounds.next_deadline
    return NegotiationSummary(
        id=id_of_sides(rounds.sides),
        name=name_of(parties, None),
        parties=parties,
        rounds=rounds.count,
        latest=json.decode(rounds.latest, type=BriefingSummary),
        next_deadline=json.decode(due, type=Deadline[BriefingId]) if due else None,
        updated_at=rounds.updated_at,
    )


def record_of(rounds: list[Briefing], left_out: int, today: date) -> NegotiationRecord:
    """What rounds between the same sides come to, first to last; so many before them are left out."""
    sides = sides_of(rounds[0].negotiation.parties)
    parties = sides.split("+")
    changes = round_changes(rounds)
    return NegotiationRecord(
        id=id_of_sides(sides),
        name=name_of(parties, None),
        parties=parties,
        rounds=[summary_of(one) for one in rounds],
        rounds_left_out=left_out,
        deadlines=open_deadlines(rounds, changes, today),
        changes=changes,
        updated_at=max(one.updated_at for one in rounds),
    )


def one_negotiation(database: Engine, id: str, today: date) -> NegotiationRecord:
    """All rounds between the sides that the id names. Raises Refusal."""
    bodies, left_out = rounds_between(database, _sides_of_id(id))
    if not bodies:
        raise no_such(f"negotiation {id!r}")
    return record_of([json.decode(body, type=Briefing) for body in bodies], left_out, today)


@get(
    "/v1/negotiations",
    operation_id="list_negotiations",
    tags=["negotiations"],
    summary="List negotiations",
    opt={"query": NegotiationQuery},
    responses=answers(NegotiationPage, when="A page of negotiations, the one that changed last first."),
    sync_to_thread=True,
)
def list_negotiations(database: Database, asked: NamedDependency[NegotiationQuery]) -> Response[bytes]:
    """Negotiations: all rounds between the same sides, with the last of them and what falls due next."""
    rounds, cursor = list_rounds(database, asked, datetime.now(UTC).date())
    return stored_page(Page(items=[json.encode(_summary(one)) for one in rounds], next_cursor=cursor))


@get(
    "/v1/negotiations/{negotiation_id:str}",
    operation_id="get_negotiation",
    tags=["negotiations"],
    summary="Get a negotiation",
    responses=answers(NegotiationRecord, 404, when="Its rounds, what is open across them, what changed."),
    sync_to_thread=True,
)
def read_negotiation(database: Database, negotiation_id: NegotiationId) -> Response[bytes]:
    """The rounds between these sides in a row, the deadlines that are open across them, and what each round tells
    otherwise than one before it: rates, days, who leads a side.
    """
    return stored(json.encode(one_negotiation(database, negotiation_id, datetime.now(UTC).date())))


handlers = [
    list_briefings,
    read_briefing,
    list_revisions,
    read_revision,
    read_diff,
    split_off,
    merge_into,
    list_decisions,
    list_negotiations,
    read_negotiation,
]
