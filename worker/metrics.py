"""What workers count, and how it reaches whoever asks.

Each worker adds what it counted to the database with its heartbeat, and the API reads the totals there. So there is
one place to scrape, totals outlive workers, and a worker that is killed takes two seconds of counting with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from sqlalchemy import Engine

from store.workers import Sample, add_counted

disable_created_metrics()
COUNTED = CollectorRegistry()
"""Of this process."""
STEPS = Histogram(
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

DELIVERED = Counter(
    "readout_webhook_deliveries",
    "Calls of webhooks, by outcome: taken, failed.",
    ["outcome"],
    registry=COUNTED,
)


@contextmanager
def timed(step: str) -> Iterator[None]:
    began = perf_counter()
    try:
        yield
    finally:
        STEPS.labels(step).observe(perf_counter() - began)


class Account:
    """Brings what this process counted to the database, each bit once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._brought: dict[Sample, float] = {}

    def bring(self) -> None:
        now = {
            (line.name, tuple(sorted(line.labels.items()))): line.value
            for metric in COUNTED.collect()
            for line in metric.samples
        }
        before = self._brought
        add_counted(
            self._engine, {key: more for key, value in now.items() if (more := value - before.get(key, 0.0))}
        )
        self._brought = now
