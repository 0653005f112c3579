"""Pages, what a list of them is found along, and the opaque cursors between them: the last item's sort key, and what it
was a cursor of.
"""

from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Engine, Integer, Select, bindparam, func, literal_column, select, tuple_
from sqlalchemy.orm import Session

from schemas.filters import SEVERAL, written
from store import BadCursor

_T = TypeVar("_T")

_NO_FILTERS = ("limit", "cursor", "sort")
_URL_SAFE = str.maketrans("-_", "+/")
_SAFE = bytes.maketrans(b"+/", b"-_")
_encode = msgspec.json.Encoder().encode


class Page(Struct, frozen=True):
    """Items as the JSON that is served, and where the next page starts: null on the last one.

    `sources`: of facts, the heads of the documents that prove them, by their ids.
    """

    items: list[bytes]
    next_cursor: str | None
    sources: dict[str, Raw] | None = None


def scope_of(collection: str, filters: Mapping[str, object]) -> str:
    """What a cursor is bound to: a collection, its filters and its order (what is None counts as absent)."""
    chosen = sorted((name, written(value)) for name, value in filters.items() if value is not None)
    return blake2b(msgspec.json.encode([collection, chosen]), digest_size=6).hexdigest()


def filters_of(asked: Struct) -> dict[str, Any]:
    """The filters that were given, by the names of the query parameters: neither paging nor order.

    Those that take several values are lists.
    """
    return {
        name: list(dict.fromkeys(value.split(","))) if name in SEVERAL else value
        for name, value in _as_given(asked).items()
    }


def _as_given(asked: Struct) -> dict[str, Any]:
    return {
        name: value for name, value in asdict(asked).items() if value is not None and name not in _NO_FILTERS
    }


def scope_of_query(collection: str, asked: Struct, sort: str | None = None) -> str:
    """What cursors of a list are bound to: the collection, the filters and the order that it has."""
    return scope_of(collection, {**_as_given(asked), "sort": sort})


def encode_cursor(scope: str, key: tuple[object, ...]) -> str:
    encoded = b2a_base64(_encode([scope, key]), newline=False)
    return encoded.translate(_SAFE).rstrip(b"=").decode()


def decode_cursor(cursor: str, scope: str, *key: type) -> tuple[Any, ...]:
    """The sort key, of these types, in a cursor of `encode_cursor`. Raises BadCursor for anything else."""
    try:
        padded = cursor.translate(_URL_SAFE) + "=" * (-len(cursor) % 4)
        decoded = msgspec.json.decode(a2b_base64(padded, strict_mode=True), type=tuple[str, tuple[key]])  # type: ignore[valid-type]
    except (Error, msgspec.DecodeError, UnicodeEncodeError, ValueError):
        raise BadCursor("the cursor is not one that this service gave out") from None
    if decoded[0] != scope:
        raise BadCursor("the cursor belongs to another collection or to other filters, or to another order")
    if encode_cursor(scope, decoded[1]) != cursor:
        raise BadCursor("the cursor is not one that this service gave out")
    return decoded[1]


def as_likely(condition: ColumnElement[bool], share: float, dialect: str) -> ColumnElement[bool]:
    """A condition, with what share of all rows about meets it: SQLite counts none, and may begin at the commonest."""
    return func.likelihood(condition, literal_column(str(share))) if dialect == "sqlite" else condition


def is_there(query: Select[Any]) -> ColumnElement[bool]:
    """As `exists`, looked up one by one: a planner that expects many rows would read all of a table first."""
    return query.limit(1).scalar_subquery().is_not(None)


FEW = 1_000
"""What is sooner looked through than a list of all."""
ALL = 2**31 - 1
"""A limit that cuts nothing: planners leave alone what is in a query with one."""
FITTING = bindparam("few", type_=Integer)
"""So many are looked through of what fits the filter that leads, and as many are counted of what fits another."""


def counts_of(fitting: Iterable[Select[Any]]) -> Select[Any]:
    """How many rows each of these queries gives."""
    each = (one.subquery() for one in fitting)
    return select(*(select(func.count()).select_from(one).scalar_subquery() for one in each))


def leading(
    session: Session,
    counts: Select[Any],
    names: Sequence[str],
    values: Mapping[str, Any],
    few: Mapping[str, int] | None = None,
) -> str:
    """The filter that so few fit that these are looked through rather than the list, if there is one.

    `counts`: of what fits each of these filters. `few`: so many are few of a filter, where that is not `FEW`.
    """
    bounds = few or {}
    found = session.execute(counts, {**values, "few": FEW}).one()
    count, _, name = min((count, name not in bounds, name) for count, name in zip(found, names, strict=True))
    return name if count < bounds.get(name, FEW) else ""


def beyond(key: Sequence[Any], *, backwards: bool) -> ColumnElement[bool]:
    """What comes after the last item of a page by these columns, which `beyond_values` fills in."""
    last = tuple_(*(bindparam(f"after_{place}", type_=one.type) for place, one in enumerate(key)))
    return tuple_(*key) < last if backwards else tuple_(*key) > last


def beyond_values(key: Sequence[Any] | None) -> dict[str, Any]:
    return {f"after_{place}": value for place, value in enumerate(key or ())}


def page_newest(
    engine: Engine,
    query: Select[_T],
    order: tuple[Any, Any],
    body: Callable[[_T], bytes],
    *,
    scope: str,
    limit: int,
    cursor: str | None,
) -> Page:
    """Rows of a query as JSON, newest first by the columns of a moment and an id. Raises BadCursor."""
    query = query.order_by(*(column.desc() for column in order))
    if cursor is not None:
        query = query.where(tuple_(*order) < decode_cursor(cursor, scope, datetime, str))
    with Session(engine) as session:
        rows = session.scalars(query.limit(limit + 1)).all()
    last = tuple(getattr(rows[limit - 1], column.key) for column in order) if len(rows) > limit else None
    return Page(
        items=[body(row) for row in rows[:limit]],
        next_cursor=encode_cursor(scope, last) if last else None,
    )
