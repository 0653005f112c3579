"""What holds for every request, found or not: its id, HEAD, and headers that no answer goes without."""

import re
import secrets

from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.http.headers import of_request, sent

_SANE_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
Headers = list[tuple[bytes, bytes]]


def _methods(scope: Scope, said: bytes) -> bytes:
    """`Allow` of a path: with HEAD, and with methods that joined it after Litestar had its answer ready."""
    found = set(said.decode().replace(" ", "").split(","))
    for route in scope["litestar_app"].routes:
        if isinstance(route, HTTPRoute) and route.path_format == scope.get("path_template"):
            found |= route.methods
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set()))).encode()


def doorway(inner: ASGIApp) -> ASGIApp:
    """Wraps the routing, so that it sees the answers to unknown paths too."""

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
                headers = [*message["headers"], *of_request(scope), (b"x-request-id", request_id)]
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
