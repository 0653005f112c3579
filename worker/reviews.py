"""What editors decide about facts, conflicts, texts and orders: kept, and the round merged anew with it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.briefings.reviews import Held, InForce, PinnedOrder, as_read, checked_values
from pipeline.briefings.settlements import Settlement
from pipeline.writing.edited import EditedText, TextEdit, edited_text
from schemas import (
    NEITHER,
    Briefing,
    Cause,
    Conflict,
    EditText,
    Evidence,
    Fact,
    FieldError,
    PinFacts,
    ReviewDecision,
    ReviewFact,
    SettleConflict,
    WrittenText,
)
from schemas.kinds import facts_of
from store.facts import FactRecord
from store.publication import working_fact
from store.rebuild import briefing_of, tables_of
from store.reviews import add_review
from worker import ChangedMeanwhile, Unfit
from worker.rebuild import ROUND_RULES, Announcement, Rebuild, RoundRules, rebuilt

IsCurrent = Callable[[FactRecord], bool]
"""Whether a fact or a conflict is the one that the editor saw."""


class Editor(NamedTuple):
    """Who decides something, why and when, under which id."""

    by: str
    reason: str
    id: str
    at: datetime

    @classmethod
    def now(cls, by: str, reason: str) -> "Editor":
        return cls(by, reason, f"rev_{uuid4().hex[:16]}", datetime.now(UTC))

    def corrects(self) -> Announcement:
        """What readers are told of a correction."""
        return Announcement("correction", self.reason, self.by, self.at)

    def decides(self, briefing: Briefing, **about: Any) -> ReviewDecision:
        """A decision about something in a briefing as it is."""
        return ReviewDecision(
            **{"id": self.id, "fact_id": None, "conflict_id": None, "values": {}, **about},
            briefing_id=briefing.id,
            document_ids=sorted(source.document_id for source in briefing.sources),
            by=self.by,
            reason=self.reason,
            at=self.at,
        )


class Made(NamedTuple):
    """A decision that is to be carried out. `machine`: what it is about, as the machine has it; `evidence`: what that
    rests on; `replaced`: which decisions give way; `announced`: what readers are told of it.
    """

    decided: InForce
    machine: Struct
    evidence: Sequence[Evidence] = ()
    replaced: frozenset[str] = frozenset()
    announced: Announcement | None = None


def carry_out(engine: Engine, rules: RoundRules, make: Callable[[Session], Made | None]) -> bool:
    """Merge a round with a decision, and keep both; False where there is nothing to decide about."""
    made: list[Made] = []

    def find(session: Session, _: object) -> Rebuild | None:
        made[:] = filter(None, [make(session)])
        if not made:
            return None
        [one] = made
        review = one.decided.review
        documents = sorted({e.document_id for e in one.evidence})
        return Rebuild(
            Cause(kind="reviewed", document_ids=documents, reason=review.reason),
            {review.briefing_id},
            tables=tables_of(session, [review.briefing_id]),
            review=one.decided,
            replaced=one.replaced,
            announced=one.announced,
        )

    def keep(session: Session, _: Rebuild) -> None:
        [one] = made
        add_review(session, one.decided.review, one.machine, one.evidence, one.replaced)

    return rebuilt(engine, rules, find, keep) is not None


def review_fact(
    engine: Engine,
    fact_id: str,
    asked: ReviewFact,
    *,
    by: str,
    is_current: IsCurrent,
    rules: RoundRules = ROUND_RULES,
) -> FactRecord | None:
    """The fact after an editor's decision about it; None where there is no such fact.

    The words of the sources and their evidence stay; an earlier decision about the fact gives way. Raises
    ChangedMeanwhile where the fact is not the one that the editor saw, and Unfit where a value does not fit its field.
    """
    editor = Editor.now(by, asked.reason)

    def make(session: Session) -> Made | None:
        found = _seen(session, fact_id, is_current)
        if found is None:
            return None
        record, briefing = found
        seen = record.decoded()
        machine = as_read(seen)
        review = editor.decides(
            briefing,
            fact_id=fact_id,
            kind=record.kind,
            verdict=asked.verdict,
            values=_values(machine, asked),
        )
        places = frozenset((e.document_id, e.start, e.end) for e in seen.evidence)
        left_out = (machine,) if review.verdict == "rejected" else ()
        # What was added is decided about, and stays added.
        earlier = seen.review if seen.review and seen.review.verdict != "added" else None
        return Made(
            Held(review, machine, places, frozenset({fact_id}), left_out),
            machine,
            seen.evidence,
            frozenset({earlier.id} if earlier else ()),
            None if asked.verdict == "accepted" else editor.corrects(),
        )

    return _after(engine, fact_id) if carry_out(engine, rules, make) else None


def settle_conflict(
    engine: Engine,
    conflict_id: str,
    asked: SettleConflict,
    *,
    by: str,
    is_current: IsCurrent,
    rules: RoundRules = ROUND_RULES,
) -> FactRecord | None:
    """The conflict after an editor's decision about it; None where there is no such conflict.

    Raises ChangedMeanwhile where it is not the one that the editor saw, and Unfit where the fact is of no side of it.
    """
    editor = Editor.now(by, asked.reason)

    def make(session: Session) -> Made | None:
        found = _seen(session, conflict_id, is_current)
        if found is None:
            return None
        record, briefing = found
        seen = msgspec.json.decode(record.body, type=Conflict)
        sides = {id for position in seen.positions for id in position.fact_ids}
        review = editor.decides(
            briefing,
            conflict_id=conflict_id,
            kind="conflict",
            verdict=asked.verdict,
            values=_resolution(seen, asked),
        )
        evidence = [e for fact in facts_of(briefing) if fact.id in sides for e in fact.evidence]
        earlier = frozenset({seen.review.id} if seen.review else ())
        return Made(Settlement(review, seen), seen, evidence, earlier)

    return _after(engine, conflict_id) if carry_out(engine, rules, make) else None


def edit_text(
    engine: Engine,
    briefing_id: str,
    asked: EditText,
    *,
    by: str,
    seen: datetime,
    rules: RoundRules = ROUND_RULES,
) -> bool:
    """Let a headline and a summary stay as an editor has them, or be the machine's again; False without the briefing.

    `seen`: when what the editor saw had changed last. Raises ChangedMeanwhile where it has changed since, and Unfit
    where the facts do not prove a sentence that is to be proven.
    """
    editor = Editor.now(by, asked.reason)

    def make(session: Session) -> Made | None:
        briefing = _seen_briefing(session, briefing_id, seen)
        if briefing is None:
            return None
        if asked.verdict == "returned" and not (asked.headline is asked.summary is msgspec.UNSET):
            raise Unfit(
                [FieldError(pointer="/verdict", detail="What is given back is the machine's to write.")]
            )
        text = edited_text(briefing, asked) if asked.verdict == "edited" else None
        if text is not None and (faults := list(_unsound(text, asked, briefing))):
            raise Unfit(faults)
        values = msgspec.to_builtins(text) if text else {}
        review = editor.decides(briefing, kind="text", verdict=asked.verdict, values=values)
        before = WrittenText(
            headline=briefing.headline,
            sentences=[*briefing.summary, *briefing.further],
            writing=briefing.writing,
        )
        return Made(TextEdit(review, text), before)

    return carry_out(engine, rules, make)


def pin_facts(
    engine: Engine,
    briefing_id: str,
    asked: PinFacts,
    *,
    by: str,
    seen: datetime,
    rules: RoundRules = ROUND_RULES,
) -> bool:
    """Let facts come first in their lists; False where there is no such briefing.

    `seen`: when what the editor saw had changed last. Raises ChangedMeanwhile where it has changed since, and Unfit
    where it has no such fact.
    """
    editor = Editor.now(by, asked.reason)

    def make(session: Session) -> Made | None:
        briefing = _seen_briefing(session, briefing_id, seen)
        if briefing is None:
            return None
        there = {fact.id for fact in facts_of(briefing)}
        strange = [at for at, id in enumerate(asked.fact_ids) if id not in there]
        if strange:
            detail = "The briefing has no such fact."
            raise Unfit([FieldError(pointer=f"/fact_ids/{at}", detail=detail) for at in strange])
        order = PinFacts(fact_ids=list(dict.fromkeys(asked.fact_ids)), reason=asked.reason)
        values = {"fact_ids": order.fact_ids}
        review = editor.decides(briefing, kind="order", verdict="pinned", values=values)
        before = msgspec.structs.replace(order, fact_ids=briefing.pinned)
        return Made(PinnedOrder(review, order.fact_ids), before)

    return carry_out(engine, rules, make)


def _seen(session: Session, id: str, is_current: IsCurrent) -> tuple[FactRecord, Briefing] | None:
    record = working_fact(session, id)
    briefing = briefing_of(session, record.briefing_id) if record else None
    if record is None or briefing is None:
        return None
    if not is_current(record):
        what = "conflict" if record.kind == "conflict" else "fact"
        raise ChangedMeanwhile(f"The {what} is not as you saw it any more.")
    return record, briefing


def _seen_briefing(session: Session, id: str, seen: datetime) -> Briefing | None:
    briefing = briefing_of(session, id)
    if briefing is None or briefing.status == "withdrawn":
        return None
    # Not by its revision: all editions of a draft have one number.
    if briefing.updated_at != seen:
        raise ChangedMeanwhile("The briefing is not as you saw it any more.")
    return briefing


def _after(engine: Engine, id: str) -> FactRecord | None:
    with Session(engine) as session:
        return working_fact(session, id)


def _values(machine: Fact, asked: ReviewFact) -> dict[str, object]:
    if asked.verdict != "corrected":
        if asked.values:
            detail = "Values come with the verdict `corrected` alone."
            raise Unfit([FieldError(pointer="/values", detail=detail)])
        return {}
    try:
        return checked_values(machine, asked.values)
    except ValueError as error:
        fault = FieldError(pointer="/values", detail=f"{str(error).rstrip('.')}.")
        raise Unfit([fault]) from error


def _resolution(conflict: Conflict, asked: SettleConflict) -> dict[str, object]:
    if asked.verdict == "reopened":
        if asked.fact_id is not None or asked.value is not None:
            detail = "A conflict that is open again has no right side."
            raise Unfit(
                [FieldError(pointer="/value" if asked.fact_id is None else "/fact_id", detail=detail)]
            )
        return {}
    if asked.fact_id is None and asked.value is None:
        return {"resolution": NEITHER}
    sides = [one for one in conflict.positions if asked.fact_id in (None, *one.fact_ids)]
    if not sides:
        raise Unfit([FieldError(pointer="/fact_id", detail="No side of the conflict rests on this fact.")])
    sides = [one for one in sides if asked.value in (None, one.value)]
    if not sides:
        raise Unfit([FieldError(pointer="/value", detail="No such side of the conflict has this value.")])
    if len(sides) > 1:
        detail = "Several sides of the conflict rest on this fact: the value of one has to be named, too."
        raise Unfit([FieldError(pointer="/value", detail=detail)])
    return {"resolution": sides[0].value}


def _unsound(text: EditedText, asked: EditText, briefing: Briefing) -> Iterator[FieldError]:
    """What is wrong with the sentences that an editor gives: facts that are not there, or a lack of proof."""
    there = {fact.id for fact in facts_of(briefing)}
    given = [("/headline", text.headline)] if asked.headline is not msgspec.UNSET else []
    if asked.summary is not msgspec.UNSET:
        given += [(f"/summary/{at}", sentence) for at, sentence in enumerate(text.sentences)]
    for pointer, sentence in given:
        if sentence is None:
            continue
        if not there.issuperset(sentence.fact_ids):
            yield FieldError(
                pointer=f"{pointer}/fact_ids", detail="it cites a fact that is not in the briefing"
            )
        elif not asked.unchecked:
            yield from (FieldError(pointer=pointer, detail=why) for why in sentence.unproven)
