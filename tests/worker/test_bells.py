"""An idle worker is told that something waits for it."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest

from pipeline.documents.read import read
from tests.waiting import PATIENCE, until
from worker.bells import Bell, keep_ringing
from worker.jobs import Jobs, cancel_job, retry_job, submit
from worker.queue import QUEUE, UPKEEP, Places, system_url


class Counting(Bell):
    """A bell that counts how often it was rung."""

    def __init__(self) -> None:
        super().__init__()
        self.rung = 0

    def ring(self, at_once: bool = False) -> None:
        self.rung += 1
        super().ring(at_once)


@pytest.fixture
def bells(jobs: Jobs, database_url: str) -> Iterator[dict[str, Counting]]:
    jobs.client()
    bells, stop = {QUEUE: Counting(), UPKEEP: Counting()}, Event()
    # A first one, which begins at once.
    submit(jobs, read(b"Document 1."))
    thread = Thread(target=keep_ringing, args=(jobs.engine, system_url(database_url), bells, stop))
    thread.start()
    until(lambda: bells[QUEUE].rung)
    yield bells
    stop.set()
    thread.join(PATIENCE)


def test_it_is_told_of_a_document_and_of_a_retry(jobs: Jobs, bells: dict[str, Counting]) -> None:
    others = bells[UPKEEP].rung
    before = bells[QUEUE].rung
    id = submit(jobs, read(b"Document 2.")).job_id
    until(lambda: bells[QUEUE].rung > before)
    cancel_job(jobs, id)
    before = bells[QUEUE].rung
    retry_job(jobs, id)
    until(lambda: bells[QUEUE].rung > before)
    assert bells[UPKEEP].rung == others, "nothing waits in that queue"


def waiter(bell: Bell) -> Thread:
    """A thread that waits for a bell for ever."""
    thread = Thread(target=bell.wait, daemon=True)
    thread.start()
    return thread


def test_a_bell_that_rang_while_nobody_waited_is_heard() -> None:
    bell = Bell()
    bell.ring()
    waits = waiter(bell)
    waits.join(PATIENCE)
    assert not waits.is_alive()
    assert not bell.is_set()


def test_a_bell_that_is_set_ends_every_wait() -> None:
    bell = Bell()
    early = waiter(bell)
    bell.set()
    late = waiter(bell)
    for one in (early, late):
        one.join(PATIENCE)
    assert not early.is_alive() and not late.is_alive()


def test_a_place_that_becomes_free_is_filled_without_a_pause() -> None:
    bell = Bell(apart=3_600)
    places = Places({QUEUE: bell})
    waiting = waiter(bell)
    bell.ring()
    assert waiting.is_alive(), "it was rung, and pauses since the last look"
    places.wait(1)
    waiting.join(PATIENCE)
    assert not waiting.is_alive()
