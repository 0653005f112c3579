"""Each request is a line of the log, written with others, and none is lost when the service is stopped."""

import asyncio
import signal
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar.testing import TestClient

from api.http.app import create_app
from api.http.middleware import AccessLog, Line
from api.settings import Settings
from tests.api.conftest import AUTHORIZED, KEY
from tests.serving import api, free_port
from tests.waiting import PATIENCE
from worker.jobs import prepare

LINE = Line(
    event="GET /v1/jobs/ingest-1 200",
    timestamp=datetime(2031, 3, 4, 9, 30, tzinfo=UTC),
    method="GET",
    path="/v1/jobs/ingest-1",
    status=200,
    operation="get_job",
    duration_ms=1.5,
    client="127.0.0.1",
    request_id="r1",
    job_id="ingest-1",
)


@pytest.fixture
def prepared(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    return url


def test_lines_are_written_together() -> None:
    stream = BytesIO()

    async def tell() -> None:
        log = AccessLog(stream, "json")
        for _ in range(3):
            log.tell(LINE)
        assert stream.getvalue() == b""
        await asyncio.sleep(0.3)

    asyncio.run(tell())
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3
    assert msgspec.json.decode(lines[0]) == {
        "event": "GET /v1/jobs/ingest-1 200",
        "timestamp": "2031-03-04T09:30:00Z",
        "level": "info",
        "logger": "readout.access",
        "process": "api",
        "method": "GET",
        "path": "/v1/jobs/ingest-1",
        "status": 200,
        "operation": "get_job",
        "duration_ms": 1.5,
        "client": "127.0.0.1",
        "request_id": "r1",
        "job_id": "ingest-1",
    }


def test_many_lines_do_not_wait() -> None:
    stream = BytesIO()

    async def tell() -> None:
        log = AccessLog(stream, "text")
        for _ in range(500):
            log.tell(LINE)
        assert stream.getvalue() == b"api: GET /v1/jobs/ingest-1 200 1.5 ms request_id=r1\n" * 500

    asyncio.run(tell())


def test_a_log_that_cannot_be_written_keeps_nobody_from_anything() -> None:
    class Full(BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(28, "No space left on device")

    async def tell() -> None:
        log = AccessLog(Full(), "json")
        for _ in range(501):
            log.tell(LINE)
        log.flush()

    asyncio.run(tell())


def test_a_request_is_told_with_the_ids_that_it_is_about(prepared: str) -> None:
    stream = BytesIO()
    log = AccessLog(stream, "json")
    app = create_app(Settings(database_url=prepared, auth="required", admin_key=KEY), log)
    with TestClient(app, base_url="http://readout.test") as client:
        client.headers.update(AUTHORIZED)
        accepted = client.post("/v1/documents", json={"text": "Chile and Norway meet in Oslo."})
        client.head(f"/v1/documents/{'a' * 64}", headers={"X-Request-Id": "mine"})
        client.get("/nowhere")
    log.flush()
    told = [msgspec.json.decode(line, type=dict[str, Any]) for line in stream.getvalue().splitlines()]
    assert [(one["method"], one["status"], one["operation"]) for one in told] == [
        ("POST", 202, "add_document"),
        ("HEAD", 404, "get_document"),
        ("GET", 404, "none"),
    ]
    assert told[0]["job_id"] == accepted.headers["location"].removeprefix("/v1/jobs/")
    assert (told[1]["document_id"], told[1]["request_id"]) == ("a" * 64, "mine")


def test_what_waits_is_written_before_the_service_ends(prepared: str, tmp_path: Path) -> None:
    port = free_port()
    with api(prepared, tmp_path, port, access_log="on", before=STDERR) as process:
        httpx.get(f"http://127.0.0.1:{port}/v1/briefings", headers={"X-Request-Id": "the-last"})
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert "request_id=the-last" in (tmp_path / "stderr").read_text()


STDERR = "import os; os.dup2(os.open('stderr', os.O_WRONLY | os.O_CREAT), 2)"
