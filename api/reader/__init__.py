"""Pages for people."""

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.caching import entity_tag
from api.reader.adding import add_from_page, show_form
from api.reader.briefings import show_briefing, show_history, show_negotiation, show_revision
from api.reader.deadlines import show_deadlines
from api.reader.documents import show_document
from api.reader.home import show_digest, show_home
from api.reader.jobs import show_job, show_jobs
from api.reader.review import Desk
from api.rendering.html import script, script_path


@get(script_path(), include_in_schema=False, sync_to_thread=False, opt={"open": True})
def reader_script() -> Response[bytes]:
    """Its path changes with it, so it never changes."""
    headers = {"ETag": entity_tag(script()), "Cache-Control": "private, max-age=31536000, immutable"}
    return Response(script(), media_type="text/javascript", headers=headers)


pages: list[ControllerRouterHandler] = [
    show_home,
    show_briefing,
    show_revision,
    show_history,
    show_document,
    show_negotiation,
    show_deadlines,
    show_digest,
    Desk,
    show_jobs,
    show_job,
    show_form,
    add_from_page,
    reader_script,
]
