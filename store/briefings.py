"""Briefings as they are read: the exact bytes of a revision, pages of summaries, rounds between the same sides."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct, json
from sqlalchemy import (
    ColumnElement,
    Engine,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Cause, RevisionInfo
from schemas.filters import SEVERAL
from schemas.queries import BriefingQuery, NegotiationQuery
from store.engine import one_of
from store.facts import has_topic, with_topic
from store.paging import (
    ALL,
    FITTING,
    Page,
    beyond,
    beyond_values,
    counts_of,
    decode_cursor,
    encode_cursor,
    filters_of,
    leading,
    page_newest,
    scope_of,
    scope_of_query,
)
from store.revisions import body_of
from store.search import has_words, words_filter
from store.tables import (
    LAST_FIRST,
    NO_DAY,
    BriefingRow,
    DecisionRow,
    FactRow,
    MemberRow,
    NegotiationRow,
    PartyRow,
    RevisionRow,
)

_Condition = Callable[[Any], ColumnElement[bool]]


_MOST_TABLES = 500  # whose parties can be chosen from
_MOST_ROUNDS = 30
"""Of one negotiation: each is a body of tens of kilobytes that is read whole."""
_AHEAD = json.Decoder(list[tuple[str, str, str]])


class Rounds(Struct, frozen=True):
    """All rounds between the same sides, `sides` as in `sides_of`; what is in bytes is JSON.

    `latest` is the summary of the last one, `next_deadline` what falls due next in any of the last ones.
    """

    sides: str
    count: int
    updated_at: datetime
    latest: bytes
    next_deadline: bytes | None


class BriefingRecord(Struct, frozen=True):
    """One revision of a briefing; `body` is its JSON."""

    id: str
    slug: str
    revision: int
    body: bytes


def get_briefing(engine: Engine, id_or_slug: str) -> BriefingRecord | None:
    """A briefing's current revision. Where two share a slug, one that is not withdrawn, else the newer."""
    with engine.connect() as connection:
        row = connection.execute(_CURRENT, {"name": id_or_slug}).first()
    return BriefingRecord(*row) if row else None


def get_revision(engine: Engine, id: str, revision: int) -> BriefingRecord | None:
    """A briefing as it was at a revision."""
    return _last_where(engine, id, col(RevisionRow.revision) == revision)


def get_briefing_as_of(engine: Engine, id: str, moment: datetime) -> BriefingRecord | None:
    """A briefing as it stood at a moment; None where it was not there yet."""
    return _last_where(engine, id, col(RevisionRow.created_at) <= moment)


def _last_where(engine: Engine, id: str, condition: ColumnElement[bool]) -> BriefingRecord | None:
    number = col(RevisionRow.revision)
    query = select(col(RevisionRow.slug), number).where(col(RevisionRow.briefing_id) == id, condition)
    with Session(engine) as session:
        row = session.execute(query.order_by(number.desc()).limit(1)).first()
        if row is None:
            return None
        return BriefingRecord(id, row.slug, row.revision, body_of(session, id, row.revision))


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


def page_briefings(engine: Engine, asked: BriefingQuery, *, withdrawn: bool = False) -> Page:
    """Summaries; without `sort` newest first, or by last change where `updated_since` asks for changes.

    Withdrawn briefings are listed only where `status` asks for them, or with `withdrawn`. Raises BadCursor.
    """
    sort = asked.sort or ("-created_at" if asked.updated_since is None else "updated_at")
    scope = scope_of_query("briefings", asked, sort)
    given = filters_of(asked)
    after = decode_cursor(asked.cursor, scope, _ORDERS[sort][1], str) if asked.cursor is not None else None
    if asked.venue is not None:
        given["venue"] = asked.venue.casefold()
    limit = asked.limit
    with Session(engine) as session:
        if "q" in given:
            given |= words_filter(session, given.pop("q"))
        names = frozenset(given)
        query = _page(sort, names, after is not None, withdrawn, _lead(session, given, withdrawn))
        values = {**given, **beyond_values(after), "few": ALL}
        rows = session.execute(query, {**values, "limit": limit + 1}).all()
    more = encode_cursor(scope, tuple(rows[limit - 1][:2])) if len(rows) > limit else None
    return Page(items=[summary for _, _, summary in rows[:limit]], next_cursor=more)


def _lead(session: Session, given: Mapping[str, Any], withdrawn: bool) -> str:
    """A filter that so few briefings fit that these are looked through rather than the list, if there is one."""
    names = given.keys() & _BY_INDEX.keys()
    if "withdrawn" in given["status"] if "status" in given else withdrawn:
        names -= {"topic"}  # which is unknown of those that were withdrawn
    return leading(session, _counts(*sorted(names)), sorted(names), given) if names else ""


@lru_cache(maxsize=256)
def _counts(*names: str) -> Select[Any]:
    """How many briefings fit each of these filters, as far as they are few."""
    return counts_of(map(_fitting, names))


def _fitting(name: str) -> Select[str]:
    """Briefings that fit one filter, in no order."""
    return _BY_INDEX[name](bindparam(name, expanding=name in SEVERAL)).limit(FITTING)


# Made once for each set of filters: to make a statement takes longer than to answer it.
@lru_cache(maxsize=256)
def _page(sort: str, given: frozenset[str], goes_on: bool, withdrawn: bool, lead: str) -> Select[Any]:
    (first, _), backwards = _ORDERS[sort], sort.startswith("-")
    key = (first, col(BriefingRow.id))
    query = select(*key, col(BriefingRow.summary)).order_by(
        *(one.desc() if backwards else one for one in key)
    )
    if "status" not in given and not withdrawn:
        query = query.where(col(BriefingRow.status) != "withdrawn")
    for name in sorted(given):
        query = query.where(_CONDITIONS[name](bindparam(name, expanding=name in SEVERAL)))
    if lead:
        query = query.where(col(BriefingRow.id).in_(_fitting(lead)))
    if goes_on:
        query = query.where(beyond(key, backwards=backwards))
    return query.limit(bindparam("limit", type_=Integer))


def list_rounds(engine: Engine, asked: NegotiationQuery, today: date) -> tuple[list[Rounds], str | None]:
    """A page of negotiations, the one that changed last first, and where the next page starts. Raises BadCursor."""
    scope = scope_of_query("negotiations", asked)
    key = (col(NegotiationRow.updated_at), col(NegotiationRow.sides))
    listed = select(NegotiationRow).order_by(*(one.desc() for one in key)).limit(asked.limit + 1)
    if asked.party is not None:
        among = "+" + col(NegotiationRow.sides) + "+"
        sides = filters_of(asked)["party"]
        listed = listed.where(or_(*(among.contains(f"+{one}+", autoescape=True) for one in sides)))
    if asked.cursor is not None:
        listed = listed.where(tuple_(*key) < decode_cursor(asked.cursor, scope, datetime, str))
    row = listed.subquery()
    query = (
        select(row.c.sides, row.c.rounds, row.c.updated_at, col(BriefingRow.summary), row.c.ahead)
        .join(BriefingRow, col(BriefingRow.id) == row.c.latest_id)
        .order_by(row.c.updated_at.desc(), row.c.sides.desc())
    )
    with Session(engine) as session:
        rows = session.execute(query).all()
        page = rows[: asked.limit]
        next_ = [_first_from(ahead, today) for *_, ahead in page]
        bodies = _deadlines(session, [place[1] for place in next_ if place])
    found = [
        Rounds(sides, count, changed, latest, bodies[place] if place else None)
        for (sides, count, changed, latest, _), place in zip(page, next_, strict=True)
    ]
    more = encode_cursor(scope, (found[-1].updated_at, found[-1].sides)) if len(rows) > asked.limit else None
    return found, more


def parties_at_tables(engine: Engine) -> list[str]:
    """Whoever sits at a table, of the negotiations that changed last."""
    query = select(col(NegotiationRow.sides)).order_by(col(NegotiationRow.updated_at).desc())
    with Session(engine) as session:
        tables = session.scalars(query.limit(_MOST_TABLES))
        return sorted({party for sides in tables for party in sides.split("+")})


def rounds_between(engine: Engine, sides: str) -> tuple[list[bytes], int]:
    """The bodies of the last briefings between the same sides, first to last, and how many are left out.

    Withdrawn ones are none of them.
    """
    between = (col(BriefingRow.sides) == sides, col(BriefingRow.status) != "withdrawn")
    last = select(col(BriefingRow.id)).where(*between).order_by(*LAST_FIRST).limit(_MOST_ROUNDS).subquery()
    query = (
        select(col(RevisionRow.body))
        .join(BriefingRow, col(BriefingRow.id) == col(RevisionRow.briefing_id))
        .join(last, last.c.id == col(BriefingRow.id))
        .where(col(BriefingRow.revision) == col(RevisionRow.revision))
        .order_by(
            col(BriefingRow.day).is_(None),
            col(BriefingRow.day),
            col(BriefingRow.created_at),
            col(BriefingRow.id),
        )
    )
    with Session(engine) as session:
        bodies = list(session.scalars(query))
        count = session.scalar(select(func.count()).select_from(BriefingRow).where(*between)) or 0
    return bodies, count - len(bodies)


def _first_from(ahead: str, today: date) -> tuple[str, str] | None:
    """The briefing and the id of the deadline that falls due next."""
    day = today.isoformat()
    return next(((briefing, id) for latest, briefing, id in _AHEAD.decode(ahead) if latest >= day), None)


def _deadlines(session: Session, ids: Collection[str]) -> dict[tuple[str, str], bytes]:
    """These deadlines as JSON, by briefing and id."""
    row = FactRow
    query = select(col(row.briefing_id), col(row.id), col(row.body))
    rows = session.execute(query.where(col(row.id).in_(ids)))
    return {(briefing, id): body for briefing, id, body in rows}


def _of(table: type[PartyRow | MemberRow], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(table.briefing_id) == col(BriefingRow.id), *conditions)


_CONDITIONS: dict[str, _Condition] = {
    "status": lambda value: col(BriefingRow.status).in_(value),
    "party": lambda value: _of(PartyRow, col(PartyRow.party).in_(value)),
    "document_id": lambda value: _of(MemberRow, col(MemberRow.document_id) == value),
    # Of those that were withdrawn nobody knows the topics any more.
    "topic": lambda value: or_(col(BriefingRow.status) == "withdrawn", has_topic(col(BriefingRow.id), value)),
    "venue": lambda value: col(BriefingRow.venue) == value,
    "q": lambda ids: one_of(col(BriefingRow.id), ids.key),
    "words": lambda words: has_words(col(BriefingRow.id), words),
    "updated_since": lambda value: col(BriefingRow.updated_at) >= value,
    "date_from": lambda value: and_(col(BriefingRow.starts) != NO_DAY, col(BriefingRow.ends) >= value),
    "date_to": lambda value: and_(col(BriefingRow.starts) != NO_DAY, col(BriefingRow.starts) <= value),
}


_BY_INDEX: dict[str, Callable[[Any], Select[str]]] = {
    "party": lambda value: select(col(PartyRow.briefing_id)).where(col(PartyRow.party).in_(value)),
    "document_id": lambda value: select(col(MemberRow.briefing_id)).where(
        col(MemberRow.document_id) == value
    ),
    "topic": with_topic,
    "venue": lambda value: select(col(BriefingRow.id)).where(col(BriefingRow.venue) == value),
}
"""Ids of briefings that fit a filter."""

_CURRENT = (
    select(col(BriefingRow.id), col(RevisionRow.slug), col(RevisionRow.revision), col(RevisionRow.body))
    .join(RevisionRow, col(RevisionRow.briefing_id) == col(BriefingRow.id))
    .where(col(BriefingRow.revision) == col(RevisionRow.revision))
    .where(or_(col(BriefingRow.id) == bindparam("name"), col(BriefingRow.slug) == bindparam("name")))
    .order_by(col(BriefingRow.status) == "withdrawn", col(BriefingRow.created_at).desc())
)
