"""Briefings as they are read: the exact bytes of a revision, and pages of summaries."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from msgspec import Struct, json
from sqlalchemy import ColumnElement, Engine, Select, and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Cause, RevisionInfo
from schemas.queries import BriefingQuery
from store.paging import Page, decode_cursor, encode_cursor, filters_of, page_newest, scope_of, scope_of_query
from store.tables import NO_DAY, BriefingRow, DecisionRow, FactRow, MemberRow, PartyRow, RevisionRow

_Condition = Callable[[Any], ColumnElement[bool]]


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
        row = session.execute(query).first()
    return BriefingRecord(*row) if row else None


def get_revision(engine: Engine, id: str, revision: int) -> BriefingRecord | None:
    """A briefing as it was at a revision."""
    query = _records().where(col(RevisionRow.briefing_id) == id, col(RevisionRow.revision) == revision)
    with Session(engine) as session:
        row = session.execute(query).first()
    return BriefingRecord(*row) if row else None


def get_briefing_as_of(engine: Engine, id: str, moment: datetime) -> BriefingRecord | None:
    """A briefing as it stood at a moment; None where it was not there yet."""
    query = _records().where(col(RevisionRow.briefing_id) == id, col(RevisionRow.created_at) <= moment)
    with Session(engine) as session:
        row = session.execute(query.order_by(col(RevisionRow.revision).desc()).limit(1)).first()
    return BriefingRecord(*row) if row else None


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


def page_decisions(engine: Engine, briefing: str, *, limit: int, cursor: str | None = None) -> Page:
    """Editors' decisions that concern a briefing, newest first. Raises BadCursor."""
    return page_newest(
        engine,
        select(DecisionRow).where(col(DecisionRow.briefing_id) == briefing),
        (col(DecisionRow.at), col(DecisionRow.id)),
        lambda row: row.body,
        scope=scope_of("decisions", {"briefing_id": briefing}),
        limit=limit,
        cursor=cursor,
    )


_ORDERS: dict[str, tuple[Any, type]] = {
    "created_at": (col(BriefingRow.created_at), datetime),
    "-created_at": (col(BriefingRow.created_at), datetime),
    "updated_at": (col(BriefingRow.updated_at), datetime),
    "-updated_at": (col(BriefingRow.updated_at), datetime),
    "date": (col(BriefingRow.starts), date),
    "-date": (col(BriefingRow.ends), date),
}


def page_briefings(engine: Engine, asked: BriefingQuery) -> Page:
    """Summaries; without `sort` newest first, or by last change where `updated_since` asks for changes.

    Withdrawn briefings are listed only where `status` asks for them. Raises BadCursor.
    """
    sort = asked.sort or ("-created_at" if asked.updated_since is None else "updated_at")
    scope = scope_of_query("briefings", asked, sort)
    (first, kind), backwards = _ORDERS[sort], sort.startswith("-")
    key = (first, col(BriefingRow.id))
    query = select(*key, col(BriefingRow.summary)).order_by(
        *(one.desc() if backwards else one for one in key)
    )
    if asked.status is None:
        query = query.where(col(BriefingRow.status) != "withdrawn")
    query = query.where(*(_CONDITIONS[name](value) for name, value in filters_of(asked).items()))
    if asked.cursor is not None:
        after = decode_cursor(asked.cursor, scope, kind, str)
        query = query.where(tuple_(*key) < after if backwards else tuple_(*key) > after)
    limit = asked.limit
    with Session(engine) as session:
        rows = session.execute(query.limit(limit + 1)).all()
    more = encode_cursor(scope, tuple(rows[limit - 1][:2])) if len(rows) > limit else None
    return Page(items=[summary for _, _, summary in rows[:limit]], next_cursor=more)


def _of(table: type[PartyRow | MemberRow | FactRow], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(table.briefing_id) == col(BriefingRow.id), *conditions)


_CONDITIONS: dict[str, _Condition] = {
    "status": lambda value: col(BriefingRow.status) == value,
    "party": lambda value: _of(PartyRow, col(PartyRow.party) == value),
    "document_id": lambda value: _of(MemberRow, col(MemberRow.document_id) == value),
    "topic": lambda value: _of(FactRow, col(FactRow.kind) == "stake", col(FactRow.topic) == value),
    "venue": lambda value: col(BriefingRow.venue) == value.casefold(),
    "updated_since": lambda value: col(BriefingRow.updated_at) >= value,
    "date_from": lambda value: and_(col(BriefingRow.starts) != NO_DAY, col(BriefingRow.ends) >= value),
    "date_to": lambda value: and_(col(BriefingRow.starts) != NO_DAY, col(BriefingRow.starts) <= value),
}


def _records() -> Select[str, str, int, bytes]:
    return select(
        col(RevisionRow.briefing_id),
        col(RevisionRow.slug),
        col(RevisionRow.revision),
        col(RevisionRow.body),
    )
