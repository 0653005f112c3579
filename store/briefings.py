"""Briefings as they are read: the exact bytes of a revision, and pages of summaries."""

from datetime import datetime

from msgspec import Struct, json
from sqlalchemy import Engine, Select, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Cause, RevisionInfo
from store.paging import Page, decode_cursor, encode_cursor, scope_of
from store.tables import BriefingRow, PartyRow, RevisionRow


class BriefingRecord(Struct, frozen=True):
    """One revision of a briefing; `body` is its JSON."""

    id: str
    slug: str
    revision: int
    body: bytes


def get_briefing(engine: Engine, id_or_slug: str) -> BriefingRecord | None:
    """A briefing's current revision. Where two share a slug, one that is not withdrawn, else the newer."""
    query = (
        _records()
        .join(BriefingRow, col(BriefingRow.id) == col(RevisionRow.briefing_id))
        .where(col(BriefingRow.revision) == col(RevisionRow.revision))
        .where(or_(col(BriefingRow.id) == id_or_slug, col(BriefingRow.slug) == id_or_slug))
        .order_by(col(BriefingRow.status) == "withdrawn", col(BriefingRow.created_at).desc())
    )
    with Session(engine) as session:
        found = session.execute(query).first()
    return BriefingRecord(*found) if found else None


def get_revision(engine: Engine, id: str, revision: int) -> BriefingRecord | None:
    """A briefing as it was at a revision."""
    query = _records().where(col(RevisionRow.briefing_id) == id, col(RevisionRow.revision) == revision)
    with Session(engine) as session:
        found = session.execute(query).first()
    return BriefingRecord(*found) if found else None


def get_briefing_as_of(engine: Engine, id: str, moment: datetime) -> BriefingRecord | None:
    """A briefing as it stood at a moment; None where it was not there yet."""
    query = _records().where(col(RevisionRow.briefing_id) == id, col(RevisionRow.created_at) <= moment)
    with Session(engine) as session:
        found = session.execute(query.order_by(col(RevisionRow.revision).desc()).limit(1)).first()
    return BriefingRecord(*found) if found else None


def page_revisions(engine: Engine, id: str, *, limit: int, cursor: str | None = None) -> Page:
    """What revisions a briefing has, newest first. Raises BadCursor."""
    scope = scope_of("revisions", {"briefing_id": id})
    revision = col(RevisionRow.revision)
    query = select(revision, col(RevisionRow.slug), col(RevisionRow.cause), col(RevisionRow.created_at))
    query = query.where(col(RevisionRow.briefing_id) == id).order_by(revision.desc())
    if cursor is not None:
        query = query.where(revision < decode_cursor(cursor, scope, int)[0])
    with Session(engine) as session:
        rows = session.execute(query.limit(limit + 1)).all()
    items = [
        RevisionInfo(revision=number, slug=slug, cause=json.decode(cause, type=Cause), created_at=at)
        for number, slug, cause, at in rows[:limit]
    ]
    more = encode_cursor(scope, (items[-1].revision,)) if len(rows) > limit else None
    return Page(items=[json.encode(item) for item in items], next_cursor=more)


def page_briefings(
    engine: Engine,
    *,
    limit: int,
    cursor: str | None = None,
    party: str | None = None,
    status: str | None = None,
) -> Page:
    """Summaries, newest first. Withdrawn briefings are listed only where `status` asks for them.

    Raises BadCursor.
    """
    scope = scope_of("briefings", {"party": party, "status": status})
    created, id = col(BriefingRow.created_at), col(BriefingRow.id)
    query = select(created, id, col(BriefingRow.summary)).order_by(created.desc(), id.desc())
    shown = col(BriefingRow.status)
    query = query.where(shown == status if status is not None else shown != "withdrawn")
    if party is not None:
        query = query.join(PartyRow, col(PartyRow.briefing_id) == id).where(col(PartyRow.party) == party)
    if cursor is not None:
        query = query.where(tuple_(created, id) < decode_cursor(cursor, scope, datetime, str))
    with Session(engine) as session:
        rows = session.execute(query.limit(limit + 1)).all()
    more = encode_cursor(scope, tuple(rows[limit - 1][:2])) if len(rows) > limit else None
    return Page(items=[summary for _, _, summary in rows[:limit]], next_cursor=more)


def _records() -> Select[str, str, int, bytes]:
    return select(
        col(RevisionRow.briefing_id),
        col(RevisionRow.slug),
        col(RevisionRow.revision),
        col(RevisionRow.body),
    )
