"""Where things are, as addresses that hold outside of the service: in a mail, a calendar, a feed."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Request
from litestar.types import HTTPScope

from api.http.middleware import is_https
from schemas import Evidence


def base_of(request: Request[Any, Any, Any]) -> str:
    """The service as the caller knows it: `https://readout.example`."""
    scheme = "https" if is_https(request.scope) else request.scope["scheme"]
    return f"{scheme}://{request.headers.get('host', 'localhost')}"


def address_of(request: Request[Any, Any, Any]) -> str:
    """The whole address that the caller asked for."""
    query = request.scope["query_string"].decode("latin-1")
    return base_of(request) + request.scope["path"] + (f"?{query}" if query else "")


def next_link(scope: HTTPScope, cursor: str) -> str:
    """The header `Link` to the next page, for representations that have no place for a cursor."""
    query = [pair for pair in parse_qsl(scope["query_string"].decode("latin-1")) if pair[0] != "cursor"]
    return f'<{scope["path"]}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'


def briefing_page(base: str, briefing_id: str) -> str:
    return f"{base}/briefings/{briefing_id}"


def fact_on_page(base: str, briefing_id: str, fact_id: str) -> str:
    return f"{briefing_page(base, briefing_id)}#{fact_id}"


def proof_on_page(base: str, evidence: Evidence) -> str:
    """The document's own page, where the proof stands."""
    return f"{base}/documents/{evidence.document_id}#c{evidence.start}"
