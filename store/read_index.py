"""What is derived from a briefing's body, brought up to it: its facts, what a search finds, what followers are told.

Rows that are as they should be are left alone: most facts of a briefing outlive most of its revisions.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from schemas import Briefing
from store.changes import Noted, note
from store.index_rows import Known, days_of, fact_rows, link_rows
from store.search_entries import search_rows
from store.tables import BodyRow, BriefingRow, FactLinkRow, FactRow, RevisionRow, SearchRow

VERSION = "2"
"""Of the rules in `index_rows`, `search_entries` and `search_words`. Another one has everything derived anew."""
_NAME = "derived"
_DERIVED = (FactRow, FactLinkRow, SearchRow)
_FACTS, _LINKS, _ENTRIES = (SQLModel.metadata.tables[str(table.__tablename__)] for table in _DERIVED)
_FACT = tuple(FactRow.model_fields)
_LINK = tuple(FactLinkRow.model_fields)
_ENTRY = ("id", "kind", "heading", "text")
_AT_A_TIME = 100


def derive(session: Session, briefing: Briefing) -> None:
    """Bring what is derived from a briefing up to its body, and have followers told what changed."""
    query = select(_FACTS).where(_FACTS.c.briefing_id == briefing.id)
    before = {row["id"]: dict(row) for row in session.execute(query).mappings()}
    known = {id: Known(row["position"], row["body"], row["updated_at"]) for id, row in before.items()}
    rows = fact_rows(briefing, known)
    facts = {row.id: row.model_dump() for row in rows}
    _bring_up(session, _FACTS, ("id",), _FACT, briefing.id, list(facts.values()))
    links = [row.model_dump() for row in link_rows(briefing, rows)]
    _bring_up(session, _LINKS, _LINK[:-1], _LINK, briefing.id, links)
    entries = [row.model_dump(exclude={"number"}) for row in search_rows(briefing)]
    _bring_up(session, _ENTRIES, ("id",), _ENTRY, briefing.id, entries)
    changed = {
        id: row["kind"] for id, row in facts.items() if id not in known or known[id].body != row["body"]
    }
    gone = {id: row["kind"] for id, row in before.items() if id not in facts}
    _tell(session, briefing.id, gone, removed=True)
    _tell(session, briefing.id, changed | {briefing.id: "briefing"}, removed=False)


def underive(session: Session, briefing_id: str) -> None:
    """Have nothing of a briefing found any more, and followers told so."""
    query = select(_FACTS.c.id, _FACTS.c.kind).where(_FACTS.c.briefing_id == briefing_id)
    gone = {id: kind for id, kind in session.execute(query)}
    for table in _DERIVED:
        session.execute(delete(table).where(col(table.briefing_id) == briefing_id))
    _tell(session, briefing_id, gone | {briefing_id: "briefing"}, removed=True)


def listed(briefing: Briefing) -> dict[str, Any]:
    """The columns by which a list finds a briefing."""
    starts, ends = days_of(briefing.negotiation)
    venue = briefing.negotiation.venue
    return {
        "updated_at": briefing.updated_at,
        "starts": starts,
        "ends": ends,
        "venue": venue.casefold() if venue else None,
    }


def is_stale(connection: Connection) -> bool:
    """Whether other rules derived what is stored."""
    return connection.scalar(select(col(BodyRow.shape)).where(col(BodyRow.name) == _NAME)) != VERSION


def derive_anew(connection: Connection) -> None:
    """Derive everything by the rules of this version."""
    with Session(connection) as session, session.begin():
        for table in (FactLinkRow, SearchRow):
            session.execute(delete(table))
        current = (
            select(col(BriefingRow.id), col(BriefingRow.status), col(RevisionRow.body))
            .join(RevisionRow, col(RevisionRow.briefing_id) == col(BriefingRow.id))
            .where(col(RevisionRow.revision) == col(BriefingRow.revision))
        )
        for id in session.scalars(select(col(BriefingRow.id))).all():
            [(_, status, body)] = session.execute(current.where(col(BriefingRow.id) == id))
            briefing = msgspec.json.decode(body, type=Briefing)
            session.execute(update(BriefingRow).where(col(BriefingRow.id) == id).values(**listed(briefing)))
            if status != "withdrawn":
                derive(session, briefing)
        session.execute(delete(BodyRow).where(col(BodyRow.name) == _NAME))
        session.add(BodyRow(name=_NAME, shape=VERSION))


def _tell(session: Session, briefing: str, kinds: Mapping[str, str], *, removed: bool) -> None:
    note(session, ((id, Noted(kind, briefing, removed)) for id, kind in kinds.items()))


def _bring_up(
    session: Session,
    table: Table,
    key: Sequence[str],
    told: Sequence[str],
    briefing: str,
    wanted: Sequence[Mapping[str, Any]],
) -> None:
    """Make a table's rows of a briefing those that are wanted. Rows that tell the same are left as they are."""
    query = select(*(table.c[name] for name in told)).where(table.c.briefing_id == briefing)
    stored = {_part(row, key): _part(row, told) for row in session.execute(query).mappings()}
    fresh = {_part(row, key): row for row in wanted if stored.get(_part(row, key)) != _part(row, told)}
    gone = stored.keys() - {_part(row, key) for row in wanted}
    stale = sorted(gone | (stored.keys() & fresh.keys()))
    for start in range(0, len(stale), _AT_A_TIME):
        mine = tuple_(*(table.c[name] for name in key)).in_(stale[start : start + _AT_A_TIME])
        session.execute(delete(table).where(table.c.briefing_id == briefing, mine))
    if fresh:
        session.execute(insert(table), list(fresh.values()))


def _part(row: Mapping[str, Any] | Any, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)
