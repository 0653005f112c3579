"""Workers are alive while they say so."""

from datetime import timedelta

from sqlalchemy import Engine, update
from sqlmodel import col

from store.engine import writing
from store.tables import WorkerRow
from store.workers import alive, beat, leave
from tests.store.invented import T0


def test_a_worker_that_beats_is_alive_until_it_leaves(engine: Engine) -> None:
    for worker in ("one", "two", "two"):
        beat(engine, worker)
    assert alive(engine, timedelta(seconds=10)) == {"one", "two"}
    leave(engine, "one")
    assert alive(engine, timedelta(seconds=10)) == {"two"}


def test_a_worker_that_fell_silent_is_not(engine: Engine) -> None:
    beat(engine, "one")
    with writing(engine) as session:
        session.execute(
            update(WorkerRow).where(col(WorkerRow.id) == "one").values(seen_at=T0.replace(year=2001))
        )
    assert alive(engine, timedelta(seconds=10)) == set()
    beat(engine, "one")
    assert alive(engine, timedelta(seconds=10)) == {"one"}
