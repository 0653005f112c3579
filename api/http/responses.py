"""Answers: stored bytes with their entity tags, pages for people, and what the description of the API says of each."""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import SkipValidation
from litestar.types import HTTPScope
from msgspec import Struct, json
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from api.http.caching import entity_tag
from api.http.middleware import is_https
from api.http.problems import MEDIA_TYPE, NOT_FOUND, Refusal
from api.rendering.html import style_hash
from schemas import Problem
from store.paging import Page
from worker.jobs import Jobs

T = TypeVar("T")
Database = NamedDependency[SkipValidation[Engine]]
Work = NamedDependency[SkipValidation[Jobs]]
StoredFigures = NamedDependency[SkipValidation[CollectorRegistry]]

NOT_KEPT = {"Cache-Control": "private, no-store"}
"""Of an answer that is for some alone."""
NDJSON = "application/x-ndjson"
BYTES = "application/octet-stream"
"""What generators of clients know NDJSON as."""

WHEN = {
    400: "The query or the request itself is wrong; `errors` names each parameter.",
    401: "The key is missing, wrong, expired or revoked.",
    403: "The key may not do this; or the service is open to its own machine only, or a page of another site "
    "tried to write.",
    404: "There is no such thing.",
    406: "The resource has no representation that `Accept` allows.",
    408: "The body came too slowly.",
    409: "The resource is in another state, or a request with the same `Idempotency-Key` is being carried out.",
    412: "The resource is not what `If-Match` names any more: get it again.",
    413: "The document is too large.",
    415: "The body is neither JSON nor a multipart form.",
    422: "The body breaks a rule or cannot be read as a document (`errors` points at each field), or the "
    "`Idempotency-Key` came with another request.",
    428: "`If-Match` is missing.",
    429: "Too much at once; try again after `Retry-After` seconds.",
    500: "The service failed; its log has the cause under `request_id`.",
    503: "The database does not answer; try again after `Retry-After` seconds.",
}
_ALWAYS = (400, 401, 403, 406, 429, 500, 503)


def answers(
    shape: Any, *errors: int, status: int = 200, when: str, media_type: str = "application/json"
) -> dict[int, ResponseSpec]:
    """`responses` of a handler: the success, the errors given, and those that every operation can have."""
    problems = {
        code: ResponseSpec(Problem, generate_examples=False, description=WHEN[code], media_type=MEDIA_TYPE)
        for code in sorted({*_ALWAYS, *errors})
    }
    return {
        status: ResponseSpec(shape, generate_examples=False, description=when, media_type=media_type)
    } | problems


def stored(
    body: bytes,
    version: int | None = None,
    *,
    immutable: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """JSON as it was stored. `version`: the revision, where the resource has one."""
    headers = {"ETag": entity_tag(body, version), **(headers or {})}
    if immutable:
        headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return Response(body, media_type="application/json", headers=headers)


def stored_page(listed: Page, **more: bool) -> Response[bytes]:
    """A page around stored items; `more`: what else it tells."""
    items, cursor = b",".join(listed.items), json.encode(listed.next_cursor)
    told = more if listed.sources is None else {"sources": listed.sources, **more}
    fields = b"".join(b"," + json.encode(name) + b":" + json.encode(value) for name, value in told.items())
    return stored(b'{"items":[' + items + b'],"next_cursor":' + cursor + fields + b"}")


def whole(body: str, status: int = 200) -> Response[str]:
    """A page that loads its own script and nothing else, and sends its forms here alone."""
    policy = (
        f"default-src 'none'; script-src 'self'; connect-src 'self'; style-src '{style_hash()}'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "ETag": entity_tag(body.encode()),
        # With none at all, browsers say of a page's own form that it comes from nowhere.
        "Referrer-Policy": "same-origin",
    }
    return Response(body, media_type="text/html", status_code=status, headers=headers)


def no_such(what: str) -> Refusal:
    return Refusal(NOT_FOUND, f"There is no {what}.")


def existing(thing: T | None, what: str) -> T:
    """The thing, where there is one. Raises Refusal."""
    if thing is None:
        raise no_such(what)
    return thing


def json_answer(
    shape: Struct, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """What an operation did, as JSON: an answer of this moment, without a tag."""
    return Response(
        json.encode(shape), media_type="application/json", status_code=status, headers=dict(headers or {})
    )


def base_of(request: Request[Any, Any, Any]) -> str:
    """The service as the caller knows it: `https://readout.example`."""
    scheme = "https" if is_https(request.scope) else request.scope["scheme"]
    return f"{scheme}://{request.headers.get('host', 'localhost')}"


def address_of(request: Request[Any, Any, Any]) -> str:
    """The whole address that the caller asked for."""
    query = request.scope["query_string"].decode("latin-1")
    return base_of(request) + request.scope["path"] + (f"?{query}" if query else "")


def next_link(scope: HTTPScope, cursor: str) -> str:
    """The header `Link` to the next page."""
    query = [pair for pair in parse_qsl(scope["query_string"].decode("latin-1")) if pair[0] != "cursor"]
    return f'<{scope["path"]}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'
