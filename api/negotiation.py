"""Each answer in the representation and coding that its request accepts, or 304 where that is known already."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from litestar.concurrency import sync_to_thread
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send

from api.codings import SMALLEST, coding_for, encoded, is_text
from api.conditional import if_none_match, matching, tag_of_coding, tag_of_representation
from api.conversions import converted, next_cursor
from api.representations import CSV, JSON, offered, shape_of

_INLINE = 16_384  # bytes that are compressed faster than a thread is reached
_TYPES = {CSV: "text/csv; charset=utf-8; header=present", "text/markdown": "text/markdown; charset=utf-8"}


def negotiated(inner: ASGIApp) -> ASGIApp:
    """Works on answers that are whole; a stream passes as it is."""

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
                    message["body"] = await _settled(scope, start, message["body"])
                await send(start)
            await send(message)

        await inner(scope, receive, answer)

    return enter


async def _settled(scope: HTTPScope, start: HTTPResponseStartEvent, body: bytes) -> bytes:
    """The body to send. Changes the head to go with it."""
    headers = MutableScopeHeaders.from_message(start)
    answered = 200 <= start["status"] < 300 and "route_handler" in scope  # CORS answers without one
    if answered and len(offered(scope["route_handler"])) > 1:
        headers.extend_header_value("vary", "Accept")
        body = await _represented(scope, headers, body)
    if not body or not is_text(headers.get("content-type", "").encode()):
        return body
    headers.extend_header_value("vary", "Accept-Encoding")
    etag = headers.get("etag", "").encode()
    if start["status"] == 200 and etag and scope["method"] == "GET":
        known = matching(if_none_match(scope), etag)
        if known is not None:
            start["status"] = 304
            headers["etag"] = known.decode("latin-1")
            for name in ("content-type", "content-length", "link"):
                headers.pop(name, None)
            return b""
    coding = coding_for(_header(scope, b"accept-encoding"))
    if coding is not None and len(body) >= SMALLEST:
        body = await _off_the_loop(encoded, body, coding)
        headers["content-encoding"] = coding
        headers["content-length"] = str(len(body))
        if etag:
            headers["etag"] = tag_of_coding(etag, coding).decode("latin-1")
    return body


async def _represented(scope: HTTPScope, headers: MutableScopeHeaders, body: bytes) -> bytes:
    chosen: str = scope["state"]["representation"]
    if chosen == JSON or headers.get("content-type", "").partition(";")[0] != JSON:
        return body
    if chosen == CSV and (cursor := next_cursor(body)):
        query = [pair for pair in parse_qsl(scope["query_string"].decode("latin-1")) if pair[0] != "cursor"]
        headers["link"] = f'<{scope["path"]}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'
    body = await sync_to_thread(converted, body, chosen, shape_of(scope["route_handler"]))
    headers["content-type"] = _TYPES.get(chosen, chosen)
    headers["content-length"] = str(len(body))
    if etag := headers.get("etag"):
        headers["etag"] = tag_of_representation(etag.encode(), body).decode()
    return body


def _header(scope: Scope, name: bytes) -> str | None:
    values = [value for key, value in scope["headers"] if key.lower() == name]
    return b",".join(values).decode("latin-1") if values else None


async def _off_the_loop(work: Callable[[bytes, str], bytes], body: bytes, coding: str) -> bytes:
    return work(body, coding) if len(body) <= _INLINE else await sync_to_thread(work, body, coding)
