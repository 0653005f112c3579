"""The clock of newsletters: makes the issues and reminders that are due, and sends what is to be sent.

What is made of a schedule, to whom it goes and when the schedule is due next are kept in one transaction. So each issue
is made once, however many workers there are and wherever one dies; how often it is sent is told in `worker.mailings`.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from schemas.issues import Issue
from schemas.subscriptions import Schedule
from store.reminders import Coming
from store.schedules import day_of_schedule, due_schedules, keep_done, makes_issue, reminders_of
from store.webhooks import remind_webhooks
from worker.bells import SELDOM
from worker.mailings import Letter, Outlets, send_due, send_letter

_REMIND = timedelta(hours=1)
"""How often webhooks are looked at for deadlines that come near, which are told of by the day."""
log = logging.getLogger("readout.worker")


class Newsroom(Struct, frozen=True):
    """Who writes what is sent, and by what it is sent. There is no issue where a schedule skips a quiet time."""

    issue: Callable[[Schedule, datetime], Issue | None]
    reminder: Callable[[Schedule, Sequence[Coming], datetime], Issue]
    letter: Callable[[str], Letter]
    outlets: Outlets


def left_to_others(outlets: Outlets) -> list[str]:
    """How recipients begin to which a worker sends nothing."""
    # Folders are those of whoever runs the command; mails are sent where there is a server for them.
    return ["folder:"] if outlets.relay else ["folder:", "mailto:"]


def keep_sending(engine: Engine, newsroom: Newsroom, bell: Event) -> None:
    """Make and send what is due whenever the bell rings. Any number of workers may."""
    send = partial(send_letter, outlets=newsroom.outlets)
    leaving = left_to_others(newsroom.outlets)
    reminded = datetime.min.replace(tzinfo=UTC)
    while not bell.is_set():
        try:
            make_due(engine, newsroom, _now())
            if _now() >= reminded + _REMIND:
                remind_webhooks(engine, _now())
                reminded = _now()
            send_due(engine, newsroom.letter, send, _now, leaving)
        except SQLAlchemyError as error:
            log.warning("the database does not answer (%s): sending later", type(error).__name__)
        bell.wait(SELDOM)


def make_due(engine: Engine, newsroom: Newsroom, now: datetime) -> None:
    """Make the issues and reminders of every schedule whose moment has come."""
    for schedule in due_schedules(engine, now):
        issue = newsroom.issue(schedule, now) if makes_issue(schedule, now) else None
        coming = reminders_of(engine, schedule, day_of_schedule(schedule, now))
        reminder = newsroom.reminder(schedule, coming, now) if coming else None
        made = [one for one in (issue, reminder) if one is not None]
        if keep_done(engine, schedule, made, coming, now):
            for one in made:
                log.info("issue %s is made by schedule %s", one.id, schedule.id)


def _now() -> datetime:
    return datetime.now(UTC)
