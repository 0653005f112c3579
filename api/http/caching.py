"""Answers kept in memory for as long as nothing has changed, and 304 for those that the caller has."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from api.http.conditional import CONDITION, if_none_match, matching
from api.http.problems import Refusal
from store.change_notification import Changes, Freshness

_DOCUMENTS = "documents"
_SERVED = {_DOCUMENTS, "briefings", "rounds", "delegates", "stakes", "deadlines", "figures", "statements"}
_SERVED |= {"events", "conflicts", "search"}
_MOST, _LARGEST = 8_000_000, 500_000  # bytes of all answers, and of one body
_BESIDES = 2_000  # bytes that an answer takes besides its body, about
_VARIES = (b"accept", b"accept-encoding", b"origin", b"host", b"x-forwarded-proto")
_NOT_OF_304 = (b"content-type", b"content-length", b"link")
Headers = list[tuple[bytes, bytes]]
Check = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]
_Key = tuple[bytes, ...]


class _Answer(Struct):
    """What was answered when the database had seen `changes`, and what the route said of the request."""

    changes: Changes
    of_documents: bool
    handler: HTTPRouteHandler
    path_params: dict[str, Any]
    headers: Headers
    etag: bytes
    body: bytes


class Kept:
    """Answers by what they were answers to, those used last kept longest."""

    def __init__(self) -> None:
        self._answers: OrderedDict[_Key, _Answer] = OrderedDict()
        self._size = 0

    def get(self, key: _Key, changes: Changes) -> _Answer | None:
        found = self._answers.get(key)
        if found is None or not _holds(found, changes):
            return None
        self._answers.move_to_end(key)
        return found

    def put(self, key: _Key, answer: _Answer) -> None:
        if len(answer.body) > _LARGEST:
            return
        old = self._answers.pop(key, None)
        self._size += _size(answer) - (_size(old) if old else 0)
        self._answers[key] = answer
        while self._size > _MOST:
            self._size -= _size(self._answers.popitem(last=False)[1])


def _holds(answer: _Answer, now: Changes) -> bool:
    """A document that comes in changes no answer about briefings until it is merged into one."""
    if answer.changes.briefings != now.briefings:
        return False
    return answer.changes.documents == now.documents or not answer.of_documents


def _size(answer: _Answer) -> int:
    return len(answer.body) + _BESIDES


def kept(inner: ASGIApp, admit: Check, freshness: Freshness) -> ASGIApp:
    """Answers what was answered before, to whoever may ask. `admit` raises Refusal for the others."""
    answers = Kept()

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inner(scope, receive, send)
            return
        if scope["method"] != "GET":
            await inner(scope, receive, _first(freshness.changed, send))
            return
        condition = if_none_match(scope)
        changes = freshness.count()
        key = _key(scope)
        found = answers.get(key, changes) if changes is not None else None
        if found is not None and _sane(condition) and await _admitted(scope, found, admit):
            await _send(send, found.headers, found.etag, found.body, condition)
            return
        if condition is not None and _sane(condition):
            # The whole answer is asked for, so that it can be kept.
            scope["headers"] = [pair for pair in scope["headers"] if pair[0].lower() != b"if-none-match"]
        send = _first(freshness.expire, send)
        await inner(scope, receive, _keeping(scope, send, answers, key, changes, condition))

    return enter


def _first(act: Callable[[], None], send: Send) -> Send:
    """Does this before anything is answered."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            act()
        await send(message)

    return answer


def _sane(condition: bytes | None) -> bool:
    return condition in (None, b"*") or bool(CONDITION.fullmatch(condition or b""))


def _key(scope: HTTPScope) -> _Key:
    wanted = (part for pair in scope["headers"] if pair[0] in _VARIES for part in pair)
    return (scope["path"].encode(), scope["query_string"], *wanted)


async def _admitted(scope: HTTPScope, answer: _Answer, admit: Check) -> bool:
    """Whether the caller may have it. Whoever may not is told so on the long way."""
    scope["route_handler"] = answer.handler
    scope["path_params"] = answer.path_params
    try:
        await admit(ASGIConnection(scope), answer.handler)
    except (Refusal, SQLAlchemyError):
        return False
    return True


def _keeping(
    scope: HTTPScope, send: Send, answers: Kept, key: _Key, changes: Changes | None, condition: bytes | None
) -> Send:
    """Sends on what is answered. Answers that are whole are kept, and are 304 where the caller has them."""
    start: HTTPResponseStartEvent | None = None

    async def answer(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start" and message["status"] == 200:
            start = message
            return
        if start is None or message["type"] != "http.response.body":
            await send(message)
            return
        began, start = start, None
        headers = list(began["headers"])
        etag = dict(headers).get(b"etag")
        if message.get("more_body") or etag is None:
            await send(began)
            await send(message)
            return
        handler = scope["route_handler"]
        if changes is not None and isinstance(handler, HTTPRouteHandler):
            tags = handler.resolve_tags()
            if not _SERVED.isdisjoint(tags):
                of_documents, params, body = _DOCUMENTS in tags, scope["path_params"], message["body"]
                answers.put(key, _Answer(changes, of_documents, handler, params, headers, etag, body))
        await _send(send, headers, etag, message["body"], condition)

    return answer


async def _send(send: Send, headers: Headers, etag: bytes, body: bytes, condition: bytes | None) -> None:
    status = 200
    known = matching(condition, etag)
    if known is not None:
        status, body = 304, b""
        headers = [pair for pair in headers if pair[0] not in _NOT_OF_304 and pair[0] != b"etag"]
        headers.append((b"etag", known))
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body, "more_body": False})
