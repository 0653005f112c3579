"""A connection to the jobs of a database, and worker processes that do them."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, delete, true
from sqlmodel import col

from schemas import Job
from store.engine import writing
from store.tables import WorkerRow
from tests.forked import Forked
from tests.waiting import until
from tests.worker.inbox import Inbox
from tests.worker.stand_in import Plan, command
from worker.jobs import Jobs, connect_jobs, get_job, prepare
from worker.mailings import Relay

REAL = "import sys; from worker.process import run; run(sys.argv[1])"


class StartWorker(Protocol):
    def __call__(self, **plan: Any) -> "subprocess.Popen[bytes]": ...


@pytest.fixture
def jobs(database_url: str) -> Iterator[Jobs]:
    prepare(database_url)
    jobs = connect_jobs(database_url)
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
    """Starts a worker whose extraction is a stand-in, with a Plan of it; ends it with the test."""
    with ExitStack() as stack:

        def start(**plan: Any) -> "subprocess.Popen[bytes]":
            process = Forked(command(database_url, begun, Plan(**plan)), stdout=subprocess.PIPE)
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


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def relay(inbox: Inbox, free_tcp_port: int) -> Iterator[Relay]:
    """The way to that mail server."""
    server = Controller(inbox, hostname="127.0.0.1", port=free_tcp_port)
    server.start()
    yield Relay(f"smtp://127.0.0.1:{free_tcp_port}", "desk@readout.example")
    server.stop()


def end(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    process.wait()


@pytest.fixture
def wait_for(jobs: Jobs) -> Callable[..., Job]:
    """Waits until a job is in one of these states."""

    def wait(id: str, *states: str) -> Job:
        def reached() -> bool:
            return job_of(jobs, id).status in (states or ("done", "failed", "cancelled"))

        until(reached, lambda: f"still {job_of(jobs, id)}")
        return job_of(jobs, id)

    return wait


def job_of(jobs: Jobs, id: str) -> Job:
    job = get_job(jobs, id)
    assert job is not None
    return job


def bury(engine: Engine, *workers: str) -> None:
    """Others take up at once what these workers left, or all that there were: nobody waits until their silence counts."""
    with writing(engine) as session:
        gone = col(WorkerRow.id).in_(workers) if workers else true()
        session.execute(delete(WorkerRow).where(gone))
