"""Callers who hold on to the service, or bend what they send, in front of a real process of it."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from select import select
from typing import Any

import httpx
import msgspec
import pytest
from litestar.types import Message, Receive, Scope, Send

from api.http import requests
from api.http.requests import in_time
from store.engine import connect
from store.keys import create_key
from tests.api.conftest import AUTHORIZED, KEY
from tests.serving import api, free_port
from tests.waiting import PATIENCE, until
from worker.jobs import prepare

CROWD = 300  # connections: more than Granian holds unless it is told to
CALM = f"from api.http import app; app._HEAD = {PATIENCE}"
HURRY = "from api.http import app, requests; app._HEAD = 1.0; requests._PATIENCE = 1.0"
HOST = "Host: 127.0.0.1\r\n"


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    return url


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of a service in local mode that waits for a second instead of half a minute."""
    folder, port = tmp_path_factory.mktemp("doors"), free_port()
    prepare(f"sqlite:///{folder}/readout.db")
    with api(f"sqlite:///{folder}/readout.db", folder, port, access_log="off", before=HURRY):
        yield port


def connected(port: int, text: str = "") -> socket.socket:
    """A connection on which this has been said."""
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    connection.sendall(text.encode())
    return connection


def rest(connection: socket.socket) -> bytes:
    """What comes until the service closes the connection."""
    received = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            received += part
    return received


def answer(port: int, text: str) -> tuple[int, str]:
    """Status and body of the answer to a request, after which the connection is closed."""
    with connected(port, text) as connection:
        head, _, body = rest(connection).partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


def drip(connection: socket.socket, bit: bytes) -> None:
    """Sends a bit now and then until the service says something, or hangs up."""
    with suppress(ConnectionError):
        while not select([connection], [], [], 0.1)[0]:
            connection.sendall(bit)


@pytest.mark.parametrize("said", ["", "GET /health/live HTT", f"GET /health/live HTTP/1.1\r\n{HOST}"])
def test_a_head_that_does_not_come_ends_its_connection(port: int, said: str) -> None:
    with connected(port, said) as connection:
        assert rest(connection) == b""


def test_a_head_that_comes_by_bits_ends_its_connection(port: int) -> None:
    with connected(port, f"GET /health/live HTTP/1.1\r\n{HOST}") as connection:
        drip(connection, b"X-Slow: yes\r\n")
        assert rest(connection) == b""


def test_a_connection_that_is_idle_is_closed(port: int) -> None:
    with connected(port, f"GET /health/live HTTP/1.1\r\n{HOST}\r\n") as connection:
        assert rest(connection).startswith(b"HTTP/1.1 200 OK")


def test_a_head_of_any_length_is_not_read(port: int) -> None:
    status, _ = answer(port, f"GET /health/live HTTP/1.1\r\n{HOST}X-Long: {'a' * 1_000_000}\r\n\r\n")
    assert status == 431


@pytest.mark.parametrize(
    ("path", "kind", "begun"),
    [
        ("/v1/documents", "application/json", '{"text": "Chile and'),
        (
            "/v1/documents",
            "multipart/form-data; boundary=b",
            '--b\r\nContent-Disposition: form-data; name="f',
        ),
        ("/v1/documents/batch", "application/x-ndjson", '{"text": "Chile and Norway meet."}\n{"te'),
        ("/v1/webhooks", "application/json", ""),
        ("/sign-in/key", "application/x-www-form-urlencoded", "key="),
    ],
)
@pytest.mark.parametrize("framing", ["Content-Length: 2000", "Transfer-Encoding: chunked"])
def test_a_body_that_stops_is_not_waited_for(
    port: int, path: str, kind: str, begun: str, framing: str
) -> None:
    if framing.startswith("Transfer"):
        begun = f"{len(begun):x}\r\n{begun}\r\n" if begun else ""
    status, body = answer(
        port, f"POST {path} HTTP/1.1\r\n{HOST}Content-Type: {kind}\r\n{framing}\r\n\r\n{begun}"
    )
    problem = msgspec.json.decode(body)
    assert (status, problem["type"]) == (408, "/problems/request-timeout")
    assert problem["detail"] == "The body was waited for, and did not come."


def test_a_body_that_comes_by_bits_is_not_waited_for(port: int) -> None:
    head = f"POST /v1/documents HTTP/1.1\r\n{HOST}Content-Type: application/json\r\nContent-Length: 9999999\r\n\r\n"
    with connected(port, head) as connection:
        drip(connection, b" ")
        assert rest(connection).startswith(b"HTTP/1.1 408 Request Timeout")


def test_a_body_that_comes_steadily_may_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that goes by between its parts, while they are worked on, is not the sender's."""
    monkeypatch.setattr(requests, "_PATIENCE", 3.0)
    received: list[bytes] = []

    async def receive() -> Any:
        await asyncio.sleep(1.0)
        return {"type": "http.request", "body": b"a" * 2_000, "more_body": len(received) < 3}

    async def send(_: Message) -> None: ...

    async def read(_: Scope, receive: Receive, __: Send) -> None:
        message: Any = {"more_body": True}
        while message["more_body"]:
            message = await receive()
            received.append(message["body"])
            await asyncio.sleep(0.5)

    async def ask() -> None:
        scope: Any = {"type": "http", "method": "POST"}
        await in_time(read)(scope, receive, send)

    asyncio.run(ask())
    assert received == [b"a" * 2_000] * 4


def test_a_crowd_that_says_nothing_keeps_nobody_out(url: str, tmp_path: Path) -> None:
    port = free_port()
    with api(url, tmp_path, port, access_log="off", before=CALM), ExitStack() as crowd:
        for number in range(CROWD):
            begun = f"GET /v1/briefings HTTP/1.1\r\n{HOST}" if number % 2 else ""
            crowd.enter_context(connected(port, begun))
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            assert client.get("/health/live").status_code == 200
            assert client.get("/v1/briefings").status_code == 200


def test_it_asks_for_the_files_that_a_crowd_takes(url: str, tmp_path: Path) -> None:
    port = free_port()
    few = (
        f"import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (120, r.getrlimit(r.RLIMIT_NOFILE)[1])); {CALM}"
    )
    with api(url, tmp_path, port, access_log="off", before=few), ExitStack() as crowd:
        for _ in range(CROWD):
            crowd.enter_context(connected(port))
        assert httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=PATIENCE).status_code == 200


def test_where_files_are_few_the_crowd_waits_and_goes(url: str, tmp_path: Path) -> None:
    port = free_port()
    few = f"import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (320, 320)); {HURRY}"
    with api(url, tmp_path, port, access_log="off", before=few), ExitStack() as crowd:
        for _ in range(CROWD):
            crowd.enter_context(connected(port))
        assert httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=PATIENCE).status_code == 200


def test_a_caller_holds_so_many_event_streams_and_no_more(url: str, tmp_path: Path) -> None:
    engine = connect(url)
    other = create_key(engine, name="other", scopes=["briefings:read"]).key
    engine.dispose()
    port = free_port()
    with (
        api(url, tmp_path, port, auth="required", admin_key=KEY, stream_limit="2", access_log="off"),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=AUTHORIZED, timeout=PATIENCE) as client,
    ):
        job = client.post("/v1/documents", json={"text": "Chile and Norway meet."}).headers["Location"]
        events = f"{job}/events"

        def status(key: str = KEY) -> int:
            with client.stream("GET", events, headers={"Authorization": f"Bearer {key}"}) as stream:
                return stream.status_code

        with client.stream("GET", events) as first, client.stream("GET", events) as second:
            assert [first.status_code, second.status_code] == [200, 200]
            refused = client.get(events)
            assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-streams")
            assert refused.json()["detail"] == (
                "There are 2 streams open already: close one, or follow several jobs by `GET /v1/jobs`."
            )
            assert refused.headers["Retry-After"] == "10"
            assert status(other) == 200
            assert client.get(job).status_code == 200
        until(lambda: status() == 200)
        with client.stream("GET", events) as one:
            client.delete(job)
            assert "event: finished" in one.read().decode()
        assert [client.get(events).status_code for _ in range(5)] == [200] * 5


def test_it_stops_though_hundreds_hang_up_at_that_moment(url: str, tmp_path: Path) -> None:
    """When a proxy is taken away with the service."""
    port = free_port()
    with api(url, tmp_path, port, access_log="off", stream_limit="1000") as process:
        added = httpx.post(f"http://127.0.0.1:{port}/v1/documents", json={"text": "Chile and Norway meet."})
        head = f"GET {added.headers['Location']}/events HTTP/1.1\r\n{HOST}\r\n"
        crowd = [connected(port, head) for _ in range(CROWD * 2)]
        for connection in crowd:
            assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
        for connection in crowd:
            connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_two_hosts_are_one_too_many(port: int) -> None:
    head = f"GET /v1/briefings HTTP/1.1\r\n{HOST}Connection: close\r\n"
    assert answer(port, f"{head}\r\n")[0] == 200
    for second in (HOST, "host: rebound.example\r\n"):
        status, body = answer(port, f"{head}{second}\r\n")
        assert (status, msgspec.json.decode(body)["detail"]) == (400, "Send one `Host` header.")


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("/v1/briefings", "Host: rebound.example\r\n"),
        ("/v1/briefings", "Host: rebound.example:8000\r\n"),
        ("/v1/briefings", "Host: 127.0.0.1.rebound.example\r\n"),
        ("/v1/briefings", "Host: localhost@rebound.example\r\n"),
        ("/v1/briefings", "Host: 0.0.0.0\r\n"),
        ("/v1/briefings", "X-Forwarded-Host: localhost\r\nHost: rebound.example\r\n"),
        ("/v1/briefings", "Host: \r\n"),
        ("/v1/briefings", ""),
        ("http://localhost/v1/briefings", "Host: rebound.example\r\n"),
    ],
)
def test_a_name_that_was_bound_to_this_machine_reads_nothing(port: int, target: str, host: str) -> None:
    """A page of that name would be of one origin with the service, and so read its answers."""
    assert answer(port, f"GET {target} HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")[0] == 200
    status, body = answer(port, f"GET {target} HTTP/1.1\r\n{host}Connection: close\r\n\r\n")
    assert (status, msgspec.json.decode(body)["type"]) == (403, "/problems/not-local")


def test_methods_that_nobody_knows_are_one_series(port: int) -> None:
    for number in range(20):
        method = f"BREW{number}"
        status, _ = answer(port, f"{method} /v1/briefings HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")
        assert status == 405
    figures = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert "BREW" not in figures
    assert 'readout_http_requests_total{method="_OTHER",operation="none",status="405"} 20.0' in figures


def test_a_path_writes_no_lines_of_the_log(url: str, tmp_path: Path) -> None:
    port = free_port()
    to_file = "import os; os.dup2(os.open('stderr', os.O_WRONLY | os.O_CREAT), 2)"
    with api(url, tmp_path, port, access_log="on", before=to_file):
        path = "/v1/briefings/x%1b[2J%0aapi: GET /forged 200%c2%9b%e2%80%ae"
        asked = httpx.get(f"http://127.0.0.1:{port}{path}", headers={"X-Request-Id": "mine"})
        assert asked.status_code == 404
        until(lambda: "mine" in (tmp_path / "stderr").read_text())
    lines = [line for line in (tmp_path / "stderr").read_text().splitlines() if "forged" in line]
    assert len(lines) == 1 and lines[0].isprintable()
    assert lines[0].startswith(r"api: GET /v1/briefings/x\x1b[2J\napi: GET /forged 200\x9b\u202e 404 ")
