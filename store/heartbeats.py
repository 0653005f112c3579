"""Which worker processes are alive: each says so every few seconds, by the database's clock."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import writing
from store.tables import Moment, WorkerRow


def beat(engine: Engine, worker: str) -> datetime:
    """Say that a worker is alive; the database's time."""
    with writing(engine) as session:
        now = session.scalars(select(func.current_timestamp(type_=Moment))).one()
        known = session.scalar(select(col(WorkerRow.id)).where(col(WorkerRow.id) == worker))
        if known:
            session.execute(update(WorkerRow).where(col(WorkerRow.id) == worker).values(seen_at=now))
        else:
            session.execute(insert(WorkerRow).values(id=worker, seen_at=now))
    return now


def leave(engine: Engine, worker: str) -> None:
    """Say that a worker has stopped."""
    with writing(engine) as session:
        session.execute(delete(WorkerRow).where(col(WorkerRow.id) == worker))


def alive(engine: Engine, within: timedelta) -> set[str]:
    """Workers that were alive not longer ago than that. One seen in the future was, before the clock was put back."""
    seen = col(WorkerRow.seen_at)
    with Session(engine) as session:
        now = session.scalars(select(func.current_timestamp(type_=Moment))).one()
        return set(session.scalars(select(col(WorkerRow.id)).where(seen.between(now - within, now + within))))
