"""Pages of jobs, cut out of what DBOS lists."""

from datetime import UTC, datetime
from typing import NamedTuple

from dbos import WorkflowStatus

from schemas import JobPage
from schemas.vocabulary import JobStatus
from store.paging import decode_cursor, encode_cursor, scope_of
from worker.jobs import Jobs, told
from worker.queue import WORKFLOW
from worker.states import PREFIX, STATES


def page_jobs(
    jobs: Jobs,
    *,
    limit: int,
    cursor: str | None = None,
    status: JobStatus | None = None,
    document_id: str | None = None,
    created_since: datetime | None = None,
) -> JobPage:
    """Jobs, newest first. `created_since` counts in whole seconds, as some databases do. Raises BadCursor."""
    since = created_since.replace(microsecond=0).isoformat() if created_since else None
    scope = scope_of("jobs", {"status": status, "document_id": document_id, "created_since": since})
    last = decode_cursor(cursor, scope, int, str) if cursor is not None else None
    wanted = _Wanted(
        [state for state, name in STATES.items() if name == status] or None,
        [f"{PREFIX}{document_id}"] if document_id else None,
        since,
    )
    found = _window(jobs, limit + 1, last, wanted)
    more = encode_cursor(scope, _key(found[limit - 1])) if len(found) > limit else None
    return JobPage(items=told(jobs, found[:limit]), next_cursor=more)


def _key(workflow: WorkflowStatus) -> tuple[int, str]:
    return workflow.created_at or 0, workflow.workflow_id


class _Wanted(NamedTuple):
    states: list[str] | None
    ids: list[str] | None
    since: str | None


def _window(jobs: Jobs, count: int, last: tuple[int, ...] | None, wanted: _Wanted) -> list[WorkflowStatus]:
    """The `count` workflows that come after `last`. DBOS sorts by time alone, so ties are sorted here."""
    end = datetime.fromtimestamp((last[0] + 1) / 1000, UTC).isoformat() if last else None
    size = count
    while True:
        size *= 2
        found = jobs.client().list_workflows(
            name=WORKFLOW,
            status=wanted.states,
            workflow_ids=wanted.ids,
            start_time=wanted.since,
            end_time=end,
            limit=size,
            sort_desc=True,
            load_input=False,
        )
        whole = found
        if len(found) == size:
            # The last millisecond of the window may go on beyond it.
            whole = [one for one in found if one.created_at != found[-1].created_at]
        after = sorted((one for one in whole if last is None or _key(one) < last), key=_key, reverse=True)
        if len(after) >= count or len(found) < size:
            return after[:count]
