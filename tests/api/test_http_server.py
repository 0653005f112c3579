"""The service as a process: how it starts, stops, and refuses to start."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from api.http.app import serve
from api.settings import BadSetting, Settings, check_address
from tests.serving import api, free_port
from tests.waiting import PATIENCE

Process = subprocess.Popen[str]
Start = Callable[..., tuple[Process, str]]
SILENT = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a service on a database and a free port; gives the process and its address once it answers."""
    with ExitStack() as stack:

        def start(url: str, grace: float | None = None) -> tuple[Process, str]:
            port = free_port()
            patient = f"from api.http import app; app._GRACE = {grace}" if grace else ""
            service = api(url, tmp_path, port, access_log="off", streams=SILENT, before=patient)
            return stack.enter_context(service), f"http://127.0.0.1:{port}"

        yield start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_stops_without_a_word(start: Start, filled_url: str, number: signal.Signals) -> None:
    process, base = start(filled_url)
    with httpx.Client() as kept_open:
        assert kept_open.get(f"{base}/v1/briefings/no-cl").json()["revision"] == 2
        process.send_signal(number)
        said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, *said) == (0, "", "")


def test_what_is_under_way_is_answered(start: Start, database_url: str) -> None:
    process, base = start(database_url, grace=PATIENCE)
    body = '{"text": "' + "Talks. " * 100_000 + '"}'
    with socket.create_connection(("127.0.0.1", httpx.URL(base).port or 0)) as connection:
        head = f"Host: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(f"POST /v1/documents HTTP/1.1\r\n{head}Expect: 100-continue\r\n\r\n".encode())
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        process.send_signal(signal.SIGTERM)
        connection.sendall(body.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 202 Accepted")
    assert process.wait(PATIENCE) == 0


def test_a_request_that_never_ends_does_not_keep_it(start: Start, database_url: str) -> None:
    process, base = start(database_url)
    with socket.create_connection(("127.0.0.1", httpx.URL(base).port or 0)) as connection:
        connection.sendall(b"POST /v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n{")
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_a_taken_port_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadSetting) as error:
            serve(Settings(port=port))
    assert str(error.value) == (
        f"cannot serve on 127.0.0.1 port {port} (address already in use): choose another with --port or READOUT_PORT"
    )


def test_a_host_that_is_not_this_machine() -> None:
    with pytest.raises(BadSetting, match=r"cannot serve on 192\.0\.2\.1 port"):
        check_address("192.0.2.1", free_port())


def test_it_does_not_open_to_others_without_a_key() -> None:
    with pytest.raises(BadSetting, match="READOUT_AUTH is `local`"):
        serve(Settings(host="0.0.0.0", port=free_port()))


def test_the_api_loads_no_language_model() -> None:
    command = "import sys, api.http.app, api.http.app; print({'spacy', 'thinc', 'openai'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
