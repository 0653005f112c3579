"""Facts across briefings: pages of the stored bytes, filtered and sorted by indexed columns."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Engine, Select, and_, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from schemas.kinds import KINDS
from schemas.queries import FactsQuery
from store.paging import Page, decode_cursor, encode_cursor, filters_of, scope_of_query
from store.tables import FactLinkRow, FactRow

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
_LINKS: tuple[Any, ...] = (aliased(FactLinkRow), aliased(FactLinkRow))
_Key = tuple[Any, ...]
_Filters = Mapping[str, Any]
_Condition = Callable[[Any], ColumnElement[bool]]


class _Order(NamedTuple):
    """What a list is sorted by, before briefing and position, and what that is in Python."""

    column: str
    type: type
    backwards: bool = False


_ORDERS = {
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
    sort: str = asked.sort or next((order for name, order in _NATURAL.items() if name in given), "date")
    order = _ORDERS[sort]
    scope = scope_of_query(kind, asked, sort)
    after = decode_cursor(asked.cursor, scope, order.type, str, int) if asked.cursor is not None else None
    limit = asked.limit
    rows: list[Any] = []
    with Session(engine) as session:
        for query in _streams(kind, order, given, after):
            rows += session.execute(query.limit(limit + 1)).all()
            rows = sorted(rows, key=lambda row: tuple(row[:3]), reverse=order.backwards)[: limit + 1]
    more = encode_cursor(scope, tuple(rows[limit - 1][:3])) if len(rows) > limit else None
    return Page(items=[row[3] for row in rows[:limit]], next_cursor=more)


def _streams(kind: str, order: _Order, given: _Filters, after: _Key | None) -> Iterator[Select[Any]]:
    """Queries that give, among them and each in order, what comes after a key.

    By date there is one for each span that a date can have: where the bounds of all dates are as far apart, those
    that reach into a range begin at one place of an index.
    """
    by_day = order.column == "day"
    row, query = _linked(kind, given, first=by_day)
    rest = {name: value for name, value in given.items() if not _is_link(kind, name)}
    key = (getattr(row if by_day else FactRow, order.column), row.briefing_id, row.position)
    query = query.add_columns(*key)
    if row is FactRow:
        conditions = (_CONDITIONS[name](value) for name, value in rest.items())
        query = query.add_columns(col(FactRow.body)).where(col(FactRow.kind) == kind, *conditions)
    else:
        # Looked up one by one: a planner that may join them the other way reads all facts to sort them.
        same = (getattr(FactRow, name) == getattr(row, name) for name in _PLACE)
        fact = and_(col(FactRow.kind) == kind, *same)
        query = query.add_columns(select(col(FactRow.body)).where(fact).scalar_subquery())
        for name, value in rest.items():  # each by an index of its own
            fits = select(literal(1)).where(fact, _CONDITIONS[name](value)).scalar_subquery().is_not(None)
            query = query.where(row.word == value if name in _WORDS else fits)
    query = query.order_by(*(one.desc() if order.backwards else one for one in key))
    if after is not None:
        query = query.where(tuple_(*key) < after if order.backwards else tuple_(*key) > after)
    if order.type is not date:
        yield query
        return
    for span in _spans(kind, given):
        yield query.where(row.span == span, *_bounds(key[0], span, order, given))


def _linked(kind: str, given: _Filters, *, first: bool) -> tuple[Any, Select[Any]]:
    """What is asked of links, and the table that leads: the first link, if `first`, as it is in order of days too."""
    query: Select[Any] = select()
    row: Any = FactRow
    wanted = [(name, value) for name, value in given.items() if _is_link(kind, name)]
    for (name, value), link in zip(wanted, _LINKS, strict=False):
        query = query.where(link.name == name, link.value == value, link.kind == kind)
        if first and row is FactRow:
            row = link
        else:
            query = query.where(*(getattr(link, name) == getattr(row, name) for name in _PLACE))
    return row, query


def _spans(kind: str, given: _Filters) -> Iterable[int]:
    if kind not in _DATED:
        return (UNDATED,)
    return range(UNDATED) if "date_from" in given or "date_to" in given else range(UNDATED + 1)


def _bounds(
    column: ColumnElement[Any], span: int, order: _Order, given: _Filters
) -> Iterator[ColumnElement[bool]]:
    """Where in the order the dates of a span lie that reach into a range."""
    if span >= OPEN:
        return
    reach = SPANS[span]
    if "date_from" in given:
        yield column >= _shifted(given["date_from"], 0 if order.backwards else -reach)
    if "date_to" in given:
        yield column <= _shifted(given["date_to"], reach if order.backwards else 0)


def _shifted(day: date, days: int) -> date:
    """A day so many days away, or the last one that there is on that side."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min


def _is_link(kind: str, name: str) -> bool:
    return name == "document_id" or (name == "party" and kind not in _OWN_PARTY)


def _is(column: Any) -> _Condition:
    return lambda value: cast(ColumnElement[bool], column == value)


def _starts(value: date) -> ColumnElement[bool]:
    starts = col(FactRow.earliest)
    return and_(col(FactRow.span) != UNDATED, or_(starts.is_(None), starts <= value))


def _ends(value: date) -> ColumnElement[bool]:
    ends = col(FactRow.latest)
    return and_(col(FactRow.span) != UNDATED, or_(ends.is_(None), ends >= value))


_CONDITIONS: dict[str, _Condition] = {
    "briefing_id": _is(col(FactRow.briefing_id)),
    "party": _is(col(FactRow.party)),
    "topic": _is(col(FactRow.topic)),
    "kind": _is(col(FactRow.word)),
    "measure": _is(col(FactRow.word)),
    "status": _is(col(FactRow.status)),
    "unit": _is(col(FactRow.unit)),
    "speaker": _is(col(FactRow.speaker)),
    "certainty": _is(col(FactRow.certainty)),
    "proof": _is(col(FactRow.proof)),
    "direct": _is(col(FactRow.direct)),
    "date_from": _ends,
    "date_to": _starts,
    "value_min": lambda value: col(FactRow.value) >= value,
    "value_max": lambda value: col(FactRow.value) <= value,
    "min_origins": lambda value: col(FactRow.origins) >= value,
    "updated_since": lambda value: col(FactRow.updated_at) >= value,
}
