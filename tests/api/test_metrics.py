"""Figures for Prometheus: requests by operation, what the database holds, and what every worker did."""

import time
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from store.engine import connect
from store.workers import add_counted, beat
from tests.api.conftest import Client, serving
from worker import observability
from worker.jobs import connect_jobs
from worker.observability import READ, STEP_SECONDS, Account, timed

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def figures(client: Client | httpx.Client) -> Figures:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(answer.text)
    return {
        (line.name, frozenset(line.labels.items())): line.value
        for family in families
        for line in family.samples
    }


def labels(**given: str) -> frozenset[tuple[str, str]]:
    return frozenset(given.items())


def test_requests_are_counted_by_operation_and_not_by_path(writer: Client) -> None:
    before = figures(writer)
    for id in ("a", "b", "c"):
        assert writer.get(f"/v1/briefings/{id}").status_code == 404
    assert writer.get("/nowhere/at/all").status_code == 404
    after = figures(writer)

    def more(operation: str, method: str = "GET") -> float:
        key = "readout_http_requests_total", labels(operation=operation, method=method, status="404")
        return after.get(key, 0.0) - before.get(key, 0.0)

    assert (more("get_briefing"), more("none")) == (3, 1)
    timed = "readout_http_request_seconds_count", labels(operation="get_briefing", method="GET")
    assert after[timed] - before.get(timed, 0.0) == 3


def test_what_the_database_holds_is_told(client: Client) -> None:
    found = figures(client)
    assert found["readout_documents", labels()] == 3
    assert found["readout_briefings", labels()] == 2


def test_of_many_rows_the_count_of_a_minute_ago_is_told(
    writer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observability, "COUNTED_UP_TO", 1)

    def documents() -> float:
        return figures(writer)["readout_documents", labels()]

    told = []
    for number in range(3):
        writer.post("/v1/documents", json={"text": f"Talks {number}."})
        told.append(documents())
    assert told == [1, 2, 2]
    monkeypatch.setattr(observability, "monotonic", lambda: time.monotonic() + 61)
    assert documents() == 3


def test_the_queue_and_the_workers_are_told(writer: Client, database_url: str) -> None:
    for number in range(3):
        writer.post("/v1/documents", json={"text": f"Talks {number}."})
    jobs = connect_jobs(database_url)
    beat(jobs.engine, "worker-1")
    jobs.close()
    found = figures(writer)
    assert found["readout_jobs", labels(status="queued")] == 3
    assert found["readout_jobs", labels(status="running")] == 0
    assert found["readout_queue_oldest_seconds", labels()] > 0
    assert found["readout_workers", labels()] == 1


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


def test_what_workers_count_adds_up_in_the_database(writer: Client, engine: Engine) -> None:
    account = Account()

    def tell() -> None:
        account.tell(lambda counted: add_counted(engine, counted))

    def count_one() -> float:
        READ.labels("stand-in").inc()
        with timed("invented"):
            pass
        tell()
        tell()
        return figures(writer)["readout_documents_read_total", labels(extractor="stand-in")]

    first = count_one()
    assert count_one() == first + 1
    found = figures(writer)
    counted = found["readout_step_seconds_count", labels(step="invented")]
    assert found["readout_step_seconds_bucket", labels(step="invented", le="+Inf")] == counted
    bounds = [
        line.labels["le"]
        for metric in STEP_SECONDS.collect()
        for line in metric.samples
        if "le" in line.labels
    ]
    values = [found["readout_step_seconds_bucket", labels(step="invented", le=bound)] for bound in bounds]
    assert values == sorted(values)


def test_figures_take_a_key_where_keys_are_required(database_url: str) -> None:
    with serving(database_url) as client:
        del client.headers["Authorization"]
        assert client.get("/metrics").status_code == 401


def test_without_its_database_a_process_tells_its_own_figures() -> None:
    with serving("postgresql://nobody@127.0.0.1:9/none") as client:
        client.get("/health/live")
        found = figures(client)
    assert found["readout_database_up", labels()] == 0
    assert ("readout_documents", labels()) not in found
    assert any(name == "readout_http_requests_total" for name, _ in found)
