"""`make audit`: what the lock has is looked up in a database of advisories, here one of our own that speaks as OSV does."""

import json
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
JINJA = {
    "id": "PYSEC-2031-1",
    "details": "Templates do more than they say.",
    "modified": "2031-03-14T00:00:00Z",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "jinja2"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
        }
    ],
}


class Advisories(ThreadingHTTPServer):
    """A database that knows of `known`, by package; `asked`: the packages that it was asked about."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.known: dict[str, Any] = {}
        self.asked: list[str] = []
        self.address = f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Advisories

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        package = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]["name"]
        self.server.asked.append(package)
        self._answer({"vulns": [self.server.known[package]]} if package in self.server.known else {})

    def _answer(self, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def advisories() -> Iterator[Advisories]:
    with Advisories() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def audit(database: str) -> "subprocess.CompletedProcess[str]":
    """What is installed is left as it is."""
    command = ["make", "--silent", "--old-file=.venv/.ready", "audit", f"ADVISORIES={database}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_package_of_the_lock_is_looked_up_and_what_is_known_of_it_is_told(
    advisories: Advisories,
) -> None:
    advisories.known = {"jinja2": JINJA}
    found = audit(advisories.address)
    assert found.returncode != 0
    assert "PYSEC-2031-1" in found.stdout and "99.1" in found.stdout
    locked = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line]
    assert (
        {line.partition("==")[0] for line in locked}
        >= set(advisories.asked)
        >= {"jinja2", "litestar", "msgspec"}
    )


def test_where_no_database_is_reached_it_says_so_and_fails_nobody() -> None:
    nowhere = "http://127.0.0.1:9"
    said = audit(nowhere)
    assert (said.returncode, said.stdout) == (0, f"Nothing was audited: {nowhere} is not reached.\n")
