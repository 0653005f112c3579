"""What holds for every request: its id, HEAD, headers that no answer goes without; counted, timed, traced, logged."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from time import perf_counter
from typing import Any, BinaryIO

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from msgspec import UNSET, Struct, UnsetType, json
from msgspec.structs import asdict
from prometheus_client import Counter, Histogram

from worker.observability import LogFormat, as_text, is_tracing, working_on

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


REQUESTS = Counter("readout_http_requests", "Requests, by operation.", ["operation", "method", "status"])
SECONDS = Histogram(
    "readout_http_request_seconds",
    "Time until an answer began.",
    ["operation", "method"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
REFUSALS = Counter("readout_http_refusals", "Requests whose caller was refused, by reason.", ["reason"])
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}
_JOB = b"/v1/jobs/"
_SECRET = re.compile(r"(rs_[0-9A-Za-z]{8})[0-9A-Za-z]+")
"""In the address of a subscription; the log has its beginning, by which lists tell it."""
_WAIT, _MOST = 0.1, 500  # seconds that a line may wait for others, and how many are written together


class Line(Struct, gc=False):
    """What the log tells of a request. `duration_ms`: until all of the answer was handed over.

    `key_id`: of the caller's key, in force or not. `refused`: why the guard let nobody in.
    """

    event: str
    timestamp: datetime
    method: str
    path: str
    status: int
    operation: str
    duration_ms: float
    client: str
    request_id: str
    job_id: str | UnsetType = UNSET
    document_id: str | UnsetType = UNSET
    key_id: str | UnsetType = UNSET
    refused: str | UnsetType = UNSET
    level: str = "info"
    logger: str = "readout.access"
    process: str = "api"


class AccessLog:
    """Lines in the format of the log's others. To be used on one event loop; `flush` it at the end.

    They are written together: a write for each would take longer than most answers.
    """

    def __init__(self, stream: BinaryIO, style: LogFormat) -> None:
        self._stream = stream
        self._waiting: list[Line] = []
        self._written = json.Encoder().encode_lines if style == "json" else _as_text

    def tell(self, line: Line) -> None:
        self._waiting.append(line)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(_WAIT, self.flush)
        elif len(self._waiting) >= _MOST:
            self.flush()

    def flush(self) -> None:
        lines, self._waiting = self._waiting, []
        # A log that cannot be written, its pipe closed or its disk full, keeps no request from its answer.
        with suppress(OSError):
            self._stream.write(self._written(lines))
            self._stream.flush()


def _as_text(lines: list[Line]) -> bytes:
    entries = ({k: v for k, v in asdict(line).items() if v is not UNSET} for line in lines)
    return "".join(as_text("api", entry) + "\n" for entry in entries).encode()


def operation_of(scope: Scope) -> str:
    """The operation's id; a page's name; `none` where nothing is at the path."""
    handler: Any = scope.get("route_handler")
    return str(getattr(handler, "operation_id", None) or getattr(handler, "handler_name", None) or "none")


def observed(inner: ASGIApp, log: AccessLog | None) -> ASGIApp:
    """Wraps everything that makes an answer; goes inside the doorway, which gives requests their ids."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inner(scope, receive, send)
            return
        began = perf_counter()
        status, first, location = 499, 0.0, b""

        async def answer(message: Message) -> None:
            nonlocal status, first, location
            if message["type"] == "http.response.start":
                status, first = message["status"], perf_counter() - began
                if status in (201, 202):
                    location = dict(message["headers"]).get(b"location", b"")
            await send(message)

        try:
            await inner(scope, receive, answer)
        finally:
            state = scope["state"]
            method = "HEAD" if state.get("bodiless") else scope["method"]
            operation = operation_of(scope)
            counted = method if method in _METHODS else "_OTHER"
            _counter(operation, counted, status).inc()
            _clock(operation, counted).observe(first or perf_counter() - began)
            if "refused" in state:
                REFUSALS.labels(state["refused"]).inc()
            if log is not None:
                path = _SECRET.sub(r"\1…", scope["path"])
                line = Line(
                    event=f"{method} {path} {status}",
                    timestamp=datetime.now(UTC),
                    method=method,
                    path=path,
                    status=status,
                    operation=operation,
                    duration_ms=round((perf_counter() - began) * 1000, 1),
                    client=scope["client"][0] if scope["client"] else "",
                    request_id=state["request_id"],
                    key_id=state.get("key_id", UNSET),
                    refused=state.get("refused", UNSET),
                )
                params = scope.get("path_params") or {}
                if "document_id" in params:
                    line.document_id = params["document_id"]
                if "job_id" in params:
                    line.job_id = params["job_id"]
                elif location.startswith(_JOB):
                    line.job_id = location.removeprefix(_JOB).decode()
                log.tell(line)

    return enter


@lru_cache(maxsize=1_024)
def _counter(operation: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(operation, method, status)


@lru_cache(maxsize=1_024)
def _clock(operation: str, method: str) -> Histogram:
    return SECONDS.labels(operation, method)


def named(inner: ASGIApp) -> ASGIApp:
    """What is logged while an answer is made carries the request's id."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inner(scope, receive, send)
            return
        with working_on(request_id=scope["state"]["request_id"]):
            await inner(scope, receive, send)

    return enter


def traced(inner: ASGIApp) -> ASGIApp:
    """A span for each request, named by its operation. It is `inner` itself where no traces are recorded.

    Goes around what is observed.
    """
    if not is_tracing():
        return inner
    from opentelemetry import trace
    from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
    from opentelemetry.util.http import parse_excluded_urls

    async def spanned(scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Before the first byte: the span ends with the last.
                span = trace.get_current_span()
                span.update_name(operation_of(scope))
                span.set_attribute("http.route", str(scope.get("path_template", "")))
                span.set_attribute("readout.request_id", scope["state"]["request_id"])
            await send(message)

        await inner(scope, receive, answer)

    around: Any = OpenTelemetryMiddleware(
        spanned, excluded_urls=parse_excluded_urls("/health/,/metrics,/s/"), exclude_spans=["receive", "send"]
    )

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        await around(scope, receive, send)

    return enter
