"""What editors decide: documents withdrawn, rounds split and merged, with an audit of each decision."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal
from uuid import uuid4

import msgspec
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from schemas import Briefing, Cause, RoundDecision, own_documents
from store.documents import is_known, withdraw_document
from store.rebuild import add_decision, assign, current, holding, tables_of
from worker import Undecidable
from worker.rebuild import ROUND_RULES, Announcement, Find, Rebuild, rebuilt


class Decided(Struct, frozen=True):
    """A decision and the briefings that it concerns, as they are after it; withdrawn ones are not among them."""

    decision: RoundDecision
    briefings: list[Briefing]


def withdraw(engine: Engine, document_id: str) -> bool:
    """Take a document away: its evidence falls, and facts without evidence with it. False if it is unknown."""

    def find(session: Session, _: Collection[str] | None) -> Rebuild | None:
        if not is_known(session, document_id):
            return None
        held = holding(session, [document_id])
        cause = Cause(kind="withdrawn", document_ids=[document_id], reason=None)
        return Rebuild(cause, held, tables=tables_of(session, held), withdrawn=[document_id])

    def decide(session: Session, _: Rebuild) -> None:
        withdraw_document(session, document_id, datetime.now(UTC))

    return rebuilt(engine, ROUND_RULES, find, decide) is not None


def split_briefing(engine: Engine, id: str, documents: Sequence[str], *, by: str, reason: str) -> Decided:
    """Move documents to a briefing of their own. Later documents join the one of the two that they fit.

    Raises Undecidable unless some of the briefing's own documents go and some stay.
    """

    def find(session: Session, _: Collection[str] | None) -> Rebuild:
        [briefing] = _standing(session, [id])
        own = own_documents(briefing)
        leaving = set(documents)
        if strangers := sorted(leaving - own):
            raise Undecidable(f"The briefing is not about document {strangers[0]}.")
        if own == leaving:
            raise Undecidable("All documents would leave: a split leaves at least one.")
        seed = msgspec.json.encode([id, briefing.revision, sorted(documents)])
        new = f"brf_{sha256(seed).hexdigest()[:16]}"
        cause = Cause(kind="split", document_ids=sorted(leaving), reason=reason)
        assigned = dict.fromkeys(leaving, new) | dict.fromkeys(own - leaving, id)
        return Rebuild(cause, {id, new}, tables=tables_of(session, [id]), assigned=assigned)

    return _carried_out(engine, "split", [id], find, by)


def merge_briefings(engine: Engine, id: str, others: Sequence[str], *, by: str, reason: str) -> Decided:
    """Move all documents of other briefings to this one.

    Raises Undecidable where one of them is unknown, withdrawn, or this one.
    """
    ids, told = list(dict.fromkeys([id, *others])), Announcement("withdrawal", reason, by, datetime.now(UTC))

    def find(session: Session, _: Collection[str] | None) -> Rebuild:
        own = {briefing.id: own_documents(briefing) for briefing in _standing(session, ids)}
        documents = {document for one in own.values() for document in one}
        cause = Cause(kind="merged", document_ids=sorted(documents - own[id]), reason=reason)
        assigned = dict.fromkeys(documents, id)
        return Rebuild(cause, set(ids), tables=tables_of(session, ids), assigned=assigned, announced=told)

    if id in others:
        raise Undecidable("A briefing cannot be merged with itself.")
    return _carried_out(engine, "merge", ids, find, by)


def _standing(session: Session, ids: Sequence[str]) -> list[Briefing]:
    briefings = current(session, ids)
    missing = sorted(set(ids) - {briefing.id for briefing in briefings})
    if missing:
        raise Undecidable(f"There is no briefing {missing[0]}, or it is withdrawn.")
    return briefings


def _carried_out(
    engine: Engine, action: Literal["split", "merge"], ids: Sequence[str], find: Find, by: str
) -> Decided:
    """`ids`: of briefings that a decision names first; those that it makes come after them."""
    decided: list[RoundDecision] = []

    def decide(session: Session, work: Rebuild) -> None:
        decision = RoundDecision(
            id=f"dec_{uuid4().hex[:16]}",
            action=action,
            briefing_ids=[*ids, *sorted(work.briefings - set(ids))],
            document_ids=list(work.cause.document_ids),
            by=by,
            reason=work.cause.reason or "",
            at=datetime.now(UTC),
        )
        for briefing in decision.briefing_ids:
            assign(session, briefing, [one for one, to in work.assigned.items() if to == briefing])
        add_decision(session, decision)
        decided.append(decision)

    merged = rebuilt(engine, ROUND_RULES, find, decide) or []
    decision = decided[-1]
    return Decided(decision, [briefing for briefing in merged if briefing.id in decision.briefing_ids])
