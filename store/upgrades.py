"""Documents that wait for the model, and when to ask it about them again."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlmodel import col

from store.engine import writing
from store.tables import UpgradeRow

_LONGEST = timedelta(days=1)


def wait_for_model(engine: Engine, document_id: str, due_at: datetime) -> None:
    """Let a document be tried again at that time; one that waits already keeps its own."""
    with writing(engine) as session:
        if session.get(UpgradeRow, document_id) is None:
            session.add(UpgradeRow(document_id=document_id, tries=0, due_at=due_at))


def upgraded(engine: Engine, document_id: str) -> None:
    """The model has answered: the document waits no more."""
    with writing(engine) as session:
        session.execute(delete(UpgradeRow).where(col(UpgradeRow.document_id) == document_id))


def claim(engine: Engine, now: datetime, pause: timedelta, limit: int, every: bool = False) -> list[str]:
    """Documents whose time has come (or `every` one), the longest waiting first.

    Their next time is set at once: `pause` from now, doubled with each try, a day at most. So none is tried twice
    at a time, and none in a loop, whatever becomes of the try.
    """
    query = select(UpgradeRow).order_by(col(UpgradeRow.due_at)).limit(limit).with_for_update(skip_locked=True)
    if not every:
        query = query.where(col(UpgradeRow.due_at) <= now)
    with writing(engine) as session:
        rows = session.scalars(query).all()
        for row in rows:
            row.tries += 1
            row.due_at = now + min(pause * 2 ** min(row.tries, 20), _LONGEST)
        return [row.document_id for row in rows]
