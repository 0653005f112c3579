"""Briefings as they are read: the exact bytes of a revision, and pages of summaries."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct, json
from sqlalchemy import ColumnElement, Engine, Select, and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Cause, RevisionInfo
from store.filters import BadFilter, day, moment
from store.paging import Page, decode_cursor, encode_cursor, scope_of
from store.tables import NO_DAY, BriefingRow, FactRow, MemberRow, PartyRow, RevisionRow


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


_ORDERS: dict[str, tuple[Any, type]] = {
    "created_at": (col(BriefingRow.created_at), datetime),
    "-created_at": (col(BriefingRow.created_at), datetime),
    "updated_at": (col(BriefingRow.updated_at), datetime),
    "-updated_at": (col(BriefingRow.updated_at), datetime),
    "date": (col(BriefingRow.starts), date),
    "-date": (col(BriefingRow.ends), date),
}


def page_briefings(
    engine: Engine, *, limit: int, cursor: str | None = None, sort: str | None = None, **filters: str | None
) -> Page:
    """Summaries; without `sort` newest first, or by last change where `updated_since` asks for changes.

    Filters have the names of the query parameters. Withdrawn briefings are listed only where `status` asks for
    them. Raises BadFilter, BadCursor.
    """
    given = {name: value for name, value in filters.items() if value is not None}
    sort = sort or ("updated_at" if "updated_since" in given else "-created_at")
    if sort not in _ORDERS:
        raise BadFilter("sort", "there is no such order")
    scope = scope_of("briefings", {**given, "sort": sort})
    (first, kind), backwards = _ORDERS[sort], sort.startswith("-")
    key = (first, col(BriefingRow.id))
    query = select(*key, col(BriefingRow.summary)).order_by(
        *(one.desc() if backwards else one for one in key)
    )
    if "status" not in given:
        query = query.where(col(BriefingRow.status) != "withdrawn")
    for name, value in given.items():
        query = query.where(_condition(name, value))
    if cursor is not None:
        after = decode_cursor(cursor, scope, kind, str)
        query = query.where(tuple_(*key) < after if backwards else tuple_(*key) > after)
    with Session(engine) as session:
        rows = session.execute(query.limit(limit + 1)).all()
    more = encode_cursor(scope, tuple(rows[limit - 1][:2])) if len(rows) > limit else None
    return Page(items=[summary for _, _, summary in rows[:limit]], next_cursor=more)


def _condition(name: str, value: str) -> ColumnElement[bool]:
    row = BriefingRow
    match name:
        case "status":
            return col(row.status) == value
        case "party":
            return _of(PartyRow, col(PartyRow.party) == value)
        case "document_id":
            return _of(MemberRow, col(MemberRow.document_id) == value)
        case "topic":
            return _of(FactRow, col(FactRow.kind) == "stake", col(FactRow.topic) == value)
        case "venue":
            return col(row.venue) == value.casefold()
        case "updated_since":
            return col(row.updated_at) >= moment(name, value)
        case "date_from":
            return and_(col(row.starts) != NO_DAY, col(row.ends) >= day(name, value))
        case "date_to":
            return and_(col(row.starts) != NO_DAY, col(row.starts) <= day(name, value))
        case _:
            raise BadFilter(name, "there is no such filter")


def _of(table: type[PartyRow | MemberRow | FactRow], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(table.briefing_id) == col(BriefingRow.id), *conditions)


def _records() -> Select[str, str, int, bytes]:
    return select(
        col(RevisionRow.briefing_id),
        col(RevisionRow.slug),
        col(RevisionRow.revision),
        col(RevisionRow.body),
    )
