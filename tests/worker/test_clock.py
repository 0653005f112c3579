"""Workers judge each other's silence by the database's clock, and notice when it jumps."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from store.engine import connect, writing
from store.tables import WorkerRow
from store.workers import alive, beat
from worker.recovery import Patience

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)
SPAN = 0.2


def after(patience: Patience, *jumps: float) -> bool:
    """Whether silence means something, with the database's clock ahead of ours by these seconds in turn."""
    began = time.monotonic()
    for jump in jumps:
        patience.heard(NOON + timedelta(seconds=time.monotonic() - began + jump))
    return patience.over()


def test_a_clock_that_goes_as_ours_lets_silence_count() -> None:
    assert after(Patience(SPAN), 0, 0, 0)


@pytest.mark.parametrize("jump", [3600, -3600])
def test_after_a_jump_everybody_has_the_time_to_say_that_they_live(jump: float) -> None:
    patience = Patience(SPAN)
    assert not after(patience, 0, jump)
    time.sleep(SPAN)
    assert patience.over()


def test_after_an_outage_too() -> None:
    patience = Patience(SPAN)
    patience.lost()
    assert not patience.over()
    time.sleep(SPAN)
    assert patience.over()


@pytest.fixture
def engine(database_url: str) -> "Engine":
    engine = connect(database_url)
    return engine


def test_who_spoke_before_the_clock_was_put_back_is_not_alive_for_ever(engine: Engine) -> None:
    beat(engine, "gone")
    beat(engine, "here")
    with writing(engine) as session:
        session.execute(
            update(WorkerRow)
            .where(col(WorkerRow.id) == "gone")
            .values(seen_at=datetime.now(UTC) + timedelta(hours=1))
        )
    assert alive(engine, timedelta(seconds=10)) == {"here"}
    engine.dispose()
