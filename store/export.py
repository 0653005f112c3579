"""Whole collections, batch after batch: each is a transaction of its own, so a long export holds nothing open.

What is there from the beginning to the end of an export and does not change comes exactly once. All else is among the
changes after the number that was the last when the export began: each cursor carries it, through any resumption.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.kinds import KINDS
from schemas.queries import ExportOf
from store.changes import changes_after, cursor_at, last_number, number_of
from store.paging import beyond, beyond_values, decode_cursor, encode_cursor, scope_of
from store.tables import BriefingRow, FactRow, RevisionRow

_FACTS, _BRIEFINGS = 400, 20  # of a batch: some hundred kilobytes
KINDS_OF: dict[ExportOf, tuple[str, ...]] = {
    "facts": tuple(kind.name for kind in KINDS),
    "delegates": ("delegate",),
    "stakes": ("stake",),
    "deadlines": ("deadline",),
    "figures": ("figure",),
    "statements": ("statement",),
    "events": ("event",),
    "conflicts": ("conflict",),
}
"""The kinds of what is stored as facts are."""


class Exported(NamedTuple):
    """A line: what `item`, JSON, is; and the cursor that goes on after it."""

    kind: str
    cursor: str
    item: bytes


_Read = Callable[[Session, tuple[str, ...]], list[tuple[str, tuple[str, ...], bytes]]]
"""The next things after a key: the kind, key and JSON of each."""


def export(engine: Engine, of: ExportOf, cursor: str | None) -> Iterator[list[Exported]]:
    """Everything, in an order of its own, then the line `end`. Raises BadCursor before the first batch."""
    if of == "changes":
        return _changes(engine, number_of(cursor) if cursor is not None else 0)
    read, width = (_briefings, 1) if of == "briefings" else (_facts_of(KINDS_OF[of]), 3)
    scope = scope_of("export", {"of": of})
    if cursor is not None:
        since, *after = decode_cursor(cursor, scope, int, *[str] * width)
    else:
        with Session(engine) as session:
            since, after = last_number(session), [""] * width
    return _things(engine, scope, since, tuple(after), read)


def _things(
    engine: Engine, scope: str, since: int, after: tuple[str, ...], read: _Read
) -> Iterator[list[Exported]]:
    while True:
        with Session(engine) as session:
            things = read(session, after)
        if not things:
            yield [Exported("end", cursor_at(since), b"null")]
            return
        yield [Exported(kind, encode_cursor(scope, (since, *key)), item) for kind, key, item in things]
        after = things[-1][1]


def _changes(engine: Engine, after: int) -> Iterator[list[Exported]]:
    while changes := changes_after(engine, after, _FACTS):
        yield [Exported(change.change, cursor_at(change.number), change.body) for change in changes]
        after = changes[-1].number
    yield [Exported("end", cursor_at(after), b"null")]


def _facts_of(kinds: tuple[str, ...]) -> _Read:
    key = (col(FactRow.briefing_id), col(FactRow.kind), col(FactRow.id))
    # A planner that may look for the kind first sorts all facts of it for each batch.
    wanted = (col(FactRow.kind) + "").in_(kinds)
    query = select(*key, col(FactRow.body)).where(wanted, beyond(key, backwards=False))
    query = query.order_by(*key).limit(_FACTS)

    def read(session: Session, after: tuple[str, ...]) -> list[tuple[str, tuple[str, ...], bytes]]:
        rows = session.execute(query, beyond_values(after))
        return [(kind, (briefing, kind, id), body) for briefing, kind, id, body in rows]

    return read


def _briefings(session: Session, after: tuple[str, ...]) -> list[tuple[str, tuple[str, ...], bytes]]:
    id = col(BriefingRow.id)
    query = (
        select(id, col(RevisionRow.body))
        .join(RevisionRow, col(RevisionRow.briefing_id) == id)
        .where(col(BriefingRow.revision) == col(RevisionRow.revision), id > after[0])
        .where(col(BriefingRow.status) != "withdrawn")
        .order_by(id)
        .limit(_BRIEFINGS)
    )
    return [("briefing", (id,), body) for id, body in session.execute(query)]
