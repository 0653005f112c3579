"""Answers kept in memory for as long as nothing has changed; entity tags, and 304 for who has the answer (RFC 9110)."""

import re
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b

from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send
from msgspec import Struct

from api.http.middleware import Connection
from api.http.problems import BAD_ETAG, Refusal
from schemas.kinds import KINDS
from store.changes import ChangeCounts, Freshness

_TAG = rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_CONDITION = re.compile(rb"\*|[ \t,]*" + _TAG + rb"(?:[ \t]*,[ \t,]*" + _TAG + rb")*[ \t,]*")
_OPAQUE = re.compile(rb'"[^"]*"')
_VERSION = re.compile(rb'"r([0-9]+)-')
_CODED = re.compile(rb'-(?:gzip|zstd)"$')


def entity_tag(body: bytes, version: int | None = None) -> str:
    """A strong tag. The version leads where the resource has one; the digest tells two databases apart."""
    digest = blake2b(body, digest_size=9).hexdigest()
    return f'"{digest}"' if version is None else f'"r{version}-{digest}"'


def tag_of_representation(etag: bytes, body: bytes) -> bytes:
    """The tag of another representation of what has this tag."""
    version = _VERSION.match(etag)
    return entity_tag(body, int(version[1]) if version else None).encode()


def tag_of_coding(etag: bytes, coding: str) -> bytes:
    """The tag of the same representation when it is compressed."""
    return etag[:-1] + b"-" + coding.encode() + b'"'


def _without_coding(etag: bytes) -> bytes:
    return _CODED.sub(b'"', etag)


def _if_none_match(scope: Scope) -> bytes | None:
    """The header's value, its repetitions joined; None where it is not given."""
    values = [value for name, value in scope["headers"] if name.lower() == b"if-none-match"]
    return b",".join(values).strip() if values else None


def _is_sane(condition: bytes | None) -> bool:
    return condition is None or _CONDITION.fullmatch(condition) is not None


def _matching(condition: bytes | None, etag: bytes) -> bytes | None:
    """The tag among those that the caller has which is current, whatever its coding; None: none is."""
    if condition is None:
        return None
    if condition in (b"*", etag):
        return etag
    plain = _without_coding(etag)
    return next((tag for tag in _OPAQUE.findall(condition) if _without_coding(tag) == plain), None)


async def sane_condition(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: a condition that cannot be understood is an error, not a miss."""
    if not _is_sane(_if_none_match(connection.scope)):
        raise Refusal(
            BAD_ETAG, 'If-None-Match takes `*` or entity tags in quotation marks, such as `"r3-0f…"`.'
        )


_DOCUMENTS = "documents"
_KEPT = {_DOCUMENTS, "briefings", "rounds", "conflicts", "search", *(kind.plural for kind in KINDS)}
"""Tags of the operations whose answers are kept."""
_MOST, _LARGEST = 8_000_000, 500_000  # bytes of all answers, and of one body
_BESIDES = 2_000  # bytes that an answer takes besides its body, about
_VARIES = (b"accept", b"accept-encoding", b"origin", b"host", b"x-forwarded-proto")
_NOT_OF_304 = (b"content-type", b"content-length", b"link", b"etag")
Headers = list[tuple[bytes, bytes]]
_Key = tuple[bytes, ...]


class _Answer(Struct, frozen=True):
    """What went out when the database had seen `changes`."""

    changes: ChangeCounts
    of_documents: bool
    headers: Headers
    etag: bytes
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body) + _BESIDES

    def holds(self, now: ChangeCounts) -> bool:
        """A document that comes in changes no answer about briefings until it is merged into one."""
        if self.changes.briefings != now.briefings:
            return False
        return self.changes.documents == now.documents or not self.of_documents


class _Request(Struct):
    """A read on its way: where its answer goes out, and, once the caller was let in, what it would be kept as."""

    send: Send
    condition: bytes | None
    key: _Key = ()
    changes: ChangeCounts | None = None


class ResponseCache:
    """Answers by what they were answers to, those used last kept longest.

    It works in two places: `recalled` inside the guard, so that nothing is answered to whoever may not have it, and
    `kept` around all that makes an answer, which it keeps as it goes out and answers with as it went.
    """

    def __init__(self, freshness: Freshness) -> None:
        self._freshness = freshness
        self._answers: OrderedDict[_Key, _Answer] = OrderedDict()
        self._size = 0

    def kept(self, inner: ASGIApp) -> ASGIApp:
        """Keeps answers that are whole, and makes them 304 where the caller has them."""

        async def enter(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await inner(scope, receive, send)
            elif scope["method"] != "GET":
                await inner(scope, receive, _first(self._freshness.changed, send))
            else:
                request = _Request(send, _if_none_match(scope))
                scope["state"]["caching"] = request
                await inner(scope, receive, self._keeping(scope, request))

        return enter

    def recalled(self, app: ASGIApp) -> ASGIApp:
        """Answers what was answered before, for as long as it holds."""

        async def enter(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == ScopeType.HTTP and scope["method"] == "GET":
                request: _Request = scope["state"]["caching"]
                request.changes = changes = self._freshness.count()
                if changes is not None:
                    request.key = _key(scope)
                    answer = self._get(request.key, changes)
                    if answer is not None and _is_sane(request.condition):
                        await _send(request, answer.headers, answer.etag, answer.body)
                        return
            await app(scope, receive, send)

        return enter

    def _keeping(self, scope: HTTPScope, request: _Request) -> Send:
        send = _first(self._freshness.expire, request.send)
        held: HTTPResponseStartEvent | None = None

        async def answer(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and message["status"] == 200:
                held = message
                return
            if held is None or message["type"] != "http.response.body":
                await send(message)
                return
            start, held = held, None
            headers = list(start["headers"])
            etag = dict(headers).get(b"etag")
            if message.get("more_body") or etag is None:
                await send(start)
                await send(message)
                return
            self._freshness.expire()
            self._put(scope, request, headers, etag, message["body"])
            await _send(request, headers, etag, message["body"])

        return answer

    def _get(self, key: _Key, changes: ChangeCounts) -> _Answer | None:
        answer = self._answers.get(key)
        if answer is None or not answer.holds(changes):
            return None
        self._answers.move_to_end(key)
        return answer

    def _put(self, scope: HTTPScope, request: _Request, headers: Headers, etag: bytes, body: bytes) -> None:
        handler = scope["route_handler"]
        if request.changes is None or len(body) > _LARGEST or not isinstance(handler, HTTPRouteHandler):
            return
        tags = handler.resolve_tags()
        if _KEPT.isdisjoint(tags):
            return
        answer = _Answer(request.changes, _DOCUMENTS in tags, headers, etag, body)
        before = self._answers.pop(request.key, None)
        self._size += answer.size - (before.size if before else 0)
        self._answers[request.key] = answer
        while self._size > _MOST:
            self._size -= self._answers.popitem(last=False)[1].size


def _first(act: Callable[[], None], send: Send) -> Send:
    """Does this before anything is answered."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            act()
        await send(message)

    return answer


def _key(scope: HTTPScope) -> _Key:
    wanted = (part for pair in scope["headers"] if pair[0] in _VARIES for part in pair)
    return (scope["path"].encode(), scope["query_string"], *wanted)


async def _send(request: _Request, headers: Headers, etag: bytes, body: bytes) -> None:
    status = 200
    known = _matching(request.condition, etag)
    if known is not None:
        status, body = 304, b""
        headers = [pair for pair in headers if pair[0] not in _NOT_OF_304]
        headers.append((b"etag", known))
    await request.send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await request.send({"type": "http.response.body", "body": body, "more_body": False})
