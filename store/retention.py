"""What is kept for a while only: answers of models, and requests that came with an idempotency key."""

from datetime import datetime

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.engine import CursorResult
from sqlmodel import col

from store.engine import writing
from store.idempotency import KEPT
from store.tables import AnswerRow, DocumentRow, Moment, SubmissionRow, UpgradeRow


def forget_answers(engine: Engine, before: datetime) -> int:
    """Drop answers from before that moment; how many. A document that waits for the model keeps what it has."""
    waiting = (
        select(func.min(col(DocumentRow.added_at), type_=Moment))
        .join(UpgradeRow, col(UpgradeRow.document_id) == col(DocumentRow.id))
    )  # fmt: skip
    with writing(engine) as session:
        first = session.scalar(waiting)
        old = col(AnswerRow.created_at) < (min(before, first) if first else before)
        dropped = session.execute(delete(AnswerRow).where(old))
        assert isinstance(dropped, CursorResult)
        return dropped.rowcount


def forget_submissions(engine: Engine, now: datetime) -> None:
    """Drop requests whose idempotency key has run out."""
    with writing(engine) as session:
        session.execute(delete(SubmissionRow).where(col(SubmissionRow.created_at) <= now - KEPT))
