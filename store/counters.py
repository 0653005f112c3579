"""Running totals of what all workers did, which outlive them: counted in each process, added up here."""

from collections.abc import Mapping

from msgspec import json
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import lock, writing
from store.tables import TotalRow

Sample = tuple[str, tuple[tuple[str, str], ...]]
"""A name and its labels, sorted."""


def add(engine: Engine, amounts: Mapping[Sample, float]) -> None:
    """Add what was counted since the last time."""
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


def totals(engine: Engine) -> dict[Sample, float]:
    """Everything counted so far."""
    with Session(engine) as session:
        rows = session.execute(select(col(TotalRow.name), col(TotalRow.labels), col(TotalRow.value))).all()
    found = ((name, json.decode(labels, type=tuple[tuple[str, str], ...])) for name, labels, _ in rows)
    return dict(zip(found, (value for _, _, value in rows), strict=True))
