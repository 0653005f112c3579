"""A log to collect: one JSON object a line, with the ids of what is worked on, and nothing that is secret."""

import sys
from typing import Any

import msgspec
import pytest

from tests.forked import run

SCRIPT = """
import logging, sys
from worker.observability import log_to_stderr, working_on
log_to_stderr("worker", sys.argv[1], "info", access=True)
log = logging.getLogger("readout.worker")
log.debug("not said")
with working_on(job_id="ingest-1", document_id="1"):
    log.info("read %d facts", 3)
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("extraction failed")
logging.getLogger("elsewhere").warning("of a library")
logging.getLogger("readout.access").info("GET / 200", extra={"status": 200, "duration_ms": 1.5})
"""


def said(style: str) -> list[str]:
    command = [sys.executable, "-c", SCRIPT, style]
    lines: list[str] = run(command, text=True).stderr.splitlines()
    return lines


def test_json_is_an_object_a_line() -> None:
    lines = [msgspec.json.decode(line, type=dict[str, Any]) for line in said("json")]
    assert all(line.pop("timestamp").endswith("Z") for line in lines)
    assert lines[1].pop("exception").endswith("ZeroDivisionError: division by zero")
    job = {"process": "worker", "logger": "readout.worker", "job_id": "ingest-1", "document_id": "1"}
    assert lines == [
        {"event": "read 3 facts", "level": "info"} | job,
        {"event": "extraction failed", "level": "error"} | job,
        {"event": "of a library", "level": "warning", "logger": "elsewhere", "process": "worker"},
        {
            "event": "GET / 200",
            "level": "info",
            "logger": "readout.access",
            "process": "worker",
            "status": 200,
            "duration_ms": 1.5,
        },
    ]


def test_text_is_for_reading() -> None:
    lines = said("text")
    assert lines[0] == "worker: read 3 facts job_id=ingest-1 document_id=1"
    assert lines[1] == "worker: extraction failed job_id=ingest-1 document_id=1"
    assert lines[-2:] == ["worker: of a library", "worker: GET / 200 1.5 ms"]


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_database_that_cannot_be_reached_does_not_spill_its_password(style: str) -> None:
    script = SCRIPT.replace("1 / 0", "connect('postgresql://ada:s3cret@127.0.0.1:9/none').connect()")
    script = script.replace("ZeroDivisionError", "Exception").replace(
        "import logging", "from store.engine import connect\nimport logging"
    )
    command = [sys.executable, "-c", script, style]
    done = run(command, text=True)
    assert "connection failed" in done.stderr
    assert "s3cret" not in done.stderr
