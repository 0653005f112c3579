"""Webhooks, and which change each is to be told of next.

There is no queue: a webhook has a position in the numbered changes of `store.changes`, and what comes after it is what
it has not been told. It moves on once a delivery is known to have succeeded.
"""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from msgspec import UNSET, Raw, Struct, convert, json
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Engine,
    Index,
    LargeBinary,
    Text,
    and_,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from schemas.briefing import BriefingSummary
from schemas.issues import SavedTopic
from schemas.queries import DeliveryQuery
from schemas.webhooks import (
    BriefingWithdrawn,
    DeliveryStatus,
    FailedJob,
    JobFailed,
    MadeWebhook,
    Webhook,
    WebhookChange,
    WebhookDelivery,
    WebhookEvent,
    WebhookTested,
    WithdrawnBriefing,
)
from store import TooMany
from store.changes import Noted, last_number, note
from store.digest import is_about
from store.engine import insert_into, lock, writing
from store.issues import TopicRow
from store.paging import Page, page_newest, scope_of
from store.reminders import ReminderRow, coming
from store.tables import JOB, BriefingRow, ChangeRow, FactRow, Moment

MOST = 100
"""Webhooks that there may be: each is looked at every second."""
LOGGED = 500
"""Deliveries that are kept of each webhook."""


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
    topic_id: str | None = Field(default=None, foreign_key=f"{TopicRow.__tablename__}.id")
    remind_days: str = ""
    disabled: bool = False
    last_delivery_at: datetime | None = Field(default=None, sa_type=Moment)
    failures: int = 0
    last_error: str | None = None
    next_attempt_at: datetime | None = Field(default=None, sa_type=Moment)
    old_secret: str | None = None
    old_until: datetime | None = Field(default=None, sa_type=Moment)


class DeliveryRow(SQLModel, table=True):
    """A try to tell a webhook something, or one that somebody asked for. Of each webhook the last `LOGGED` are kept."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_at", "webhook_id", "at", "id"),
        Index("ix_webhook_deliveries_status", "status", "webhook_id"),
    )

    id: str = Field(primary_key=True)
    webhook_id: str = Field(foreign_key="webhooks.id")
    message_id: str
    type: str
    status: str
    at: datetime = Field(sa_type=Moment)
    error: str | None = None
    body: bytes = Field(sa_type=LargeBinary)


class Posting(Struct, frozen=True, kw_only=True):
    """What a webhook is told. `id` is the same however often it is tried; any of the `secrets` may check it."""

    webhook_id: str
    url: str
    secrets: list[str]
    id: str
    type: str
    body: bytes


class Delivery(Posting, frozen=True, kw_only=True):
    """What a webhook is to be told next of what changed; `failures` so far, in a row."""

    after: int
    number: int
    failures: int
    reminder: ReminderRow | None = None


class Extra(Posting, frozen=True, kw_only=True):
    """What somebody asked for it to be told besides, once."""

    delivery_id: str


class _Due(Struct, frozen=True):
    """A deadline that comes near, around what is stored."""

    deadline: Raw
    due_on: str
    days_left: int


class _Told(Struct, frozen=True):
    """An event of `schemas.webhooks` around what is stored."""

    type: str
    timestamp: datetime
    data: Raw


def create_webhook(
    engine: Engine,
    *,
    url: str,
    events: Sequence[WebhookEvent],
    topic_id: str | None = None,
    remind_days: Sequence[float] = (),
) -> MadeWebhook:
    """A new webhook, to be told of what changes from now on. Raises TooMany."""
    secret = _new_secret()
    with writing(engine) as session:
        lock(session, ["webhooks"])
        if (session.scalar(select(func.count()).select_from(WebhookRow)) or 0) >= MOST:
            raise TooMany(f"there are {MOST} webhooks already")
        row = WebhookRow(
            id=f"wbh_{secrets.token_hex(8)}",
            url=url,
            events=" ".join(sorted(set(events))),
            secret=secret,
            position=last_number(session),
            topic_id=topic_id,
            remind_days=_written(remind_days),
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


def change_webhook(engine: Engine, id: str, change: WebhookChange) -> Webhook | None:
    """What is told goes on where it was: an event that is new to it comes from what it has not been told."""
    with writing(engine) as session:
        row = session.get(WebhookRow, id)
        if row is None:
            return None
        if change.url is not UNSET:
            row.url = change.url
        if change.events is not UNSET:
            row.events = " ".join(sorted(set(change.events)))
        if change.topic_id is not UNSET:
            row.topic_id = change.topic_id
        if change.remind_days is not UNSET:
            row.remind_days = _written(change.remind_days)
        return _webhook(row)


def _written(remind_days: Sequence[float]) -> str:
    return " ".join(str(int(days)) for days in sorted(set(remind_days), reverse=True))


def rotate_secret(engine: Engine, id: str, overlap: timedelta) -> MadeWebhook | None:
    """A new secret; the one before signs beside it for so long."""
    with writing(engine) as session:
        row = session.get(WebhookRow, id)
        if row is None:
            return None
        row.old_secret, row.old_until = row.secret, datetime.now(UTC) + overlap
        row.secret = _new_secret()
        return MadeWebhook(webhook=_webhook(row), secret=row.secret)


def _new_secret() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def delete_webhook(engine: Engine, id: str) -> bool:
    """Whether there was one."""
    with writing(engine) as session:
        session.execute(delete(ReminderRow).where(col(ReminderRow.recipient_id) == id))
        session.execute(delete(DeliveryRow).where(col(DeliveryRow.webhook_id) == id))
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


def job_failed(engine: Engine, job_id: str) -> None:
    """Webhooks are told."""
    with writing(engine) as session:
        note(session, [(job_id, Noted(JOB, "", False))])


def remind_webhooks(engine: Engine, now: datetime) -> None:
    """Have webhooks told of deadlines that come near: each as many days ahead as it wants, of its topic."""
    today = now.astimezone(UTC).date()
    with Session(engine) as session:
        rows = session.scalars(select(WebhookRow).where(col(WebhookRow.disabled).is_(False))).all()
    for row in rows:
        if "deadline.due" not in row.events.split():
            continue
        with writing(engine) as session:
            days = [int(one) for one in row.remind_days.split()]
            for one in coming(session, row.id, today, days, _about(session, row)):
                left = _Due(Raw(one.body), one.day.isoformat(), (one.day - today).days)
                told = json.encode(_Told("deadline.due", now, Raw(json.encode(left))))
                known = {"fact_id": one.fact_id, "day": one.day, "days": one.days, "at": now, "body": told}
                new = insert_into(session, ReminderRow).values(recipient_id=row.id, **known)
                session.execute(new.on_conflict_do_nothing())


def _about(session: Session, row: WebhookRow) -> list[ColumnElement[bool]]:
    """Conditions on a briefing that a webhook is told of."""
    topic = session.get(TopicRow, row.topic_id) if row.topic_id else None
    if topic is None:
        return []
    saved = json.decode(topic.body, type=SavedTopic)
    return is_about(saved.parties, saved.topics, saved.query, session.get_bind().dialect.name)


def any_webhook_due(now: datetime) -> ColumnElement[bool]:
    """Whether there is a webhook that `due` tells of."""
    return exists().where(_is_due(now))


def due(engine: Engine, now: datetime) -> dict[str, int]:
    """Webhooks that something has changed for, and whose next try may come now; how often each failed in a row.

    Those that are to be told something besides are among them whatever became of the rest.
    """
    query = select(col(WebhookRow.id), col(WebhookRow.failures)).where(_is_due(now))
    with Session(engine) as session:
        return {id: failures for id, failures in session.execute(query)}


def _is_due(now: datetime) -> ColumnElement[bool]:
    last = select(func.max(col(ChangeRow.number))).scalar_subquery()
    again = col(WebhookRow.next_attempt_at)
    untold = exists().where(
        col(ReminderRow.body).is_not(None), col(ReminderRow.recipient_id) == WebhookRow.id
    )
    besides = exists().where(
        col(DeliveryRow.status) == "queued", col(DeliveryRow.webhook_id) == WebhookRow.id
    )
    return or_(
        and_(
            col(WebhookRow.disabled).is_(False),
            or_(again.is_(None), again <= now),
            or_(col(WebhookRow.position) < last, untold),
        ),
        besides,
    )


def _wanted(session: Session, row: WebhookRow) -> ColumnElement[bool]:
    """Which changes a webhook is told of."""
    kind, removed = col(ChangeRow.kind), col(ChangeRow.removed)
    of_event = {
        "briefing.changed": and_(kind == "briefing", removed.is_(False)),
        "briefing.withdrawn": and_(kind == "briefing", removed),
        "deadline.changed": and_(kind == "deadline", removed.is_(False)),
        "conflict.opened": and_(kind == "conflict", removed.is_(False), col(ChangeRow.opened) > row.position),
        "job.failed": kind == JOB,
    }
    wanted = or_(false(), *(of_event[event] for event in row.events.split() if event in of_event))
    if about := _about(session, row):
        wanted = and_(wanted, col(ChangeRow.briefing_id).in_(select(col(BriefingRow.id)).where(*about)))
    return wanted


def next_delivery(engine: Engine, id: str, now: datetime) -> Delivery | None:
    """A reminder, else the first change that a webhook has not been told of and wants to be; None: there is none, or it
    is not its time.

    Of a thing there is the last change alone, so one that changed again meanwhile is told once, as it is now.
    """
    number = col(ChangeRow.number)
    with Session(engine) as session:
        row = session.get(WebhookRow, id)
        if row is None or row.disabled or (row.next_attempt_at and row.next_attempt_at > now):
            return None
        if (reminder := _untold(session, id)) is not None:
            return _reminding(row, reminder, now)
        # Whoever sees this number sees every lower one.
        last = last_number(session)
        query = (
            select(ChangeRow, col(BriefingRow.summary), col(FactRow.body))
            .outerjoin(BriefingRow, col(BriefingRow.id) == col(ChangeRow.id))
            .outerjoin(
                FactRow,
                and_(
                    col(FactRow.briefing_id) == col(ChangeRow.briefing_id),
                    col(FactRow.kind) == col(ChangeRow.kind),
                    col(FactRow.id) == col(ChangeRow.id),
                ),
            )
            .where(number > row.position, number <= last, _wanted(session, row))
            .order_by(number)
        )
        first = session.execute(query.limit(1)).one_or_none()
    if first is None:
        if last > row.position:
            _move(engine, id, row.position, position=last)
        return None
    change, summary, fact = first
    type, body = _event(change, summary or fact)
    return Delivery(
        webhook_id=id,
        url=row.url,
        secrets=_secrets(row, now),
        id=_message_id(id, change),
        type=type,
        body=body,
        after=row.position,
        number=change.number,
        failures=row.failures,
    )


def _untold(session: Session, id: str) -> ReminderRow | None:
    """The reminder that a webhook has waited for longest."""
    untold = (col(ReminderRow.recipient_id) == id, col(ReminderRow.body).is_not(None))
    query = select(ReminderRow).where(*untold)
    first = (col(ReminderRow.at), col(ReminderRow.day), col(ReminderRow.fact_id))
    return session.scalars(query.order_by(*first).limit(1)).first()


def _reminding(row: WebhookRow, reminder: ReminderRow, now: datetime) -> Delivery:
    return Delivery(
        webhook_id=row.id,
        url=row.url,
        secrets=_secrets(row, now),
        id=_hashed(f"{row.id} {reminder.fact_id} {reminder.day} {reminder.days} {reminder.at.isoformat()}"),
        type="deadline.due",
        body=reminder.body or b"",
        after=row.position,
        number=row.position,
        failures=row.failures,
        reminder=reminder,
    )


def _secrets(row: WebhookRow, now: datetime) -> list[str]:
    old = row.old_secret if row.old_until and row.old_until > now else None
    return [row.secret, *([old] if old else [])]


def ask_to_send(engine: Engine, webhook_id: str, delivery_id: str | None = None) -> WebhookDelivery | None:
    """Has a webhook told again what a delivery told it, or without one that it is tested; None: there is no such."""
    now = datetime.now(UTC)
    with writing(engine) as session:
        if session.get(WebhookRow, webhook_id) is None:
            return None
        if delivery_id is None:
            test = (f"msg_{secrets.token_hex(12)}", "webhook.test", json.encode(WebhookTested(timestamp=now)))
            return _delivery(_logged(session, webhook_id, *test, "queued", now))
        before = session.get(DeliveryRow, delivery_id)
        if before is None or before.webhook_id != webhook_id:
            return None
        again = (before.message_id, before.type, before.body)
        return _delivery(_logged(session, webhook_id, *again, "queued", now))


def extras(engine: Engine, id: str, now: datetime) -> list[Extra]:
    """What somebody asked for a webhook to be told, first asked first."""
    query = (
        select(DeliveryRow, WebhookRow)
        .join(WebhookRow, col(WebhookRow.id) == col(DeliveryRow.webhook_id))
        .where(col(DeliveryRow.webhook_id) == id, col(DeliveryRow.status) == "queued")
        .order_by(col(DeliveryRow.at), col(DeliveryRow.id))
    )
    with Session(engine) as session:
        return [
            Extra(
                webhook_id=id,
                url=webhook.url,
                secrets=_secrets(webhook, now),
                id=row.message_id,
                type=row.type,
                body=row.body,
                delivery_id=row.id,
            )
            for row, webhook in session.execute(query)
        ]


def told_besides(engine: Engine, extra: Extra, error: str | None, now: datetime) -> None:
    """What became of it. It is not tried again, and nothing else depends on it."""
    with writing(engine) as session:
        if (row := session.get(DeliveryRow, extra.delivery_id)) is not None:
            row.status, row.error, row.at = "failed" if error else "taken", error, now


def page_deliveries(engine: Engine, webhook_id: str, asked: DeliveryQuery) -> Page:
    """What a webhook was sent, newest first. Raises BadCursor."""
    query = select(DeliveryRow).where(col(DeliveryRow.webhook_id) == webhook_id)
    if asked.status is not None:
        query = query.where(col(DeliveryRow.status) == asked.status)
    if asked.type is not None:
        query = query.where(col(DeliveryRow.type) == asked.type)
    return page_newest(
        engine,
        query,
        (col(DeliveryRow.at), col(DeliveryRow.id)),
        lambda row: json.encode(_delivery(row)),
        scope=scope_of("deliveries", {"webhook_id": webhook_id, "status": asked.status, "type": asked.type}),
        limit=asked.limit,
        cursor=asked.cursor,
    )


def _delivery(row: DeliveryRow) -> WebhookDelivery:
    return convert(row.model_dump(exclude={"body", "webhook_id"}), WebhookDelivery)


def _logged(
    session: Session,
    webhook_id: str,
    message_id: str,
    type: str,
    body: bytes,
    status: DeliveryStatus,
    at: datetime,
    error: str | None = None,
) -> DeliveryRow:
    """Note a delivery, and forget those that are older than the last `LOGGED`."""
    row = DeliveryRow(
        id=f"dlv_{secrets.token_hex(8)}",
        webhook_id=webhook_id,
        message_id=message_id,
        type=type,
        status=status,
        at=at,
        error=error,
        body=body,
    )
    session.add(row)
    of_webhook = col(DeliveryRow.webhook_id) == webhook_id
    oldest = (
        select(col(DeliveryRow.at))
        .where(of_webhook)
        .order_by(col(DeliveryRow.at).desc())
        .offset(LOGGED)
        .limit(1)
    )
    session.execute(delete(DeliveryRow).where(of_webhook, col(DeliveryRow.at) <= oldest.scalar_subquery()))
    return row


def delivered(engine: Engine, delivery: Delivery, now: datetime) -> None:
    """The receiver has taken it."""
    _note(
        engine,
        delivery,
        now,
        position=delivery.number,
        last_delivery_at=now,
        failures=0,
        last_error=None,
        next_attempt_at=None,
    )


def failed(engine: Engine, delivery: Delivery, why: str, again: datetime | None, now: datetime) -> None:
    """It has not, and is to be tried again then; with None, not before somebody resumes the webhook."""
    _note(
        engine,
        delivery,
        now,
        failures=delivery.failures + 1,
        last_error=why,
        next_attempt_at=again,
        disabled=again is None,
    )


def _note(engine: Engine, delivery: Delivery, now: datetime, **values: Any) -> None:
    """Note what became of a delivery, in the log too where the webhook is still there."""
    with writing(engine) as session:
        if session.get(WebhookRow, delivery.webhook_id) is None:
            return
        error = values["last_error"]
        status: DeliveryStatus = "failed" if error else "taken"
        _logged(session, delivery.webhook_id, delivery.id, delivery.type, delivery.body, status, now, error)
        _moved(session, delivery.webhook_id, delivery.after, **values)
        if delivery.reminder is not None and not error:
            session.merge(delivery.reminder).body = None


def _move(engine: Engine, id: str, after: int, **values: object) -> None:
    with writing(engine) as session:
        _moved(session, id, after, **values)


def _moved(session: Session, id: str, after: int, **values: object) -> None:
    """Unless the webhook went on without it: it never goes back."""
    here = (col(WebhookRow.id) == id, col(WebhookRow.position) == after)
    session.execute(update(WebhookRow).where(*here).values(**values))


def _message_id(id: str, change: ChangeRow) -> str:
    # With its time, so that a database that was restored from a backup does not give a number's id again.
    return _hashed(f"{id} {change.number} {change.at.isoformat()}")


def _hashed(seed: str) -> str:
    return f"msg_{blake2b(seed.encode(), digest_size=12).hexdigest()}"


def _event(change: ChangeRow, stored: bytes | None) -> tuple[str, bytes]:
    """Its type, and its body around what is stored."""
    if change.kind == JOB:
        job = FailedJob(id=change.id, document_id=change.id.rpartition("-")[2])
        return "job.failed", json.encode(JobFailed(timestamp=change.at, data=job))
    if change.removed:
        note = json.decode(stored, type=BriefingSummary).note if stored else None
        gone = BriefingWithdrawn(timestamp=change.at, data=WithdrawnBriefing(id=change.id, note=note))
        return "briefing.withdrawn", json.encode(gone)
    type = {"briefing": "briefing.changed", "deadline": "deadline.changed"}.get(
        change.kind, "conflict.opened"
    )
    return type, json.encode(_Told(type, change.at, Raw(stored or b"null")))


def _webhook(row: WebhookRow) -> Webhook:
    status = "disabled" if row.disabled else "failing" if row.failures else "active"
    known = row.model_dump(exclude={"secret", "position", "disabled", "old_secret", "old_until"})
    lists = {"events": row.events.split(), "remind_days": [int(days) for days in row.remind_days.split()]}
    return convert(known | lists | {"status": status}, Webhook)
