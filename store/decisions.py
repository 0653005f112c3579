"""What editors decide: documents withdrawn, rounds split and merged, with an audit of each decision."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid4

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Briefing, Cause, RoundDecision, own_documents
from store.documents import withdraw_document
from store.paging import Page, page_newest, scope_of
from store.rebuild_inputs import current, holding, lock_rounds, tables_of
from store.rounds import Rules, changing, remerge
from store.tables import AssignmentRow, DecisionRow


class Undecidable(ValueError):
    """A decision that cannot be carried out; the message says why."""


class Decided(Struct, frozen=True):
    """A decision and the briefings that it concerns, as they are after it; withdrawn ones are not among them."""

    decision: RoundDecision
    briefings: list[Briefing]


def withdraw(engine: Engine, document_id: str, rules: Rules) -> bool:
    """Take a document away: its evidence falls, and facts without evidence with it. False if it is unknown."""

    def change(session: Session) -> bool:
        if not withdraw_document(session, document_id, datetime.now(UTC)):
            return False
        lock_rounds(session, tables_of(session, holding(session, [document_id])))
        cause = Cause(kind="withdrawn", document_ids=[document_id], reason=None)
        remerge(session, rules, holding(session, [document_id]), cause)
        return True

    return changing(engine, change)


def split_briefing(
    engine: Engine, id: str, documents: Sequence[str], rules: Rules, *, by: str, reason: str
) -> Decided:
    """Move documents to a briefing of their own. Later documents join the one of the two that they fit.

    Raises Undecidable unless some of the briefing's own documents go and some stay.
    """

    def change(session: Session) -> Decided:
        [briefing] = _locked(session, [id])
        own = own_documents(briefing)
        strangers = sorted(set(documents) - own)
        if strangers:
            raise Undecidable(f"The briefing is not about document {strangers[0]}.")
        if own == set(documents):
            raise Undecidable("All documents would leave: a split leaves at least one.")
        leaving = msgspec.json.encode([id, briefing.revision, sorted(documents)])
        new = f"brf_{sha256(leaving).hexdigest()[:16]}"
        for document in own:
            session.merge(
                AssignmentRow(document_id=document, briefing_id=new if document in documents else id)
            )
        return _carry_out(session, rules, "split", [id, new], sorted(set(documents)), by, reason)

    return changing(engine, change)


def merge_briefings(
    engine: Engine, id: str, others: Sequence[str], rules: Rules, *, by: str, reason: str
) -> Decided:
    """Move all documents of other briefings to this one.

    Raises Undecidable where one of them is unknown, withdrawn, or this one.
    """

    def change(session: Session) -> Decided:
        ids = list(dict.fromkeys([id, *others]))
        briefings = _locked(session, ids)
        documents = {document for briefing in briefings for document in own_documents(briefing)}
        for document in documents:
            session.merge(AssignmentRow(document_id=document, briefing_id=id))
        here = next(own_documents(briefing) for briefing in briefings if briefing.id == id)
        return _carry_out(session, rules, "merge", ids, sorted(documents - here), by, reason)

    if id in others:
        raise Undecidable("A briefing cannot be merged with itself.")
    return changing(engine, change)


def page_decisions(engine: Engine, briefing: str, *, limit: int, cursor: str | None = None) -> Page:
    """Decisions that concern a briefing, newest first. Raises BadCursor."""
    return page_newest(
        engine,
        select(DecisionRow).where(col(DecisionRow.briefing_id) == briefing),
        (col(DecisionRow.at), col(DecisionRow.id)),
        lambda row: row.body,
        scope=scope_of("decisions", {"briefing_id": briefing}),
        limit=limit,
        cursor=cursor,
    )


def _locked(session: Session, ids: Sequence[str]) -> list[Briefing]:
    lock_rounds(session, tables_of(session, ids))
    found = current(session, ids)
    missing = sorted(set(ids) - {briefing.id for briefing in found})
    if missing:
        raise Undecidable(f"There is no briefing {missing[0]}, or it is withdrawn.")
    return found


def _carry_out(
    session: Session,
    rules: Rules,
    action: str,
    briefings: Sequence[str],
    documents: Sequence[str],
    by: str,
    reason: str,
) -> Decided:
    decision = RoundDecision(
        id=f"dec_{uuid4().hex[:16]}",
        action="split" if action == "split" else "merge",
        briefing_ids=list(briefings),
        document_ids=list(documents),
        by=by,
        reason=reason,
        at=datetime.now(UTC),
    )
    body = msgspec.json.encode(decision)
    session.add_all(
        DecisionRow(id=decision.id, briefing_id=one, at=decision.at, body=body) for one in briefings
    )
    session.flush()
    cause = Cause(
        kind="split" if action == "split" else "merged", document_ids=list(documents), reason=reason
    )
    merged = remerge(session, rules, briefings, cause)
    return Decided(decision, [briefing for briefing in merged if briefing.id in briefings])
