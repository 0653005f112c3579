"""Who was reminded of which deadline: of each date that it has, once for each number of days ahead."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, Index, delete, func, select, text
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from schemas.vocabulary import OPEN_DEADLINES
from store.engine import writing
from store.facts import UNDATED
from store.tables import BriefingRow, FactRow, Moment


class ReminderRow(SQLModel, table=True):
    """That a webhook or a schedule is reminded of a deadline. `day`: the last that its date can be.

    `days`: how many days ahead it wanted to be. `body`: what a webhook is to be told, until it has been.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        Index(
            "ix_reminders_untold",
            "recipient_id",
            "at",
            sqlite_where=text("body IS NOT NULL"),
            postgresql_where=text("body IS NOT NULL"),
        ),
    )

    recipient_id: str = Field(primary_key=True)
    fact_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    days: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    body: bytes | None = None


class Coming(NamedTuple):
    """A deadline that comes near, as its JSON. `days`: the number of days ahead that it is to be told for."""

    fact_id: str
    day: date
    days: int
    body: bytes


def coming(
    session: Session,
    recipient_id: str,
    today: date,
    remind_days: Sequence[int],
    about: Iterable[ColumnElement[bool]],
) -> list[Coming]:
    """Of which deadlines of briefings that are `about` something somebody is to be reminded today, earliest first.

    Where several of `remind_days` have come, the least counts: nobody is reminded twice at a time.
    """
    if not remind_days:
        return []
    latest, id = col(FactRow.latest), col(FactRow.id)
    # What has a latest day has it for its last: among those of each span it is in one place of an index.
    near = col(FactRow.last_day).between(today, today + timedelta(max(remind_days)))
    query = (
        select(id, latest, col(FactRow.body))
        .join(BriefingRow, col(BriefingRow.id) == col(FactRow.briefing_id))
        .where(col(FactRow.kind) == "deadline", col(FactRow.span).in_(range(UNDATED)), near)
        # A planner that may look for the status first reads the deadlines of all talks.
        .where(func.coalesce(col(FactRow.status), "").in_(OPEN_DEADLINES), latest.is_not(None), *about)
        .order_by(latest, id)
    )
    known = select(col(ReminderRow.fact_id), col(ReminderRow.day), col(ReminderRow.days))
    known = known.where(col(ReminderRow.recipient_id) == recipient_id, col(ReminderRow.day) >= today)
    reminded = {tuple(row) for row in session.execute(known)}
    found: dict[str, Coming] = {}
    rows: Iterable[Any] = session.execute(query)
    for fact_id, day, body in rows:
        days = min(one for one in remind_days if day - timedelta(one) <= today)
        if (fact_id, day, days) not in reminded:
            found[fact_id] = Coming(fact_id, day, days, body)
    return list(found.values())


def forget_reminders(engine: Engine, before: date) -> None:
    """Drop those of days that are over: nobody is reminded of them again."""
    over = (col(ReminderRow.day) < before, col(ReminderRow.body).is_(None))
    with writing(engine) as session:
        session.execute(delete(ReminderRow).where(*over))
