"""Addresses of feeds for programs that send no password. Of the secret in an address a hash is kept, as of keys."""

from datetime import datetime, timedelta
from secrets import token_hex

from msgspec import convert, json
from sqlalchemy import CursorResult, Engine, Index, delete, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from schemas.subscriptions import NewSubscription, Subscription
from store.engine import writing
from store.issues import TopicRow
from store.keys import new_token, token_digest
from store.paging import Page, page_newest, scope_of
from store.tables import Moment

_BEGIN = "rs_"
_SEEN = timedelta(hours=1)


class SubscriptionRow(SQLModel, table=True):
    """A feed that whoever has its address reads."""

    __tablename__ = "subscriptions"
    __table_args__ = (Index("ix_subscriptions_created", "created_at", "id"),)

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    prefix: str
    name: str
    feed: str
    topic_id: str | None = Field(foreign_key=f"{TopicRow.__tablename__}.id")
    created_at: datetime = Field(sa_type=Moment)
    last_used_at: datetime | None = Field(default=None, sa_type=Moment)


def create_subscription(engine: Engine, new: NewSubscription, now: datetime) -> tuple[Subscription, str]:
    """A new subscription, and its secret, which is nowhere else."""
    secret = new_token(_BEGIN)
    row = SubscriptionRow(
        id=f"sub_{token_hex(8)}",
        digest=secret.digest,
        prefix=secret.prefix,
        name=new.name,
        feed=new.feed,
        topic_id=new.topic_id,
        created_at=now,
    )
    made = _subscription(row)
    with writing(engine) as session:
        session.add(row)
    return made, secret.text


def find_subscription(engine: Engine, secret: str) -> Subscription | None:
    """The one whose address has this secret."""
    with Session(engine) as session:
        query = select(SubscriptionRow).where(col(SubscriptionRow.digest) == token_digest(secret))
        row = session.scalars(query).one_or_none()
    return _subscription(row) if row else None


def saw_subscription(engine: Engine, id: str, now: datetime) -> None:
    """Notes that an address is in use, at most once an hour."""
    seen = col(SubscriptionRow.last_used_at)
    mine = (col(SubscriptionRow.id) == id, or_(seen.is_(None), seen < now - _SEEN))
    with Session(engine) as session:
        if session.scalar(select(col(SubscriptionRow.id)).where(*mine)) is None:
            return
    with writing(engine) as session:
        session.execute(update(SubscriptionRow).where(*mine).values(last_used_at=now))


def get_subscription(engine: Engine, id: str) -> Subscription | None:
    with Session(engine) as session:
        row = session.get(SubscriptionRow, id)
    return _subscription(row) if row else None


def page_subscriptions(engine: Engine, *, limit: int, cursor: str | None = None) -> Page:
    """Subscriptions, newest first. Raises BadCursor."""
    return page_newest(
        engine,
        select(SubscriptionRow),
        (col(SubscriptionRow.created_at), col(SubscriptionRow.id)),
        lambda row: json.encode(_subscription(row)),
        scope=scope_of("subscriptions", {}),
        limit=limit,
        cursor=cursor,
    )


def delete_subscription(engine: Engine, id: str) -> bool:
    """Whether there was one. Its addresses lead nowhere from now on."""
    with writing(engine) as session:
        deleted = session.execute(delete(SubscriptionRow).where(col(SubscriptionRow.id) == id))
        return isinstance(deleted, CursorResult) and deleted.rowcount > 0


def _subscription(row: SubscriptionRow) -> Subscription:
    return convert(row.model_dump(exclude={"digest"}), Subscription)
