"""Requests that came with an idempotency key, so that one which is sent again is not carried out again."""

from datetime import UTC, datetime, timedelta
from secrets import token_hex

from sqlalchemy import Engine, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from store import KeyInUse, KeyReused
from store.engine import writing
from store.tables import SubmissionRow

KEY_KEPT = timedelta(hours=24)
"""How long an answer is kept."""
_GIVEN_UP = timedelta(minutes=2)
"""A request that has had no answer for so long was cut off: its key is free again."""


def claim_key(engine: Engine, key: str, meaning: str, now: datetime | None = None) -> str | bytes:
    """A token where the request is to be carried out; the answer where it was. Raises KeyInUse, KeyReused."""
    now = now or datetime.now(UTC)
    stale = or_(
        col(SubmissionRow.created_at) <= now - KEY_KEPT,
        col(SubmissionRow.answer).is_(None) & (col(SubmissionRow.created_at) <= now - _GIVEN_UP),
    )
    row = SubmissionRow(key=key, meaning=meaning, answer=None, token=token_hex(8), created_at=now)
    token = row.token
    try:
        with writing(engine) as session:
            session.execute(delete(SubmissionRow).where(stale))
            session.add(row)
        return token
    except IntegrityError:
        return _earlier(engine, key, meaning)


def _earlier(engine: Engine, key: str, meaning: str) -> bytes:
    with Session(engine) as session:
        earlier = session.execute(
            select(col(SubmissionRow.meaning), col(SubmissionRow.answer)).where(col(SubmissionRow.key) == key)
        ).first()
    if earlier and earlier[0] != meaning:
        raise KeyReused
    if earlier is None or earlier[1] is None:
        raise KeyInUse
    return earlier[1]


def keep_answer(engine: Engine, key: str, token: str, answer: bytes) -> None:
    """Keep the answer for whoever asks the same again."""
    mine = (col(SubmissionRow.key) == key) & (col(SubmissionRow.token) == token)
    with writing(engine) as session:
        session.execute(update(SubmissionRow).where(mine).values(answer=answer))


def release_key(engine: Engine, key: str, token: str) -> None:
    """The request was not carried out: its key may come again."""
    mine = (col(SubmissionRow.key) == key) & (col(SubmissionRow.token) == token)
    with writing(engine) as session:
        session.execute(delete(SubmissionRow).where(mine))


def drop_answered(engine: Engine, now: datetime) -> None:
    """Drop requests whose key has run out."""
    with writing(engine) as session:
        session.execute(delete(SubmissionRow).where(col(SubmissionRow.created_at) <= now - KEY_KEPT))
