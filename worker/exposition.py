"""The figures of all workers and of the database, as they are when somebody asks."""

from collections.abc import Iterable
from time import time

from dbos import DBOSClient
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample as Line
from sqlalchemy import Engine, func, select

from store.workers import alive, counted, row_counts
from worker.jobs import Jobs
from worker.metrics import COUNTED
from worker.queue import WORKFLOW
from worker.recovery import SILENCE
from worker.states import STATES


class OfAllWorkers(Collector):
    """The totals of every worker, in the shape that `COUNTED` declares them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        found = counted(self._engine)
        for declared in COUNTED.collect():
            metric = Metric(declared.name, declared.documentation, declared.type)
            names = {
                declared.name,
                *(f"{declared.name}_{end}" for end in ("total", "bucket", "count", "sum")),
            }
            lines = [(name, dict(labels), value) for (name, labels), value in found.items() if name in names]
            # The buckets of a histogram come in the order of their bounds.
            lines.sort(
                key=lambda line: (line[0], [(k, v) for k, v in line[1].items() if k != "le"], _bound(line))
            )
            metric.samples = [Line(name, labels, value) for name, labels, value in lines]
            yield metric


def _bound(line: tuple[str, dict[str, str], float]) -> float:
    return float(line[1].get("le", 0))


class AsOfNow(Collector):
    """What the database holds at the moment."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def collect(self) -> Iterable[Metric]:
        engine = self._jobs.engine
        depth, oldest = queue(self._jobs.client())
        jobs = GaugeMetricFamily("readout_jobs", "Jobs that are not over, by status.", labels=["status"])
        for status in ("queued", "running"):
            jobs.add_metric([status], depth.get(status, 0))
        yield jobs
        yield GaugeMetricFamily("readout_queue_oldest_seconds", "Age of the job that waits longest.", oldest)
        yield GaugeMetricFamily(
            "readout_workers", "Workers heard of in the last ten seconds.", len(alive(engine, SILENCE))
        )
        for name, (meaning, count) in row_counts(engine).items():
            yield GaugeMetricFamily(f"readout_{name}", meaning, count)


def queue(client: DBOSClient) -> tuple[dict[str, int], float]:
    """Jobs queued and running, and the age in seconds of the one that waits longest."""
    system = client._sys_db
    workflow = system.tables.workflow_status.c
    under_way = [state for state, status in STATES.items() if status in ("queued", "running")]
    query = (
        select(workflow.status, func.count(), func.min(workflow.created_at))
        .where(workflow.name == WORKFLOW, workflow.status.in_(under_way))
        .group_by(workflow.status)
    )
    depth: dict[str, int] = {}
    oldest = 0.0
    with system.engine.connect() as connection:
        for state, count, first in connection.execute(query):
            status = STATES[state]
            depth[status] = depth.get(status, 0) + count
            if status == "queued":
                oldest = max(oldest, time() - first / 1000)
    return depth, oldest
