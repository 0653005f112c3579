"""Rebuilding a round: what a new document changes in the briefings, saved as new revisions."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Engine, delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Briefing, DocumentReadout, Source
from store.engine import writing
from store.indexing import fact_rows, summary_of
from store.tables import (
    BriefingRow,
    DocumentRow,
    FactRow,
    LockRow,
    MemberRow,
    PartyRow,
    ReadoutRow,
    RevisionRow,
)

Merge = Callable[[list[tuple[DocumentReadout, Source]], list[Briefing]], list[Briefing]]


def rebuild(engine: Engine, document_id: str, merge: Merge) -> list[str]:
    """Merge a document's readout into the briefings it may belong to; ids of those that hold it afterwards.

    `merge` gets the readouts and sources of the candidate briefings and of the document, and those briefings
    as they stand. What it returns at an unchanged revision is left alone; a candidate that it does not return
    is withdrawn. One rebuild runs at a time, over all processes; running it again changes nothing.
    """
    with writing(engine) as session:
        session.execute(update(LockRow).where(col(LockRow.name) == "rounds").values(taken=LockRow.taken + 1))
        readout = _readout(session, document_id)
        previous = _candidates(session, readout)
        documents = {source.document_id for briefing in previous for source in briefing.sources}
        merged = merge(_parts(session, documents | {document_id}), previous)
        if len({briefing.id for briefing in merged}) < len(merged):
            raise ValueError("the merge gave two briefings one id")
        standing = {briefing.id: briefing for briefing in previous}
        for briefing in merged:
            before = standing.pop(briefing.id, None)
            if before is None:
                _save(session, _revived(session, briefing))
            elif before.revision != briefing.revision:
                _save(session, briefing)
        for gone in standing.values():
            _withdraw(session, gone)
    return [
        briefing.id
        for briefing in merged
        if any(source.document_id == document_id for source in briefing.sources)
    ]


def _readout(session: Session, document_id: str) -> DocumentReadout:
    body = session.scalars(
        select(col(ReadoutRow.body)).where(col(ReadoutRow.document_id) == document_id)
    ).one()
    return msgspec.json.decode(body, type=DocumentReadout)


def _candidates(session: Session, readout: DocumentReadout) -> list[Briefing]:
    """Briefings that hold the document, and those at whose table at least two of its parties sit."""
    holding = select(col(MemberRow.briefing_id)).where(col(MemberRow.document_id) == readout.document.id)
    parties = readout.negotiation.parties if readout.negotiation else []
    seated = (
        select(col(PartyRow.briefing_id))
        .where(col(PartyRow.party).in_(parties))
        .group_by(col(PartyRow.briefing_id))
        .having(func.count() >= 2)
    )
    query = (
        select(col(RevisionRow.body))
        .join(BriefingRow, col(BriefingRow.id) == col(RevisionRow.briefing_id))
        .where(col(BriefingRow.revision) == col(RevisionRow.revision))
        .where(col(BriefingRow.status) != "withdrawn")
        .where(or_(col(BriefingRow.id).in_(holding), col(BriefingRow.id).in_(seated)))
        .order_by(col(BriefingRow.created_at), col(BriefingRow.id))
    )
    return [msgspec.json.decode(body, type=Briefing) for body in session.scalars(query)]


def _parts(session: Session, documents: Iterable[str]) -> list[tuple[DocumentReadout, Source]]:
    query = (
        select(col(ReadoutRow.body), col(DocumentRow.source))
        .join(DocumentRow, col(DocumentRow.id) == col(ReadoutRow.document_id))
        .where(col(ReadoutRow.document_id).in_(documents))
        .order_by(col(DocumentRow.added_at), col(DocumentRow.id))
    )
    return [
        (msgspec.json.decode(body, type=DocumentReadout), msgspec.json.decode(source, type=Source))
        for body, source in session.execute(query)
    ]


def _revived(session: Session, briefing: Briefing) -> Briefing:
    """A new briefing as it is; one that was withdrawn once goes on from where it stopped."""
    before = session.get(BriefingRow, briefing.id)
    if before is None:
        return briefing
    if before.status != "withdrawn":
        raise ValueError(f"the merge gave a new briefing the id {briefing.id}, which another one has")
    return msgspec.structs.replace(briefing, revision=before.revision + 1, created_at=before.created_at)


def _withdraw(session: Session, briefing: Briefing) -> None:
    """A briefing whose documents went to another one: it keeps its address, its facts are found there."""
    now = datetime.now(UTC)
    gone = msgspec.structs.replace(
        briefing, status="withdrawn", revision=briefing.revision + 1, updated_at=now
    )
    _save(session, gone)
    for table in (FactRow, MemberRow, PartyRow):
        session.execute(delete(table).where(col(table.briefing_id) == briefing.id))


def _save(session: Session, briefing: Briefing) -> None:
    row = BriefingRow(
        id=briefing.id,
        slug=briefing.slug,
        revision=briefing.revision,
        status=briefing.status,
        summary=msgspec.json.encode(summary_of(briefing)),
        created_at=briefing.created_at,
    )
    session.merge(row)
    session.flush()
    session.add(
        RevisionRow(
            briefing_id=briefing.id,
            revision=briefing.revision,
            slug=briefing.slug,
            body=msgspec.json.encode(briefing),
            created_at=briefing.updated_at,
        )
    )
    known = select(col(FactRow.id), col(FactRow.position)).where(col(FactRow.briefing_id) == briefing.id)
    positions = {id: position for id, position in session.execute(known)}
    for table in (FactRow, MemberRow, PartyRow):
        session.execute(delete(table).where(col(table.briefing_id) == briefing.id))
    session.add_all(fact_rows(briefing, positions))
    sides = set(briefing.negotiation.parties)
    session.add_all(PartyRow(briefing_id=briefing.id, party=side) for side in sides)
    session.add_all(
        MemberRow(briefing_id=briefing.id, document_id=id)
        for id in {source.document_id for source in briefing.sources}
    )
    session.flush()
