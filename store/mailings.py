"""Who is to have which issue, and what came of it: each recipient has each issue once."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, CursorResult, Engine, Index, Text, exists, not_, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from store.engine import writing
from store.issues import IssueRow
from store.tables import Moment

MailingStatus = Literal["waiting", "sent", "refused"]
_LEASE = timedelta(minutes=10)
"""How long whoever sends has for it; then others may, for it must have died."""


class MailingRow(SQLModel, table=True):
    """An issue for a recipient; it waits until it is due, is sent, or is refused for good."""

    __tablename__ = "mailings"
    __table_args__ = (Index("ix_mailings_due", "due_at"),)

    issue_id: str = Field(primary_key=True, foreign_key=f"{IssueRow.__tablename__}.id")
    recipient: str = Field(primary_key=True)
    due_at: datetime | None = Field(sa_type=Moment)
    tries: int = 0
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    error: str | None = Field(default=None, sa_type=Text)

    @property
    def status(self) -> MailingStatus:
        if self.due_at is not None:
            return "waiting"
        return "sent" if self.sent_at else "refused"


class Mailing(Struct, frozen=True):
    """One that is to be sent now. `tries`: with this one."""

    issue_id: str
    recipient: str
    tries: int
    lease: datetime


def ask_to_mail(engine: Engine, issue_id: str, recipients: Iterable[str], now: datetime) -> None:
    """Have an issue sent to these. Who has it, is to have it, or was refused, is left as it is."""
    with writing(engine) as session:
        for recipient in dict.fromkeys(recipients):
            if session.get(MailingRow, (issue_id, recipient)) is None:
                session.add(MailingRow(issue_id=issue_id, recipient=recipient, due_at=now))


def any_mailing_due(now: datetime, leaving: Sequence[str] = ()) -> ColumnElement[bool]:
    """Whether there is a mailing for `take_mailing`."""
    return exists().where(*_is_due(now, leaving))


def _is_due(now: datetime, leaving: Sequence[str]) -> list[ColumnElement[bool]]:
    recipient = col(MailingRow.recipient)
    return [
        col(MailingRow.due_at) <= now,
        *(not_(recipient.startswith(beginning, autoescape=True)) for beginning in leaving),
    ]


def take_mailing(engine: Engine, now: datetime, leaving: Sequence[str] = ()) -> Mailing | None:
    """The mailing that has been due longest. Nobody else gets it while it is being sent.

    Those whose recipients begin like one of `leaving` are left to others.
    """
    query = select(MailingRow).where(*_is_due(now, leaving)).order_by(col(MailingRow.due_at)).limit(1)
    while True:
        with Session(engine) as session:
            row = session.scalar(query)
        if row is None:
            return None
        mine = Mailing(row.issue_id, row.recipient, row.tries + 1, now + _LEASE)
        if _change(engine, row.issue_id, row.recipient, row.due_at, due_at=mine.lease, tries=mine.tries):
            return mine


def mailed(engine: Engine, mailing: Mailing, now: datetime) -> None:
    _change(engine, mailing.issue_id, mailing.recipient, mailing.lease, due_at=None, sent_at=now, error=None)


def not_mailed(engine: Engine, mailing: Mailing, why: str, again: datetime | None) -> None:
    """Note a try that failed. Without `again` there is no other."""
    _change(engine, mailing.issue_id, mailing.recipient, mailing.lease, due_at=again, error=why)


def _change(engine: Engine, issue_id: str, recipient: str, seen: datetime | None, **values: object) -> bool:
    """Whether the mailing was as it was seen, and is changed."""
    same = (col(MailingRow.issue_id) == issue_id, col(MailingRow.recipient) == recipient)
    with writing(engine) as session:
        changed = session.execute(
            update(MailingRow).where(*same, col(MailingRow.due_at) == seen).values(**values)
        )
        return isinstance(changed, CursorResult) and changed.rowcount == 1


def list_mailings(engine: Engine, issue_id: str | None = None) -> Sequence[MailingRow]:
    """Those of an issue; without one, all that wait."""
    query = select(MailingRow).order_by(col(MailingRow.issue_id), col(MailingRow.recipient))
    wanted = col(MailingRow.due_at).is_not(None) if issue_id is None else col(MailingRow.issue_id) == issue_id
    with Session(engine) as session:
        return session.scalars(query.where(wanted)).all()
