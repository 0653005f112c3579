"""Addresses that are looked at again and again, and when each is due. What they point to is in `store.addresses`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urldefrag, urlsplit

from msgspec import UNSET, Struct, convert, json
from sqlalchemy import ColumnElement, CursorResult, Engine, Index, Text, delete, exists, select, union, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from schemas import DocumentAddress
from schemas.watches import Watch, WatchChange
from store.addresses import AddressRow, Validators, arm, put_off_host
from store.engine import writing
from store.paging import Page, page_newest, scope_of
from store.tables import Moment

_LONGEST_PAUSE = timedelta(days=1)


class WatchRow(SQLModel, table=True):
    """A watched address, to be looked at when it is due; never while it is paused."""

    __tablename__ = "watches"
    __table_args__ = (
        Index("ix_watches_due", "due_at"),
        Index("ix_watches_created", "created_at", "id"),
    )

    id: str = Field(primary_key=True)
    url: str = Field(sa_type=Text)
    host: str
    every: int
    created_at: datetime = Field(sa_type=Moment)
    due_at: datetime | None = Field(sa_type=Moment)
    looked_at: datetime | None = Field(default=None, sa_type=Moment)
    format: str | None = None
    failures: int = 0
    last_error: str | None = Field(default=None, sa_type=Text)
    left_out: int = 0
    etag: str | None = Field(default=None, sa_type=Text)
    modified: str | None = None


class FoundItem(Struct, frozen=True):
    """Something that a watched address points to; `mark` tells whether it has changed."""

    url: str
    host: str
    title: str | None
    mark: str


def create_watch(engine: Engine, *, url: str, every: int, now: datetime) -> Watch:
    """Look at an address from now on. One that is watched already is looked at so often, and now."""
    url = urldefrag(url).url
    id = f"wch_{sha256(url.encode()).hexdigest()[:16]}"
    with writing(engine) as session:
        row = session.get(WatchRow, id)
        if row is None:
            row = WatchRow(
                id=id,
                url=url,
                host=urlsplit(url).netloc.lower(),
                every=every,
                created_at=now,
                due_at=now,
            )
            session.add(row)
        row.every, row.due_at = every, now
        return _watch(row)


def get_watch(engine: Engine, id: str) -> Watch | None:
    with Session(engine) as session:
        row = session.get(WatchRow, id)
    return _watch(row) if row else None


def page_watches(engine: Engine, *, limit: int, cursor: str | None = None) -> Page:
    """Watches, newest first. Raises BadCursor."""
    return page_newest(
        engine,
        select(WatchRow),
        (col(WatchRow.created_at), col(WatchRow.id)),
        lambda row: json.encode(_watch(row)),
        scope=scope_of("watches", {}),
        limit=limit,
        cursor=cursor,
    )


def change_watch(engine: Engine, id: str, change: WatchChange, now: datetime) -> Watch | None:
    """One that goes on is looked at now; one that is to be looked at more often, when that says."""
    with writing(engine) as session:
        row = session.get(WatchRow, id)
        if row is None:
            return None
        if change.every is not UNSET:
            row.every = int(change.every)
            if row.due_at is not None:
                row.due_at = min(row.due_at, now + timedelta(seconds=row.every))
        if change.paused is True:
            row.due_at = None
        elif change.paused is False and row.due_at is None:
            row.due_at, row.failures, row.last_error = now, 0, None
        return _watch(row)


def delete_watch(engine: Engine, id: str) -> bool:
    """Whether there was one. What it found goes with it; documents that were taken stay."""
    with writing(engine) as session:
        session.execute(delete(AddressRow).where(col(AddressRow.watch_id) == id))
        deleted = session.execute(delete(WatchRow).where(col(WatchRow.id) == id))
        return isinstance(deleted, CursorResult) and deleted.rowcount > 0


def any_host_due(now: datetime) -> ColumnElement[bool]:
    """Whether there is a host of which something is to be looked at or fetched."""
    return exists().where(col(WatchRow.due_at) <= now) | exists().where(col(AddressRow.due_at) <= now)


def due_hosts(engine: Engine, now: datetime) -> set[str]:
    """Hosts of which something is to be looked at or fetched."""
    with Session(engine) as session:
        return set(
            session.scalars(
                union(
                    select(col(WatchRow.host)).where(col(WatchRow.due_at) <= now),
                    select(col(AddressRow.host)).where(col(AddressRow.due_at) <= now),
                )
            )
        )


def due_watch(engine: Engine, host: str, now: datetime) -> WatchRow | None:
    """The watch of a host that has been due longest."""
    query = select(WatchRow).where(col(WatchRow.host) == host, col(WatchRow.due_at) <= now)
    with Session(engine) as session:
        return session.scalar(query.order_by(col(WatchRow.due_at)).limit(1))


def looked(
    engine: Engine,
    watch: WatchRow,
    now: datetime,
    *,
    format: str | None = None,
    found: Sequence[FoundItem] = (),
    left_out: int = 0,
    validators: Validators | None = None,
) -> None:
    """Note a look, and have what is new or changed fetched. Without `format`, the address had nothing new."""
    with writing(engine) as session:
        row = _still_due(session, watch)
        if row is None:
            return
        row.looked_at, row.due_at = now, now + timedelta(seconds=row.every)
        row.failures, row.last_error = 0, None
        if format is None:
            return
        row.format, row.left_out = format, left_out
        if validators:
            row.etag, row.modified = validators.etag, validators.modified
        ids = {_item_id(row, one): one for one in found}
        known = session.scalars(select(AddressRow).where(col(AddressRow.id).in_(ids)))
        items = {item.id: item for item in known}
        for id, one in ids.items():
            item = items.get(id)
            if item is None:
                about = json.encode(DocumentAddress(url=one.url))
                item = AddressRow(
                    id=id,
                    url=one.url,
                    host=one.host,
                    about=about,
                    watch_id=row.id,
                    created_at=now,
                    due_at=now,
                )
                session.add(item)
            elif item.mark != one.mark and item.due_at is None:
                arm(item, now)
            item.title, item.mark = one.title, one.mark


def _item_id(watch: WatchRow, found: FoundItem) -> str:
    return f"fetch-{sha256(f'{watch.id} {found.url}'.encode()).hexdigest()[:32]}"


def look_failed(engine: Engine, watch: WatchRow, now: datetime, why: str, wait: timedelta | None) -> None:
    """Note a look that failed. Each one in a row doubles the pause; `wait`: what the host asked for."""
    with writing(engine) as session:
        row = _still_due(session, watch)
        if row is None:
            return
        pause = min(timedelta(seconds=row.every) * 2 ** min(row.failures, 20), _LONGEST_PAUSE)
        row.failures += 1
        row.last_error, row.looked_at = why, now
        row.due_at = now + max(pause, wait or pause, timedelta(seconds=row.every))


def leave_alone(engine: Engine, host: str, until: datetime) -> None:
    """The host wants nothing asked until then."""
    with writing(engine) as session:
        put_off_host(session, host, until)
        due = (col(WatchRow.host) == host, col(WatchRow.due_at) < until)
        session.execute(update(WatchRow).where(*due).values(due_at=until))


def _still_due(session: Session, watch: WatchRow) -> WatchRow | None:
    """The watch, unless it was changed, paused or deleted while it was looked at."""
    row = session.get(WatchRow, watch.id)
    return row if row is not None and row.due_at == watch.due_at else None


def _watch(row: WatchRow) -> Watch:
    status = "paused" if row.due_at is None else "failing" if row.failures else "active"
    known = row.model_dump(include={"id", "url", "every", "format", "created_at", "failures", "last_error"})
    return convert(
        known
        | {
            "status": status,
            "left_out": row.left_out,
            "last_look_at": row.looked_at,
            "next_look_at": row.due_at,
        },
        Watch,
    )
