"""Drafts: what workers made of briefings and readers are not told of, kept beside what is served.

A briefing has a draft where an editor is to see first what workers make, and where an editor has withdrawn it. Workers
go on from the draft; of what readers ask for, no table holds any of it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Engine,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import (
    Briefing,
    BriefingDraft,
    Cause,
    Conflict,
    Fact,
    RevisionNote,
    Source,
    SourceHead,
    proving_documents,
)
from schemas.kinds import KINDS, briefing_with, facts_of, facts_of_kind, kind_of
from store.engine import put
from store.facts import FactRecord, facts_in
from store.paging import Page, decode_cursor, encode_cursor, scope_of
from store.read_index import heads_of, source_heads, summary_of
from store.tables import (
    BriefingDraftRow,
    BriefingRow,
    DocumentRow,
    DraftLinkRow,
    MemberRow,
    RoundKeyRow,
)

_SCOPE = scope_of("drafts", {})
_NAMES = ("id", "revision", "status", "sides", "day", "created_at", "updated_at")
_SERVED: dict[str, Any] = {name: getattr(BriefingRow, name) for name in _NAMES} | {"edition": literal(0)}
_DRAFTS: dict[str, Any] = {
    **{name: getattr(BriefingDraftRow, name) for name in (*_NAMES[2:], "edition")},
    "id": BriefingDraftRow.briefing_id,
    # What is made of a draft takes its number, so it counts as made of the revision before.
    "revision": col(BriefingDraftRow.revision) - 1,
}
Columns = dict[str, Any]
"""Of briefings as workers have them, by name; `edition`: how often a draft was made, 0 of what has none."""


def has_draft(briefing_id: Any) -> ColumnElement[bool]:
    """Whether the briefing of this id, or of that in a column, has a draft."""
    return exists().where(col(BriefingDraftRow.briefing_id) == briefing_id)


PLACES: tuple[tuple[Columns, Sequence[ColumnElement[bool]]], ...] = (
    (_SERVED, [~has_draft(BriefingRow.id)]),
    (_DRAFTS, []),
)
"""Where workers find briefings, and what holds of the rows there that they go on from."""


def working(
    names: Sequence[str],
    where: Callable[[Columns], Iterable[ColumnElement[bool]]],
    newest: int | None = None,
) -> CompoundSelect[Any]:
    """These columns of the briefings that workers go on from: drafts, and what is served of those without one.

    `newest`: of each of both so many, those that changed last.
    """
    both = [
        (of, select(*(of[name].label(name) for name in names)).where(*counts, *where(of)))
        for of, counts in PLACES
    ]
    if newest is None:
        return union_all(*(query for _, query in both))
    return union_all(
        *(
            select(query.order_by(of["updated_at"].desc(), of["id"].desc()).limit(newest).subquery())
            for of, query in both
        )
    )


def working_links(
    name: str, where: Callable[[Any, Any], Iterable[ColumnElement[bool]]]
) -> CompoundSelect[Any]:
    """Ids of these briefings, each with a `document` or a `key` of it; `where` takes both columns."""
    link: Any = DraftLinkRow
    table: Any = MemberRow if name == "document" else RoundKeyRow
    value = table.document_id if name == "document" else table.key
    served = select(table.briefing_id, value).where(*where(table.briefing_id, value))
    drafts = select(link.briefing_id, link.value).where(*where(link.briefing_id, link.value))
    return union_all(served.where(~has_draft(table.briefing_id)), drafts.where(link.name == name))


class Drafted(NamedTuple):
    """A draft, worked out before it is saved: its row, and what it is found by."""

    row: dict[str, Any]
    links: list[dict[str, str]]


def links_of(briefing: Briefing, keys: Iterable[str]) -> list[dict[str, str]]:
    """What the draft of a briefing is found by."""
    found_by = {
        "document": {source.document_id for source in briefing.sources},
        "fact": {one.id for one in _told(briefing)},
        "key": set(keys),
    }
    return [
        {"briefing_id": briefing.id, "name": name, "value": value}
        for name, values in found_by.items()
        for value in sorted(values)
    ]


def _told(briefing: Briefing) -> Iterable[Fact | Conflict]:
    return (*facts_of(briefing), *briefing.conflicts)


def save_draft(session: Session, draft: Drafted) -> None:
    """Keep a draft in place of the one before it. Readers are told of no document that comes with it."""
    id = draft.row["briefing_id"]
    if draft.row["status"] == "withdrawn" and draft.row["revision"] == 1:
        drop_draft(session, id)
        return
    known = select(col(DraftLinkRow.value)).where(
        col(DraftLinkRow.briefing_id) == id, col(DraftLinkRow.name) == "document"
    )
    documents = {link["value"] for link in draft.links if link["name"] == "document"}
    coming = documents - set(session.scalars(known))
    published = exists().where(col(MemberRow.document_id) == col(DocumentRow.id))
    session.execute(
        update(DocumentRow).where(col(DocumentRow.id).in_(coming), ~published).values(withheld=True)
    )
    put(session, BriefingDraftRow, [draft.row])
    session.execute(delete(DraftLinkRow).where(col(DraftLinkRow.briefing_id) == id))
    if draft.links:
        session.execute(insert(DraftLinkRow), draft.links)


def drop_draft(session: Session, id: str) -> None:
    """A briefing has no draft any more."""
    session.execute(delete(DraftLinkRow).where(col(DraftLinkRow.briefing_id) == id))
    session.execute(delete(BriefingDraftRow).where(col(BriefingDraftRow.briefing_id) == id))


def show_documents(session: Session, ids: Collection[str]) -> None:
    """Readers are told of these documents from now on."""
    shown = (col(DocumentRow.id).in_(ids), col(DocumentRow.withheld))
    session.execute(update(DocumentRow).where(*shown).values(withheld=False))


def draft_of(session: Session, id_or_slug: str) -> BriefingDraftRow | None:
    """The draft of a briefing as it is now; where two share a slug, the one that changed last."""
    row = BriefingDraftRow
    query = select(row).where(or_(col(row.briefing_id) == id_or_slug, col(row.slug) == id_or_slug))
    query = query.order_by(col(row.updated_at).desc(), col(row.briefing_id)).limit(1)
    return session.scalar(query.execution_options(populate_existing=True))


def draft_id(engine: Engine, id_or_slug: str) -> str | None:
    """The briefing of `draft_of`, by its id."""
    with Session(engine) as session:
        draft = draft_of(session, id_or_slug)
    return draft.briefing_id if draft else None


def keys_of_round(session: Session, id: str) -> list[str]:
    """The keys under which documents find a round."""
    return sorted(
        key for _, key in session.execute(working_links("key", lambda briefing, _: [briefing == id]))
    )


def served_among(session: Session, ids: Iterable[str | None]) -> set[str]:
    """Those of these briefings that readers have."""
    standing = (col(BriefingRow.id).in_([id for id in ids if id]), col(BriefingRow.status) != "withdrawn")
    return set(session.scalars(select(col(BriefingRow.id)).where(*standing)))


def any_draft_due(now: datetime) -> ColumnElement[bool]:
    """Whether there is a draft that is to be published."""
    return exists().where(col(BriefingDraftRow.publish_at) <= now)


def drafts_due(engine: Engine, now: datetime, limit: int) -> list[str]:
    """Briefings whose drafts are to be published, the longest due first."""
    at = col(BriefingDraftRow.publish_at)
    query = select(col(BriefingDraftRow.briefing_id)).where(at <= now).order_by(at).limit(limit)
    with Session(engine) as session:
        return list(session.scalars(query))


def page_drafts(engine: Engine, *, limit: int, cursor: str | None = None) -> Page:
    """Drafts, the one that changed last first. Raises BadCursor."""
    key = (col(BriefingDraftRow.updated_at), col(BriefingDraftRow.briefing_id))
    query = select(BriefingDraftRow, col(BriefingRow.revision), col(BriefingRow.status))
    query = query.outerjoin(BriefingRow, col(BriefingRow.id) == key[1])
    query = query.order_by(*(one.desc() for one in key))
    if cursor is not None:
        query = query.where(tuple_(*key) < decode_cursor(cursor, _SCOPE, datetime, str))
    with Session(engine) as session:
        rows = session.execute(query.limit(limit + 1)).all()
    items = [
        BriefingDraft(
            briefing=summary_of(msgspec.json.decode(row.body, type=Briefing)),
            published_revision=revision if status == "published" else None,
            cause=msgspec.json.decode(row.cause, type=Cause),
            publish_at=row.publish_at,
            note=msgspec.json.decode(row.note, type=RevisionNote) if row.note else None,
        )
        for row, revision, status in rows[:limit]
    ]
    last = rows[limit - 1][0] if len(rows) > limit else None
    more = encode_cursor(_SCOPE, (last.updated_at, last.briefing_id)) if last else None
    return Page(items=[msgspec.json.encode(item) for item in items], next_cursor=more)


def get_working_fact(engine: Engine, id: str) -> FactRecord | None:
    """A fact as editors have it."""
    return get_working_facts(engine, [id]).get(id)


def get_working_facts(engine: Engine, ids: Collection[str]) -> dict[str, FactRecord]:
    """Those of these facts that are there, as editors have them."""
    with Session(engine) as session:
        return _working_facts(session, ids)


def working_fact(session: Session, id: str) -> FactRecord | None:
    """A fact or a conflict as editors have it: that of a draft, where one has it, else what is served; or a fact that
    was rejected.
    """
    return _working_facts(session, [id]).get(id)


def _working_facts(session: Session, ids: Collection[str]) -> dict[str, FactRecord]:
    """As `working_fact`; each draft is read once, and decoded no further than its facts are wanted."""
    holding: dict[str, list[str]] = {}
    for fact_id, briefing_id in session.execute(_HOLDING, {"ids": list(ids)}):
        holding.setdefault(briefing_id, []).append(fact_id)
    drafts = select(col(BriefingDraftRow.body)).where(col(BriefingDraftRow.briefing_id).in_(holding))
    drafts = drafts.order_by(col(BriefingDraftRow.updated_at).desc(), col(BriefingDraftRow.briefing_id))
    found: dict[str, FactRecord] = {}
    for body in session.scalars(drafts) if holding else ():
        draft = _DRAFT.decode(body)
        wanted = set(holding[draft.id]) - found.keys()
        parts = [(kind.carried, one) for kind in KINDS for one in facts_of_kind(draft, kind)]
        heads = source_heads(draft)
        for shape, part in (*parts, *((Conflict, one) for one in draft.conflicts)):
            if _IDENTIFIED.decode(part).id in wanted:
                one = msgspec.json.decode(part, type=shape)
                found[one.id] = _record(one, draft.id, heads)
    return found | facts_in(session, set(ids) - found.keys(), decided=True)


class _Identified(msgspec.Struct):
    id: str


_IDENTIFIED = msgspec.json.Decoder(_Identified)
_DRAFT = msgspec.json.Decoder(
    briefing_with(lambda _: msgspec.Raw, id=str, sources=list[Source], conflicts=list[msgspec.Raw])
)


def _record(one: Fact | Conflict, briefing_id: str, heads: Mapping[str, SourceHead]) -> FactRecord:
    if isinstance(one, Conflict):
        return FactRecord("conflict", msgspec.json.encode(one), b"{}", briefing_id)
    return FactRecord(
        kind_of(one).name, msgspec.json.encode(one), heads_of(proving_documents(one), heads), briefing_id
    )


_HOLDING = select(col(DraftLinkRow.value), col(DraftLinkRow.briefing_id)).where(
    col(DraftLinkRow.name) == "fact", col(DraftLinkRow.value).in_(bindparam("ids", expanding=True))
)
"""The drafts that have facts."""
