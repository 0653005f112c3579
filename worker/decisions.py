"""What editors decide: documents withdrawn, rounds split and merged, with an audit of each decision."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal
from uuid import uuid4

import msgspec
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from schemas import Briefing, Cause, RoundDecision, own_documents
from store.documents import withdraw_document
from store.rebuild import add_decision, assign, changing, current, holding, lock_rounds, tables_of
from worker import Undecidable
from worker.rebuild import ROUND_RULES, Rebuild, remerge


class Decided(Struct, frozen=True):
    """A decision and the briefings that it concerns, as they are after it; withdrawn ones are not among them."""

    decision: RoundDecision
    briefings: list[Briefing]


def withdraw(engine: Engine, document_id: str) -> bool:
    """Take a document away: its evidence falls, and facts without evidence with it. False if it is unknown."""

    def change(session: Session) -> bool:
        if not withdraw_document(session, document_id, datetime.now(UTC)):
            return False
        lock_rounds(session, tables_of(session, holding(session, [document_id])))
        cause = Cause(kind="withdrawn", document_ids=[document_id], reason=None)
        remerge(session, ROUND_RULES, Rebuild(cause, holding(session, [document_id])))
        return True

    return changing(engine, change)


def split_briefing(engine: Engine, id: str, documents: Sequence[str], *, by: str, reason: str) -> Decided:
    """Move documents to a briefing of their own. Later documents join the one of the two that they fit.

    Raises Undecidable unless some of the briefing's own documents go and some stay.
    """

    def change(session: Session) -> Decided:
        [briefing] = _locked(session, [id])
        own = own_documents(briefing)
        leaving = set(documents)
        if strangers := sorted(leaving - own):
            raise Undecidable(f"The briefing is not about document {strangers[0]}.")
        if own == leaving:
            raise Undecidable("All documents would leave: a split leaves at least one.")
        seed = msgspec.json.encode([id, briefing.revision, sorted(documents)])
        new = f"brf_{sha256(seed).hexdigest()[:16]}"
        assign(session, new, leaving)
        assign(session, id, own - leaving)
        return _carry_out(session, "split", [id, new], sorted(leaving), by, reason)

    return changing(engine, change)


def merge_briefings(engine: Engine, id: str, others: Sequence[str], *, by: str, reason: str) -> Decided:
    """Move all documents of other briefings to this one.

    Raises Undecidable where one of them is unknown, withdrawn, or this one.
    """

    def change(session: Session) -> Decided:
        ids = list(dict.fromkeys([id, *others]))
        briefings = _locked(session, ids)
        documents = {document for briefing in briefings for document in own_documents(briefing)}
        assign(session, id, documents)
        here = next(own_documents(briefing) for briefing in briefings if briefing.id == id)
        return _carry_out(session, "merge", ids, sorted(documents - here), by, reason)

    if id in others:
        raise Undecidable("A briefing cannot be merged with itself.")
    return changing(engine, change)


def _locked(session: Session, ids: Sequence[str]) -> list[Briefing]:
    lock_rounds(session, tables_of(session, ids))
    briefings = current(session, ids)
    missing = sorted(set(ids) - {briefing.id for briefing in briefings})
    if missing:
        raise Undecidable(f"There is no briefing {missing[0]}, or it is withdrawn.")
    return briefings


def _carry_out(
    session: Session,
    action: Literal["split", "merge"],
    briefings: Sequence[str],
    documents: Sequence[str],
    by: str,
    reason: str,
) -> Decided:
    decision = RoundDecision(
        id=f"dec_{uuid4().hex[:16]}",
        action=action,
        briefing_ids=list(briefings),
        document_ids=list(documents),
        by=by,
        reason=reason,
        at=datetime.now(UTC),
    )
    add_decision(session, decision)
    cause = Cause(
        kind="split" if action == "split" else "merged", document_ids=list(documents), reason=reason
    )
    merged = remerge(session, ROUND_RULES, Rebuild(cause, set(briefings)))
    return Decided(decision, [briefing for briefing in merged if briefing.id in briefings])
