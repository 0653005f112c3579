"""Traces go where OpenTelemetry's variables say, and nothing happens where they say nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from pipeline.documents.read import read
from tests.forked import Forked, run
from tests.waiting import PATIENCE, until
from tests.worker.conftest import job_of
from worker.jobs import connect_jobs, prepare, submit

pytest.importorskip("opentelemetry.sdk")
WORK = "import sys; from worker.process import run; run(sys.argv[1])"
SERVE = """
import sys
from litestar.testing import TestClient
from api.http.app import create_app
from api.settings import Settings
from worker.observability import start_tracing, stop_tracing
start_tracing("readout-api")
with TestClient(create_app(Settings(database_url=sys.argv[1])), base_url="http://127.0.0.1") as client:
    client.get("/v1/briefings/no-such-thing")
    client.get("/health/live")
stop_tracing()
"""
TOLD = "import logging, sys; logging.basicConfig(); sys.modules['opentelemetry.sdk.trace'] = None; from worker.observability import *; print(start_tracing('x'))"


class Collector(ThreadingHTTPServer):
    """Keeps what is sent to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.received: list[tuple[str, bytes]] = []

    def traces(self) -> bytes:
        return b"".join(body for path, body in self.received if path == "/v1/traces")


class Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        Thread(target=collector.serve_forever, daemon=True).start()
        yield collector
        collector.shutdown()


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    return url


def env(collector: Collector) -> dict[str, str]:
    endpoint = f"http://127.0.0.1:{collector.server_port}"
    return dict(os.environ) | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
    }


def test_a_request_is_a_span_named_by_its_operation(collector: Collector, url: str) -> None:
    run([sys.executable, "-c", SERVE, url], env=env(collector)).check_returncode()
    sent = collector.traces()
    assert b"readout-api" in sent
    assert b"get_briefing" in sent
    assert b"/v1/briefings/{id_or_slug}" in sent
    assert b"get_liveness" not in sent


def test_a_document_is_a_span_with_its_steps(collector: Collector, url: str) -> None:
    worker = Forked([sys.executable, "-c", WORK, url], env=env(collector), stderr=subprocess.PIPE, text=True)
    jobs = connect_jobs(url)
    id = submit(jobs, read(b"Norway and Chile opened trade talks in Oslo on 3 March 2031.")).job_id
    until(lambda: job_of(jobs, id).status == "done")
    jobs.close()
    worker.terminate()
    _, said = worker.communicate(timeout=PATIENCE)
    assert said == "worker: ready to read documents\nworker: stopped, 0 documents unfinished\n"
    sent = collector.traces()
    for part in (b"readout-worker", b"ingest", b"read", b"extract", b"merge", id.encode()):
        assert part in sent


def test_asked_for_and_not_installed_is_a_line(collector: Collector) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOLD], env=env(collector), capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
    assert done.stderr == (
        "WARNING:readout:traces are asked for (OTEL_EXPORTER_OTLP_ENDPOINT), and OpenTelemetry is not installed: "
        "pip install 'readout[otel]'\n"
    )


def test_not_asked_for_nothing_is_loaded() -> None:
    script = "import sys; from worker.observability import *; print(start_tracing('x'), 'opentelemetry' in sys.modules)"
    bare = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=bare, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False False\n"
