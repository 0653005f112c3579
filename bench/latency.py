"""Reading a briefing while documents are read as fast as they can be: the 99th percentile, and that of quiet times."""

import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from bench.rows import Row
from bench.work import database, free_port, readout, until_over, wait_for_workers
from pipeline.documents.document import Document
from pipeline.documents.read import read
from worker.jobs import Jobs, connect_jobs, submit

REQUESTS, DOCUMENTS, WANTED = 2_000, 1_500, 3.0
_PAUSE = 0.005  # seconds between requests
_TEXT = """Chile and Norway open trade talks in Oslo

Chile and Norway opened trade talks in Oslo on 3 March {year}. \
The Norwegian delegation is led by Trade Minister Kari Moen.

Chile's salmon tariff stands at {number}%. Norway wants lower tariffs on salmon.
"""


def measure() -> list[Row]:
    with ExitStack() as stack:
        url = stack.enter_context(database())("latency")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        settings = {"READOUT_DATABASE_URL": url, "READOUT_PORT": str(port), "READOUT_ACCESS_LOG": "off"}
        for command in ("serve", "work"):
            stack.enter_context(readout(folder / command, command, **settings))
        wait_for_workers(url, 1)
        jobs = connect_jobs(url)
        stack.callback(jobs.close)
        address = f"http://127.0.0.1:{port}/v1/briefings/{_first(jobs)}"
        with httpx.Client() as client:
            _seconds(client, address, REQUESTS // 10)
            idle = _seconds(client, address, REQUESTS)
            for number in range(1, DOCUMENTS):
                submit(jobs, _document(number))
            before = _done(jobs)
            busy = _seconds(client, address, REQUESTS)
            after = _done(jobs)
    if not before < after < DOCUMENTS:
        raise RuntimeError(f"the worker was not busy all the time: {before} to {after} documents were read")
    ratio = _p99(busy) / _p99(idle)
    return [
        Row(
            f"GET /v1/briefings/{{id}}, 99th percentile, while {after - before} documents are read",
            f"{1_000 * _p99(busy):.1f} ms", f"{1_000 * _p99(idle):.1f} ms while none is",
            f"{ratio:.2f} times", f"at most {WANTED:g} times", ratio <= WANTED,
        )
    ]  # fmt: skip


def _first(jobs: Jobs) -> str:
    return until_over(jobs, submit(jobs, _document(0)).job_id).briefing_ids[0]


def _document(number: int) -> Document:
    """Ten documents a round."""
    return read(_TEXT.format(year=1900 + number // 10, number=number).encode())


def _done(jobs: Jobs) -> int:
    return len(jobs.client().list_workflows(status="SUCCESS", load_input=False, load_output=False))


def _seconds(client: httpx.Client, address: str, times: int) -> list[float]:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        client.get(address).raise_for_status()
        took.append(time.perf_counter() - began)
        time.sleep(_PAUSE)
    return took


def _p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]
