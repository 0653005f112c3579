"""Processes of a service: the API on a free port, and workers whose extraction is a stand-in."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.forked import Forked

SERVE = "from api.http.server import serve; from api.settings import load; serve(load())"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def api(
    url: str, folder: Path, port: int, *, before: str = "", **settings: str
) -> "Iterator[subprocess.Popen[bytes]]":
    """The API on a database, ready. `before`: Python that it runs first; `settings`: of `READOUT_…`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}
    env |= {"READOUT_DATABASE_URL": url, "READOUT_PORT": str(port)}
    env |= {f"READOUT_{name.upper()}": value for name, value in settings.items()}
    process = Forked([sys.executable, "-P", "-c", f"{before}\n{SERVE}"], env=env, cwd=folder)
    try:
        until = time.monotonic() + 60
        while True:
            assert process.poll() is None and time.monotonic() < until
            try:
                httpx.get(f"http://127.0.0.1:{port}/health/live")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@contextmanager
def worker(url: str, folder: Path, seconds: float = 0.0) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker whose extraction takes that long."""
    begun = folder / "begun"
    begun.touch()
    command = [sys.executable, "-m", "tests.worker.stand_in", url, str(begun), str(seconds)]
    process = Forked(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        process.wait()
