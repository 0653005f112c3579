"""When to merge: at once where nothing else is read, else once many have come together.

A document that waits to be merged leaves its place to another that is to be read, so that even a worker which reads
one at a time gathers those of one round, and makes one revision of them.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from dbos._core import ActiveWorkflowById

from worker.queue import QUEUE

LONGEST = 5.0
"""Seconds that a document waits while others are read."""
_MOST = 100
_LOOK = 0.1  # seconds


class Places(ActiveWorkflowById):
    """What a worker runs, as DBOS looks at it before it takes more: what waits to be merged takes no place."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0

    def count_for_queue(self, queue_name: str) -> int:
        count = super().count_for_queue(queue_name)
        return max(0, count - self.waiting) if queue_name == QUEUE else count


class Gathering:
    """The documents of a worker that wait to be merged. `queued`: whether others wait to be read."""

    def __init__(self, queued: Callable[[], bool]) -> None:
        self.places = Places()
        self._queued = queued
        self._lock = Lock()
        self._turn = Lock()
        self._over = Event()
        self._looked = (0.0, False)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until it is time to merge; one document at a time then does."""
        with self._lock:
            self.places.waiting += 1
        try:
            self._wait()
            self._turn.acquire()
        finally:
            with self._lock:
                self.places.waiting -= 1
        try:
            yield
        finally:
            self._turn.release()

    def hurry(self) -> None:
        """Nobody waits from now on: the worker is about to end."""
        self._over.set()

    def _wait(self) -> None:
        until = time.monotonic() + LONGEST
        while time.monotonic() < until and self.places.waiting < _MOST and not self._alone():
            if self._over.wait(_LOOK):
                return

    def _alone(self) -> bool:
        """Whether nothing is read, nor waits to be read. The queue is looked at for all who ask at a time."""
        if self.places.count_for_queue(QUEUE):
            return False
        with self._lock:
            if time.monotonic() > self._looked[0] + _LOOK:
                self._looked = time.monotonic(), self._queued()
            return not self._looked[1]
