"""A briefing written down: its current row, its revision, its facts, and the keys under which it is found."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import msgspec
from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Briefing, Cause
from store.index_rows import summary_of
from store.read_index import derive, listed, underive
from store.tables import BriefingRow, MemberRow, PartyRow, RevisionRow, RoundKeyRow

_ADDRESSES = (MemberRow, PartyRow, RoundKeyRow)


def sides_of(parties: Iterable[str]) -> str:
    """The sides of a table as one word, whatever their order."""
    return "+".join(sorted(set(parties)))


def save(session: Session, briefing: Briefing, cause: Cause, day: date | None, keys: Iterable[str]) -> None:
    """Store a briefing's new revision, and find it by its facts, documents, parties and keys from now on."""
    _record(session, briefing, cause, day)
    sides = set(briefing.negotiation.parties)
    session.add_all(PartyRow(briefing_id=briefing.id, party=side) for side in sides)
    session.add_all(
        MemberRow(briefing_id=briefing.id, document_id=id)
        for id in {source.document_id for source in briefing.sources}
    )
    session.add_all(RoundKeyRow(key=key, briefing_id=briefing.id) for key in set(keys))
    session.flush()
    derive(session, briefing)


def check_free(session: Session, briefing: Briefing) -> None:
    """Raises ValueError where a new briefing has the id of one that stands."""
    before = session.get(BriefingRow, briefing.id)
    if before is not None and before.status != "withdrawn":
        raise ValueError(f"the merge gave a new briefing the id {briefing.id}, which another one has")


def withdraw(session: Session, briefing: Briefing, cause: Cause, day: date | None) -> None:
    """A briefing that rests on nothing any more: it keeps its address and its last facts, which nobody finds."""
    gone = msgspec.structs.replace(
        briefing, status="withdrawn", revision=briefing.revision + 1, updated_at=datetime.now(UTC)
    )
    _record(session, gone, cause, day)
    underive(session, gone.id)


def _record(session: Session, briefing: Briefing, cause: Cause, day: date | None) -> None:
    row = BriefingRow(
        id=briefing.id,
        slug=briefing.slug,
        revision=briefing.revision,
        status=briefing.status,
        summary=msgspec.json.encode(summary_of(briefing)),
        created_at=briefing.created_at,
        sides=sides_of(briefing.negotiation.parties),
        day=day,
        **listed(briefing),
    )
    session.merge(row)
    session.flush()
    session.add(
        RevisionRow(
            briefing_id=briefing.id,
            revision=briefing.revision,
            slug=briefing.slug,
            body=msgspec.json.encode(briefing),
            cause=msgspec.json.encode(cause),
            created_at=briefing.updated_at,
        )
    )
    for table in _ADDRESSES:
        session.execute(delete(table).where(col(table.briefing_id) == briefing.id))
    session.flush()
