"""Jobs that somebody listens to: looked at together, by one task, however many listen."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from dbos import error as dbos_error
from litestar.concurrency import sync_to_thread
from msgspec import json
from sqlalchemy.exc import SQLAlchemyError

from schemas import Job
from worker.events import events_since
from worker.jobs import Jobs, get_jobs

POLL = 0.5  # seconds between looks at the jobs that are listened to
KEEP_ALIVE = 15.0  # seconds of silence after which a listener gets a comment
log = logging.getLogger("readout.api")


@dataclass
class Watch:
    """Of one event loop. Each look is one query, whoever listens; nobody listening, there is none."""

    work: Jobs
    _listeners: Counter[str] = field(default_factory=Counter)
    _known: dict[str, Job] = field(default_factory=dict)
    _looked: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    async def events(self, job: Job, last_id: str | None) -> AsyncIterator[bytes]:
        """The job's events since that one as server-sent events, up to the final one."""
        yield b"retry: 1000\n\n"
        self._listeners[job.id] += 1
        try:
            while True:
                for event in events_since(job, last_id):
                    last_id = event.id
                    name = b"finished" if event.final else b"progress"
                    yield b"id: %s\nevent: %s\ndata: %s\n\n" % (
                        last_id.encode(),
                        name,
                        json.encode(event.job),
                    )
                    if event.final:
                        return
                silence = asyncio.get_running_loop().time() + KEEP_ALIVE
                while (now := await self._next(job.id)) is None or now == job:
                    if asyncio.get_running_loop().time() > silence:
                        yield b": still there\n\n"
                        silence = asyncio.get_running_loop().time() + KEEP_ALIVE
                job = now
        finally:
            self._listeners[job.id] -= 1
            if not self._listeners[job.id]:
                del self._listeners[job.id]
                self._known.pop(job.id, None)

    async def _next(self, job_id: str) -> Job | None:
        """The job as it is at the next look; None where that is not known."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._looked.wait(), KEEP_ALIVE)
        return self._known.get(job_id)

    async def _look(self) -> None:
        while self._listeners:
            await asyncio.sleep(POLL)
            try:
                found = await sync_to_thread(get_jobs, self.work, list(self._listeners))
                self._known = {job.id: job for job in found}
            except (SQLAlchemyError, dbos_error.DBOSException) as error:
                log.warning("the jobs that are listened to cannot be read: %s", type(error).__name__)
            finally:
                looked, self._looked = self._looked, asyncio.Event()
                looked.set()
