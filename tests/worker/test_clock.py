"""Workers judge each other's silence by the database's clock, and notice when it jumps."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from store.engine import connect, writing
from store.tables import WorkerRow
from store.workers import alive, beat
from worker import maintenance
from worker.maintenance import Patience

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)
SPAN = 10.0


class Clock:
    """Ours, in place of the module `time`; it goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(maintenance, "time", clock)
    return clock


def after(clock: Clock, patience: Patience, *jumps: float) -> bool:
    """Whether silence means something, with the database's clock ahead of ours by these seconds in turn."""
    began = clock.now
    for jump in jumps:
        clock.now += 1
        patience.heard(NOON + timedelta(seconds=clock.now - began + jump))
    return patience.over()


def test_a_clock_that_goes_as_ours_lets_silence_count(clock: Clock) -> None:
    assert after(clock, Patience(SPAN), 0, 0, 0)


@pytest.mark.parametrize("jump", [3600, -3600])
def test_after_a_jump_everybody_has_the_time_to_say_that_they_live(clock: Clock, jump: float) -> None:
    patience = Patience(SPAN)
    assert not after(clock, patience, 0, jump)
    clock.now += SPAN - 0.1
    assert not patience.over()
    clock.now += 0.1
    assert patience.over()


def test_after_an_outage_too(clock: Clock) -> None:
    patience = Patience(SPAN)
    patience.lost()
    assert not patience.over()
    clock.now += SPAN
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
    assert alive(engine, timedelta(minutes=30)) == {"here"}
    engine.dispose()
