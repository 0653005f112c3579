"""SQL of one document, from its upload until its briefing is served, and of a worker that has nothing to do."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
from msgspec import Struct
from sqlalchemy import Connection, Engine, event

from bench.rows import Row
from bench.work import database, free_port, readout, until_over, wait_for_workers
from worker.jobs import connect_jobs, prepare

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FIRST, MEASURED = SAMPLES / "eu-india-1-preview.txt", SAMPLES / "canada-indonesia-1-signing.txt"
STATEMENTS, COMMITS, IDLE = 40, 4, 5.0
QUIET = 20.0  # seconds of a worker that has nothing to do
SETTLED = 2.5  # seconds after which what was counted of a document is in the database, too
_WHERE = "BENCH_STATEMENTS"
_COMMAND = "from bench.statements import record; record(); from api.cli.main import main; main()"
_BESIDE = ("FROM webhooks", "INTO workers", "FROM workers")
"""What a worker asks and says from time to time, whether there are documents or not."""


class Executed(Struct, frozen=True):
    """A statement, or a commit; `ours`: not of DBOS."""

    process: int
    ours: bool
    commit: bool
    statement: str


def record() -> None:
    """Have this process note all that it sends to a database, but for the begin of transactions."""
    notes = os.open(os.environ[_WHERE], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(connection: Connection, commit: bool, statement: str) -> None:
        # The engines of the product keep parameters out of the log; DBOS makes its own.
        ours = connection.engine.hide_parameters
        line = f"{os.getpid()}\t{ours:d}\t{commit:d}\t{' '.join(statement.split())}\n"
        os.write(notes, line.encode())

    @event.listens_for(Engine, "before_cursor_execute")
    def executed(connection: Connection, _: object, statement: str, *__: object) -> None:
        if not statement.startswith("BEGIN"):
            note(connection, False, statement)

    @event.listens_for(Engine, "commit")
    def committed(connection: Connection) -> None:
        note(connection, True, "COMMIT")


def _recorded(notes: Path, since: int = 0) -> list[Executed]:
    lines = [line.split("\t", 3) for line in notes.read_text().splitlines()[since:]]
    return [Executed(int(process), ours == "1", commit == "1", told) for process, ours, commit, told in lines]


def _measured(name: str, url: str, folder: Path) -> Iterator[Row]:
    notes, port = folder / f"{name}.statements", free_port()
    settings = {"READOUT_DATABASE_URL": url, "READOUT_PORT": str(port), _WHERE: str(notes)}
    with ExitStack() as stack:
        log = folder / f"{name}.log"
        stack.enter_context(readout(log, "serve", code=_COMMAND, **settings))
        worker = stack.enter_context(readout(log, "work", code=_COMMAND, **settings))
        wait_for_workers(url, 1)
        jobs = connect_jobs(url)
        stack.callback(jobs.close)
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", timeout=60))

        def served(path: Path) -> float:
            """Seconds from the upload of a document until its briefing has been served."""
            began = time.perf_counter()
            added = client.post("/documents", files={"file": (path.name, path.read_bytes(), "text/plain")})
            job = until_over(jobs, added.raise_for_status().json()["job_id"])
            client.get(f"/briefings/{job.briefing_ids[0]}").raise_for_status()
            return time.perf_counter() - began

        served(FIRST)
        time.sleep(SETTLED)
        before = len(_recorded(notes))
        took = served(MEASURED)
        time.sleep(SETTLED)
        document = _recorded(notes, before)
        time.sleep(QUIET / 4)
        before = len(_recorded(notes))
        time.sleep(QUIET)
        idle = [one for one in _recorded(notes, before) if one.process == worker.pid and not one.commit]
    asked = [one for one in document if not one.commit]
    ours = [one for one in asked if one.ours and not any(words in one.statement for words in _BESIDE)]
    beats = sum("INTO workers" in one.statement for one in asked)
    commits = sum(one.commit and one.ours for one in document) - beats
    of_dbos = sum(not one.ours for one in asked), sum(one.commit and not one.ours for one in document)
    a_second = len(idle) / QUIET
    share = sum(not one.ours for one in idle) / QUIET
    yield Row(
        f"statements from an upload until its briefing is served, {name}",
        str(len(ours)), f"besides {of_dbos[0]} of DBOS", "", f"at most {STATEMENTS}", len(ours) <= STATEMENTS,
    )  # fmt: skip
    yield Row(
        "the same: commits",
        str(commits), f"besides {of_dbos[1]} of DBOS", "", f"at most {COMMITS}", commits <= COMMITS,
    )  # fmt: skip
    yield Row("the same: time", f"{took:.2f} s", "", "", "under 1 s", took < 1)
    yield Row(
        f"statements a second of an idle worker, {name}",
        f"{a_second:.1f}", f"{share:.1f} of them of DBOS", "", f"at most {IDLE:g}", a_second <= IDLE,
    )  # fmt: skip


def measure() -> list[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        file = f"sqlite:///{folder}/readout.db"
        prepare(file)
        server = stack.enter_context(database())("statements")
        return [*_measured("SQLite", file, folder), *_measured("PostgreSQL", server, folder)]
