"""A span for each request, named by its operation, where traces are recorded."""

from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.http.request_log import operation_of
from worker.tracing import is_tracing


def traced(inner: ASGIApp) -> ASGIApp:
    """Goes around what is observed. It is `inner` itself where no traces are recorded."""
    if not is_tracing():
        return inner
    from opentelemetry import trace
    from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
    from opentelemetry.util.http import parse_excluded_urls

    async def named(scope: Scope, receive: Receive, send: Send) -> None:
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
        named, excluded_urls=parse_excluded_urls("/health/,/metrics"), exclude_spans=["receive", "send"]
    )

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        await around(scope, receive, send)

    return enter
