"""A connection to the jobs of a database, and worker processes that do them."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from schemas import Job
from tests.forked import Forked
from worker.jobs import Jobs, connect, get_job, prepare

REAL = "import sys; from worker.process import run; run(sys.argv[1])"


class StartWorker(Protocol):
    def __call__(self, *, seconds: float = 0) -> "subprocess.Popen[bytes]": ...


@pytest.fixture
def jobs(database_url: str) -> Iterator[Jobs]:
    prepare(database_url)
    jobs = connect(database_url)
    yield jobs
    jobs.close()


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """Where workers write the ids of the documents whose extraction they begin."""
    path = tmp_path / "begun"
    path.touch()
    return path


@pytest.fixture
def start_worker(database_url: str, begun: Path) -> Iterator[StartWorker]:
    """Starts a worker whose extraction takes as long as told; ends it with the test."""
    with ExitStack() as stack:

        def start(*, seconds: float = 0) -> "subprocess.Popen[bytes]":
            command = [sys.executable, "-m", "tests.worker.stand_in", database_url, str(begun), str(seconds)]
            process = Forked(command, stdout=subprocess.PIPE)
            stack.callback(end, process)
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            return process

        yield start


@pytest.fixture
def real_worker(database_url: str, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """The worker as it is delivered; its log is on `stderr`."""
    process = Forked(
        [sys.executable, "-c", REAL, database_url], stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    yield process
    end(process)


def end(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    process.wait()


@pytest.fixture
def wait_for(jobs: Jobs) -> Callable[..., Job]:
    """Waits until a job is in one of these states."""

    def wait(id: str, *states: str, seconds: float = 60) -> Job:
        until = time.monotonic() + seconds
        while True:
            job = get_job(jobs, id)
            assert job is not None
            if job.status in (states or ("done", "failed", "cancelled")):
                return job
            assert time.monotonic() < until, f"still {job}"
            time.sleep(0.05)

    return wait
