"""Documents through one, two and four workers with a provider that takes one second a call."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.rows import Row
from bench.work import database, readout, slow_provider, wait_for_workers
from pipeline.documents.read import read
from worker.jobs import Jobs, connect_jobs, submit

DOCUMENTS, CONCURRENCY = 96, 4
WANTED = {2: 1.8, 4: 3.2}
_TEXT = "Norway and Chile spoke about the weather. Number {number}.\n"


def measure() -> list[Row]:
    took = {}
    with ExitStack() as stack:
        new = stack.enter_context(database())
        provider = stack.enter_context(slow_provider())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for count in (1, *WANTED):
            took[count] = _seconds(new(f"workers_{count}"), provider, count, folder / "log")
    return [
        Row(
            f"{DOCUMENTS} documents, {count} workers of {CONCURRENCY} at once, a provider of 1 s a call",
            f"{took[count]:.1f} s", f"{took[1]:.1f} s with one worker",
            f"{took[1] / took[count]:.2f} times", f"at least {wanted} times", took[1] / took[count] >= wanted,
        )
        for count, wanted in WANTED.items()
    ]  # fmt: skip


def _seconds(url: str, provider: str, count: int, log: Path) -> float:
    settings = {
        "READOUT_DATABASE_URL": url,
        "OPENAI_BASE_URL": provider,
        "READOUT_MODEL": "slow",
        "READOUT_MODEL_CONCURRENCY": "64",
    }
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(readout(log, "work", "--concurrency", str(CONCURRENCY), **settings))
        wait_for_workers(url, count)
        jobs = stack.enter_context(_connected(url))
        began = time.perf_counter()
        for number in range(DOCUMENTS):
            submit(jobs, read(_TEXT.format(number=number).encode()))
        while _over(jobs) < DOCUMENTS:
            time.sleep(0.1)
        return time.perf_counter() - began


def _over(jobs: Jobs) -> int:
    return len(jobs.client().list_workflows(status=["SUCCESS", "ERROR"], load_input=False, load_output=False))


@contextmanager
def _connected(url: str) -> Iterator[Jobs]:
    jobs = connect_jobs(url)
    yield jobs
    jobs.close()
