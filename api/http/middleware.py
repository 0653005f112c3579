"""What holds for every request, found or not: its id, HEAD, and headers that no answer goes without."""

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
"""Raises where the request goes no further."""
_SANE_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_NOTHING = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PROTECTING = [
    (b"content-security-policy", _NOTHING),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-cache"),
]
_A_YEAR = (b"strict-transport-security", b"max-age=31536000")


def sent(scope: Scope, name: bytes) -> bytes:
    """A header of the request, its first if there are several; empty if there is none."""
    for key, value in scope["headers"]:
        if key == name or key.lower() == name:
            return value
    return b""


def is_https(scope: Scope) -> bool:
    """Whether the caller came by https, to us or to the proxy before us. Who lies about it harms himself alone."""
    forwarded = sent(scope, b"x-forwarded-proto").split(b",")[0].strip()
    return scope["scheme"] == "https" or forwarded == b"https"


def doorway(inner: ASGIApp) -> ASGIApp:
    """Gives each request its id, and answers HEAD as GET without a body.

    Wraps the routing, so that it sees the answers to unknown paths too.
    """

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inner(scope, receive, send)
            return
        given = sent(scope, b"x-request-id")
        request_id = given if _SANE_ID.fullmatch(given) else secrets.token_hex(8).encode()
        scope["state"]["request_id"] = request_id.decode()
        bodiless = scope["method"] == "HEAD"
        scope["state"]["bodiless"] = bodiless
        if bodiless:
            scope["method"] = "GET"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], *_of_request(scope), (b"x-request-id", request_id)]
                if message["status"] == 405 or scope["method"] == "OPTIONS":
                    headers = [
                        (key, _methods(scope, value) if key.lower() == b"allow" else value)
                        for key, value in headers
                    ]
                message["headers"] = headers
            elif message["type"] == "http.response.body" and bodiless:
                message["body"] = b""
            await send(message)

        await inner(scope, receive, answer)

    return enter


def _of_request(scope: Scope) -> list[tuple[bytes, bytes]]:
    """What is another for each request: how often the caller may still ask, and https for whoever came by it."""
    rate: dict[str, str] = scope["state"].get("rate", {})
    headers = [(name.lower().encode(), value.encode()) for name, value in rate.items()]
    return [*headers, _A_YEAR] if is_https(scope) else headers


def _methods(scope: Scope, allowed: bytes) -> bytes:
    """`Allow` of a path: with HEAD, and with methods that joined it after Litestar had its answer ready."""
    methods = set(allowed.decode().replace(" ", "").split(","))
    for route in scope["litestar_app"].routes:
        if isinstance(route, HTTPRoute) and route.path_format == scope.get("path_template"):
            methods |= route.methods
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set()))).encode()


def protected(inner: ASGIApp) -> ASGIApp:
    """Adds what protects whoever reads the answer and is not there yet: a page names what it loads itself."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inner(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                present = {name.lower() for name, _ in headers}
                message["headers"] = headers + [pair for pair in _PROTECTING if pair[0] not in present]
            await send(message)

        await inner(scope, receive, answer)

    return enter
