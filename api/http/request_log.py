"""Each request counted, timed and told in one line of the log, under its id."""

from datetime import UTC, datetime
from functools import lru_cache
from time import perf_counter
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram
from structlog.contextvars import bound_contextvars

from api.http.access_log import AccessLog, Line
from api.http.metrics import REQUESTS, SECONDS

_JOB = b"/v1/jobs/"


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
            method = "HEAD" if scope["state"].get("bodiless") else scope["method"]
            operation = operation_of(scope)
            _counter(operation, method, status).inc()
            _clock(operation, method).observe(first or perf_counter() - began)
            if log is not None:
                line = Line(
                    event=f"{method} {scope['path']} {status}",
                    timestamp=datetime.now(UTC),
                    method=method,
                    path=scope["path"],
                    status=status,
                    operation=operation,
                    duration_ms=round((perf_counter() - began) * 1000, 1),
                    client=scope["client"][0] if scope["client"] else "",
                    request_id=scope["state"]["request_id"],
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


def named(inner: ASGIApp) -> ASGIApp:
    """What is logged while an answer is made carries the request's id."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inner(scope, receive, send)
            return
        with bound_contextvars(request_id=scope["state"]["request_id"]):
            await inner(scope, receive, send)

    return enter


@lru_cache(maxsize=1_024)
def _counter(operation: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(operation, method, status)


@lru_cache(maxsize=1_024)
def _clock(operation: str, method: str) -> Histogram:
    return SECONDS.labels(operation, method)


def operation_of(scope: Scope) -> str:
    """The operation's id; a page's name; `none` where nothing is at the path."""
    handler: Any = scope.get("route_handler")
    return str(getattr(handler, "operation_id", None) or getattr(handler, "handler_name", None) or "none")
