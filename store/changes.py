"""What changed, for those who keep a copy: one row for each thing that there is or was, numbered by its last change.

Numbers are given under a lock that is held until the transaction ends. So whoever sees a number sees every lower
one, and reading on from the last number misses nothing, whichever transaction began first.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from msgspec import Raw, Struct, json
from sqlalchemy import Connection, Engine, and_, delete, event, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.changes import Removal
from store.engine import lock
from store.errors import BadCursor
from store.paging import decode_cursor, encode_cursor, scope_of
from store.tables import BriefingRow, ChangeRow, FactRow

_SCOPE = scope_of("changes", {})
_NOTED = "changes"
_AT_A_TIME = 500


class Changes(Struct, frozen=True):
    """Changes as the JSON that is served, and where the next ones begin."""

    items: list[bytes]
    next_cursor: str
    has_more: bool


class Noted(NamedTuple):
    """A change that has no number yet."""

    kind: str
    briefing_id: str
    removed: bool


class _Changed(Struct, frozen=True):
    """`schemas.changes.Change` around a body as it is stored."""

    change: str
    id: str
    briefing_id: str
    at: datetime
    item: Raw


def note(session: Session, changes: Iterable[tuple[str, Noted]]) -> None:
    """Have these changes, by id, numbered when the transaction is committed.

    What went from one briefing to another in a transaction was not removed.
    """
    if _NOTED not in session.info:
        session.info[_NOTED] = {}
        event.listen(session, "before_commit", _number, once=True)
    noted: dict[str, Noted] = session.info[_NOTED]
    for id, change in changes:
        before = noted.get(id)
        if not (change.removed and before and before.briefing_id != change.briefing_id):
            noted[id] = change


def all_changed(connection: Connection) -> None:
    """Give everything that is there another number: its bodies have another shape than before."""
    with Session(connection) as session, session.begin():
        lock(session, [_NOTED])
        last = session.scalar(select(func.max(col(ChangeRow.number)))) or 0
        here = update(ChangeRow).where(col(ChangeRow.removed).is_(False))
        session.execute(here.values(number=ChangeRow.number + last))


def read_changes(engine: Engine, *, limit: int, cursor: str | None = None) -> Changes:
    """What changed after a cursor, oldest first; from the beginning without one. Raises BadCursor."""
    number = col(ChangeRow.number)
    after = decode_cursor(cursor, _SCOPE, int)[0] if cursor is not None else 0
    query = (
        select(ChangeRow, col(FactRow.body), col(BriefingRow.summary))
        .outerjoin(
            FactRow,
            and_(
                col(FactRow.briefing_id) == col(ChangeRow.briefing_id),
                col(FactRow.kind) == col(ChangeRow.kind),
                col(FactRow.id) == col(ChangeRow.id),
            ),
        )
        .outerjoin(BriefingRow, col(BriefingRow.id) == col(ChangeRow.id))
        # The row of the cursor itself may have moved on; some row has its number or a higher one.
        .where(number > after)
        .order_by(number)
        .limit(limit + 1)
    )
    with Session(engine) as session:
        rows = session.execute(query).all()
        last = rows[-1][0].number if rows else session.scalar(select(func.max(number))) or 0
        if last < after:
            raise BadCursor("the cursor is of another database, or of a later state of this one: start anew")
        items = [_encoded(row, fact, summary) for row, fact, summary in rows[:limit]]
        reached = rows[: limit or None][-1][0].number if rows else after
    return Changes(items, encode_cursor(_SCOPE, (reached,)), len(rows) > limit)


def _encoded(row: ChangeRow, fact: bytes | None, summary: bytes | None) -> bytes:
    if row.removed:
        return json.encode(Removal(id=row.id, briefing_id=row.briefing_id, at=row.at, kind=row.kind))
    body = summary if row.kind == "briefing" else fact
    if body is None:
        raise LookupError(f"{row.kind} {row.id} is not where its last change says")
    return json.encode(_Changed(row.kind, row.id, row.briefing_id, row.at, Raw(body)))


def _number(session: Session) -> None:
    """Runs right before the commit: nothing waits for another lock while it holds this one."""
    noted: dict[str, Noted] = session.info.pop(_NOTED)
    session.flush()
    lock(session, [_NOTED])
    last: int = session.scalar(select(func.max(col(ChangeRow.number)))) or 0
    at = datetime.now(UTC)
    ordered = sorted(noted.items(), key=lambda one: (not one[1].removed, one[1].kind != "briefing", one[0]))
    for batch in _batches(enumerate(ordered, last + 1)):
        session.execute(delete(ChangeRow).where(col(ChangeRow.id).in_([id for _, (id, _) in batch])))
        session.execute(
            insert(ChangeRow),
            [{"number": number, "id": id, "at": at} | change._asdict() for number, (id, change) in batch],
        )


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while batch := list(islice(rest, _AT_A_TIME)):
        yield batch
