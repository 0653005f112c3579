"""Processes of a service: the API on a free port, workers whose extraction is a stand-in, and all that is started
with `readout up`."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.forked import READOUT, Forked
from tests.waiting import until
from tests.worker.stand_in import Plan, command

_SERVE = "from api.http.app import serve; from api.settings import load_settings; serve(load_settings())"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def unset() -> dict[str, str]:
    """The environment without the caller's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}


@contextmanager
def api(
    url: str,
    folder: Path,
    port: int,
    *,
    before: str = "",
    streams: dict[str, Any] | None = None,
    **settings: str,
) -> "Iterator[subprocess.Popen[Any]]":
    """The API on a database, answering. `before`: Python that it runs first; `settings`: of `READOUT_…`."""
    env = unset() | {"READOUT_DATABASE_URL": url, "READOUT_PORT": str(port)}
    env |= {f"READOUT_{name.upper()}": value for name, value in settings.items()}
    serve = [sys.executable, "-P", "-c", f"{before}\n{_SERVE}"]
    process = Forked(serve, env=env, cwd=folder, **streams or {})
    with running(process):
        until(lambda: answers(f"http://127.0.0.1:{port}/health/live", process))
        yield process


@contextmanager
def worker(url: str, folder: Path, **plan: Any) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker whose extraction is a stand-in, with a Plan of it."""
    begun = folder / "begun"
    begun.touch()
    process = Forked(command(url, begun, Plan(**plan)), stdout=subprocess.PIPE)
    with running(process):
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process


@contextmanager
def running(process: "subprocess.Popen[Any]") -> Iterator[None]:
    """Ends the process with the block."""
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        process.wait()


class Up:
    """A running `readout up` with a database of its own, in a process group of its own."""

    def __init__(self, folder: Path, *files: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.database = f"sqlite:///{folder}/readout.db"
        env = {k: v for k, v in os.environ.items() if not k.startswith(("READOUT_", "OPENAI_"))}
        self.env = env | {"READOUT_DATABASE_URL": self.database, "READOUT_PORT": str(self.port)}
        self.out, self.err = folder / "out", folder / "err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [READOUT, "up", *files],
                cwd=folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.out.read_text(encoding="utf-8")

    def told(self) -> str:
        return self.err.read_text(encoding="utf-8")

    def until_served(self) -> None:
        until(lambda: "Ctrl-C stops everything." in self.said() or self.process.poll() is not None, self.told)
        assert self.process.poll() is None, self.told()

    def running(self) -> dict[int, str]:
        """Every process that belongs to it, wherever it hangs, with its command line."""
        found = {}
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and self.database.encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def until_gone(self) -> None:
        """Returns when none of its processes is left."""
        until(lambda: self.process.poll() is not None and not self.running(), self.running)

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        for pid in self.running():
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        self.process.wait()


def answers(address: str, process: "subprocess.Popen[Any]") -> bool:
    """Whether a service is there; raises where its process has ended."""
    assert process.poll() is None, f"it ended with status {process.returncode}"
    with suppress(httpx.TransportError):
        return httpx.get(address).is_success
    return False
