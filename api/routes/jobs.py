"""Jobs: the work on a document, which outlives the request that asked for it."""

from litestar import Controller, Response, delete, get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from msgspec import json

from api.answers import Work, answers, missing, stored
from api.problems import JOB_FINISHED, Refusal
from api.queries import JobQuery
from schemas import Job, JobPage
from schemas.http import JobId
from worker.jobs import cancel_job, get_job, page_jobs


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
    return stored(json.encode(page_jobs(work, limit=asked.limit, cursor=asked.cursor, status=asked.status)))


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
        """Where a job stands: poll it until `status` is `done`, `failed` or `cancelled`."""
        found = get_job(work, job_id)
        if found is None:
            raise missing(f"job {job_id}")
        return stored(json.encode(found))

    @delete(
        operation_id="cancel_job",
        summary="Cancel a job",
        status_code=200,
        responses=answers(Job, 404, 409, when="The job, cancelled."),
        sync_to_thread=True,
    )
    def stop_job(self, work: Work, job_id: JobId) -> Response[bytes]:
        """Stops a job before its next step. The document stays; add it again to have it read after all."""
        found = cancel_job(work, job_id)
        if found is None:
            raise missing(f"job {job_id}")
        if found.status != "cancelled":
            raise Refusal(JOB_FINISHED, f"The job is {found.status}, so there is nothing to cancel.")
        return Response(json.encode(found), media_type="application/json")


handlers: list[ControllerRouterHandler] = [list_jobs, OneJob]
