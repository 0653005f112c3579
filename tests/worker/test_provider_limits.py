"""Two API processes and four workers on one database: the work is shared, and so are the provider's limits."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Lock

import httpx
import pytest

from tests.forked import Forked
from tests.pipeline.extraction.model.provider import Call, Provider, Reply, provider, says
from tests.serving import api, free_port
from tests.waiting import until
from tests.worker.many_talks import document, good
from worker.jobs import Jobs, get_jobs
from worker.queue import WORKFLOW

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
WORKERS, DOCUMENTS = 4, 40
StartWorker = Callable[[], "subprocess.Popen[bytes]"]


class Watched:
    """A provider's view of its clients: when calls began, and how many there were at a time."""

    def __init__(self) -> None:
        self.began: list[float] = []
        self.documents = 0
        self.most = 0
        self._now = 0
        self._lock = Lock()

    def answer(self, call: Call) -> Reply:
        with self._lock:
            self.began.append(time.monotonic())
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.4)
        with self._lock:
            self._now -= 1
            self.documents += not call.writes
        return says('{"headline": null, "sentences": []}') if call.writes else good(call)

    def too_soon(self, since: float, apart: float) -> list[int]:
        """Calls that began before their turn, where each has a moment of its own, `apart` behind the one before."""
        turns = ((number, since + number * apart) for number in range(len(self.began)))
        return [number for number, turn in turns if sorted(self.began)[number] < turn]


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def start_worker(jobs: Jobs, watched: Watched, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts `readout work` with the model of the provider."""
    with provider(watched.answer) as server, ExitStack() as stack:
        env = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")} | {
            "READOUT_DATABASE_URL": jobs.database_url,
            "READOUT_MODEL": Provider.model,
            "OPENAI_BASE_URL": server.base_url,
            "READOUT_MODEL_CONCURRENCY": "6",
            "READOUT_MODEL_RATE": "600/minute",
        }

        def start() -> "subprocess.Popen[bytes]":
            command = [
                sys.executable,
                "-P",
                "-c",
                "from api.cli.main import main; main()",
                "work",
                "--concurrency",
                "2",
            ]
            process = Forked(command, env=env, cwd=tmp_path, stderr=subprocess.PIPE)
            assert process.stderr is not None
            stack.callback(process.stderr.close)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield start


def ready(worker: "subprocess.Popen[bytes]") -> None:
    assert worker.stderr is not None
    assert worker.stderr.readline() == b"worker: ready to read documents\n"


@ON_POSTGRESQL
def test_work_and_limits_are_shared_and_two_killed_workers_lose_nothing(
    jobs: Jobs, watched: Watched, start_worker: StartWorker, tmp_path: Path
) -> None:
    workers = [start_worker() for _ in range(WORKERS)]
    ports = [free_port(), free_port()]
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(api(jobs.database_url, tmp_path, port))
        for worker in workers:
            ready(worker)
        ids = []
        since = time.monotonic()
        for number in range(DOCUMENTS):
            url = f"http://127.0.0.1:{ports[number % 2]}/v1/documents"
            added = httpx.post(url, json={"text": document(number, 6).text, "published": "2031-03-03"})
            assert added.status_code == 202
            ids.append(added.json()["job_id"])
        until(lambda: sum(job.status == "done" for job in get_jobs(jobs, ids)) > DOCUMENTS * 0.7)
        shares = Counter(
            one.executor_id for one in jobs.client().list_workflows(name=WORKFLOW, status="SUCCESS")
        )
        for worker in workers[:2]:
            worker.kill()
        until(lambda: {job.status for job in get_jobs(jobs, ids)} == {"done"})
    # How evenly they share it is for the machine to say, and for the benchmarks.
    assert len(shares) == WORKERS, shares
    assert watched.too_soon(since, apart=0.1) == []
    assert watched.most <= 6
    assert DOCUMENTS <= watched.documents <= DOCUMENTS + 4
