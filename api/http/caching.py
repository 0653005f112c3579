"""Answers kept in memory for as long as nothing has changed; entity tags, and 304 for who has the answer (RFC 9110)."""

import re
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from api.http.middleware import Connection, Guard
from api.http.problems import BAD_ETAG, Refusal
from schemas.kinds import KINDS
from store.changes import ChangeCounts, Freshness
from store.current import CurrentBriefings

_TAG = rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_CONDITION = re.compile(rb"\*|[ \t,]*" + _TAG + rb"(?:[ \t]*,[ \t,]*" + _TAG + rb")*[ \t,]*")
_OPAQUE = re.compile(rb'"[^"]*"')
_VERSION = re.compile(rb'"r([0-9]+)-')
_CODED = re.compile(rb'-(?:gzip|zstd)"$')


def entity_tag(body: bytes, version: int | None = None) -> str:
    """A strong tag. The version leads where the resource has one; the digest tells two databases apart."""
    return _tag(sha256(body).hexdigest(), version)


def _tag(digest: str, version: int | None) -> str:
    return f'"{digest[:18]}"' if version is None else f'"r{version}-{digest[:18]}"'


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


def is_among(condition: bytes, etag: str) -> bool:
    """Whether `If-Match` names this tag, whatever its coding."""
    return _matching(condition.strip(), etag.encode()) is not None


async def sane_condition(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: a condition that cannot be understood is an error, not a miss."""
    if not _is_sane(_if_none_match(connection.scope)):
        raise Refusal(
            BAD_ETAG, 'If-None-Match takes `*` or entity tags in quotation marks, such as `"r3-0f…"`.'
        )


_DOCUMENTS = "documents"
_KEPT = {_DOCUMENTS, "briefings", "rounds", "facts", "conflicts", "search", *(kind.plural for kind in KINDS)}
"""Tags of the operations whose answers are kept."""
_MOST, _LARGEST = 8_000_000, 500_000  # bytes of all answers, and of one body
_BESIDES = 2_000  # bytes that an answer takes besides its body, about
_VARIES = (b"accept", b"accept-encoding", b"origin", b"host", b"x-forwarded-proto")
_ONE_BRIEFING = re.compile(r"/v1/briefings/(brf_[0-9a-f]{16})")
_MOST_HEADS = 20
_NOT_OF_304 = (b"content-type", b"content-length", b"link", b"etag")
Headers = list[tuple[bytes, bytes]]
_Key = tuple[bytes, ...]


class _Answer(Struct, frozen=True):
    """What went out when the database had seen `changes`, and what the route said of the request."""

    changes: ChangeCounts
    of_documents: bool
    briefing_id: str | None
    handler: HTTPRouteHandler
    path_params: dict[str, Any]
    headers: Headers
    etag: bytes
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body) + _BESIDES

    def holds(self, now: ChangeCounts, freshness: Freshness) -> bool:
        """A document that comes in changes no answer about briefings until it is merged into one.

        A briefing is as it was while others change.
        """
        if self.briefing_id is not None:
            return freshness.last_change(self.briefing_id) <= self.changes.briefings
        if self.changes.briefings != now.briefings:
            return False
        return self.changes.documents == now.documents or not self.of_documents


class ResponseCache:
    """Answers by what they were answers to, those used last kept longest.

    A briefing that is not kept has the head that others have, for what it depends on is in the request: so it goes
    past routing and whatever else would make a head for it.

    It stands inside the guard: `guard` is asked before an answer is looked at, for the operation that it was an answer
    of, and says the same again where the answer has to be made after all.
    """

    def __init__(self, freshness: Freshness, guard: Guard, current: CurrentBriefings) -> None:
        self._freshness = freshness
        self._guard = guard
        self._current = current
        self._heads: dict[_Key, _Answer] = {}
        self._answers: OrderedDict[_Key, _Answer] = OrderedDict()
        self._size = 0

    def around(self, inner: ASGIApp) -> ASGIApp:
        """Answers what was answered before, for as long as it holds; keeps what `inner` answers, as it goes out."""

        async def enter(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await inner(scope, receive, send)
                return
            if scope["method"] != "GET":
                await inner(scope, receive, _first(lambda: self._wrote(scope), send))
                return
            condition, key = _if_none_match(scope), _key(scope)
            kept = self._answers.get(key)
            refused = kept is not None and not await self._lets_in(scope, kept.handler, kept.path_params)
            changes = self._freshness.count()  # only now: the guard may have waited for its turn
            answer = None
            if not refused and changes is not None and _is_sane(condition):
                answer = await self._known(scope, key, kept, changes)
            if answer is None:
                await inner(scope, receive, self._keeping(scope, send, key, changes, condition))
            else:
                await _send(send, answer.headers, answer.etag, answer.body, condition)

        return enter

    def _wrote(self, scope: HTTPScope) -> None:
        """Something may be different now, but for handlers whose `opt["asks"]` says that they change nothing."""
        match scope:
            case {"route_handler": handler} if not handler.opt.get("asks"):
                self._freshness.changed()

    async def _known(
        self, scope: HTTPScope, key: _Key, kept: _Answer | None, changes: ChangeCounts
    ) -> _Answer | None:
        """What can be answered without routing; it is the one used last from then on."""
        if kept is not None and kept.holds(changes, self._freshness):
            self._answers.move_to_end(key)
            return kept
        answer = await self._another(scope, key, changes)
        if answer is not None:
            self._put(key, answer)
            self._freshness.expire()
        return answer

    async def _another(self, scope: HTTPScope, key: _Key, changes: ChangeCounts) -> _Answer | None:
        """A briefing under the head of another that was asked for in the same way."""
        named = _ONE_BRIEFING.fullmatch(scope["path"])
        head = self._heads.get(key[1:]) if named else None
        if named is None or head is None:
            return None
        id, path_params = named[1], {"id_or_slug": named[1]}
        if not await self._lets_in(scope, head.handler, path_params):
            return None
        if (found := await self._current.read(id)) is None:
            return None
        body, etag = found.record.body, _tag(found.digest, found.record.revision).encode()
        own = {b"etag": etag, b"content-length": str(len(body)).encode()}
        headers = [(name, own.get(name, value)) for name, value in head.headers]
        return _Answer(changes, head.of_documents, id, head.handler, path_params, headers, etag, body)

    async def _lets_in(
        self, scope: HTTPScope, handler: HTTPRouteHandler, path_params: dict[str, Any]
    ) -> bool:
        """Whether the caller may have what is answered. Whoever may not is told so where errors are answered."""
        scope["route_handler"] = handler
        scope["path_params"] = path_params
        try:
            await self._guard(ASGIConnection(scope), handler)
        except (Refusal, SQLAlchemyError):
            return False
        return True

    def _keeping(
        self, scope: HTTPScope, send: Send, key: _Key, changes: ChangeCounts | None, condition: bytes | None
    ) -> Send:
        """Sends on what is answered. Answers that are whole are kept, and are 304 where the caller has them."""
        send = _first(self._freshness.expire, send)
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
            body, handler = message["body"], scope["route_handler"]
            if (
                changes
                and b"no-store" not in dict(headers).get(b"cache-control", b"")
                and isinstance(handler, HTTPRouteHandler)
                and not _KEPT.isdisjoint(handler.resolve_tags())
            ):
                of_documents = _DOCUMENTS in handler.resolve_tags()
                one = _briefing_of(handler, scope["path_params"])
                kept = _Answer(changes, of_documents, one, handler, scope["path_params"], headers, etag, body)
                self._put(key, kept)
                if one is not None and not scope["query_string"] and b"content-encoding" not in dict(headers):
                    self._heads = {key[1:]: kept} | dict(list(self._heads.items())[-_MOST_HEADS:])
            await _send(send, headers, etag, body, condition)

        return answer

    def _put(self, key: _Key, answer: _Answer) -> None:
        if len(answer.body) > _LARGEST:
            return
        before = self._answers.pop(key, None)
        self._size += answer.size - (before.size if before else 0)
        self._answers[key] = answer
        while self._size > _MOST:
            self._size -= self._answers.popitem(last=False)[1].size


def _briefing_of(handler: HTTPRouteHandler, path_params: dict[str, Any]) -> str | None:
    """The briefing that is the whole of an answer. A slug may pass on to another one, an id does not."""
    named = path_params.get("id_or_slug", "")
    return named if handler.operation_id == "get_briefing" and named.startswith("brf_") else None


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


async def _send(send: Send, headers: Headers, etag: bytes, body: bytes, condition: bytes | None) -> None:
    status = 200
    known = _matching(condition, etag)
    if known is not None:
        status, body = 304, b""
        headers = [pair for pair in headers if pair[0] not in _NOT_OF_304]
        headers.append((b"etag", known))
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body, "more_body": False})
