"""What a rebuild looks at: readouts, documents that count, and the briefings they may belong to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import combinations

import msgspec
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from schemas import Briefing, DocumentReadout, Source
from store.engine import lock
from store.tables import (
    AssignmentRow,
    BriefingRow,
    DocumentRow,
    MemberRow,
    ReadoutRow,
    RevisionRow,
    RoundKeyRow,
)

Part = tuple[DocumentReadout, Source]
_MOST_CANDIDATES = 20


def lock_rounds(session: Session, tables: Iterable[Iterable[str]]) -> set[str]:
    """Let nobody else rebuild rounds between these parties, in any pair, until the transaction ends; the pairs."""
    pairs = pairs_of(tables)
    lock(session, pairs)
    return pairs


def pairs_of(tables: Iterable[Iterable[str]]) -> set[str]:
    return {"+".join(pair) for parties in tables for pair in combinations(sorted(set(parties)), 2)}


def tables_of(session: Session, briefings: Collection[str]) -> list[list[str]]:
    """The parties of each of these briefings."""
    sides = select(col(BriefingRow.sides)).where(col(BriefingRow.id).in_(briefings))
    return [one.split("+") for one in session.scalars(sides)]


def read_part(session: Session, document_id: str) -> Part:
    query = _readouts().where(col(ReadoutRow.document_id) == document_id)
    return _part(*session.execute(query).one())


def parts_of(session: Session, documents: Collection[str]) -> list[Part]:
    query = _readouts().where(col(ReadoutRow.document_id).in_(documents)).order_by(col(DocumentRow.id))
    return [_part(body, source) for body, source in session.execute(query)]


def _readouts() -> Select[bytes, bytes]:
    return select(col(ReadoutRow.body), col(DocumentRow.source)).join(
        DocumentRow, col(DocumentRow.id) == col(ReadoutRow.document_id)
    )


def _part(body: bytes, source: bytes) -> Part:
    return msgspec.json.decode(body, type=DocumentReadout), msgspec.json.decode(source, type=Source)


def active(session: Session, documents: Collection[str]) -> set[str]:
    """Those of these documents on which briefings may rest: not withdrawn, nor replaced by one that has been read."""
    newer = aliased(ReadoutRow)
    replaced = exists().where(col(newer.document_id) == col(DocumentRow.replaced_by))
    query = select(col(DocumentRow.id)).where(col(DocumentRow.id).in_(documents))
    return set(session.scalars(query.where(col(DocumentRow.withdrawn_at).is_(None), ~replaced)))


def replaced_by(session: Session, document_id: str) -> Sequence[str]:
    query = select(col(DocumentRow.id)).where(col(DocumentRow.replaced_by) == document_id)
    return session.scalars(query.order_by(col(DocumentRow.id))).all()


def assigned_to(session: Session, documents: Collection[str]) -> dict[str, str]:
    """To which briefings editors assigned these documents."""
    query = select(col(AssignmentRow.document_id), col(AssignmentRow.briefing_id))
    rows = session.execute(query.where(col(AssignmentRow.document_id).in_(documents)))
    return {document: briefing for document, briefing in rows}


def holding(session: Session, documents: Collection[str]) -> set[str]:
    query = select(col(MemberRow.briefing_id)).where(col(MemberRow.document_id).in_(documents))
    return set(session.scalars(query))


def found_under(session: Session, keys: Collection[str]) -> set[str]:
    """The newest briefings that have one of these keys."""
    query = (
        select(col(BriefingRow.id))
        .join(RoundKeyRow, col(RoundKeyRow.briefing_id) == col(BriefingRow.id))
        .where(col(RoundKeyRow.key).in_(keys))
        .group_by(col(BriefingRow.id), col(BriefingRow.created_at))
        .order_by(col(BriefingRow.created_at).desc(), col(BriefingRow.id))
        .limit(_MOST_CANDIDATES)
    )
    return set(session.scalars(query))


def neighbours_of(session: Session, rounds: Iterable[tuple[str, date | None]]) -> set[str]:
    """The briefings right before and right after these rounds between the same sides."""
    days: dict[str, list[date]] = defaultdict(list)
    for sides, day in rounds:
        if day is not None:
            days[sides].append(day)
    found: set[str] = set()
    on, id = col(BriefingRow.day), col(BriefingRow.id)
    for sides, known in days.items():
        query = select(id).where(col(BriefingRow.sides) == sides, col(BriefingRow.status) != "withdrawn")
        before = query.where(on < min(known)).order_by(on.desc(), id.desc()).limit(1)
        after = query.where(on > max(known)).order_by(on, id).limit(1)
        between = query.where(on >= min(known), on <= max(known)).limit(_MOST_CANDIDATES)
        for near in (before, after, between):
            found.update(session.scalars(near))
    return found


def current(session: Session, ids: Iterable[str]) -> list[Briefing]:
    """These briefings as they stand, except withdrawn ones."""
    query = _bodies().where(col(BriefingRow.status) != "withdrawn").where(col(BriefingRow.id).in_(set(ids)))
    ordered = query.order_by(col(BriefingRow.created_at), col(BriefingRow.id))
    return [msgspec.json.decode(body, type=Briefing) for body in session.scalars(ordered)]


def briefing_of(session: Session, id: str) -> Briefing | None:
    """A briefing as it stands, or stood last; None where there is none of that id."""
    body = session.scalar(_bodies().where(col(BriefingRow.id) == id))
    return msgspec.json.decode(body, type=Briefing) if body is not None else None


def _bodies() -> Select[bytes]:
    return (
        select(col(RevisionRow.body))
        .join(BriefingRow, col(BriefingRow.id) == col(RevisionRow.briefing_id))
        .where(col(BriefingRow.revision) == col(RevisionRow.revision))
    )
