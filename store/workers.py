"""What workers tell through the database: which of them are alive, what they counted, and how much is stored."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import json
from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import lock, writing
from store.tables import BriefingRow, DocumentRow, FactRow, Moment, TotalRow, UpgradeRow, WorkerRow

Sample = tuple[str, tuple[tuple[str, str], ...]]
"""The name of a counter and its labels, sorted."""


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


def add_counted(engine: Engine, amounts: Mapping[Sample, float]) -> None:
    """Add to the totals of all workers, which outlive them, what one counted since the last time."""
    if not amounts:
        return
    with writing(engine) as session:
        lock(session, ["totals"])
        for (name, labels), amount in sorted(amounts.items()):
            key = {"name": name, "labels": json.encode(labels).decode()}
            mine = (col(TotalRow.name) == key["name"]) & (col(TotalRow.labels) == key["labels"])
            if session.scalar(select(col(TotalRow.value)).where(mine)) is None:
                session.execute(insert(TotalRow).values(**key, value=amount))
            else:
                session.execute(update(TotalRow).where(mine).values(value=TotalRow.value + amount))


def counted(engine: Engine) -> dict[Sample, float]:
    """The totals of everything counted so far."""
    with Session(engine) as session:
        rows = session.execute(select(col(TotalRow.name), col(TotalRow.labels), col(TotalRow.value))).all()
    return {
        (name, json.decode(labels, type=tuple[tuple[str, str], ...])): value for name, labels, value in rows
    }


def row_counts(engine: Engine) -> dict[str, tuple[str, int]]:
    """What the database holds, in words, and how many, by the name of a metric."""
    queries = {
        "documents": ("Documents stored.", select(func.count()).select_from(DocumentRow)),
        "briefings": (
            "Briefings that are not withdrawn.",
            select(func.count()).select_from(BriefingRow).where(col(BriefingRow.status) != "withdrawn"),
        ),
        "current_facts": (
            "Facts and conflicts of the current briefings.",
            select(func.count()).select_from(FactRow),
        ),
        "awaiting_model": (
            "Documents that wait for the model to read them after all.",
            select(func.count()).select_from(UpgradeRow),
        ),
    }
    with Session(engine) as session:
        return {name: (words, session.scalars(query).one()) for name, (words, query) in queries.items()}
