"""The pages of jobs: which documents are being read, and how far one is."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from api.http.auth import BRIEFINGS_READ, cleared
from api.http.responses import Work, existing, whole
from api.rendering.html import render_page
from api.rendering.outline import source_title
from schemas import Job
from schemas.jobs import JobId
from schemas.queries import JobQuery
from store.digest import sources_of, summaries_of
from store.embargoes import is_restricted, told_among
from worker.jobs import Jobs, get_job, page_jobs
from worker.states import OVER, STEPS

_STATUSES = ("queued", "running", "done", "failed", "cancelled")


def _titles(request: Request[Any, Any, Any], work: Jobs, jobs: list[Job]) -> dict[str, str]:
    """By job; those of documents that the caller is not told of have none."""
    documents = {job.document_id for job in jobs if job.document_id}
    if is_restricted(work.engine):
        documents = told_among(work.engine, documents, cleared(request.scope))
    known = {job.id: job.document_id for job in jobs if job.document_id in documents}
    sources = sources_of(work.engine, known.values())
    return {job.id: source_title(sources[known[job.id]]) if job.id in known else "A document" for job in jobs}


@get(
    "/jobs",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"query": JobQuery, "form": True, "scope": (BRIEFINGS_READ,)},
)
def show_jobs(request: Request[Any, Any, Any], work: Work, asked: NamedDependency[JobQuery]) -> Response[str]:
    listed = page_jobs(
        work,
        limit=asked.limit,
        cursor=asked.cursor,
        status=asked.status,
        document_id=asked.document_id,
        created_since=asked.created_since,
    )
    return whole(
        render_page(
            "jobs.html",
            title="Jobs",
            home="/",
            asked=asked,
            jobs=listed.items,
            titles=_titles(request, work, listed.items),
            statuses=_STATUSES,
            next_cursor=listed.next_cursor,
        )
    )


@get(
    "/jobs/{job_id:str}",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"scope": (BRIEFINGS_READ,)},
)
def show_job(request: Request[Any, Any, Any], work: Work, job_id: JobId) -> Response[str]:
    job = existing(get_job(work, job_id), f"job {job_id}")
    finished = STEPS[: STEPS.index(job.step) + 1] if job.step else ()
    return whole(
        render_page(
            "job.html",
            title=_titles(request, work, [job])[job.id],
            home="/",
            job=job,
            over=job.status in OVER,
            steps=[(step, step in finished) for step in STEPS],
            briefings=list(summaries_of(work.engine, job.briefing_ids).values()),
        )
    )
