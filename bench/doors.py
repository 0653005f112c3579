"""Reading while a crowd holds on to the service: sockets that say nothing, heads that never end, event streams."""

import asyncio
import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

import httpx

from bench.archive import fill
from bench.processes import processor_seconds
from bench.rows import Row
from bench.work import free_port, readout, wait_until_ready
from pipeline.documents.read import read
from store.engine import connect
from store.keys import create_key
from worker.jobs import connect_jobs, prepare, submit

IDLE, STREAMS, READS, WANTED = 2_000, 500, 2_000, 50.0
_OF_A_KEY, _BRIEFINGS = 100, 200
_PAUSE = 0.005  # seconds between reads
_QUIET = 5.0  # seconds in which the crowd is alone
Found = TypeVar("Found")
_HALF = b"GET /v1/briefings HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def measure() -> list[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder}/readout.db"
        keys, jobs, briefings = _filled(url)
        port = free_port()
        settings = {"READOUT_DATABASE_URL": url, "READOUT_PORT": str(port), "READOUT_AUTH": "required"}
        process = stack.enter_context(readout(folder / "log", "serve", **settings))
        paths = [f"/v1/briefings/{id}" for id in briefings] + ["/v1/deadlines?limit=20", "/v1/jobs?limit=20"]
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60))
        client.headers["Authorization"] = f"Bearer {keys[0]}"
        wait_until_ready(client)
        _milliseconds(client, paths, READS // 10)
        alone, alone_cost = _cost(process.pid, lambda: _milliseconds(client, paths, READS))
        asked = [(keys[number // _OF_A_KEY], job) for number, job in enumerate(jobs)]
        stack.enter_context(_crowd(port, asked))
        _, crowd_cost = _cost(process.pid, lambda: time.sleep(_QUIET))
        crowded, crowded_cost = _cost(process.pid, lambda: _milliseconds(client, paths, READS))
        health = _milliseconds(client, ["/health/live"], READS // 10)
    held = crowd_cost / _QUIET
    return [
        Row(
            f"a read, p99, among {IDLE:,} idle sockets and {STREAMS} event streams",
            f"{_p99(crowded):.1f} ms; {1_000 * crowded_cost / READS:.2f} ms of processor",
            f"{_p99(alone):.1f} ms; {1_000 * alone_cost / READS:.2f} ms of processor, alone",
            f"{_p99(crowded) / _p99(alone):.2f}", f"under {WANTED:g} ms", _p99(crowded) < WANTED,
        ),
        Row(
            "/health/live among them, p99", f"{_p99(health):.1f} ms", "", "", f"under {WANTED:g} ms",
            _p99(health) < WANTED,
        ),
        Row(
            "processor of the service while the crowd is alone with it", f"{held:.1%}", "", "", "under 10%",
            held < 0.1,
        ),
    ]  # fmt: skip


def _filled(url: str) -> tuple[list[str], list[str], list[str]]:
    """Keys, jobs that wait for a worker, and ids of briefings."""
    prepare(url)
    engine = connect(url)
    fill(engine, _BRIEFINGS)
    keys = [
        create_key(engine, name=f"caller {number}", scopes=["briefings:read"]).key
        for number in range(STREAMS // _OF_A_KEY)
    ]
    with engine.connect() as connection:
        briefings = [str(id) for (id,) in connection.exec_driver_sql("SELECT id FROM briefings")]
    engine.dispose()
    jobs = connect_jobs(url)
    added = [submit(jobs, read(f"Talks {number}.".encode())).job_id for number in range(STREAMS)]
    jobs.close()
    return keys, added, briefings


def _milliseconds(client: httpx.Client, paths: Sequence[str], times: int) -> list[float]:
    """Of each read, in turn over the paths, each on the connection of the one before."""
    took = []
    for number in range(times):
        began = time.perf_counter()
        client.get(paths[number % len(paths)]).raise_for_status()
        took.append(1_000 * (time.perf_counter() - began))
        time.sleep(_PAUSE)
    return took


def _p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


def _cost(process: int, act: Callable[[], Found]) -> tuple[Found, float]:
    """What it gave, and the seconds of the processor that the process took meanwhile."""
    before = processor_seconds(process)
    found = act()
    return found, processor_seconds(process) - before


@contextmanager
def _crowd(port: int, asked: list[tuple[str, str]]) -> Iterator[None]:
    """A process that holds on to the service, and comes again where it is sent away."""
    theirs, ours = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_hold, args=(ours, port, asked), daemon=True
    )
    process.start()
    ours.close()
    theirs.recv()
    try:
        yield
        if not process.is_alive():
            raise RuntimeError("the crowd went away")
    finally:
        process.kill()
        process.join()


def _hold(ready: Connection, port: int, asked: list[tuple[str, str]]) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_hold_all(ready, port, asked))


async def _hold_all(ready: Connection, port: int, asked: list[tuple[str, str]]) -> None:
    came = asyncio.Barrier(IDLE + len(asked) + 1)
    async with asyncio.TaskGroup() as crowd:
        for number in range(IDLE):
            crowd.create_task(_idle(port, _HALF if number % 2 else b"", came))
        for key, job in asked:
            crowd.create_task(_listen(port, key, job, came))
        await came.wait()
        ready.send(None)


async def _idle(port: int, said: bytes, came: asyncio.Barrier) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    await came.wait()
    while True:
        with suppress(ConnectionError):
            await reader.read()  # until the service has had enough
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)


async def _listen(port: int, key: str, job: str, came: asyncio.Barrier) -> None:
    """Raises RuntimeError where the stream is refused or ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET /v1/jobs/{job}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n"
    writer.write(head.encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"the service answered {status!r}")
    await reader.readuntil(b"event: progress")
    await came.wait()
    await reader.read()
    raise RuntimeError("a stream ended")
