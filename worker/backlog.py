"""How much work may wait: beyond that, documents are refused until workers have caught up."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

_TRUSTED = 1.0  # seconds for which room that was found is taken to be there
RETRY_AFTER = 5
"""Seconds after which it is worth asking again."""


class QueueFull(Exception):
    """As many documents wait as may."""


@dataclass
class Backlog:
    """At most `limit` documents wait; None: any number.

    Counting a long queue for every document would cost more than the document. So a tenth of the limit at a time is
    given out after one look, and each document is looked at alone where there is less room than that.
    """

    limit: int | None
    _room: int = 0
    _until: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def enter(self, more_than: Callable[[int], bool]) -> None:
        """Take a place in the queue. `more_than`: whether more than so many documents wait. Raises QueueFull."""
        if self.limit is None:
            return
        with self._lock:
            if self._room and time.monotonic() < self._until:
                self._room -= 1
                return
            portion = max(1, self.limit // 10)
            if not more_than(self.limit - portion):
                self._room, self._until = portion - 1, time.monotonic() + _TRUSTED
                return
            if more_than(self.limit - 1):
                raise QueueFull(f"{self.limit:,} documents wait to be read, and no more may")
