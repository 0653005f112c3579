"""Requests over kept-open connections, one after the other on each, as fast as the server answers."""

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from msgspec import Struct


class Served(Struct, frozen=True):
    """What a server did: answers a second, and the slowest hundredth's time in milliseconds."""

    rate: float
    p99: float


_LAST_CHUNK = b"0\r\n\r\n"


class _Client(asyncio.Protocol):
    def __init__(self, requests: Sequence[bytes], until: float, first: int) -> None:
        self.requests, self.until, self.next = requests, until, first
        self.times: list[float] = []
        self.statuses: set[bytes] = set()
        self.done = asyncio.get_running_loop().create_future()
        self.buffer = b""
        self.left = -1
        self.chunked = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        self.began = time.perf_counter()
        self.transport.write(self.requests[self.next % len(self.requests)])
        self.next += 1

    def data_received(self, data: bytes) -> None:
        if self.left < 0:
            self.buffer += data
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self.statuses.add(head[9:12])
            named = head.lower().partition(b"content-length: ")[2]
            self.chunked = b"transfer-encoding: chunked" in head.lower()
            self.left = int(named.partition(b"\r\n")[0] or 0) - len(rest)
            self.buffer, data = b"", rest
        else:
            self.left -= len(data)
        if self.chunked:
            self.left = 0 if data.endswith(_LAST_CHUNK) else 1
        if self.left <= 0:
            self.left = -1
            self.times.append(time.perf_counter() - self.began)
            if time.perf_counter() < self.until:
                self._ask()
            else:
                self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if error:
            self.done.set_exception(error)
        else:
            self.done.set_result(None)


async def _run(
    port: int, requests: Sequence[bytes], seconds: float, connections: int, wanted: bytes
) -> Served:
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    step = len(requests) // connections  # none asks for what another has just asked for
    made = [
        await loop.create_connection(lambda n=n: _Client(requests, until, n * step), "127.0.0.1", port)  # type: ignore[misc]
        for n in range(connections)
    ]
    clients = [client for _, client in made]
    await asyncio.gather(*(client.done for client in clients))
    if (statuses := set().union(*(client.statuses for client in clients))) != {wanted}:
        raise RuntimeError(f"the server answered {statuses}, not {wanted!r}")
    times = sorted(took for client in clients for took in client.times)
    return Served(rate=len(times) / seconds, p99=times[int(len(times) * 0.99)] * 1_000)


def _process(answer: Connection, *asked: object) -> None:
    answer.send(asyncio.run(_run(*asked)))  # type: ignore[arg-type]


def load(
    port: int, requests: Sequence[bytes], seconds: float = 2.0, connections: int = 8, status: str = "200"
) -> Served:
    """In a process of its own. Raises RuntimeError where a server answers with another status."""
    theirs, ours = multiprocessing.get_context("spawn").Pipe()
    args = (ours, port, list(requests), seconds, connections, status.encode())
    process = multiprocessing.get_context("spawn").Process(target=_process, args=args)
    process.start()
    ours.close()
    found: Served = theirs.recv()
    process.join()
    return found


def request(path: str, **headers: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
