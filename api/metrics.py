"""Figures of the service for Prometheus: of this process's requests, of all workers, and of the database."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest

from worker.exposition import AsOfNow, OfAllWorkers
from worker.jobs import Jobs

REQUESTS = Counter("readout_http_requests", "Requests, by operation.", ["operation", "method", "status"])
SECONDS = Histogram(
    "readout_http_request_seconds",
    "Time until an answer began.",
    ["operation", "method"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def exposition(jobs: Jobs) -> bytes:
    """Everything, in Prometheus's text format."""
    stored = CollectorRegistry()
    stored.register(AsOfNow(jobs))
    stored.register(OfAllWorkers(jobs.engine))
    return generate_latest(REGISTRY) + generate_latest(stored)
