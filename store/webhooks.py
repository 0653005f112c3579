"""Webhooks, and which change each is to be told of next.

There is no queue: a webhook has a position in the numbered changes of `store.changes`, and what comes after it is what
it has not been told. It moves on once a delivery is known to have succeeded.
"""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from msgspec import Raw, Struct, convert, json
from sqlalchemy import CursorResult, Engine, Index, Text, delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from schemas.webhooks import BriefingWithdrawn, MadeWebhook, Webhook, WebhookEvent, WithdrawnBriefing
from store.engine import writing
from store.paging import Page, page_newest, scope_of
from store.tables import BriefingRow, ChangeRow, Moment

_CHANGED, _WITHDRAWN = "briefing.changed", "briefing.withdrawn"


class WebhookRow(SQLModel, table=True):
    """Somebody who is told of changes: of those up to `position` they have been. The secret is there to sign with."""

    __tablename__ = "webhooks"
    __table_args__ = (Index("ix_webhooks_created", "created_at", "id"),)

    id: str = Field(primary_key=True)
    url: str = Field(sa_type=Text)
    events: str
    secret: str
    position: int
    created_at: datetime = Field(sa_type=Moment)
    disabled: bool = False
    last_delivery_at: datetime | None = Field(default=None, sa_type=Moment)
    failures: int = 0
    last_error: str | None = None
    next_attempt_at: datetime | None = Field(default=None, sa_type=Moment)


class Delivery(Struct, frozen=True, kw_only=True):
    """What a webhook is to be told next. `id` is the same however often it is tried; `failures` so far, in a row."""

    webhook_id: str
    url: str
    secret: str
    id: str
    body: bytes
    after: int
    number: int
    failures: int


class _Told(Struct, frozen=True):
    """`schemas.webhooks.BriefingChanged` around a summary as it is stored."""

    type: str
    timestamp: datetime
    data: Raw


def create_webhook(engine: Engine, *, url: str, events: Sequence[WebhookEvent]) -> MadeWebhook:
    """A new webhook, to be told of what changes from now on."""
    secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
    with writing(engine) as session:
        row = WebhookRow(
            id=f"wbh_{secrets.token_hex(8)}",
            url=url,
            events=" ".join(sorted(set(events))),
            secret=secret,
            position=session.scalar(select(func.max(col(ChangeRow.number)))) or 0,
            created_at=datetime.now(UTC),
        )
        session.add(row)
        return MadeWebhook(webhook=_webhook(row), secret=secret)


def get_webhook(engine: Engine, id: str) -> Webhook | None:
    with Session(engine) as session:
        row = session.get(WebhookRow, id)
    return _webhook(row) if row else None


def page_webhooks(engine: Engine, *, limit: int, cursor: str | None = None) -> Page:
    """Webhooks, newest first. Raises BadCursor."""
    return page_newest(
        engine,
        select(WebhookRow),
        (col(WebhookRow.created_at), col(WebhookRow.id)),
        lambda row: json.encode(_webhook(row)),
        scope=scope_of("webhooks", {}),
        limit=limit,
        cursor=cursor,
    )


def delete_webhook(engine: Engine, id: str) -> bool:
    """Whether there was one."""
    with writing(engine) as session:
        deleted = session.execute(delete(WebhookRow).where(col(WebhookRow.id) == id))
        return isinstance(deleted, CursorResult) and deleted.rowcount > 0


def resume_webhook(engine: Engine, id: str) -> Webhook | None:
    """Goes on at once with what the webhook has not been told; its failures are forgotten."""
    with writing(engine) as session:
        row = session.get(WebhookRow, id)
        if row is None:
            return None
        row.disabled, row.failures, row.last_error, row.next_attempt_at = False, 0, None, None
        return _webhook(row)


def due(engine: Engine, now: datetime) -> dict[str, int]:
    """Webhooks that something has changed for, and whose next try may come now; how often each failed in a row."""
    last = select(func.max(col(ChangeRow.number))).scalar_subquery()
    again = col(WebhookRow.next_attempt_at)
    query = select(col(WebhookRow.id), col(WebhookRow.failures)).where(
        col(WebhookRow.disabled).is_(False),
        or_(again.is_(None), again <= now),
        col(WebhookRow.position) < last,
    )
    with Session(engine) as session:
        return {id: failures for id, failures in session.execute(query)}


def next_delivery(engine: Engine, id: str, now: datetime) -> Delivery | None:
    """The first change that a webhook has not been told of and wants to be; None: there is none, or it is not its time.

    Of a briefing there is the last change alone, so one that changed again meanwhile is told once, as it is now.
    """
    number, removed = col(ChangeRow.number), col(ChangeRow.removed)
    with Session(engine) as session:
        row = session.get(WebhookRow, id)
        if row is None or row.disabled or (row.next_attempt_at and row.next_attempt_at > now):
            return None
        # Whoever sees this number sees every lower one.
        last = session.scalar(select(func.max(number))) or 0
        wanted = [withdrawn for withdrawn in (False, True) if _type(withdrawn) in row.events.split()]
        query = (
            select(ChangeRow, col(BriefingRow.summary))
            .outerjoin(BriefingRow, col(BriefingRow.id) == col(ChangeRow.id))
            .where(number > row.position, number <= last, col(ChangeRow.kind) == "briefing")
            .where(removed.in_(wanted))
            .order_by(number)
        )
        first = session.execute(query.limit(1)).one_or_none()
    if first is None:
        if last > row.position:
            _move(engine, id, row.position, position=last)
        return None
    change, summary = first
    return Delivery(
        webhook_id=id,
        url=row.url,
        secret=row.secret,
        id=_message_id(id, change),
        body=_body(change, summary),
        after=row.position,
        number=change.number,
        failures=row.failures,
    )


def delivered(engine: Engine, delivery: Delivery, now: datetime) -> None:
    """The receiver has taken it."""
    _move(
        engine,
        delivery.webhook_id,
        delivery.after,
        position=delivery.number,
        last_delivery_at=now,
        failures=0,
        last_error=None,
        next_attempt_at=None,
    )


def failed(engine: Engine, delivery: Delivery, why: str, again: datetime | None) -> None:
    """It has not, and is to be tried again then; with None, not before somebody resumes the webhook."""
    _move(
        engine,
        delivery.webhook_id,
        delivery.after,
        failures=delivery.failures + 1,
        last_error=why,
        next_attempt_at=again,
        disabled=again is None,
    )


def _move(engine: Engine, id: str, after: int, **values: object) -> None:
    """Note what became of a delivery, unless the webhook went on without it: it never goes back."""
    with writing(engine) as session:
        here = (col(WebhookRow.id) == id, col(WebhookRow.position) == after)
        session.execute(update(WebhookRow).where(*here).values(**values))


def _type(withdrawn: bool) -> str:
    return _WITHDRAWN if withdrawn else _CHANGED


def _message_id(id: str, change: ChangeRow) -> str:
    # With its time, so that a database that was restored from a backup does not give a number's id again.
    seed = f"{id} {change.number} {change.at.isoformat()}"
    return f"msg_{blake2b(seed.encode(), digest_size=12).hexdigest()}"


def _body(change: ChangeRow, summary: bytes) -> bytes:
    if change.removed:
        return json.encode(BriefingWithdrawn(timestamp=change.at, data=WithdrawnBriefing(id=change.id)))
    return json.encode(_Told(_CHANGED, change.at, Raw(summary)))


def _webhook(row: WebhookRow) -> Webhook:
    status = "disabled" if row.disabled else "failing" if row.failures else "active"
    known = row.model_dump(exclude={"secret", "position", "disabled"})
    return convert(known | {"events": row.events.split(), "status": status}, Webhook)
