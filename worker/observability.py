"""What a process tells of itself: its log, its traces, and what it counts.

The log goes to standard error: lines to read, or JSON to collect, with the ids of what is worked on in each. Traces
go by OTLP over HTTP, where OpenTelemetry's variables in the environment say to whom. Each worker adds what it counted
to the database with its heartbeat, and the API reads the totals there: so there is one place to scrape, totals outlive
workers, and a worker that is killed takes two seconds of counting with it.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from time import monotonic, perf_counter
from typing import Any, Literal, TypeVar

import msgspec
from dbos import DBOSClient
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample as Line
from sqlalchemy import Engine

from store.engine import COUNTED_UP_TO
from store.workers import Sample, alive, counted, row_counts
from worker.queue import SILENCE, WAITING, how_many, longest_wait

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
IDS = ("request_id", "job_id", "document_id", "key_id")
_ASKED = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_R = TypeVar("_R")
_LAST_WORDS = 1000  # milliseconds that the last spans have to be sent
log = logging.getLogger("readout")
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({})))
_worked_on: ContextVar[Mapping[str, str] | None] = ContextVar("worked_on", default=None)
_flush: list[Callable[[], object]] = []

disable_created_metrics()
COUNTED = CollectorRegistry()
"""Of this process."""
STEP_SECONDS = Histogram(
    "readout_step_seconds",
    "Time that a step took, tries that failed included.",
    ["step"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300),
    registry=COUNTED,
)
READ = Counter("readout_documents_read", "Documents read, by extractor.", ["extractor"], registry=COUNTED)
FAILED = Counter(
    "readout_steps_failed", "Steps that ended their job with an error.", ["step"], registry=COUNTED
)
FACTS = Counter("readout_facts", "Facts proven, by kind.", ["kind"], registry=COUNTED)
REJECTED = Counter("readout_rejections", "Proposals not proven, by kind.", ["kind"], registry=COUNTED)
CALLS = Counter("readout_model_calls", "Answers of the model.", ["model"], registry=COUNTED)
TOKENS = Counter(
    "readout_model_tokens", "Tokens paid for: prompt (cached ones included), cached, completion.",
    ["model", "kind"], registry=COUNTED,
)  # fmt: skip
COST = Counter(
    "readout_model_cost_dollars", "US dollars paid, by the price table.", ["model"], registry=COUNTED
)
TAKEN_UP = Counter(
    "readout_documents_taken_up", "Documents taken over from a worker that died.", registry=COUNTED
)
WRITTEN = Counter("readout_texts_written", "Texts of briefings, by who wrote them.", ["by"], registry=COUNTED)
DROPPED = Counter(
    "readout_sentences_dropped",
    "Sentences of a model that did not stand and are not served.",
    registry=COUNTED,
)
DELIVERED = Counter(
    "readout_webhook_deliveries",
    "Calls of webhooks, by outcome: taken, failed.",
    ["outcome"],
    registry=COUNTED,
)


def log_to_stderr(process: str, style: LogFormat, level: LogLevel, access: bool = False) -> None:
    """Everything from `level` up; a line for each document read where `access` is on. Call it first."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(process, style))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("readout").setLevel(level.upper())
    logging.getLogger("readout.access").setLevel(logging.INFO if access else logging.WARNING)


@contextmanager
def working_on(**ids: str) -> Iterator[None]:
    """What is logged meanwhile, by this task or thread and those it starts, carries these ids."""
    before = _worked_on.get()
    _worked_on.set({**(before or {}), **ids})
    try:
        yield
    finally:
        _worked_on.set(before)


class _Lines(logging.Formatter):
    """Writes what a record says with the ids of what is worked on, and what was given as `extra`."""

    def __init__(self, process: str, style: LogFormat) -> None:
        super().__init__()
        self._process, self._written = process, style

    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        entry = {"event": record.getMessage(), **(_worked_on.get() or {}), **extra}
        error = self.formatException(record.exc_info) if record.exc_info else None
        if self._written == "text":
            line = as_text(self._process, entry)
            return f"{line}\n{error}" if error else line
        told = {
            "event": entry.pop("event"),
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": self._process,
            **entry,
            **({"exception": error} if error else {}),
        }
        return msgspec.json.encode(told, enc_hook=str).decode()


def as_text(process: str, entry: Mapping[str, Any]) -> str:
    """A line to read of an entry."""
    ids = [
        f"{name}={entry[name]}" for name in IDS if name in entry and str(entry[name]) not in entry["event"]
    ]
    took = [f"{entry['duration_ms']} ms"] if "duration_ms" in entry else []
    refused = [f"refused={entry['refused']}"] if "refused" in entry else []
    return _one_line(" ".join([f"{process}:", entry["event"], *took, *refused, *ids]))


def _one_line(text: str) -> str:
    """Without characters that end lines or command a terminal: some of what is told are a caller's words."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


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


@contextmanager
def timed(step: str) -> Iterator[None]:
    began = perf_counter()
    try:
        yield
    finally:
        STEP_SECONDS.labels(step).observe(perf_counter() - began)


class Account:
    """Tells what this process counted, each bit once."""

    def __init__(self) -> None:
        self._told: dict[Sample, float] = {}

    def tell(self, to: Callable[[dict[Sample, float]], _R]) -> _R:
        """What `to` makes of what was counted since the last time; where it raises, that is told again."""
        now = {
            (line.name, tuple(sorted(line.labels.items()))): line.value
            for metric in COUNTED.collect()
            for line in metric.samples
        }
        before = self._told
        made = to({key: more for key, value in now.items() if (more := value - before.get(key, 0.0))})
        self._told = now
        return made


class OfAllWorkers(Collector):
    """The totals of every worker, in the shape that `COUNTED` declares them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        totals = counted(self._engine)
        for declared in COUNTED.collect():
            metric = Metric(declared.name, declared.documentation, declared.type)
            names = {
                declared.name,
                *(f"{declared.name}_{end}" for end in ("total", "bucket", "count", "sum")),
            }
            lines = [(name, dict(labels), value) for (name, labels), value in totals.items() if name in names]
            # The buckets of a histogram come in the order of their bounds.
            lines.sort(
                key=lambda line: (line[0], [(k, v) for k, v in line[1].items() if k != "le"], _bound(line))
            )
            metric.samples = [Line(name, labels, value) for name, labels, value in lines]
            yield metric


def _bound(line: tuple[str, dict[str, str], float]) -> float:
    return float(line[1].get("le", 0))


_KEPT_FOR = 60.0
"""Seconds between two counts of `COUNTED_UP_TO` rows: counting takes as long as there are rows."""


class AsOfNow(Collector):
    """What the database holds at the moment, or held a minute ago where it holds much."""

    def __init__(self, engine: Engine, client: Callable[[], DBOSClient]) -> None:
        self._engine = engine
        self._client = client
        self._counts: dict[str, tuple[str, int]] = {}
        self._until = 0.0

    def collect(self) -> Iterable[Metric]:
        client = self._client()
        jobs = GaugeMetricFamily("readout_jobs", "Jobs that are not over, by status.", labels=["status"])
        jobs.add_metric(["queued"], how_many(client, WAITING))
        jobs.add_metric(["running"], how_many(client, ["PENDING"]))
        yield jobs
        yield GaugeMetricFamily(
            "readout_queue_oldest_seconds", "Age of the job that waits longest.", longest_wait(client)
        )
        yield GaugeMetricFamily(
            "readout_workers", "Workers heard of in the last ten seconds.", len(alive(self._engine, SILENCE))
        )
        if monotonic() >= self._until:
            self._counts = row_counts(self._engine)
            if max(count for _, count in self._counts.values()) > COUNTED_UP_TO:
                self._until = monotonic() + _KEPT_FOR
        for name, (meaning, count) in self._counts.items():
            yield GaugeMetricFamily(f"readout_{name}", meaning, count)
