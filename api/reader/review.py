"""The page of the desk: one fact after another with the words that prove it, to be confirmed, corrected or rejected."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from litestar import Controller, Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from msgspec import Meta, Struct, json
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.http.auth import BRIEFINGS_REVIEW
from api.http.parameters import parse
from api.http.problems import Refusal, problem_of
from api.http.requests import from_json
from api.http.resources.review_queue import queue_of, tag_of_fact
from api.http.responses import Database, existing, whole
from api.rendering.fields import FormField, changed_values, form_fields
from api.rendering.html import render_page
from api.rendering.outline import Entry, entry_of
from api.rendering.sides import Disagreement, disagreements
from api.rendering.sources import Citations
from pipeline.briefings.review_queue import Queued
from schemas import Briefing, Evidence, Fact, Problem, ReviewFact, Source, proofs_of
from schemas.filters import OfBriefing
from schemas.kinds import KINDS
from schemas.queries import FactKinds, ReviewQueueQuery
from schemas.vocabulary import FactId, ReviewReason, Verdict
from store.documents import get_content
from store.facts import FactRecord
from store.publication import get_working_fact, get_working_facts
from store.rebuild import briefing_of
from worker import ChangedMeanwhile, Unfit
from worker.reviews import review_fact

REASONS: dict[ReviewReason, str] = {
    "contradicted": "read otherwise since a decision",
    "disputed": "sources disagree",
    "hedged": "one side says so, or it is hedged",
    "quoted": "as read by the model",
    "one_origin": "one origin alone",
    "overdue": "its day is past",
    "due_soon": "falls due soon",
    "salient": "weighs much",
}
"""Why a fact waits, in the words of the page."""
VERDICTS: dict[Verdict, str] = {"accepted": "Confirmed", "corrected": "Corrected", "rejected": "Rejected"}
REJECTIONS = (
    "The words do not say so.",
    "It is about another matter.",
    "Another fact tells it already.",
    "It is out of date.",
)
CONFIRMED = "Read beside its sources and found right."
_MOST = 65_536  # bytes of a form
_AROUND = 280  # characters of the text before and after a proof
_PROOFS = 12  # that are shown; the briefing has all
_LISTED, _BEFORE = 20, 4
"""So many facts are listed, and so many of them may come before the one that is shown."""
Sent = Mapping[str, str]
"""The fields of the page's form."""


class DeskQuery(Struct, frozen=True, kw_only=True):
    """`fact_id`: the fact that is shown, also one that does not wait; `done`: the one that was decided about last."""

    briefing_id: OfBriefing | None = None
    kind: FactKinds | None = None
    fact_id: Annotated[FactId, Meta(description="The fact that is shown.")] | None = None
    done: Annotated[FactId, Meta(description="The fact that was decided about last.")] | None = None


class ProofInText(NamedTuple):
    """A proof among the words around it."""

    source: Source
    before: str
    evidence: Evidence
    after: str


class ShownFact(Struct, frozen=True):
    """The fact that is decided about. `queued`: why it waits; None where it does not.

    `previous` and `following`: those beside it in the queue.
    """

    fact: Fact
    kind: str
    entry: Entry
    tag: str
    queued: Queued | None
    previous: str | None
    following: str | None
    briefing: Briefing
    cite: Citations
    passages: list[ProofInText]
    disputes: list[Disagreement]
    fields: list[FormField]


class Desk(Controller):
    path = "/review"

    @get(
        include_in_schema=False,
        sync_to_thread=True,
        opt={"query": DeskQuery, "form": True, "scope": (BRIEFINGS_REVIEW,)},
    )
    def show_review(self, database: Database, asked: NamedDependency[DeskQuery]) -> Response[str]:
        return _page(database, asked)

    @post(
        include_in_schema=False,
        request_max_body_size=_MOST,
        opt={"form": True, "scope": (BRIEFINGS_REVIEW,)},
    )
    async def decide_on_page(self, request: Request[Any, Any, Any], database: Database) -> Response[str]:
        """Leads to the next fact; where nothing could be decided, the page says why, and has what was written."""
        sent = dict(parse_qsl((await request.body()).decode("latin-1"), keep_blank_values=True))
        return await sync_to_thread(_decide, request, database, sent)


def _decide(request: Request[Any, Any, Any], database: Engine, sent: Sent) -> Response[str]:
    given = {name: sent.get(name, "") for name in ("briefing_id", "kind", "fact_id")}
    asked = parse(DeskQuery, urlencode(given).encode(), form=True)
    fact = existing(get_working_fact(database, asked.fact_id or ""), f"fact {asked.fact_id}").decoded()
    try:
        review_fact(
            database,
            fact.id,
            from_json(json.encode(_decision(fact, sent)), ReviewFact),
            by=request.scope["state"]["caller"],
            is_current=lambda record: tag_of_fact(record) == sent.get("tag"),
        )
    except ChangedMeanwhile as error:
        written = {name: sent.get(name, "") for name in ("verdict", "reason")}
        return _page(database, asked, written, problem_of(request, error)[0])
    except (Refusal, Unfit) as error:
        return _page(database, asked, sent, problem_of(request, error)[0])
    following = urlencode(given | {"fact_id": sent.get("following", ""), "done": fact.id})
    return Response(
        "", status_code=303, media_type="text/plain", headers={"Location": f"/review?{following}"}
    )


def _decision(fact: Fact, sent: Sent) -> dict[str, Any]:
    """The decision as JSON has it. Whoever confirms what was corrected before confirms the correction."""
    verdict, reason = sent.get("verdict"), sent.get("reason", "").strip()
    values: dict[str, Any] = {}
    if verdict == "corrected":
        values = changed_values(fact, sent)
    elif verdict == "accepted":
        reason = CONFIRMED
        if fact.review is not None and fact.review.corrections:
            verdict, values = "corrected", {one.field: one.editor for one in fact.review.corrections}
    return {"verdict": verdict, "values": values, "reason": reason}


def _page(
    database: Engine, asked: DeskQuery, sent: Sent | None = None, problem: Problem | None = None
) -> Response[str]:
    """`sent`: what was written in the form of the fact, about which nothing could be decided for the `problem`."""
    waiting = queue_of(database, ReviewQueueQuery(briefing_id=asked.briefing_id, kind=asked.kind))
    record = get_working_fact(database, asked.fact_id) if asked.fact_id else None
    if record is None and waiting:
        record = get_working_fact(database, waiting[0].id)
    shown = _shown(database, record, waiting, sent or {}) if record else None
    at = next((place for place, one in enumerate(waiting) if shown and one.id == shown.fact.id), 0)
    start = max(0, at - _BEFORE)
    near = [one.id for one in waiting[start : start + _LISTED]]
    listed = get_working_facts(database, near)
    last = get_working_fact(database, asked.done) if asked.done else None
    page = render_page(
        "review.html",
        title="Review",
        home="/",
        asked=asked,
        kinds=[kind.name for kind in KINDS],
        waiting=len(waiting),
        start=start + 1,
        listed=[(listed[id].kind, entry_of(listed[id].decoded())) for id in near if id in listed],
        shown=shown,
        done=last.decoded() if last else None,
        problem=problem,
        verdict=sent.get("verdict") if sent else None,
        reason=sent.get("reason", "") if sent else "",
        why=REASONS,
        verdicts=VERDICTS,
        rejections=REJECTIONS,
    )
    return whole(page, problem.status if problem else 200)


def _shown(database: Engine, record: FactRecord, waiting: Sequence[Queued], sent: Sent) -> ShownFact:
    fact = record.decoded()
    at = next((place for place, one in enumerate(waiting) if one.id == fact.id), None)
    others = [one.id for one in waiting if one.id != fact.id]
    here = 0 if at is None else at
    with Session(database) as session:
        briefing = existing(briefing_of(session, record.briefing_id), f"briefing {record.briefing_id}")
    return ShownFact(
        fact=fact,
        kind=record.kind,
        entry=entry_of(fact),
        tag=tag_of_fact(record),
        queued=None if at is None else waiting[at],
        previous=others[here - 1] if here else None,
        following=others[here] if here < len(others) else None,
        briefing=briefing,
        cite=Citations(briefing, "/documents"),
        passages=list(_passages(database, fact, briefing)),
        disputes=[one for one in disagreements(briefing) if one.conflict.id in fact.conflict_ids],
        fields=form_fields(fact, sent),
    )


def _passages(database: Engine, fact: Fact, briefing: Briefing) -> Iterator[ProofInText]:
    sources = {source.document_id: source for source in briefing.sources}
    texts: dict[str, str] = {}
    for one in proofs_of(fact)[:_PROOFS]:
        if one.document_id not in texts:
            content = get_content(database, one.document_id)
            texts[one.document_id] = content[0] if content else ""
        text = texts[one.document_id]
        before = text[max(0, one.start - _AROUND) : one.start]
        after = text[one.end : one.end + _AROUND]
        if one.start > _AROUND:
            before = f"…{before.partition(' ')[2] or before}"
        if one.end + _AROUND < len(text):
            after = f"{after.rpartition(' ')[0] or after}…"
        yield ProofInText(sources[one.document_id], before, one, after)
