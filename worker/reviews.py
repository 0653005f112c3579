"""What editors decide about facts and conflicts, which are merged anew with it."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.briefings.reviews import Held, as_read, checked_values
from pipeline.briefings.settlements import Settlement
from schemas import (
    NEITHER,
    Cause,
    Conflict,
    Evidence,
    Fact,
    FieldError,
    ReviewDecision,
    ReviewFact,
    SettleConflict,
)
from schemas.kinds import BY_NAME, facts_of
from store.facts import FactRecord, fact_in
from store.rebuild import briefing_of, tables_of
from store.reviews import add_review
from worker import ChangedMeanwhile, Unfit
from worker.rebuild import ROUND_RULES, Rebuild, RoundRules, rebuilt


def review_fact(
    engine: Engine,
    fact_id: str,
    asked: ReviewFact,
    *,
    by: str,
    is_current: Callable[[FactRecord], bool],
    rules: RoundRules = ROUND_RULES,
) -> FactRecord | None:
    """The fact after an editor's decision about it; None where there is no such fact.

    The words of the sources and their evidence stay; an earlier decision about the fact gives way. Raises
    ChangedMeanwhile where the fact is not the one that the editor saw, and Unfit where a value does not fit its field.
    """
    id, at = f"rev_{uuid4().hex[:16]}", datetime.now(UTC)

    def find(session: Session, _: Collection[str] | None) -> Rebuild | None:
        record = fact_in(session, fact_id)
        briefing = briefing_of(session, record.briefing_id) if record else None
        if record is None or briefing is None:
            return None
        if not is_current(record):
            raise ChangedMeanwhile("The fact is not as you saw it any more.")
        seen = _fact(record)
        machine = as_read(seen)
        review = ReviewDecision(
            id=id,
            fact_id=fact_id,
            conflict_id=None,
            briefing_id=briefing.id,
            kind=record.kind,
            verdict=asked.verdict,
            values=_values(machine, asked),
            document_ids=sorted(source.document_id for source in briefing.sources),
            by=by,
            reason=asked.reason,
            at=at,
        )
        places = frozenset((e.document_id, e.start, e.end) for e in seen.evidence)
        documents = sorted({e.document_id for e in seen.evidence})
        return Rebuild(
            Cause(kind="reviewed", document_ids=documents, reason=asked.reason),
            {briefing.id},
            tables=tables_of(session, [briefing.id]),
            review=Held(
                review,
                machine,
                places,
                frozenset({fact_id}),
                (machine,) if review.verdict == "rejected" else (),
            ),
            replaced=frozenset({seen.review.id} if seen.review and seen.review.verdict != "added" else ()),
        )

    def decide(session: Session, work: Rebuild) -> None:
        assert isinstance(work.review, Held)
        machine = work.review.machine
        add_review(session, work.review.review, machine, machine.evidence, work.replaced)

    if rebuilt(engine, rules, find, decide) is None:
        return None
    with Session(engine) as session:
        return fact_in(session, fact_id)


def settle_conflict(
    engine: Engine,
    conflict_id: str,
    asked: SettleConflict,
    *,
    by: str,
    is_current: Callable[[FactRecord], bool],
    rules: RoundRules = ROUND_RULES,
) -> FactRecord | None:
    """The conflict after an editor's decision about it; None where there is no such conflict.

    Raises ChangedMeanwhile where it is not the one that the editor saw, and Unfit where the fact is of no side of it.
    """
    id, at = f"rev_{uuid4().hex[:16]}", datetime.now(UTC)
    evidence: list[Evidence] = []

    def find(session: Session, _: Collection[str] | None) -> Rebuild | None:
        record = fact_in(session, conflict_id)
        briefing = briefing_of(session, record.briefing_id) if record else None
        if record is None or briefing is None:
            return None
        if not is_current(record):
            raise ChangedMeanwhile("The conflict is not as you saw it any more.")
        seen = msgspec.json.decode(record.body, type=Conflict)
        sides = {id for position in seen.positions for id in position.fact_ids}
        evidence[:] = [e for fact in facts_of(briefing) if fact.id in sides for e in fact.evidence]
        review = ReviewDecision(
            id=id,
            fact_id=None,
            conflict_id=conflict_id,
            briefing_id=briefing.id,
            kind="conflict",
            verdict=asked.verdict,
            values=_resolution(seen, asked),
            document_ids=sorted(source.document_id for source in briefing.sources),
            by=by,
            reason=asked.reason,
            at=at,
        )
        return Rebuild(
            Cause(
                kind="reviewed", document_ids=sorted({e.document_id for e in evidence}), reason=asked.reason
            ),
            {briefing.id},
            tables=tables_of(session, [briefing.id]),
            review=Settlement(review, seen),
            replaced=frozenset({seen.review.id} if seen.review else ()),
        )

    def decide(session: Session, work: Rebuild) -> None:
        assert isinstance(work.review, Settlement)
        add_review(session, work.review.review, work.review.conflict, evidence, work.replaced)

    if rebuilt(engine, rules, find, decide) is None:
        return None
    with Session(engine) as session:
        return fact_in(session, conflict_id)


def _resolution(conflict: Conflict, asked: SettleConflict) -> dict[str, object]:
    if asked.verdict == "reopened":
        if asked.fact_id is not None:
            raise Unfit(
                [FieldError(pointer="/fact_id", detail="A conflict that is open again has no right side.")]
            )
        return {}
    if asked.fact_id is None:
        return {"resolution": NEITHER}
    side = next((one.value for one in conflict.positions if asked.fact_id in one.fact_ids), None)
    if side is None:
        raise Unfit([FieldError(pointer="/fact_id", detail="No side of the conflict rests on this fact.")])
    return {"resolution": side}


def _fact(record: FactRecord) -> Fact:
    return msgspec.json.decode(record.body, type=BY_NAME[record.kind].fact)


def _values(machine: Fact, asked: ReviewFact) -> dict[str, object]:
    if asked.verdict != "corrected":
        if asked.values:
            raise Unfit(
                [FieldError(pointer="/values", detail="Values come with the verdict `corrected` alone.")]
            )
        return {}
    try:
        return checked_values(machine, asked.values)
    except ValueError as error:
        fault = FieldError(pointer="/values", detail=f"{str(error).rstrip('.')}.")
        raise Unfit([fault]) from error
