"""Each answer in the representation and coding that its request accepts."""

from litestar.concurrency import sync_to_thread
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send

from api.http.codings import SMALLEST, coding_for, encoded, is_text
from api.http.conditional import tag_of_coding, tag_of_representation
from api.http.conversions import converted, next_cursor
from api.http.representations import CSV, HTML, JSON, MARKDOWN, offered, shape_of
from api.http.urls import next_link

_INLINE = 16_384  # bytes that are compressed faster than a thread is reached
_TYPES = {
    CSV: "text/csv; charset=utf-8; header=present",
    MARKDOWN: "text/markdown; charset=utf-8",
    HTML: "text/html; charset=utf-8",
}
Head = dict[bytes, bytes | None]
"""Headers by their names in small letters; None: it goes."""


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
    headers = [(name.lower(), value) for name, value in start["headers"]]
    head: Head = dict(headers)
    before = dict(head)
    varies = [head[b"vary"] or b""] if b"vary" in head else []
    answered = 200 <= start["status"] < 300 and "route_handler" in scope  # CORS answers without one
    if answered and len(offered(scope["route_handler"])) > 1:
        varies.append(b"Accept")
        body = await _represented(scope, head, body)
    if body and is_text(head.get(b"content-type") or b""):
        varies.append(b"Accept-Encoding")
        body = await _coded(scope, head, body)
    if varies:
        head[b"vary"] = b", ".join(varies)
    changed = {name for name, value in head.items() if value != before.get(name)}
    kept = [pair for pair in headers if pair[0] not in changed]
    start["headers"] = kept + [(name, value) for name in changed if (value := head[name]) is not None]
    return body


async def _represented(scope: HTTPScope, head: Head, body: bytes) -> bytes:
    chosen: str = scope["state"]["representation"]
    if chosen == JSON or (head.get(b"content-type") or b"").partition(b";")[0] != JSON.encode():
        return body
    if chosen == CSV and (cursor := next_cursor(body)):
        head[b"link"] = next_link(scope, cursor).encode()
    body = await sync_to_thread(converted, body, chosen, shape_of(scope["route_handler"]))
    head[b"content-type"] = _TYPES.get(chosen, chosen).encode()
    head[b"content-length"] = str(len(body)).encode()
    if etag := head.get(b"etag"):
        head[b"etag"] = tag_of_representation(etag, body)
    return body


async def _coded(scope: HTTPScope, head: Head, body: bytes) -> bytes:
    accepted = b",".join(value for name, value in scope["headers"] if name.lower() == b"accept-encoding")
    coding = coding_for(accepted.decode("latin-1")) if len(body) >= SMALLEST else None
    if coding is None:
        return body
    small = encoded(body, coding) if len(body) <= _INLINE else await sync_to_thread(encoded, body, coding)
    head[b"content-encoding"] = coding.encode()
    head[b"content-length"] = str(len(small)).encode()
    if etag := head.get(b"etag"):
        head[b"etag"] = tag_of_coding(etag, coding)
    return small
