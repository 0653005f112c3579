"""Jobs: the work on a document, which outlives the request that asked for it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from dbos import error as dbos_error
from litestar import Controller, Request, Response, delete, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream
from litestar.types import ControllerRouterHandler
from msgspec import json
from sqlalchemy.exc import SQLAlchemyError

from api.http.problems import JOB_FINISHED, Refusal
from api.http.requests import Reply, once, reply
from api.http.responses import Work, answers, existing, json_answer, stored
from schemas import Job, JobPage
from schemas.jobs import JobId
from schemas.queries import JobQuery
from worker.jobs import Jobs, cancel_job, get_job, get_jobs, page_jobs, retry_job
from worker.states import events_since, is_last

EVENT_STREAM = "text/event-stream"
LOOK_EVERY = 0.5  # seconds between looks at the jobs that are listened to
KEEP_ALIVE = 15.0  # seconds of silence after which a listener gets a comment
log = logging.getLogger("readout.api")


@get(
    "/v1/jobs",
    operation_id="list_jobs",
    tags=["jobs"],
    summary="List jobs",
    opt={"query": JobQuery},
    responses=answers(JobPage, when="A page of jobs, newest first."),
    sync_to_thread=True,
)
def list_jobs(work: Work, asked: NamedDependency[JobQuery]) -> Response[bytes]:
    """The work on documents, newest first."""
    jobs = page_jobs(
        work,
        limit=asked.limit,
        cursor=asked.cursor,
        status=asked.status,
        document_id=asked.document_id,
        created_since=asked.created_since,
    )
    return stored(json.encode(jobs))


class OneJob(Controller):
    """The methods of one path, together: Litestar breaks the first where a second joins it later."""

    path = "/v1/jobs/{job_id:str}"
    tags = ("jobs",)

    @get(
        operation_id="get_job",
        summary="Get a job",
        responses=answers(Job, 404, when="Where the job stands."),
        sync_to_thread=True,
    )
    def read_job(self, work: Work, job_id: JobId) -> Response[bytes]:
        """Where a job stands: poll it, or listen to its events, until `status` is `done`, `failed` or `cancelled`."""
        job = existing(get_job(work, job_id), f"job {job_id}")
        return stored(json.encode(job))

    @get(
        "/events",
        operation_id="listen_to_job",
        summary="Listen to a job",
        opt={"headers": ["LastEventId", "RequestId"], "stream": True},
        responses=answers(
            str,
            404,
            when="Server-sent events: `progress`, and `finished` at the end; the data of each is a `Job`.",
            media_type=EVENT_STREAM,
        )
        | {204: ResponseSpec(None, generate_examples=False, description="You have had the final event.")},
    )
    async def listen(self, request: Request[Any, Any, Any], work: Work, job_id: JobId) -> Response[Any]:
        """What happens to a job, as it happens. The stream ends after the event `finished`.

        Each event has an `id`: reconnect with it in `Last-Event-ID`, and you get what came after it, each event
        once. A comment comes now and then where nothing happens.
        """
        job = existing(await sync_to_thread(get_job, work, job_id), f"job {job_id}")
        last_id = request.headers.get("Last-Event-ID")
        if is_last(job, last_id):
            return Response(None, status_code=204)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.scope["state"]["bodiless"]:
            return Response(b"", media_type=EVENT_STREAM, headers=headers)
        watch: JobWatch = request.app.state.setdefault("watch", JobWatch(work))
        return Stream(watch.events(job, last_id), media_type=EVENT_STREAM, headers=headers)

    @delete(
        operation_id="cancel_job",
        summary="Cancel a job",
        status_code=200,
        responses=answers(Job, 404, 409, when="The job, cancelled."),
        sync_to_thread=True,
    )
    def stop_job(self, work: Work, job_id: JobId) -> Response[bytes]:
        """Stops a job before its next step. The document stays; retry the job to have it read after all."""
        job = existing(cancel_job(work, job_id), f"job {job_id}")
        if job.status != "cancelled":
            raise Refusal(JOB_FINISHED, f"The job is {job.status}, so there is nothing to cancel.")
        return json_answer(job)

    @post(
        "/retry",
        operation_id="retry_job",
        summary="Retry a job",
        status_code=202,
        opt={"headers": ["IdempotencyKey", "RequestId"]},
        responses=answers(
            Job, 404, 409, 422, 429, status=202, when="The job, queued again. `Location` is the job."
        ),
        sync_to_thread=True,
    )
    def start_again(self, request: Request[Any, Any, Any], work: Work, job_id: JobId) -> Response[bytes]:
        """Puts a job that failed or was cancelled back into the queue, with its attempts counted anew."""

        def act() -> Reply:
            job = existing(retry_job(work, job_id), f"job {job_id}")
            return reply(job, 202, {"Location": f"/v1/jobs/{job_id}", "Retry-After": "1"})

        return once(request, work.engine, None, act)


@dataclass(eq=False)
class _Listener:
    """Somebody who has the events of a job up to where it was."""

    job: Job
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def waits(self) -> bool:
        """Whether the job has changed; False after a time of silence."""
        try:
            async with asyncio.timeout(KEEP_ALIVE):
                await self.changed.wait()
        except TimeoutError:
            return False
        self.changed.clear()
        return True


@dataclass
class JobWatch:
    """Jobs that somebody listens to, of one event loop. Each look is one query; nobody listening, there is none.

    A look wakes those alone whose job has changed: most of hundreds of listeners wait for nothing.
    """

    work: Jobs
    _listeners: set[_Listener] = field(default_factory=set)
    _task: asyncio.Task[None] | None = None

    async def events(self, job: Job, last_id: str | None) -> AsyncIterator[bytes]:
        """The job's events since that one as server-sent events, up to the final one."""
        yield b"retry: 1000\n\n"
        listener = _Listener(job)
        self._listeners.add(listener)
        try:
            while True:
                for event in events_since(listener.job, last_id):
                    last_id = event.id
                    name = b"finished" if event.final else b"progress"
                    yield b"id: %s\nevent: %s\ndata: %s\n\n" % (
                        last_id.encode(),
                        name,
                        json.encode(event.job),
                    )
                    if event.final:
                        return
                self._keep_looking()
                while not await listener.waits():
                    yield b": still there\n\n"
                    self._keep_looking()
        finally:
            self._listeners.discard(listener)

    def _keep_looking(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while self._listeners:
            await asyncio.sleep(LOOK_EVERY)
            # Whoever comes during the look has seen the job later than it did.
            listeners = list(self._listeners)
            try:
                jobs = await sync_to_thread(get_jobs, self.work, list({each.job.id for each in listeners}))
            except (SQLAlchemyError, dbos_error.DBOSException) as error:
                log.warning("the jobs that are listened to cannot be read: %s", type(error).__name__)
                continue
            now = {job.id: job for job in jobs}
            for listener in listeners:
                job = now.get(listener.job.id, listener.job)
                if job != listener.job:
                    listener.job = job
                    listener.changed.set()


handlers: list[ControllerRouterHandler] = [list_jobs, OneJob]
