"""What changed, for those who keep a copy, and whether anything did, for answers that are kept in memory.

For those who keep a copy there is one row for each thing that there is or was, numbered by its last change. Numbers are
given under a lock that is held until the transaction ends. So whoever sees a number sees every lower one, and reading
on from the last number misses nothing, whichever transaction began first.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, NamedTuple

import psycopg
from msgspec import Raw, Struct, json
from sqlalchemy import Connection, Engine, and_, event, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.briefing import BriefingSummary
from schemas.changes import Removal
from store import BadCursor
from store.engine import lock, put
from store.notices import WatchedFile, listen
from store.paging import decode_cursor, encode_cursor, scope_of
from store.tables import JOB, BriefingRow, ChangeRow, FactRow

_SCOPE = scope_of("changes", {})
_NOTED = "changes"
_AT_A_TIME = 500
_CHANNEL = "readout_changed"
_OF_DOCUMENTS = {"documents", "readouts"}  # tables that are counted apart
_MOST_NEWS, _MOST_REMEMBERED = 1_000, 10_000
_LOOK = 0.001  # seconds for which a look at a file is good
log = logging.getLogger("readout.store")


class NumberedChange(NamedTuple):
    """A change as the JSON that is served, and its number; `change` is the word that it is tagged with."""

    number: int
    change: str
    body: bytes


class Changes(Struct, frozen=True):
    """Changes as the JSON that is served, and where the next ones begin."""

    items: list[bytes]
    next_cursor: str
    has_more: bool


class Noted(NamedTuple):
    """A change that has no number yet. `is_open`: of a conflict, whether nobody has settled it."""

    kind: str
    briefing_id: str
    removed: bool
    is_open: bool = False


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
        last = last_number(session)
        here = update(ChangeRow).where(col(ChangeRow.removed).is_(False), col(ChangeRow.kind) != JOB)
        session.execute(here.values(number=ChangeRow.number + last))


def read_changes(engine: Engine, *, limit: int, cursor: str | None = None) -> Changes:
    """What changed after a cursor, oldest first; from the beginning without one. Raises BadCursor."""
    after = number_of(cursor) if cursor is not None else 0
    changes = changes_after(engine, after, limit + 1)
    reached = changes[: limit or None][-1].number if changes else after
    return Changes([change.body for change in changes[:limit]], cursor_at(reached), len(changes) > limit)


def cursor_at(number: int) -> str:
    """The cursor after which the changes with higher numbers come."""
    return encode_cursor(_SCOPE, (number,))


def number_of(cursor: str) -> int:
    """The number in a cursor of `cursor_at`. Raises BadCursor."""
    number: int = decode_cursor(cursor, _SCOPE, int)[0]
    return number


def last_number(session: Session) -> int:
    """Of the changes that can be seen: whoever sees a number sees every lower one."""
    return session.scalar(select(func.max(col(ChangeRow.number)))) or 0


def changes_after(engine: Engine, after: int, limit: int) -> list[NumberedChange]:
    """The first changes with higher numbers. Raises BadCursor where none ever had this one."""
    number = col(ChangeRow.number)
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
        .where(number > after, col(ChangeRow.kind) != JOB)
        .order_by(number)
        .limit(limit)
    )
    with Session(engine) as session:
        rows = session.execute(query).all()
        if not rows and last_number(session) < after:
            raise BadCursor("the cursor is of another database, or of a later state of this one: start anew")
        return [
            NumberedChange(row.number, "removed" if row.removed else row.kind, _encoded(row, fact, summary))
            for row, fact, summary in rows
        ]


def _encoded(row: ChangeRow, fact: bytes | None, summary: bytes | None) -> bytes:
    if row.removed:
        note = json.decode(summary, type=BriefingSummary).note if summary else None
        return json.encode(
            Removal(id=row.id, briefing_id=row.briefing_id, at=row.at, kind=row.kind, note=note)
        )
    body = summary if row.kind == "briefing" else fact
    if body is None:
        raise LookupError(f"{row.kind} {row.id} is not where its last change says")
    return json.encode(_Changed(row.kind, row.id, row.briefing_id, row.at, Raw(body)))


def _number(session: Session) -> None:
    """Runs right before the commit: nothing waits for another lock while it holds this one."""
    noted: dict[str, Noted] = session.info.pop(_NOTED)
    session.flush()
    lock(session, [_NOTED])
    last = last_number(session)
    at = datetime.now(UTC)
    ordered = sorted(noted.items(), key=lambda one: (not one[1].removed, one[1].kind != "briefing", one[0]))
    open_since = _open_conflicts(session, noted)
    for batch in _batches(enumerate(ordered, last + 1)):
        rows = [
            {
                "number": number,
                "id": id,
                "at": at,
                "opened": (open_since.get(id) or number) if change.is_open else None,
                "kind": change.kind,
                "briefing_id": change.briefing_id,
                "removed": change.removed,
            }
            for number, (id, change) in batch
        ]
        put(session, ChangeRow, rows)


def _open_conflicts(session: Session, noted: dict[str, Noted]) -> dict[str, int | None]:
    """Of the conflicts among these, those that were there before, each with the number with which it was opened."""
    ids = [id for id, change in noted.items() if change.kind == "conflict"]
    query = select(col(ChangeRow.id), col(ChangeRow.opened)).where(col(ChangeRow.removed).is_(False))
    return {
        id: opened
        for batch in _batches(ids)
        for id, opened in session.execute(query.where(col(ChangeRow.id).in_(batch)))
    }


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while batch := list(islice(rest, _AT_A_TIME)):
        yield batch


class ChangeCounts(NamedTuple):
    """Changes to briefings and all that they hold, and to documents and what was read in them."""

    briefings: int
    documents: int


class Seen(NamedTuple):
    """What a look at the database tells: counts, and the briefings that changed since the look before; None: any."""

    counts: ChangeCounts
    briefings: set[str] | None


class Freshness:
    """Counts the changes of a database. `count()` is None while they cannot be told. Close it."""

    def __init__(self, look: Callable[[], Seen | None], close: Callable[[], None]) -> None:
        self._look = look
        self._found: ChangeCounts | None = None
        self._until = 0.0
        self._own = 0
        self._last: dict[str, int] = {}
        self._any = 0
        self.close = close

    def count(self) -> ChangeCounts | None:
        """Grows with every change. Two equal counts: nothing has changed between them, but for some milliseconds."""
        now = monotonic()
        if now > self._until:
            seen = self._look()
            self._found, self._until = seen and seen.counts, now + _LOOK
            if seen:
                self._remember(seen)
        return self._found and self._with_own(self._found)

    def last_change(self, briefing_id: str) -> int:
        """The count of briefings at the last change that may have been to this one."""
        return max(self._last.get(briefing_id, 0), self._any)

    def expire(self) -> None:
        """The caller is told something that was read just now: what is told afterwards is no older."""
        self._until = 0.0

    def changed(self) -> None:
        """This process has changed something, of which the database may not have given notice yet."""
        self._own += 1
        if self._found:
            self._any = self._with_own(self._found).briefings

    def _remember(self, seen: Seen) -> None:
        now = self._with_own(seen.counts).briefings
        if seen.briefings is None or len(self._last) > _MOST_REMEMBERED:
            self._last, self._any = {}, now
        else:
            self._last |= dict.fromkeys(seen.briefings, now)

    def _with_own(self, counts: ChangeCounts) -> ChangeCounts:
        return ChangeCounts(counts.briefings + self._own, counts.documents + self._own)


def watch(engine: Engine) -> Freshness:
    """Changes by any process: on SQLite seen within a millisecond, on PostgreSQL as soon as its notice arrives."""
    return _watch_file(engine) if engine.dialect.name == "sqlite" else _listen(engine)


class _News:
    """Which briefings changed since one last asked: by the numbers of changes, as far as they are few."""

    def __init__(self, mark: str) -> None:
        self._query = (
            f"SELECT number, briefing_id FROM changes WHERE number > {mark} ORDER BY number DESC LIMIT {mark}"
        )
        self._last: int | None = None

    def since(self, connection: Any) -> set[str] | None:
        """None where it cannot be told, the first time for one. Takes a connection of either driver."""
        before = self._last
        after = -1 if before is None else before
        rows: list[tuple[int, str]] = connection.execute(self._query, (after, _MOST_NEWS)).fetchall()
        self._last = max((number for number, _ in rows), default=before)
        return None if before is None or len(rows) == _MOST_NEWS else {id for _, id in rows}


def _watch_file(engine: Engine) -> Freshness:
    """The file tells in microseconds whether anybody wrote to it; if so, whether it was to what is served."""
    news = _News("?")
    counts = ChangeCounts(-1, -1)

    def read(connection: sqlite3.Connection) -> Seen:
        now = connection.execute("SELECT changes, documents FROM freshness").fetchone()
        return Seen(ChangeCounts(*now), news.since(connection))

    file = WatchedFile(engine.url.database or "", read)

    def look() -> Seen | None:
        nonlocal counts
        try:
            seen = file.news()
        except sqlite3.Error:
            return None
        if seen is None:
            return Seen(counts, set())
        counts = seen.counts
        return seen

    return Freshness(look, file.close)


def _listen(engine: Engine) -> Freshness:
    """A thread that listens from the first question on. Without a connection nothing is known to be fresh."""
    seen: Seen | None = None
    briefings = documents = 0
    turn, stop, news = Lock(), Event(), _News("%s")

    def hear(changed: set[str] | None) -> None:
        nonlocal seen
        with turn:
            if changed is not None and seen is not None:
                changed = None if seen.briefings is None else seen.briefings | changed
            seen = Seen(ChangeCounts(briefings, documents), changed)

    def begun(connection: psycopg.Connection[Any]) -> None:
        nonlocal briefings, documents
        briefings, documents = briefings + 1, documents + 1
        news.since(connection)
        hear(None)

    def heard(connection: psycopg.Connection[Any], tables: list[str]) -> None:
        nonlocal briefings, documents
        of_documents = sum(table in _OF_DOCUMENTS for table in tables)
        documents, briefings = documents + of_documents, briefings + len(tables) - of_documents
        hear(news.since(connection))

    def lost(error: psycopg.Error) -> None:
        nonlocal seen
        seen = None
        log.warning("no news of changes, so answers are not kept: %s", error)

    def keep_listening() -> None:
        listen(engine, _CHANNEL, stop, begun=begun, heard=heard, lost=lost)

    thread = Thread(target=keep_listening, name="freshness", daemon=True)

    def look() -> Seen | None:
        nonlocal seen
        if not thread.ident:
            thread.start()
        with turn:
            found = seen
            if found:
                seen = Seen(found.counts, set())
        return found

    def close() -> None:
        stop.set()
        if thread.ident:
            thread.join(timeout=10)

    return Freshness(look, close)
