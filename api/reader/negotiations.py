"""The page of a negotiation: its rounds in a row, what is open across them, and what changed between them."""

from datetime import UTC, datetime

from litestar import Response, get

from api.http.auth import BRIEFINGS_READ
from api.http.resources.briefings import one_negotiation
from api.http.responses import Database, whole
from api.rendering.html import render_page
from schemas.vocabulary import NegotiationId


@get(
    "/negotiations/{negotiation_id:str}",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"scope": (BRIEFINGS_READ,)},
)
def show_negotiation(database: Database, negotiation_id: NegotiationId) -> Response[str]:
    today = datetime.now(UTC).date()
    record = one_negotiation(database, negotiation_id, today)
    return whole(render_page("negotiation.html", title=record.name, home="/", record=record, today=today))
