"""Everything as one stream: an export over HTTP beside a cursor of sqlite3 that reads the same rows, and its memory.

Both in processor time, in turns: that of the API and that of the cursor.
"""

import re
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import httpx

from bench.lists import SIZES
from bench.processes import processor_seconds
from bench.rows import Row
from bench.scale import fill
from bench.work import free_port, readout, wait_until_ready
from store.engine import connect
from worker.jobs import prepare

_TIMES = 5
_ROWS = "SELECT kind, id, body FROM facts WHERE kind <> 'conflict' ORDER BY briefing_id, kind, id"


def _filled(folder: Path, facts: int) -> Path:
    file = folder / f"{facts}.db"
    prepare(f"sqlite:///{file}")
    engine = connect(f"sqlite:///{file}")
    fill(engine, facts)
    engine.dispose()
    return file


def _megabytes(process: int, field: str) -> float:
    told = re.search(rf"{field}:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    assert told
    return int(told[1]) / 1_024


def _export(client: httpx.Client) -> int:
    """The lines of an export, read to its end."""
    with client.stream("GET", "/v1/export") as answer:
        return sum(chunk.count(b"\n") for chunk in answer.iter_raw())


def _read(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return sum(1 for _ in connection.execute(_ROWS))


def _costs(file: Path) -> tuple[float, float, float]:
    """Processor seconds of an export and of the cursor, and the megabytes that the API grows by for it."""
    port, log = free_port(), file.with_suffix(".log")
    settings = {"READOUT_DATABASE_URL": f"sqlite:///{file}", "READOUT_PORT": str(port)}
    with (
        readout(log, "serve", **settings) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        wait_until_ready(client)
        idle = _megabytes(process.pid, "VmRSS")
        assert _export(client) == _read(file) + 1
        ours = theirs = float("inf")
        for _ in range(_TIMES):
            before = processor_seconds(process.pid)
            _export(client)
            ours = min(ours, processor_seconds(process.pid) - before)
            began = time.process_time()
            _read(file)
            theirs = min(theirs, time.process_time() - began)
        return ours, theirs, _megabytes(process.pid, "VmHWM") - idle


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="readout-bench-") as name:
        few, many = (_costs(_filled(Path(name), size)) for size in SIZES)
    ours, theirs, grown = many
    return [
        Row(
            f"an export of {SIZES[1]:,} facts over HTTP",
            f"{ours:.2f} s", f"{theirs:.2f} s, sqlite3 reading the rows", f"{ours / theirs:.1f} times",
            "at most 4 times", ours <= 4 * theirs,
        ),
        Row(
            "memory that the API grows by for it",
            f"{grown:.0f} MB", f"{few[2]:.0f} MB for {SIZES[0]:,}", f"{grown / few[2]:.2f} times",
            "under 60 MB", grown < 60,
        ),
    ]  # fmt: skip
