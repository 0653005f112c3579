"""Content negotiation (RFC 9110, 12): which representations a resource has, and each answer in the one, and the
coding, that its request accepts.
"""

import csv
import gzip
import io
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import zstandard
from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send
from msgspec import Struct, inspect, json, msgpack
from msgspec.structs import fields

from api.http.caching import tag_of_coding, tag_of_representation
from api.http.middleware import Connection
from api.http.problems import MEDIA_TYPE as PROBLEM
from api.http.problems import NOT_ACCEPTABLE, Refusal, problem_of
from api.http.responses import next_link
from api.rendering.html import markdown
from api.rendering.newsletter import (
    digest_html,
    digest_markdown,
    digest_text,
    issue_html,
    issue_markdown,
    issue_text,
)
from api.rendering.own_templates import BadTemplate
from schemas import Briefing
from schemas.changes import Digest
from schemas.issues import Issue

JSON = "application/json"
MSGPACK = "application/msgpack"
CSV = "text/csv"
MARKDOWN = "text/markdown"
HTML = "text/html"
PLAIN = "text/plain"
CALENDAR = "text/calendar"
ATOM = "application/atom+xml"
JSON_FEED = "application/feed+json"
TEXTS = frozenset({CSV, MARKDOWN, HTML, PLAIN, CALENDAR, ATOM, JSON_FEED})
"""What has a form of its own, so that no schema tells it."""

_RENDERED: dict[Any, dict[str, Callable[[Any, Path | None], str]]] = {
    Briefing: {MARKDOWN: lambda briefing, _: markdown(briefing)},
    Digest: {MARKDOWN: digest_markdown, HTML: digest_html, PLAIN: digest_text},
    Issue: {MARKDOWN: issue_markdown, HTML: issue_html, PLAIN: issue_text},
}
_TYPES = {
    CSV: "text/csv; charset=utf-8; header=present",
    MARKDOWN: "text/markdown; charset=utf-8",
    HTML: "text/html; charset=utf-8",
    PLAIN: "text/plain; charset=utf-8",
}
_STYLED = b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""A mail has its style in place, and nothing else that does anything."""
_CODINGS = ("zstd", "gzip")
_SMALLEST = 1024  # bytes that are worth to be compressed
_INLINE = 16_384  # bytes that are compressed faster than a thread is reached
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_Head = dict[bytes, bytes | None]
"""Headers by their names in small letters; None: it goes."""


def _success(handler: BaseRouteHandler) -> ResponseSpec | None:
    declared = handler.responses if isinstance(handler, HTTPRouteHandler) else None
    return next((spec for status, spec in (declared or {}).items() if status < 300), None)


def shape_of(handler: BaseRouteHandler) -> Any:
    """What a successful answer holds: a type, or None where that is not declared."""
    spec = _success(handler)
    return spec.data_container if spec else None


def offered(handler: BaseRouteHandler) -> tuple[str, ...]:
    """Media types of a successful answer, the usual one first. Empty where that is not declared.

    Those in `opt["makes"]` the handler makes itself.
    """
    spec = _success(handler)
    return (*_offers(spec.media_type, shape_of(handler)), *handler.opt.get("makes", ())) if spec else ()


@cache
def _offers(usual: str, shape: Any) -> tuple[str, ...]:
    if usual != JSON:
        return (usual,)
    return (JSON, MSGPACK, CSV) if is_page(shape) else (JSON, MSGPACK, *_RENDERED.get(shape, ()))


def is_page(shape: Any) -> bool:
    """Whether it is a page of a collection, and may be a table."""
    if not (isinstance(shape, type) and issubclass(shape, Struct)):
        return False
    return {field.name for field in fields(shape)} - {"capped", "sources"} == {"items", "next_cursor"}


def _quality(wanted: str, offer: str) -> float:
    """How much a list of ranges wants an offer, 0 to 1: the closest range decides."""
    best = (-1, 0.0)
    for part in wanted.split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        if name in (offer, "*", "*/*"):
            close = 2 if name == offer else 0
        elif name.endswith("/*") and offer.startswith(name[:-1]):
            close = 1
        else:
            continue
        given = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        try:
            best = max(best, (close, min(float(given), 1.0)))
        except ValueError:
            continue
    return best[1]


def choose(wanted: str, offers: Sequence[str]) -> str | None:
    """The offer that is wanted most, the first of equals; None where none is."""
    quality, place = max((_quality(wanted, offer), -place) for place, offer in enumerate(offers))
    return offers[-place] if quality > 0 else None


async def acceptable(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: settles the representation before any work is done."""
    offers = offered(handler)
    if not offers:
        return
    wanted = ",".join(connection.headers.getall("accept", []))
    chosen = choose(wanted, offers) if wanted not in ("", "*/*") else offers[0]
    if chosen is None:
        raise Refusal(NOT_ACCEPTABLE, f"This resource is served as {', '.join(offers)}.")
    connection.scope["state"]["representation"] = chosen


def negotiated(inner: ASGIApp, templates: Path | None = None) -> ASGIApp:
    """Works on answers that are whole; a stream passes as it is. `templates`: a folder of one's own for letters."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inner(scope, receive, send)
            return
        held: HTTPResponseStartEvent | None = None

        async def answer(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                held = message
                return
            if held is not None and message["type"] == "http.response.body":
                start, held = held, None
                if not message.get("more_body"):
                    try:
                        message["body"] = await _settled(scope, start, message["body"], templates)
                    except BadTemplate as error:
                        message["body"] = _failed(scope, start, error)
                await send(start)
            await send(message)

        await inner(scope, receive, answer)

    return enter


def _failed(scope: HTTPScope, start: HTTPResponseStartEvent, error: BadTemplate) -> bytes:
    """The problem in place of an answer. Changes the head to go with it."""
    problem, _ = problem_of(Request(scope), error)
    body = json.encode(problem)
    start["status"] = problem.status
    start["headers"] = [
        (b"content-type", PROBLEM.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    return body


async def _settled(
    scope: HTTPScope, start: HTTPResponseStartEvent, body: bytes, templates: Path | None
) -> bytes:
    """The body to send. Changes the head to go with it."""
    headers = [(name.lower(), value) for name, value in start["headers"]]
    head: _Head = dict(headers)
    before = dict(head)
    varies = [head[b"vary"] or b""] if b"vary" in head else []
    answered = 200 <= start["status"] < 300 and "route_handler" in scope  # CORS answers without one
    if answered and len(offered(scope["route_handler"])) > 1:
        varies.append(b"Accept")
        if is_page(shape_of(scope["route_handler"])) and _is_json(head) and (cursor := _next_cursor(body)):
            head[b"link"] = next_link(scope, cursor).encode()
        body = await _represented(scope, head, body, templates)
    if body and _is_text(head.get(b"content-type") or b""):
        varies.append(b"Accept-Encoding")
        body = await _coded(scope, head, body)
    if varies:
        head[b"vary"] = b", ".join(varies)
    changed = {name for name, value in head.items() if value != before.get(name)}
    kept = [pair for pair in headers if pair[0] not in changed]
    start["headers"] = kept + [(name, value) for name in changed if (value := head[name]) is not None]
    return body


def _is_json(head: _Head) -> bool:
    return (head.get(b"content-type") or b"").partition(b";")[0] == JSON.encode()


async def _represented(scope: HTTPScope, head: _Head, body: bytes, templates: Path | None) -> bytes:
    chosen: str = scope["state"]["representation"]
    if chosen == JSON or not _is_json(head):
        return body
    body = await sync_to_thread(converted, body, chosen, shape_of(scope["route_handler"]), templates)
    head[b"content-type"] = _TYPES.get(chosen, chosen).encode()
    head[b"content-length"] = str(len(body)).encode()
    if chosen == HTML:
        head[b"content-security-policy"] = _STYLED
    if etag := head.get(b"etag"):
        head[b"etag"] = tag_of_representation(etag, body)
    return body


async def _coded(scope: HTTPScope, head: _Head, body: bytes) -> bytes:
    accepted = b",".join(value for name, value in scope["headers"] if name.lower() == b"accept-encoding")
    coding = choose(accepted.decode("latin-1"), _CODINGS) if accepted and len(body) >= _SMALLEST else None
    if coding is None:
        return body
    small = (
        _compressed(body, coding) if len(body) <= _INLINE else await sync_to_thread(_compressed, body, coding)
    )
    head[b"content-encoding"] = coding.encode()
    head[b"content-length"] = str(len(small)).encode()
    if etag := head.get(b"etag"):
        head[b"etag"] = tag_of_coding(etag, coding)
    return small


def _compressed(body: bytes, coding: str) -> bytes:
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=3).compress(body)
    return gzip.compress(body, compresslevel=5, mtime=0)


def _is_text(content_type: bytes) -> bool:
    """Whether it gets smaller."""
    kind = content_type.partition(b";")[0]
    return kind.startswith(b"text/") or kind.endswith((b"json", b"msgpack", b"yaml"))


def converted(body: bytes, media_type: str, shape: Any, templates: Path | None = None) -> bytes:
    """The JSON of a `shape` in another representation. Raises BadTemplate."""
    if media_type == MSGPACK:
        return msgpack.encode(json.decode(body))
    if media_type == CSV:
        return _csv(json.decode(body), shape)
    if render := _RENDERED.get(shape, {}).get(media_type):
        return render(json.decode(body, type=shape), templates).encode()
    raise ValueError(f"nothing becomes {media_type}")


def _next_cursor(body: bytes) -> str | None:
    """The cursor in a page."""
    return json.decode(body, type=_Page).next_cursor


class _Page(Struct):
    next_cursor: str | None


def _csv(page: dict[str, Any], shape: type[Struct]) -> bytes:
    """RFC 4180 with a header: one line an item; members of members as `negotiation.venue`."""
    columns = columns_of(get_args(get_type_hints(shape)["items"])[0])
    return rows_of([(".".join(path) for path in columns)]) + rows_of(
        [cell(item, path) for path in columns] for item in page["items"]
    )


def rows_of(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as RFC 4180 has them."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


@cache
def columns_of(struct: type[Struct]) -> list[tuple[str, ...]]:
    """Paths of the leaves, so that a page without items has its header too."""
    return list(_leaves(inspect.type_info(struct)))


def _leaves(kind: inspect.Type) -> list[tuple[str, ...]]:
    if isinstance(kind, inspect.Metadata):
        return _leaves(kind.type)
    if isinstance(kind, inspect.UnionType):
        members = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        return _leaves(members[0]) if len(members) == 1 else [()]
    if isinstance(kind, inspect.StructType):
        return [(field.encode_name, *rest) for field in kind.fields for rest in _leaves(field.type)]
    return [()]


def cell(item: Any, path: tuple[str, ...]) -> str:
    """What an item has at a path, as it stands in its column."""
    for name in path:
        if item is None:
            return ""
        item = item.get(name)
    return _cell(item)


def _cell(value: Any) -> str:
    """Lists of words joined by `; `, other lists as JSON. Text that a spreadsheet would run gets a quote before it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _cell("; ".join(value))
    return json.encode(value).decode()
