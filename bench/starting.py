"""What it takes to start: processor time of the API until it is ready, and memory of all that `readout up` runs."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from bench.processes import family, processor_seconds
from bench.rows import Row
from bench.work import free_port, readout
from worker.jobs import prepare

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
TIMES, SECONDS, API, TOGETHER = 3, 2.0, 120, 380
_BENEATH = "import dbos, granian, litestar, sqlmodel"
_ASKED = ("/", "/v1/briefings", "/v1/deadlines", "/v1/deadlines.ics", "/v1/briefings.atom", "/openapi.json")


def _memory(process: int) -> float:
    """Megabytes, of what is shared with others its part."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(told.partition("Pss:")[2].split()[0]) / 1_024


def _until_ready(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            httpx.get(f"http://127.0.0.1:{port}/health/ready").raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the API did not start")


def _started(folder: Path) -> tuple[float, float]:
    """Processor time of the API until it is ready, and its memory once it has answered."""
    url, port = f"sqlite:///{folder}/readout.db", free_port()
    settings = {"READOUT_DATABASE_URL": url, "READOUT_PORT": str(port), "MALLOC_ARENA_MAX": "2"}
    with readout(folder / "serve.log", "serve", **settings) as process:
        _until_ready(port)
        took = processor_seconds(process.pid)
        for path in _ASKED:
            httpx.get(f"http://127.0.0.1:{port}{path}").raise_for_status()
        return took, _memory(process.pid)


def _together(folder: Path) -> list[float]:
    """Megabytes of `readout up`, its API and its worker, after the samples have been read."""
    url, port, log = f"sqlite:///{folder}/up.db", free_port(), folder / "up.log"
    settings = {"READOUT_DATABASE_URL": url, "READOUT_PORT": str(port)}
    samples = sorted(str(path) for path in SAMPLES.glob("*.txt"))
    with readout(log, "up", *samples, **settings) as process:
        until = time.monotonic() + 120
        while "Ctrl-C" not in log.read_text():
            if time.monotonic() > until or process.poll() is not None:
                raise RuntimeError("`readout up` did not start")
            time.sleep(0.2)
        for path in _ASKED:
            httpx.get(f"http://127.0.0.1:{port}{path}").raise_for_status()
        return [_memory(one) for one in family(process.pid)]


def _imported() -> float:
    """Processor time of a process that loads the libraries beneath."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", _BENEATH], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure() -> list[Row]:
    # What Python compiles is kept, as it is where Readout is installed.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        prepare(f"sqlite:///{folder}/readout.db")
        _started(folder)
        runs = [_started(folder) for _ in range(TIMES)]
        beneath = min(_imported() for _ in range(TIMES))
        together = _together(folder)
    took, memory, total = min(took for took, _ in runs), max(memory for _, memory in runs), sum(together)
    parts = " + ".join(f"{part:.0f}" for part in together)
    return [
        Row(
            "processor time of `readout serve` until it is ready",
            f"{took:.2f} s", f"{beneath:.2f} s to load its libraries", f"{took / beneath:.2f}",
            f"under {SECONDS:g} s", took < SECONDS,
        ),
        Row(
            "memory of `readout serve` after some requests",
            f"{memory:.0f} MB", "", "", f"under {API} MB", memory < API,
        ),
        Row(
            "memory of all that `readout up` runs",
            f"{total:.0f} MB", parts, "", f"under {TOGETHER} MB", total < TOGETHER,
        ),
    ]  # fmt: skip
