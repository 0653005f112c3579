"""The form that adds a document: a file, the address of one, or a text."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread

from api.http.auth import BRIEFINGS_READ, DOCUMENTS_WRITE
from api.http.requests import MAX_BODY, brought, received_from_page
from api.http.responses import Work, whole
from api.rendering.html import render_page


@get("/add", include_in_schema=False, sync_to_thread=False, opt={"scope": (BRIEFINGS_READ,)})
def show_form() -> Response[str]:
    return whole(render_page("add.html", title="Add a document", home="/"))


@post(
    "/add",
    include_in_schema=False,
    request_max_body_size=MAX_BODY,
    opt={"scope": (DOCUMENTS_WRITE,), "form": True},
)
async def add_from_page(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Leads to the job, which tells how far the document is."""
    given = await received_from_page(request)
    added = await sync_to_thread(brought, work, given)
    return Response(
        "", status_code=303, media_type="text/plain", headers={"Location": f"/jobs/{added.job_id}"}
    )
