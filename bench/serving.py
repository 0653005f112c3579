"""Reads over HTTP: ours with keys checked and requests logged, a FastAPI peer, and a bare route of the same bytes."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import msgspec
from sqlalchemy import create_engine
from sqlmodel import Session, SQLModel

from bench.archive import fill, rounds
from bench.load import Served, load, request
from bench.peer import KEY, Briefing, Deadline
from bench.rows import Row
from bench.work import free_port
from store.engine import connect
from worker.jobs import prepare

BRIEFINGS, POPULAR, TIMES = 10_000, 300, 3
_OURS = "from api.cli.main import main; main()"
_LIST = "/v1/deadlines?kind=measure_expiry&limit=20"


@contextmanager
def _serving(log: Path, *command: str, **env: str) -> Iterator[tuple[int, int]]:
    """A server process: its port and its id. PORT in the command stands for the port."""
    port = free_port()
    told = [word.replace("PORT", str(port)) for word in command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")} | env
    environment |= {"READOUT_PORT": str(port)}
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, *told], env=environment, stdout=output, stderr=output)
        try:
            _wait(port, process)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/")
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("a server did not start")


def _fill(folder: Path) -> tuple[str, str, list[str], bytes]:
    """The same briefings in our database and the peer's; ids, and one as it is served."""
    ours, theirs = f"sqlite:///{folder}/ours.db", f"sqlite:///{folder}/theirs.db"
    prepare(ours)
    engine = connect(ours)
    fill(engine, BRIEFINGS)
    engine.dispose()
    peer = create_engine(theirs)
    SQLModel.metadata.create_all(peer, [SQLModel.metadata.tables[name] for name in ("briefing", "deadline")])
    ids = []
    with Session(peer) as session:
        for _, briefing, _ in rounds(BRIEFINGS):
            ids.append(briefing.id)
            session.add(Briefing(id=briefing.id, slug=briefing.slug, body=msgspec.to_builtins(briefing)))
            for due in briefing.deadlines:
                row = Deadline(
                    id=f"{due.id}{briefing.id}",
                    briefing_id=briefing.id,
                    kind=due.kind,
                    earliest=due.date.earliest if due.date else None,
                    body=msgspec.to_builtins(due),
                )
                session.add(row)
        session.commit()
    peer.dispose()
    return ours, theirs, ids, msgspec.json.encode(briefing)


def _rss(process: int) -> float:
    """Megabytes."""
    told = Path(f"/proc/{process}/status").read_text()
    return int(told.partition("VmRSS:")[2].split()[0]) / 1_024


def _loads_spacy(process: int) -> bool:
    return "spacy" in Path(f"/proc/{process}/maps").read_text()


def _in_turn(*measured: Callable[[], Served]) -> list[float]:
    """Median rates, measured in turn so that noise meets all of them."""
    rates: list[list[float]] = [[] for _ in measured]
    for _ in range(TIMES):
        for found, one in zip(rates, measured, strict=True):
            found.append(one().rate)
    return [statistics.median(found) for found in rates]


def _row(what: str, ours: float, theirs: float, name: str, least: float) -> Row:
    ratio = ours / theirs
    return Row(
        what,
        f"{ours:,.0f}/s",
        f"{theirs:,.0f}/s, {name}",
        f"{ratio:.2f}",
        f"at least {least}",
        ratio >= least,
    )


def measure() -> list[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours, theirs, ids, body = _fill(folder)
        (folder / "body").write_bytes(body)
        settings = {"READOUT_DATABASE_URL": ours, "READOUT_AUTH": "required", "READOUT_ADMIN_KEY": KEY}
        settings |= {"READOUT_LOG_FORMAT": "json"}
        port, process = stack.enter_context(_serving(folder / "ours.log", "-c", _OURS, "serve", **settings))
        peer, _ = stack.enter_context(_serving(folder / "peer.log", "-m", "bench.peer", theirs, "PORT"))
        bare, _ = stack.enter_context(
            _serving(folder / "bare.log", "-m", "bench.bare", str(folder / "body"), "PORT")
        )
        key = {"Authorization": f"Bearer {KEY}"}
        popular = [request(f"/v1/briefings/{id}", **key) for id in ids[:POPULAR]]
        etag = httpx.get(f"http://127.0.0.1:{port}/v1/briefings/{ids[0]}", headers=key).headers["etag"]
        known = [request(f"/v1/briefings/{ids[0]}", **key, If_None_Match=etag)]
        anyone = [request(f"/v1/briefings/{id}", **key) for id in ids[::2]]
        lists = [request(_LIST, **key)]
        read, theirs_read, ceiling, current, listed, theirs_listed, cold = _in_turn(
            lambda: load(port, popular),
            lambda: load(peer, popular),
            lambda: load(bare, popular),
            lambda: load(port, known, status="304"),
            lambda: load(port, lists),
            lambda: load(peer, lists),
            lambda: load(port, anyone),
        )
        size = _rss(process)
        return [
            _row(f"GET a briefing, of {POPULAR} that are asked for", read, ceiling, "a bare route", 0.6),
            _row(f"GET a briefing, of {POPULAR} that are asked for", read, theirs_read, "FastAPI", 4),
            _row("304 for a briefing", current, ceiling, "a bare route", 0.7),
            _row("a filtered list of 20", listed, theirs_listed, "FastAPI", 3),
            _row(f"GET a briefing, any of {BRIEFINGS:,}", cold, theirs_read, "FastAPI", 1),
            Row("memory of the API process", f"{size:.0f} MB", "", "", "under 150 MB", size < 150),
            Row(
                "spaCy in the API process",
                str(_loads_spacy(process)),
                "",
                "",
                "False",
                not _loads_spacy(process),
            ),
        ]
