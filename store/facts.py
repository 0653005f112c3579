"""Facts across briefings: pages of the stored bytes, filtered by indexed columns."""

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import ColumnElement, Engine, and_, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import col

from store.paging import Page, decode_cursor, encode_cursor, scope_of
from store.tables import FactRow, PartyRow

_OWN_PARTY = ("delegate", "statement")
_TEXT = {
    "briefing_id": col(FactRow.briefing_id),
    "topic": col(FactRow.topic),
    "kind": col(FactRow.word),
    "measure": col(FactRow.word),
    "status": col(FactRow.status),
    "unit": col(FactRow.unit),
    "speaker": col(FactRow.speaker),
    "certainty": col(FactRow.certainty),
}


class BadFilter(ValueError):
    """A filter that facts do not have, or a value that it cannot take. `name` is the filter's."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name


def page_facts(
    engine: Engine,
    kind: str,
    *,
    limit: int,
    cursor: str | None = None,
    filters: Mapping[str, str] | None = None,
) -> Page:
    """Facts of one kind, or conflicts: deadlines and events from the earliest to undated ones, the rest by briefing.

    Filters: `briefing_id`, `topic`, `kind`, `measure`, `status`, `unit`, `speaker`, `certainty`; `direct`
    (true or false); `party` (a delegate's or speaker's own, else a side of the negotiation); `date_from` and
    `date_to` (days; what can fall between them). Raises BadFilter, BadCursor.
    """
    filters = filters or {}
    scope = scope_of(kind, filters)
    order = (col(FactRow.day), col(FactRow.briefing_id), col(FactRow.position))
    query = select(*order, col(FactRow.body)).where(col(FactRow.kind) == kind).order_by(*order)
    for name, value in filters.items():
        query = query.where(_condition(kind, name, value))
    if cursor is not None:
        query = query.where(tuple_(*order) > decode_cursor(cursor, scope, date, str, int))
    with Session(engine) as session:
        rows = session.execute(query.limit(limit + 1)).all()
    more = encode_cursor(scope, tuple(rows[limit - 1][:3])) if len(rows) > limit else None
    return Page(items=[row[3] for row in rows[:limit]], next_cursor=more)


def _condition(kind: str, name: str, value: str) -> ColumnElement[bool]:
    if name in _TEXT:
        return _TEXT[name] == value
    typed: dict[str, Callable[[str, str], ColumnElement[bool]]] = {
        "party": _party,
        "direct": _direct,
        "date_from": _date_from,
        "date_to": _date_to,
    }
    if name not in typed:
        raise BadFilter(name, "there is no such filter")
    return typed[name](kind, value)


def _party(kind: str, value: str) -> ColumnElement[bool]:
    if kind in _OWN_PARTY:
        return col(FactRow.party) == value
    sides = select(col(PartyRow.briefing_id)).where(col(PartyRow.party) == value)
    return col(FactRow.briefing_id).in_(sides)


def _direct(kind: str, value: str) -> ColumnElement[bool]:
    if value not in ("true", "false"):
        raise BadFilter("direct", "it is true or false")
    return col(FactRow.direct) == (value == "true")


def _date_from(kind: str, value: str) -> ColumnElement[bool]:
    ends = col(FactRow.latest)
    return and_(_dated(), or_(ends.is_(None), ends >= _day("date_from", value)))


def _date_to(kind: str, value: str) -> ColumnElement[bool]:
    starts = col(FactRow.earliest)
    return and_(_dated(), or_(starts.is_(None), starts <= _day("date_to", value)))


def _dated() -> ColumnElement[bool]:
    return or_(col(FactRow.earliest).is_not(None), col(FactRow.latest).is_not(None))


def _day(name: str, value: str) -> date:
    try:
        if len(value) != len("2031-03-14"):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise BadFilter(name, f"{value!r} is not a day like 2031-03-14") from None
