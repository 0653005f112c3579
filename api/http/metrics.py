"""Figures of the service for Prometheus: of this process's requests, of all workers, and of the database."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from worker.exposition import AsOfNow, OfAllWorkers
from worker.jobs import Jobs

REQUESTS = Counter("readout_http_requests", "Requests, by operation.", ["operation", "method", "status"])
SECONDS = Histogram(
    "readout_http_request_seconds",
    "Time until an answer began.",
    ["operation", "method"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
DATABASE = Gauge("readout_database_up", "Whether the database answered when it was asked for figures.")


def exposition(jobs: Jobs) -> bytes:
    """Everything, in Prometheus's text format; of this process alone while the database does not answer."""
    try:
        stored = CollectorRegistry()
        stored.register(AsOfNow(jobs))
        stored.register(OfAllWorkers(jobs.engine))
        found = generate_latest(stored)
        DATABASE.set(1)
    except SQLAlchemyError:
        found = b""
        DATABASE.set(0)
    return generate_latest(REGISTRY) + found
