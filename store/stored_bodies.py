"""Stored bodies in the shape that this version serves. What an earlier version stored is encoded anew.

A body is served as the bytes that were stored, so a shape that has grown must reach into the database. A field that
an old body lacks becomes null, or an empty list; one that cannot be empty needs a migration of its own.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy
from msgspec import Struct, ValidationError, inspect
from sqlalchemy import Column, Connection, Select, delete, insert, select, tuple_, update
from sqlmodel import SQLModel, col

from schemas import Briefing, BriefingSummary, Cause, Conflict, DocumentReadout, RoundDecision, Source
from schemas.kinds import KINDS
from store.errors import Misshapen
from store.tables import BodyRow, BriefingRow, DecisionRow, DocumentRow, FactRow, ReadoutRow, RevisionRow

_AT_A_TIME = 500


class Stored(Struct, frozen=True):
    """A column of bodies; `kind`: of the rows of that kind."""

    table: type[SQLModel]
    column: str
    shape: type[Struct]
    kind: str | None = None

    @property
    def name(self) -> str:
        return str(self.table.__tablename__) + (f" {self.kind}" if self.kind else f" {self.column}")


BODIES = [
    Stored(DocumentRow, "source", Source),
    Stored(ReadoutRow, "body", DocumentReadout),
    Stored(BriefingRow, "summary", BriefingSummary),
    Stored(RevisionRow, "body", Briefing),
    Stored(RevisionRow, "cause", Cause),
    Stored(DecisionRow, "body", RoundDecision),
    *(Stored(FactRow, "body", kind.fact, kind.name) for kind in KINDS),
    Stored(FactRow, "body", Conflict, "conflict"),
]
"""Every column whose bytes are served, or sent with what is served."""


def stale_columns(connection: Connection) -> list[Stored]:
    """The columns whose bodies may have another shape than this version's."""
    known = {name: shape for name, shape in connection.execute(select(col(BodyRow.name), col(BodyRow.shape)))}
    return [stored for stored in BODIES if known.get(stored.name) != _digest(stored.shape)]


def encode_anew(connection: Connection, columns: list[Stored]) -> dict[str, int]:
    """Bring the bodies of these columns to this version's shape; how many were changed, by table.

    Raises Misshapen, which names the row.
    """
    changed: dict[str, int] = {}
    for stored in columns:
        keys = sqlalchemy.inspect(stored.table).primary_key
        for key, body in _rows(connection, stored, keys):
            try:
                fresh = grown(body, stored.shape)
            except (ValidationError, TypeError) as error:
                raise Misshapen(f"{stored.name} of {', '.join(map(str, key))}: {error}") from error
            if fresh != body:
                mine = tuple_(*keys) == key
                connection.execute(update(stored.table).where(mine).values({stored.column: fresh}))
                table = str(stored.table.__tablename__)
                changed[table] = changed.get(table, 0) + 1
        connection.execute(delete(BodyRow).where(col(BodyRow.name) == stored.name))
        connection.execute(insert(BodyRow).values(name=stored.name, shape=_digest(stored.shape)))
    return changed


def _rows(
    connection: Connection, stored: Stored, keys: tuple[Column[Any], ...]
) -> Iterator[tuple[tuple[Any, ...], bytes]]:
    columns: Any = (*keys, getattr(stored.table, stored.column))
    query: Select[Any] = select(*columns).order_by(*keys).limit(_AT_A_TIME)
    if stored.kind:
        query = query.where(col(FactRow.kind) == stored.kind)
    rows = connection.execute(query).all()
    while rows:
        for *key, body in rows:
            yield tuple(key), body
        rows = connection.execute(query.where(tuple_(*keys) > tuple(rows[-1][:-1]))).all()


def grown(body: bytes, shape: type[Struct]) -> bytes:
    """A body as this version would store it. Raises ValidationError; TypeError where a field cannot be empty."""
    try:
        found = msgspec.json.decode(body, type=shape)
    except ValidationError:
        whole = _filled(msgspec.json.decode(body), inspect.type_info(shape))
        found = msgspec.json.decode(msgspec.json.encode(whole), type=shape)
    return msgspec.json.encode(found)


def _filled(value: Any, kind: inspect.Type) -> Any:
    """A JSON value with what its shape requires and it lacks."""
    match kind:
        case inspect.Metadata():
            return _filled(value, kind.type)
        case inspect.UnionType() if value is not None:
            for member in kind.types:
                if isinstance(value, dict) == isinstance(member, (inspect.StructType, inspect.DictType)):
                    value = _filled(value, member)
        case inspect.ListType() if isinstance(value, list):
            return [_filled(item, kind.item_type) for item in value]
        case inspect.DictType() if isinstance(value, dict):
            return {name: _filled(item, kind.value_type) for name, item in value.items()}
        case inspect.StructType() if isinstance(value, dict):
            missing = {
                field.encode_name: _empty(field)
                for field in kind.fields
                if field.required and field.encode_name not in value
            }
            types = {field.encode_name: field.type for field in kind.fields}
            known = {name: _filled(item, types[name]) for name, item in value.items() if name in types}
            return known | missing
    return value


def _empty(field: inspect.Field) -> Any:
    kind = field.type.type if isinstance(field.type, inspect.Metadata) else field.type
    match kind:
        case inspect.UnionType(includes_none=True) | inspect.NoneType():
            return None
        case inspect.ListType():
            return []
        case inspect.DictType():
            return {}
    raise TypeError(f"it lacks `{field.encode_name}`, which cannot be empty")


@cache
def _digest(shape: type[Struct]) -> str:
    """Changes with the shape, and not with what is said about it."""
    return sha256(msgspec.json.encode(_bare(msgspec.json.schema(shape)))).hexdigest()[:32]


def _bare(node: Any) -> Any:
    if isinstance(node, list):
        return [_bare(part) for part in node]
    if isinstance(node, dict):
        return {
            name: _bare(part)
            for name, part in sorted(node.items())
            if name not in ("description", "examples", "title") or isinstance(part, dict)
        }
    return node
