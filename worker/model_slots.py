"""Leave to call the model's provider, which all workers have together."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from store.model_calls import LASTING, begin_call, end_call, renew_calls


class Permits:
    """`at_once` calls of a provider at the same time, and `rate` (calls, seconds), by whichever process."""

    def __init__(
        self, engine: Engine, provider: str, at_once: int, rate: tuple[int, float] | None = None
    ) -> None:
        self._engine = engine
        self._provider = provider
        self._at_once = at_once
        self._apart = rate[1] / rate[0] if rate else 0.0
        self._asking = Lock()
        self._held: set[str] = set()
        self._changed = Lock()
        self._renewing: Thread | None = None

    @contextmanager
    def permit(self) -> Iterator[None]:
        """Waits until a call may begin; it is over when the block ends."""
        id = uuid4().hex
        # One of the process asks the database; the others wait for it here.
        with self._asking:
            time.sleep(self._begun(id))
        with self._changed:
            self._held.add(id)
            if self._renewing is None:
                self._renewing = Thread(target=self._renew, daemon=True)
                self._renewing.start()
        try:
            yield
        finally:
            with self._changed:
                self._held.discard(id)
            # An answer must not be lost for it: what is not ended lapses.
            with suppress(SQLAlchemyError):
                end_call(self._engine, id)

    def _begun(self, id: str) -> float:
        while True:
            granted, wait = begin_call(
                self._engine, self._provider, id, at_once=self._at_once, apart=self._apart
            )
            if granted:
                return wait
            time.sleep(wait)

    def _renew(self) -> None:
        never = Event()
        while not never.wait(LASTING / 4):
            with self._changed:
                held = list(self._held)
            if held:
                with suppress(SQLAlchemyError):
                    renew_calls(self._engine, held)
