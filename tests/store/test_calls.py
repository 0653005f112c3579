"""Leave to call a model: for all processes together, and free again when its holder dies."""

from itertools import count

import pytest
from sqlalchemy import Engine, update

from store import workers as calls
from store.engine import writing
from store.tables import CallRow
from store.workers import begin_call, end_call, renew_calls
from tests.waiting import PATIENCE

NAMES = map(str, count())


def begun(engine: Engine, provider: str = "here", at_once: int = 2) -> str | None:
    id = next(NAMES)
    granted, wait = begin_call(engine, provider, id, at_once=at_once)
    assert (wait == 0) == granted
    return id if granted else None


def test_so_many_are_under_way_and_no_more(engine: Engine) -> None:
    first, second = begun(engine), begun(engine)
    assert first and second
    assert begun(engine) is None
    end_call(engine, first)
    assert begun(engine)
    assert begun(engine) is None


def test_providers_do_not_wait_for_each_other(engine: Engine) -> None:
    assert begun(engine, "here", 1) and begun(engine, "there", 1)


def test_the_place_of_a_process_that_died_is_free_after_a_while(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "LASTING", PATIENCE)
    alive, dead = begun(engine), begun(engine)
    assert alive and dead
    with writing(engine) as session:
        session.execute(update(CallRow).values(until=0.0))
    renew_calls(engine, [alive])
    assert begun(engine)
    assert begun(engine) is None


def test_calls_begin_evenly_spaced(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "_SOON", 10 * PATIENCE)
    waits = [begin_call(engine, "here", next(NAMES), at_once=99, apart=2 * PATIENCE) for _ in range(4)]
    assert [granted for granted, _ in waits] == [True] * 4
    assert [round(wait / PATIENCE / 2) for _, wait in waits] == [0, 1, 2, 3]


def test_no_moment_is_reserved_far_ahead(engine: Engine) -> None:
    assert begin_call(engine, "here", "1", at_once=99, apart=2 * PATIENCE) == (True, 0)
    granted, wait = begin_call(engine, "here", "2", at_once=99, apart=2 * PATIENCE)
    assert not granted
    assert PATIENCE < wait <= 2 * PATIENCE - 1
