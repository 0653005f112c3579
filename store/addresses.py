"""Addresses that documents are fetched from: who asked for one, when it is due, what it gave last.

There is no queue: an address with `due_at` is to be fetched then, and one without is done with. One that is asked for
again is fetched again under its old id. What is found out of an address counts only for the try that found it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, json
from sqlalchemy import (
    ColumnElement,
    Engine,
    Index,
    LargeBinary,
    Text,
    false,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from schemas import DocumentAddress
from schemas.vocabulary import JobStatus
from schemas.watches import ItemStatus, WatchItem
from store.engine import writing
from store.paging import Page, page_newest, scope_of
from store.tables import Moment

CANCELLED = "cancelled"
IRRELEVANT = "not-about-trade"


class AddressRow(SQLModel, table=True):
    """An address, asked for by somebody or found by a watch.

    `about`: what the sender knows of its document. `mark` tells whether what a watch found has changed. `reason`, in a
    word, and `detail` tell why nothing was taken of it, or why the last try failed. `etag` and `modified` are those of
    the document that was taken.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        Index("ix_addresses_due", "due_at"),
        Index("ix_addresses_created", "created_at", "id"),
        Index("ix_addresses_watch", "watch_id", "created_at", "id"),
    )

    id: str = Field(primary_key=True)
    url: str = Field(sa_type=Text)
    host: str
    about: bytes = Field(sa_type=LargeBinary)
    watch_id: str | None = None
    title: str | None = Field(default=None, sa_type=Text)
    mark: str | None = None
    created_at: datetime = Field(sa_type=Moment)
    due_at: datetime | None = Field(sa_type=Moment)
    tries: int = 0
    began_at: datetime | None = Field(default=None, sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    document_id: str | None = None
    reason: str | None = None
    detail: str | None = Field(default=None, sa_type=Text)
    etag: str | None = Field(default=None, sa_type=Text)
    modified: str | None = None


class Validators(Struct, frozen=True):
    """By which a server tells whether what it gave is still what it has."""

    etag: str | None = None
    modified: str | None = None


def ask_for(engine: Engine, id: str, address: DocumentAddress, host: str, now: datetime) -> AddressRow:
    """Have an address fetched, now; one that is to be fetched already stays as it is."""
    with writing(engine) as session:
        row = session.get(AddressRow, id)
        if row is None:
            row = AddressRow(
                id=id, url=address.url, host=host, about=json.encode(address), created_at=now, due_at=now
            )
            session.add(row)
        elif row.due_at is None:
            arm(row, now)
        session.flush()
        session.expunge(row)
        return row


def fetch_again(engine: Engine, id: str, now: datetime) -> None:
    """Have an address fetched that was done with."""
    with writing(engine) as session:
        row = session.get(AddressRow, id)
        if row is not None and row.due_at is None:
            arm(row, now)


def arm(row: AddressRow, now: datetime) -> None:
    """As `fetch_again`, in the transaction that the row is of."""
    row.due_at, row.tries = now, 0
    row.began_at = row.finished_at = row.reason = row.detail = None


def get_addresses(engine: Engine, ids: Sequence[str]) -> list[AddressRow]:
    with Session(engine) as session:
        return list(session.scalars(select(AddressRow).where(col(AddressRow.id).in_(ids))))


def due_address(engine: Engine, host: str, now: datetime) -> AddressRow | None:
    """The address of a host that has been due longest."""
    query = select(AddressRow).where(col(AddressRow.host) == host, col(AddressRow.due_at) <= now)
    with Session(engine) as session:
        return session.scalar(query.order_by(col(AddressRow.due_at), col(AddressRow.id)).limit(1))


def waiting_addresses(engine: Engine) -> int:
    """How many are to be fetched."""
    query = select(func.count()).select_from(AddressRow).where(col(AddressRow.due_at).is_not(None))
    with Session(engine) as session:
        return session.scalar(query) or 0


def begin_fetch(engine: Engine, row: AddressRow, now: datetime) -> None:
    """Count a try before it is made, so that one which kills the worker counts too."""
    _change(engine, row, tries=row.tries + 1, began_at=now)
    row.tries += 1


def finish_fetch(
    engine: Engine, row: AddressRow, now: datetime, document_id: str | None, validators: Validators
) -> None:
    """The address gave this document; with None, the one that it gave before."""
    _change(
        engine,
        row,
        due_at=None,
        finished_at=now,
        document_id=document_id or row.document_id,
        reason=None,
        detail=None,
        etag=validators.etag,
        modified=validators.modified,
    )


def cancel_fetch(engine: Engine, row: AddressRow, now: datetime) -> None:
    """Nobody fetches an address any more that was to be fetched."""
    give_up_fetch(engine, row, now, CANCELLED, "somebody cancelled it")


def give_up_fetch(engine: Engine, row: AddressRow, now: datetime, reason: str, detail: str) -> None:
    """Nothing is taken from the address, unless somebody asks for it again."""
    _change(engine, row, due_at=None, finished_at=now, reason=reason, detail=detail)


def put_off_fetch(engine: Engine, row: AddressRow, due_at: datetime, reason: str, detail: str) -> None:
    """The address is to be tried again then."""
    _change(engine, row, due_at=due_at, reason=reason, detail=detail)


def put_off_host(session: Session, host: str, until: datetime) -> None:
    """The host wants to be left alone until then."""
    waiting = (col(AddressRow.host) == host, col(AddressRow.due_at) < until)
    session.execute(update(AddressRow).where(*waiting).values(due_at=until))


def _change(engine: Engine, row: AddressRow, **values: object) -> None:
    """Note what became of a try, unless somebody has cancelled or begun another one meanwhile."""
    this = (
        col(AddressRow.id) == row.id,
        col(AddressRow.due_at).is_not(None),
        col(AddressRow.tries) == row.tries,
    )
    with writing(engine) as session:
        session.execute(update(AddressRow).where(*this).values(**values))


_WAITS = col(AddressRow.due_at).is_not(None)
_REFUSED = ~_WAITS & col(AddressRow.reason).is_not(None)
_OF_STATUS: Mapping[JobStatus, ColumnElement[bool]] = {
    "queued": _WAITS & (col(AddressRow.tries) == 0),
    "running": _WAITS & (col(AddressRow.tries) > 0),
    "failed": _REFUSED & col(AddressRow.reason).not_in([CANCELLED, IRRELEVANT]),
    "cancelled": _REFUSED & (col(AddressRow.reason) == CANCELLED),
    "done": false(),
}


def without_document(
    engine: Engine,
    *,
    limit: int,
    last: tuple[datetime, str] | None,
    status: JobStatus | None,
    since: datetime | None,
) -> list[AddressRow]:
    """Addresses that are to be fetched or could not be, newest first, after one of them."""
    wanted = or_(*_OF_STATUS.values()) if status is None else _OF_STATUS[status]
    order = (col(AddressRow.created_at), col(AddressRow.id))
    query = select(AddressRow).where(wanted).order_by(*(column.desc() for column in order)).limit(limit)
    if last is not None:
        query = query.where(tuple_(*order) < last)
    if since is not None:
        query = query.where(order[0] >= since)
    with Session(engine) as session:
        return list(session.scalars(query))


def address_status(row: AddressRow) -> JobStatus:
    """Where the work on an address stands."""
    if row.due_at is not None:
        return "running" if row.tries else "queued"
    if row.reason in (None, IRRELEVANT):
        return "done"
    return "cancelled" if row.reason == CANCELLED else "failed"


def item_status(row: AddressRow) -> ItemStatus:
    """What became of something that a watch found."""
    if row.due_at is not None:
        return "waiting"
    if row.reason is None:
        return "taken"
    return "skipped" if row.reason == IRRELEVANT else "failed"


_OF_ITEM: Mapping[ItemStatus, ColumnElement[bool]] = {
    "waiting": _WAITS,
    "taken": ~_WAITS & col(AddressRow.reason).is_(None),
    "skipped": _REFUSED & (col(AddressRow.reason) == IRRELEVANT),
    "failed": _REFUSED & (col(AddressRow.reason) != IRRELEVANT),
}


def page_items(
    engine: Engine, watch_id: str, *, status: ItemStatus | None, limit: int, cursor: str | None
) -> Page:
    """What a watch found, first seen last. Raises BadCursor."""
    query = select(AddressRow).where(col(AddressRow.watch_id) == watch_id)
    if status is not None:
        query = query.where(_OF_ITEM[status])
    return page_newest(
        engine,
        query,
        (col(AddressRow.created_at), col(AddressRow.id)),
        lambda row: json.encode(_item(row)),
        scope=scope_of("watch items", {"watch": watch_id, "status": status}),
        limit=limit,
        cursor=cursor,
    )


def _item(row: AddressRow) -> WatchItem:
    return WatchItem(
        url=row.url,
        title=row.title,
        status=item_status(row),
        reason=row.reason,
        detail=row.detail,
        job_id=row.id,
        document_id=row.document_id,
        seen_at=row.created_at,
        fetched_at=row.finished_at,
    )
