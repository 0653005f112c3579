"""Facts across briefings: pages of the stored bytes, filtered and sorted by indexed columns."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, cast

import msgspec
from msgspec import Raw
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Engine,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    outerjoin,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased
from sqlmodel import SQLModel, col

from schemas import BriefingId, Fact
from schemas.fact_queries import FactsQuery
from schemas.filters import SEVERAL
from schemas.kinds import BY_NAME, KINDS, LINKED
from schemas.vocabulary import OPEN_DEADLINES, with_those_below
from store.engine import one_of
from store.paging import (
    ALL,
    FEW,
    FITTING,
    Page,
    as_likely,
    beyond,
    beyond_values,
    counts_of,
    decode_cursor,
    encode_cursor,
    filters_of,
    is_there,
    leading,
    scope_of_query,
)
from store.search import has_words, words_filter
from store.tables import NO_DAY, BriefingDraftRow, FactLinkRow, FactRow, ReviewOutcomeRow

SPANS = (0, 31, 366)
"""The most days that lie between the bounds of a date of span 0, 1 and 2. Dates of one span are found by a range of
days, however many there are."""
OPEN = len(SPANS)
"""The span of longer dates, and of those with one bound."""
UNDATED = OPEN + 1
_OWN_PARTY = {kind.name for kind in KINDS if "party" in kind.columns}
_DATED = {kind.name for kind in KINDS if kind.date}
_PLACE = ("span", "day", "briefing_id", "position")
"""What a link and its fact have alike, besides the kind: where they stand in a list by date."""
_WORDS = ("kind", "measure", "topic")
"""_Filters that a link answers by itself."""
_SELDOM = frozenset(("imposed_by", "effective_from", "effective_to"))
"""_Filters by what few facts have at all."""
_RANGES = {
    "updated_since": "updated_at",
    "min_origins": "origins",
    "min_salience": "salience",
    "value_min": "value",
    "value_max": "value",
}
"""_Filters by a range of a column, which has an index."""
_SHARES = {
    "speaker": 0.01, "imposed_by": 0.02, "party": 0.05, "topic": 0.1, "kind": 0.2, "measure": 0.2, "unit": 0.4,
    "certainty": 0.5, "status": 0.6, "proof": 0.9,
}  # fmt: skip
"""What part of all facts mostly fits a filter by a value that has an index."""
_MOST = 0.9
"""What part fits a range; and by which values that are nothing to an order are not found at all."""
_FEW_ALONG = 100
"""Where the links of a filter are in the order of the list: more of them are walked along, as far as the page needs."""
_SLIM = tuple(one for one in SQLModel.metadata.tables["facts"].c if one.name not in ("body", "sources"))
_LINK: Any = aliased(FactLinkRow, name="link")  # psycopg keeps what is shorter than 4,096 characters
_BY_ID = msgspec.json.Decoder(dict[str, Raw])
_Key = tuple[Any, ...]
_Filters = Mapping[str, Any]
_Condition = Callable[[Any, BindParameter[Any]], ColumnElement[bool]]
"""Of a row of facts, and what a filter is filled in at."""


class _Given(NamedTuple):
    """The filters of a statement. Any value will do of those in `several`, and of `spread`, which has `values`.

    Facts are found in order for one value of a column at a time: so `spread` has a stream for each of its values.
    """

    names: frozenset[str]
    several: frozenset[str] = frozenset()
    spread: str = ""
    values: int = 1

    @classmethod
    def of(cls, given: _Filters, order: "_Order", lead: str = "") -> "_Given":
        several = {name for name in SEVERAL & given.keys() if len(given[name]) > 1}
        if lead or order.type is not date:
            return cls(frozenset(given), frozenset(several))
        # A fact can be of the tables of two parties, and must not be in one stream twice.
        spread = "party" if "party" in several else min(several, default="")
        rest = frozenset(several - {spread})
        return cls(frozenset(given), rest, spread, len(given[spread]) if spread else 1)

    def place(self, name: str, stream: int) -> BindParameter[Any]:
        """What a filter is filled in at."""
        if name == self.spread:
            return bindparam(f"{name}__{stream}")
        return bindparam(name, expanding=name in self.several)


class _Order(NamedTuple):
    """What a list is sorted by, before briefing and position, and what that is in Python."""

    column: str
    type: type
    backwards: bool = False


_ORDERS = {
    "salience": _Order("salience", float),
    "-salience": _Order("salience", float, backwards=True),
    "date": _Order("day", date),
    "-date": _Order("last_day", date, backwards=True),
    "value": _Order("value", float),
    "-value": _Order("value", float, backwards=True),
    "origins": _Order("origins", int),
    "-origins": _Order("origins", int, backwards=True),
    "updated_at": _Order("updated_at", datetime),
    "-updated_at": _Order("updated_at", datetime, backwards=True),
}
# A list that is cut to a range is sorted by what the range is of: its page is then in one place of an index.
_NATURAL = {
    "date_from": "date",
    "date_to": "date",
    "value_min": "value",
    "value_max": "value",
    "updated_since": "updated_at",
    "min_origins": "-origins",
    "min_salience": "-salience",
}


def span_of(earliest: date | None, latest: date | None) -> int:
    """How far apart the bounds of a date are."""
    if earliest is None and latest is None:
        return UNDATED
    if earliest is None or latest is None:
        return OPEN
    apart = (latest - earliest).days
    return next((span for span, most in enumerate(SPANS) if apart <= most), OPEN)


def page_facts(engine: Engine, kind: str, asked: FactsQuery) -> Page:
    """Facts of one kind, or conflicts. Without `sort` by date, undated ones last, or by what a range is asked of.

    `party` is a delegate's or speaker's own, else a side of the negotiation; days are those that a date can be.
    Raises BadCursor.
    """
    given = filters_of(asked)
    if "topics" in given:
        given["topics"] = with_those_below(given["topics"].split(","))
    sort: str = asked.sort or next((order for name, order in _NATURAL.items() if name in given), "date")
    scope = scope_of_query(kind, asked, sort)
    after = (
        decode_cursor(asked.cursor, scope, _ORDERS[sort].type, str, int) if asked.cursor is not None else None
    )
    with Session(engine) as session:
        if "q" in given:
            given |= words_filter(session, given.pop("q"))
        rows = first_facts(session, kind, sort, given, asked.limit + 1, after)
    more = encode_cursor(scope, rows[asked.limit - 1].key) if len(rows) > asked.limit else None
    page = rows[: asked.limit]
    sources: dict[str, Raw] | None = {} if kind in BY_NAME else None
    if sources is not None:
        # Facts of a briefing mostly have the same sources: each set of them is read once.
        for heads in dict.fromkeys(row.sources for row in page if row.sources is not None):
            sources |= _BY_ID.decode(heads)
    return Page(items=[row.body for row in page], next_cursor=more, sources=sources)


class FactRecord(NamedTuple):
    """A fact's kind, and as JSON the fact and the heads of its sources."""

    kind: str
    body: bytes
    sources: bytes
    briefing_id: str

    def decoded(self) -> Fact[BriefingId]:
        fact: Fact[BriefingId] = msgspec.json.decode(self.body, type=BY_NAME[self.kind].carried)
        return fact


def get_fact(engine: Engine, id: str) -> FactRecord | None:
    """A fact of a current briefing, of the one that changed last where several have it; or one that was rejected."""
    with Session(engine) as session:
        return facts_in(session, [id]).get(id)


def facts_in(session: Session, ids: Collection[str], *, decided: bool = False) -> dict[str, FactRecord]:
    """As `get_fact`, in this transaction; `decided`: with what was rejected and is not published so yet."""
    row, left_out = FactRow, ReviewOutcomeRow
    columns = ("kind", "body", "sources", "briefing_id")
    query = select(col(row.id), *(getattr(row, name) for name in columns))
    query = query.order_by(col(row.updated_at).desc(), col(row.briefing_id))
    rejected = select(col(left_out.fact_id), *(getattr(left_out, name) for name in columns))
    rejected = rejected.order_by(col(left_out.briefing_id))
    if not decided:
        drafts = col(BriefingDraftRow.briefing_id)
        rejected = rejected.where(~exists().where(drafts == col(left_out.briefing_id)))
    found: dict[str, FactRecord] = {}
    for one, id in ((query, col(row.id)), (rejected, col(left_out.fact_id))):
        if wanted := set(ids) - found.keys():
            for of, kind, body, sources, briefing in session.execute(one.where(id.in_(wanted))):
                found.setdefault(of, FactRecord(kind, body, sources or b"{}", briefing))
    return found


class Placed(NamedTuple):
    """As JSON a fact and the heads of its sources, and where it stands in an order."""

    key: _Key
    body: bytes
    sources: bytes | None


def first_facts(
    session: Session, kind: str, sort: str, given: _Filters, limit: int, after: _Key | None = None
) -> list[Placed]:
    """The first facts, after a key if one is given, that fit these filters of a query."""
    lead = _lead(session, kind, sort, given)
    wanted = _Given.of(given, _ORDERS[sort], lead)
    query = _page(kind, sort, wanted, after is not None, session.get_bind().dialect.name, lead)
    values = {**_values(sort, given, wanted, lead), **beyond_values(after), "limit": limit}
    rows = session.execute(query, values)
    return [
        Placed((first, briefing, position), body, heads) for first, briefing, position, body, heads in rows
    ]


def _lead(session: Session, kind: str, sort: str, given: _Filters) -> str:
    """A filter that so few facts fit that these are looked through rather than the list, if there is one."""
    if "briefing_id" in given:
        return "briefing_id"
    wide = {"q"} if len(given.get("q", ())) >= FEW else set()
    names = _counted(kind, _ORDERS[sort].column, frozenset(given.keys() - wide))
    if not names:
        return ""
    several = frozenset(name for name in SEVERAL.intersection(names) if len(given[name]) > 1)
    along = _along(kind, _ORDERS[sort].column, frozenset(given))
    # PostgreSQL takes longer to plan a walk than to look through them.
    few = {along: _FEW_ALONG} if along and session.get_bind().dialect.name == "sqlite" else None
    return leading(session, _counts(kind, names, several), names, _plain(given), few)


def _along(kind: str, column: str, given: frozenset[str]) -> str | None:
    """The filter whose links a list in the order of a column walks along, if there is one."""
    in_order = column == "day" and given.isdisjoint(_SELDOM)
    return min((name for name in given if _is_link(kind, name)), default=None) if in_order else None


def _counted(kind: str, column: str, given: frozenset[str]) -> tuple[str, ...]:
    """The filters of which it matters for a list in the order of a column how many facts fit them.

    It does not where one alone gives the order, too.
    """
    links = {name for name in given if _is_link(kind, name)}
    values = links | (given & (_SHARES.keys() | _SELDOM))
    ranges = {name for name in given if name in _RANGES}
    if column == "day":
        if links:
            values -= set(_WORDS)
        in_order = len(values) == 1 and not ranges
    else:
        own = {"unit"} if column == "value" else set()
        in_order = values <= own and all(_RANGES[name] == column for name in ranges)
    briefings = given & {"q", "topics"}
    return () if in_order and not briefings else tuple(sorted({*values, *ranges, *briefings}))


@lru_cache(maxsize=1_024)
def _counts(kind: str, names: tuple[str, ...], several: frozenset[str]) -> Select[Any]:
    """How many facts fit each of these filters, as far as they are few."""
    given = _Given(frozenset(names), several)
    return counts_of(_fitting(kind, given, name, literal(1)) for name in names)


def _fitting(kind: str, given: _Given, name: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """Facts that fit one filter, in no order."""
    place, query = given.place(name, 0), select(*columns)
    if name == "topics":  # of their briefings, which are few
        stakes = with_topic(bindparam(name, expanding=True))
        if columns != _SLIM:
            return stakes.limit(FITTING)
        query = query.where(col(FactRow.kind) == kind, col(FactRow.briefing_id).in_(stakes))
    elif not _is_link(kind, name):
        query = query.where(col(FactRow.kind) == kind, _CONDITIONS[name](FactRow, place))
    else:
        query = query.where(_LINK.name == name, _any_of(_LINK.value, place), _LINK.kind == kind)
        if columns == _SLIM:
            same = (getattr(FactRow, one) == getattr(_LINK, one) for one in _PLACE)
            fact = and_(col(FactRow.kind) == kind, *same)
            # Outer, so that SQLite begins at the links.
            query = query.select_from(outerjoin(_LINK, FactRow, fact))
    return query.limit(FITTING)


def _among(kind: str, order: _Order, given: _Given, goes_on: bool, lead: str) -> Select[Any]:
    """The places of the facts that fit all filters, of the few that fit one."""
    few = _fitting(kind, given, lead, *_SLIM).subquery().c
    key = (getattr(few, order.column), few.briefing_id, few.position)
    query = select(key[0].label("first"), *key[1:], few.span.label("its_span"), few.day.label("its_day"))
    if lead in given.several and _is_link(kind, lead):
        query = query.distinct()  # a fact can be of the tables of two parties
    for name in sorted(given.names - {lead}):
        place = given.place(name, 0)
        query = query.where(
            _has_link(few, kind, name, place) if _is_link(kind, name) else _CONDITIONS[name](few, place)
        )
    return query.where(beyond(key, backwards=order.backwards)) if goes_on else query


# Statements are made once for each set of filters: to make one takes longer than to answer it.
@lru_cache(maxsize=1_024)
def _page(kind: str, sort: str, given: _Given, goes_on: bool, dialect: str, lead: str) -> Select[Any]:
    """The first facts: the three columns of their keys, and what is served, which is read of none but these."""
    order, keys = _ORDERS[sort], _keys(kind, sort, given, goes_on, dialect, lead)
    first, briefing, position, span, day = keys.c
    fact = and_(
        col(FactRow.kind) == kind,
        col(FactRow.span) == span,
        col(FactRow.day) == day,
        col(FactRow.briefing_id) == briefing,
        col(FactRow.position) == position,
    )
    # Looked up one by one: a planner that may join them the other way reads all facts to sort them.
    served = (select(col(one)).where(fact).scalar_subquery() for one in (FactRow.body, FactRow.sources))
    key = (first, briefing, position)
    return select(*key, *served).order_by(*(one.desc() if order.backwards else one for one in key))


def _keys(kind: str, sort: str, given: _Given, goes_on: bool, dialect: str, lead: str) -> Subquery:
    """The places of the first facts, in order.

    Streams are followed side by side, no further than they are needed: by SQLite where none is cut by itself,
    by PostgreSQL where each is, as it may sort what is not.
    """
    order, most = _ORDERS[sort], bindparam("limit", type_=Integer)
    cut = given.spread or dialect == "postgresql"
    if lead:
        places = _among(kind, order, given, goes_on, lead).subquery("places")
    else:
        streams = [
            select((query.limit(most) if cut else query).subquery("one"))
            for number in range(given.values)
            for query in _streams(kind, order, given, goes_on, number, dialect)
        ]
        places = (union(*streams) if given.spread else union_all(*streams)).subquery("places")
    key = (places.c.first, places.c.briefing_id, places.c.position)
    # Cut here, so that what is served is read of these alone.
    first = select(places).order_by(*(one.desc() if order.backwards else one for one in key))
    return first.limit(most).subquery("page")


def _streams(
    kind: str, order: _Order, given: _Given, goes_on: bool, number: int, dialect: str
) -> Iterator[Select[Any]]:
    """Queries that give, among them and each in order, the places of facts, those after a key if it goes on.

    Of the values of `given.spread`, the one with this number.

    By date there is one for each span that a date can have: where the bounds of all dates are as far apart, those
    that reach into a range begin at one place of an index.
    """
    if order.type is not date:
        yield _stream(kind, order, given, goes_on, number, dialect)[0]
        return
    for span in _spans(kind, given.names):
        # The last day of a date of one day is the first, by which links are sorted.
        by = order._replace(column="day") if span == SPANS.index(0) else order
        told = _told(span, order.backwards) & given.names
        rest = given._replace(names=given.names - told)
        query, row, first = _stream(kind, by, rest, goes_on, number, dialect)
        query = query.where(row.span == span, *_bounds(first, span, given.names))
        yield query


def _stream(
    kind: str, order: _Order, given: _Given, goes_on: bool, number: int, dialect: str
) -> tuple[Select[Any], Any, ColumnElement[Any]]:
    """Places of facts in order; the table that leads, and the column of it that comes first in the order."""
    by_day = order.column == "day"
    row, query = _linked(kind, given, number, along=_along(kind, order.column, given.names))
    rest = sorted(name for name in given.names if not _is_link(kind, name))
    first = getattr(row if by_day else FactRow, order.column)
    key = (first, row.briefing_id, row.position)
    query = query.add_columns(
        first.label("first"), *key[1:], row.span.label("its_span"), row.day.label("its_day")
    )
    query = query.where(col(FactRow.kind) == kind) if row is FactRow else query
    for name in rest:
        place = given.place(name, number)
        if row is not FactRow and name in _WORDS:
            query = query.where(_any_of(row.word, place))
            continue
        fits = _CONDITIONS[name](FactRow, place)
        if name in _RANGES or (row is FactRow and name in _SHARES):
            fits = as_likely(fits, _SHARES.get(name, _MOST) if by_day else _MOST, dialect)
        if row is not FactRow:  # each by an index of its own
            same = (getattr(FactRow, one) == getattr(row, one) for one in _PLACE)
            one = select(literal(1)).where(col(FactRow.kind) == kind, *same, fits)
            fits = one.scalar_subquery().is_not(None)
        query = query.where(fits)
    query = query.order_by(*(one.desc() if order.backwards else one for one in key))
    if goes_on:
        query = query.where(beyond(key, backwards=order.backwards))
    return query, row, first


def _plain(given: _Filters) -> dict[str, Any]:
    """What a statement of one stream is filled with: a value, or several."""
    return {name: value[0] if name in SEVERAL and len(value) == 1 else value for name, value in given.items()}


def _values(sort: str, given: _Filters, wanted: _Given, lead: str) -> dict[str, Any]:
    """What the statements of these filters are filled with."""
    if lead:
        return {**_plain(given), "few": ALL}
    backwards = _ORDERS[sort].backwards
    bounds: dict[str, Any] = {}
    for span, reach in enumerate(SPANS):
        if "date_from" in given:
            bounds[f"reach_{span}"] = _shifted(given["date_from"], -reach)
            bounds[f"from_{span}"] = given["date_from"] if backwards else bounds[f"reach_{span}"]
        if "date_to" in given:
            bounds[f"to_{span}"] = _shifted(given["date_to"], reach if backwards else 0)
    filters = _plain(given)
    if spread := wanted.spread:
        filters |= {f"{spread}__{number}": one for number, one in enumerate(filters.pop(spread))}
    return {**filters, **bounds}


def _linked(kind: str, given: _Given, number: int, *, along: str | None) -> tuple[Any, Select[Any]]:
    """What is asked of links, and the table that leads: the links of `along`, if there are any."""
    query: Select[Any] = select()
    row: Any = FactRow
    for name in sorted(name for name in given.names if _is_link(kind, name)):
        place = given.place(name, number)
        if name == along:
            row = _LINK
            query = query.where(row.name == name, row.value == place, row.kind == kind)
        else:
            query = query.where(_has_link(row, kind, name, place))
    return row, query


def _has_link(row: Any, kind: str, name: str, place: BindParameter[Any]) -> ColumnElement[bool]:
    """Whether a fact has a link with this name to any of these values."""
    link: Any = aliased(FactLinkRow)
    same = (getattr(link, one) == getattr(row, one) for one in _PLACE)
    one = select(literal(1)).where(link.name == name, _any_of(link.value, place), link.kind == kind, *same)
    return one.limit(1).scalar_subquery().is_not(None)


def _spans(kind: str, given: frozenset[str]) -> Iterable[int]:
    if kind not in _DATED:
        return (UNDATED,)
    return range(UNDATED) if "date_from" in given or "date_to" in given else range(UNDATED + 1)


def _bounds(column: ColumnElement[Any], span: int, given: frozenset[str]) -> Iterator[ColumnElement[bool]]:
    """Where in the order the dates of a span lie that reach into a range."""
    if span >= OPEN:
        return
    if "date_from" in given:
        yield column >= bindparam(f"from_{span}")
    if "date_to" in given:
        yield column <= bindparam(f"to_{span}")


def _told(span: int, backwards: bool) -> frozenset[str]:
    """The filters of days that those bounds are enough for."""
    if span == SPANS.index(0):
        return frozenset(("date_from", "date_to"))
    if span >= OPEN:
        return frozenset()
    return frozenset(("date_from" if backwards else "date_to",))


def _shifted(day: date, days: int) -> date:
    """A day so many days away, or the last one that there is on that side."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min


def _is_link(kind: str, name: str) -> bool:
    return name == "document_id" or name in LINKED or (name == "party" and kind not in _OWN_PARTY)


def _is(name: str) -> _Condition:
    return lambda row, place: _any_of(getattr(row, name), place)


def _any_of(column: Any, place: BindParameter[Any]) -> ColumnElement[bool]:
    return cast(ColumnElement[bool], column.in_(place) if place.expanding else column == place)


def _starts(row: Any, value: Any) -> ColumnElement[bool]:
    return and_(row.span != UNDATED, or_(row.earliest.is_(None), row.earliest <= value))


def _ends(row: Any, value: Any) -> ColumnElement[bool]:
    return and_(row.span != UNDATED, or_(row.latest.is_(None), row.latest >= value))


def _begins_by(row: Any, value: Any) -> ColumnElement[bool]:
    first, last = row.begins_first, row.begins_last
    return and_(_begins(row), or_(first <= value, and_(first.is_(None), last.is_not(None))))


def _begins_from(row: Any, value: Any) -> ColumnElement[bool]:
    first, last = row.begins_first, row.begins_last
    return and_(_begins(row), or_(last >= value, and_(last.is_(None), first.is_not(None))))


def _begins(row: Any) -> ColumnElement[bool]:
    """What an index of those that begin is known by."""
    return or_(row.begins_first.is_not(None), row.begins_last.is_not(None))


def with_topic(topics: Any) -> Select[str]:
    """For each stake of one of these topics, the briefing that has it."""
    stake: Any = aliased(FactRow)  # for queries that are of facts themselves
    at = (stake.kind == "stake", stake.topic.in_(topics), stake.span == UNDATED, stake.day == NO_DAY)
    return select(stake.briefing_id).where(*at)


def has_topic(briefing_id: Any, topics: Any) -> ColumnElement[bool]:
    """Whether a briefing has a stake of one of these topics."""
    query = with_topic(topics)
    [stake] = query.selected_columns
    return is_there(query.where(stake == briefing_id))


_CONDITIONS: dict[str, _Condition] = {
    "briefing_id": _is("briefing_id"),
    "party": _is("party"),
    "topic": _is("topic"),
    "kind": _is("word"),
    "measure": _is("word"),
    "status": _is("status"),
    "unit": _is("unit"),
    "speaker": _is("speaker"),
    "certainty": _is("certainty"),
    "proof": _is("proof"),
    "imposed_by": _is("imposed_by"),
    "direct": _is("direct"),
    "open": lambda row, _: row.status.in_(OPEN_DEADLINES),
    "topics": lambda row, value: has_topic(row.briefing_id, bindparam(value.key, expanding=True)),
    "q": lambda row, ids: one_of(row.briefing_id, ids.key),
    "words": lambda row, words: has_words(row.briefing_id, words),
    "date_from": _ends,
    "date_to": _starts,
    "value_min": lambda row, value: row.value >= value,
    "value_max": lambda row, value: row.value <= value,
    "min_origins": lambda row, value: row.origins >= value,
    "min_salience": lambda row, value: row.salience >= value,
    "effective_from": _begins_from,
    "effective_to": _begins_by,
    "updated_since": lambda row, value: row.updated_at >= value,
}
