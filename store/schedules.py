"""When issues are made and to whom they are sent; what comes of a schedule is kept with its next moment."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from secrets import token_hex
from typing import Any, get_args
from zoneinfo import ZoneInfo

from msgspec import UNSET, convert, json
from msgspec.structs import asdict, replace
from sqlalchemy import ColumnElement, CursorResult, Engine, Index, delete, exists, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from schemas.issues import Issue
from schemas.subscriptions import NewSchedule, Schedule, ScheduleChange, Weekday
from store.digest import is_about
from store.engine import writing
from store.issues import TopicRow, get_topic, issue_row
from store.mailings import MailingRow
from store.paging import Page, page_newest, scope_of
from store.reminders import Coming, ReminderRow, coming
from store.tables import Moment

_WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_LATE = 8  # days back for which an issue is made up


class ScheduleRow(SQLModel, table=True):
    """A schedule, due at `next_at`, whatever its body says of that."""

    __tablename__ = "schedules"
    __table_args__ = (
        Index("ix_schedules_created", "created_at", "id"),
        Index("ix_schedules_next", "next_at"),
    )

    id: str = Field(primary_key=True)
    topic_id: str | None = Field(foreign_key=f"{TopicRow.__tablename__}.id")
    created_at: datetime = Field(sa_type=Moment)
    next_at: datetime = Field(sa_type=Moment)
    body: bytes


def next_moment(schedule: Schedule, after: datetime) -> datetime:
    """When a schedule is due next: on its days; each day, where it reminds of deadlines, or rests."""
    return next(
        moment.astimezone(UTC)
        for moment in _moments(schedule, after)
        if moment > after and (schedule.remind_days or not schedule.days or _weekday(moment) in schedule.days)
    )


def makes_issue(schedule: Schedule, now: datetime) -> bool:
    """Whether it is time for an issue: today, or on a day since then that nobody was there for."""
    due = takewhile(lambda moment: moment <= now, _moments(schedule, schedule.next_at))
    return any(_weekday(moment) in schedule.days for moment in islice(due, _LATE))


def day_of_schedule(schedule: Schedule, now: datetime) -> date:
    """Which day it is where its readers are."""
    return now.astimezone(ZoneInfo(schedule.time_zone)).date()


def _moments(schedule: Schedule, first: datetime) -> Iterator[datetime]:
    """Its time on each day, from that of `first` on."""
    at, zone = time.fromisoformat(schedule.time), ZoneInfo(schedule.time_zone)
    day = first.astimezone(zone).date()
    while True:
        yield datetime.combine(day, at, zone)
        day += timedelta(days=1)


def _weekday(moment: datetime) -> Weekday:
    return _WEEKDAYS[moment.weekday()]


def create_schedule(engine: Engine, new: NewSchedule, now: datetime) -> Schedule:
    known = {"id": f"sch_{token_hex(8)}", "created_at": now, "next_at": now}
    schedule = _due_next(convert(_given(new) | known, Schedule), now)
    with writing(engine) as session:
        session.add(
            ScheduleRow(
                id=schedule.id,
                topic_id=schedule.topic_id,
                created_at=now,
                next_at=schedule.next_at,
                body=json.encode(schedule),
            )
        )
    return schedule


def _given(new: NewSchedule | ScheduleChange) -> dict[str, Any]:
    """What is given of a schedule, its days as whole numbers."""
    given = {name: value for name, value in asdict(new).items() if value is not UNSET}
    if "remind_days" in given:
        given["remind_days"] = [int(days) for days in given["remind_days"]]
    return given


def _due_next(schedule: Schedule, now: datetime) -> Schedule:
    return replace(schedule, next_at=next_moment(schedule, now))


def get_schedule(engine: Engine, id: str) -> Schedule | None:
    with Session(engine) as session:
        row = session.get(ScheduleRow, id)
    return _schedule(row) if row else None


def page_schedules(engine: Engine, *, limit: int, cursor: str | None = None) -> Page:
    """Schedules, newest first. Raises BadCursor."""
    return page_newest(
        engine,
        select(ScheduleRow),
        (col(ScheduleRow.created_at), col(ScheduleRow.id)),
        lambda row: json.encode(_schedule(row)),
        scope=scope_of("schedules", {}),
        limit=limit,
        cursor=cursor,
    )


def change_schedule(
    engine: Engine, id: str, change: ScheduleChange, check: Callable[[Schedule], None], now: datetime
) -> Schedule | None:
    """The schedule as it is from now on. `check` raises where it may not be like that."""
    with writing(engine) as session:
        row = session.get(ScheduleRow, id)
        if row is None:
            return None
        changed = replace(_schedule(row), **_given(change))
        check(changed)
        changed = _due_next(changed, now)
        row.next_at, row.body = changed.next_at, json.encode(changed)
        return changed


def delete_schedule(engine: Engine, id: str) -> bool:
    """Whether there was one. Its issues stay, and what is on its way is sent."""
    with writing(engine) as session:
        session.execute(delete(ReminderRow).where(col(ReminderRow.recipient_id) == id))
        deleted = session.execute(delete(ScheduleRow).where(col(ScheduleRow.id) == id))
        return isinstance(deleted, CursorResult) and deleted.rowcount > 0


def any_schedule_due(now: datetime) -> ColumnElement[bool]:
    """Whether the moment of a schedule has come."""
    return exists().where(col(ScheduleRow.next_at) <= now)


def due_schedules(engine: Engine, now: datetime) -> list[Schedule]:
    """Those whose moment has come, first due first."""
    next_at = col(ScheduleRow.next_at)
    with Session(engine) as session:
        rows = session.scalars(select(ScheduleRow).where(next_at <= now).order_by(next_at))
        return [_schedule(row) for row in rows]


def reminders_of(engine: Engine, schedule: Schedule, today: date) -> list[Coming]:
    """Of which deadlines its readers are to be reminded."""
    topic = get_topic(engine, schedule.topic_id) if schedule.topic_id else None
    about = is_about(topic.parties, topic.topics, topic.query, engine.dialect.name) if topic else []
    with Session(engine) as session:
        return coming(session, schedule.id, today, schedule.remind_days, about)


def keep_done(
    engine: Engine, schedule: Schedule, issues: Sequence[Issue], reminded: Sequence[Coming], now: datetime
) -> bool:
    """Keep these issues and have them sent, where nobody else has done or changed the schedule meanwhile."""
    mine = (col(ScheduleRow.id) == schedule.id, col(ScheduleRow.next_at) == schedule.next_at)
    with writing(engine) as session:
        moved = session.execute(update(ScheduleRow).where(*mine).values(next_at=next_moment(schedule, now)))
        if not (isinstance(moved, CursorResult) and moved.rowcount == 1):
            return False
        session.add_all(issue_row(issue) for issue in issues)
        session.flush()
        session.add_all(
            MailingRow(issue_id=issue.id, recipient=recipient, due_at=now)
            for issue in issues
            for recipient in dict.fromkeys(schedule.recipients)
        )
        session.add_all(
            ReminderRow(recipient_id=schedule.id, fact_id=one.fact_id, day=one.day, days=one.days, at=now)
            for one in reminded
        )
    return True


def _schedule(row: ScheduleRow) -> Schedule:
    return replace(json.decode(row.body, type=Schedule), next_at=row.next_at)
