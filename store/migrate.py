"""Bringing a database up to the tables and bodies of this version. Alembic is loaded where it has something to do.

A body is served as the bytes that were stored, so a shape that has grown must reach into the database: what an earlier
version stored is encoded anew. A field that an old body lacks becomes null, or an empty list; one that cannot be empty
needs a migration of its own.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy
from msgspec import Struct, ValidationError, inspect
from sqlalchemy import Column, Connection, Engine, Select, delete, insert, select, tuple_, update
from sqlmodel import SQLModel, col

from schemas import (
    Briefing,
    BriefingSummary,
    Cause,
    Conflict,
    DetectedMetadata,
    DocumentReadout,
    DocumentRefusal,
    ReviewDecision,
    RevisionNote,
    RoundDecision,
    Source,
    StatedMetadata,
    WrittenText,
)
from schemas.issues import Issue, IssueSummary, SavedTopic
from schemas.kinds import KINDS
from schemas.subscriptions import Schedule
from store import LaterVersion, Misshapen
from store.changes import all_changed
from store.engine import lock_schema, writable
from store.issues import IssueRow, TopicRow
from store.read_index import derive_anew, is_stale
from store.revisions import change_bodies
from store.schedules import ScheduleRow
from store.tables import (
    BodyRow,
    BriefingDraftRow,
    BriefingRow,
    DecisionRow,
    DocumentRow,
    FactRow,
    ReadoutRow,
    ReviewOutcomeRow,
    ReviewRow,
    RevisionRow,
)

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The revision of this version: files of revisions begin with their names, which are in order."""
_FOLLOWED = {"briefings", "facts"}
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
    Stored(DocumentRow, "stated", StatedMetadata),
    Stored(DocumentRow, "detected", DetectedMetadata),
    Stored(DocumentRow, "refusal", DocumentRefusal),
    Stored(ReadoutRow, "body", DocumentReadout),
    Stored(BriefingRow, "summary", BriefingSummary),
    Stored(RevisionRow, "body", Briefing),
    Stored(RevisionRow, "cause", Cause),
    Stored(BriefingDraftRow, "body", Briefing),
    Stored(BriefingDraftRow, "cause", Cause),
    Stored(BriefingDraftRow, "note", RevisionNote),
    Stored(DecisionRow, "body", RoundDecision),
    Stored(ReviewRow, "body", ReviewDecision),
    *(Stored(ReviewRow, "machine", kind.carried, kind.name) for kind in KINDS),
    Stored(ReviewRow, "machine", Conflict, "conflict"),
    Stored(ReviewRow, "machine", WrittenText, "text"),
    *(Stored(ReviewOutcomeRow, "body", kind.carried, kind.name) for kind in KINDS),
    Stored(ReviewOutcomeRow, "body", Conflict, "conflict"),
    *(Stored(FactRow, "body", kind.carried, kind.name) for kind in KINDS),
    Stored(FactRow, "body", Conflict, "conflict"),
    Stored(IssueRow, "summary", IssueSummary),
    Stored(IssueRow, "body", Issue),
    Stored(TopicRow, "body", SavedTopic),
    Stored(ScheduleRow, "body", Schedule),
]
"""Every column whose bytes are served, or sent with what is served."""


class Migrated(Struct, frozen=True):
    """What `migrate` did: revisions applied, oldest first, and how many bodies of which tables were encoded anew."""

    revisions: list[str]
    bodies: dict[str, int]

    def __str__(self) -> str:
        parts = [f"applied {', '.join(self.revisions)}"] if self.revisions else []
        if self.bodies:
            counts = ", ".join(f"{count} of {table}" for table, count in self.bodies.items())
            parts.append(f"bodies encoded anew: {counts}")
        return "; ".join(parts) or "up to date"


def migrate(engine: Engine) -> Migrated:
    """Apply what is missing, all or nothing, and say what that was. Safe from several processes at once.

    Raises LaterVersion, or Misshapen where a stored body has no place in this version's shape.
    """
    with writable(engine).begin() as connection:
        lock_schema(connection)
        missing = _missing(connection)
        if missing:
            from alembic import command

            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        bodies = _encode_anew(connection, _stale_columns(connection))
        if is_stale(connection):
            derive_anew(connection)
        if bodies.keys() & _FOLLOWED:
            all_changed(connection)
        return Migrated(missing, bodies)


def pending(engine: Engine) -> list[str]:
    """What `migrate` would do: revisions, oldest first; if there are none, columns of bodies. Changes nothing.

    Raises LaterVersion.
    """
    with engine.connect() as connection:
        if missing := _missing(connection):
            return missing
        return [stored.name for stored in _stale_columns(connection)] + ["derived"] * is_stale(connection)


def _missing(connection: Connection) -> list[str]:
    present = _present(connection)
    if present == NEWEST:
        return []
    from alembic.script import ScriptDirectory
    from alembic.script.revision import RevisionError

    script = ScriptDirectory.from_config(_config())
    try:
        steps = list(script.iterate_revisions("heads", present or "base"))
    except RevisionError:
        raise LaterVersion(
            f"the database is at revision {present}, of a later version of Readout: use that version"
        ) from None
    return [step.revision for step in steps][::-1]


def _present(connection: Connection) -> str | None:
    if not sqlalchemy.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _stale_columns(connection: Connection) -> list[Stored]:
    """The columns whose bodies may have another shape than this version's."""
    known = {name: shape for name, shape in connection.execute(select(col(BodyRow.name), col(BodyRow.shape)))}
    return [stored for stored in BODIES if known.get(stored.name) != _digest(stored.shape)]


def _encode_anew(connection: Connection, columns: list[Stored]) -> dict[str, int]:
    """Bring the bodies of these columns to this version's shape; how many were changed, by table.

    Raises Misshapen, which names the row.
    """
    changed: dict[str, int] = {}
    for stored in columns:
        if count := _encode_column(connection, stored):
            table = str(stored.table.__tablename__)
            changed[table] = changed.get(table, 0) + count
        connection.execute(delete(BodyRow).where(col(BodyRow.name) == stored.name))
        connection.execute(insert(BodyRow).values(name=stored.name, shape=_digest(stored.shape)))
    return changed


def _encode_column(connection: Connection, stored: Stored) -> int:
    def fresh(key: tuple[Any, ...], body: bytes) -> bytes:
        try:
            return grown(body, stored.shape)
        except (ValidationError, TypeError) as error:
            raise Misshapen(f"{stored.name} of {', '.join(map(str, key))}: {error}") from error

    if stored.table is RevisionRow and stored.column == "body":
        return change_bodies(connection, SQLModel.metadata.tables["briefing_revisions"], fresh)
    keys = sqlalchemy.inspect(stored.table).primary_key
    count = 0
    for key, body in _rows(connection, stored, keys):
        now = fresh(key, body)
        if now != body:
            mine = tuple_(*keys) == key
            digest = {"digest": sha256(now).hexdigest()} if stored.table is ReadoutRow else {}
            connection.execute(update(stored.table).where(mine).values({stored.column: now, **digest}))
            count += 1
    return count


def _rows(
    connection: Connection, stored: Stored, keys: tuple[Column[Any], ...]
) -> Iterator[tuple[tuple[Any, ...], bytes]]:
    body = getattr(stored.table, stored.column)
    columns: Any = (*keys, body)
    query: Select[Any] = select(*columns).where(body.is_not(None)).order_by(*keys).limit(_AT_A_TIME)
    if stored.kind:
        query = query.where(SQLModel.metadata.tables[str(stored.table.__tablename__)].c.kind == stored.kind)
    rows = connection.execute(query).all()
    while rows:
        for *key, body in rows:
            yield tuple(key), body
        rows = connection.execute(query.where(tuple_(*keys) > tuple(rows[-1][:-1]))).all()


def grown(body: bytes, shape: type[Struct]) -> bytes:
    """A body as this version would store it. Raises ValidationError; TypeError where a field cannot be empty."""
    try:
        fresh = msgspec.json.decode(body, type=shape)
    except ValidationError:
        whole = _filled(msgspec.json.decode(body), inspect.type_info(shape))
        fresh = msgspec.json.decode(msgspec.json.encode(whole), type=shape)
    return msgspec.json.encode(fresh)


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
