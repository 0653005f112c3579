"""Traces by OpenTelemetry, sent by OTLP over HTTP, where its variables in the environment say to whom."""

import logging
import os
from collections.abc import Callable

_ASKED = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_LAST_WORDS = 1000  # milliseconds that the last spans have to be sent
log = logging.getLogger("readout")
_flush: list[Callable[[], object]] = []


def start_tracing(service: str) -> bool:
    """Whether spans are recorded from now on. `service`: its name where OTEL_SERVICE_NAME gives none."""
    if not any(os.environ.get(name) for name in _ASKED) or os.environ.get("OTEL_SDK_DISABLED") == "true":
        return False
    try:
        from opentelemetry import _logs, trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk._logs import LoggerProvider
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning(
            "traces are asked for (%s), and OpenTelemetry is not installed: pip install 'readout[otel]'",
            _ASKED[0],
        )
        return False
    resource = Resource.create({"service.name": service}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    # Logs go to standard error alone; DBOS asks for somewhere to send its own.
    _logs.set_logger_provider(LoggerProvider(resource=resource))
    _flush.append(lambda: provider.force_flush(_LAST_WORDS))
    return True


def is_tracing() -> bool:
    return bool(_flush)


def stop_tracing() -> None:
    """Send the last spans. Processes that end at once call it before."""
    for flush in _flush:
        flush()
