"""Reads over HTTP: ours with keys checked and requests logged, a FastAPI peer, Datasette, and a bare route.

Bodies are as large as those of the samples. What is asked for in turn is more than is kept in memory, so none of it is
found there. What it does not show: a network, more than one process, and PostgreSQL, on whose server the rest depends.
"""

import itertools
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec
from sqlalchemy import create_engine
from sqlmodel import Session, SQLModel

from bench.load import Served, load, request
from bench.peer import KEY, Briefing, Deadline, Side
from bench.rows import Row
from bench.scale import PARTIES, fill, variants
from bench.work import free_port
from schemas import Cause
from store.engine import connect, writing
from store.rebuild import briefing_of, save_briefing
from worker.jobs import prepare

FACTS, POPULAR, TIMES = 25_000, 100, 3
_OURS = "from api.cli.main import main; main()"
_SQL = (
    "select cast(facts.body as text) as body from fact_links join facts using (kind, span, day, briefing_id, position) "
    "where name = 'party' and fact_links.value = :party and kind = 'deadline' and latest >= :day "
    "order by day, briefing_id, position limit 51"
)
"""The same page, as one would ask for it by hand."""


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
    """The same briefings in our database and the peer's; ids, and the middle one by size as it is served."""
    ours, theirs = f"sqlite:///{folder}/ours.db", f"sqlite:///{folder}/theirs.db"
    prepare(ours)
    engine = connect(ours)
    fill(engine, FACTS)
    engine.dispose()
    peer = create_engine(theirs)
    tables = [SQLModel.metadata.tables[name] for name in ("briefing", "deadline", "side")]
    SQLModel.metadata.create_all(peer, tables)
    bodies = []
    with Session(peer) as session:
        for briefing in variants(FACTS):
            bodies.append((briefing.id, msgspec.json.encode(briefing)))
            session.add(Briefing(id=briefing.id, slug=briefing.slug, body=msgspec.to_builtins(briefing)))
            session.add_all(Side(briefing_id=briefing.id, party=one) for one in briefing.negotiation.parties)
            for due in briefing.deadlines:
                row = Deadline(
                    id=f"{due.id}{briefing.id}",
                    briefing_id=briefing.id,
                    kind=due.kind,
                    earliest=due.date.earliest if due.date else None,
                    latest=due.date.latest if due.date else None,
                    body=msgspec.to_builtins(due),
                )
                session.add(row)
        session.commit()
    peer.dispose()
    middle = sorted((body for _, body in bodies), key=len)[len(bodies) // 2]
    return ours, theirs, [id for id, _ in bodies], middle


def _lists(address: str) -> list[bytes]:
    """Requests for a page of 50 deadlines by party and date, each of another address."""
    chance = random.Random(1)
    days = (date(1996, 1, 1) + timedelta(chance.randrange(30 * 365)) for _ in range(20_000))
    asked = {(chance.choice(PARTIES[:8]), day.isoformat()) for day in days}
    key = {"Authorization": f"Bearer {KEY}"}
    return [request(address.format(party=party, day=day), **key) for party, day in sorted(asked)]


def _write_on(url: str, ids: list[str], stop: Event) -> None:
    """A new revision of some briefing every 50 ms."""
    engine = connect(url)
    cause = Cause(kind="read_again", document_ids=[], reason=None)
    for id in itertools.cycle(ids):
        if stop.wait(0.05):
            break
        with writing(engine) as session:
            before = briefing_of(session, id)
            assert before is not None
            now = datetime.now(UTC)
            changed = msgspec.structs.replace(before, revision=before.revision + 1, updated_at=now)
            save_briefing(session, changed, cause, now.date(), ())
    engine.dispose()


@contextmanager
def _written(url: str, ids: list[str]) -> Iterator[None]:
    spawned = multiprocessing.get_context("spawn")
    stop = spawned.Event()
    writer = spawned.Process(target=_write_on, args=(url, ids, stop))
    writer.start()
    time.sleep(2)
    try:
        yield
    finally:
        stop.set()
        writer.join()


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


def _loads(ours: str, ids: list[str], ports: dict[str, int]) -> dict[str, Callable[[], Served]]:
    """What is measured, by name."""
    key = {"Authorization": f"Bearer {KEY}"}
    popular = [request(f"/v1/briefings/{id}", **key) for id in ids[:POPULAR]]
    anyone = [request(f"/v1/briefings/{id}", **key) for id in ids]
    etag = httpx.get(f"http://127.0.0.1:{ports['ours']}/v1/briefings/{ids[0]}", headers=key).headers["etag"]
    known = [request(f"/v1/briefings/{ids[0]}", **key, If_None_Match=etag)]
    again = [request("/v1/deadlines?kind=measure_expiry&limit=20", **key)]
    lists = _lists("/v1/deadlines?party={party}&date_from={day}&limit=50")
    sql = _lists(f"/ours.json?sql={quote(_SQL)}&_shape=array&party={{party}}&day={{day}}")

    def under_writer() -> Served:
        with _written(ours, ids[POPULAR:]):
            return load(ports["ours"], popular)

    return {
        "popular": lambda: load(ports["ours"], popular),
        "popular, FastAPI": lambda: load(ports["FastAPI"], popular),
        "bare": lambda: load(ports["bare"], popular),
        "known": lambda: load(ports["ours"], known, status="304"),
        "popular, written": under_writer,
        "any": lambda: load(ports["ours"], anyone),
        "any, FastAPI": lambda: load(ports["FastAPI"], anyone),
        "again": lambda: load(ports["ours"], again),
        "again, FastAPI": lambda: load(ports["FastAPI"], again),
        "lists": lambda: load(ports["ours"], lists),
        "lists, FastAPI": lambda: load(ports["FastAPI"], lists),
        "lists, Datasette": lambda: load(ports["Datasette"], sql),
    }


def measure() -> list[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours, theirs, ids, body = _fill(folder)
        (folder / "body").write_bytes(body)
        settings = {"READOUT_DATABASE_URL": ours, "READOUT_AUTH": "required", "READOUT_ADMIN_KEY": KEY}
        settings |= {"READOUT_LOG_FORMAT": "json"}
        commands = {
            "ours": ("-c", _OURS, "serve"),
            "FastAPI": ("-m", "bench.peer", theirs, "PORT"),
            "bare": ("-m", "bench.bare", str(folder / "body"), "PORT"),
            "Datasette": ("-m", "datasette", f"{folder}/ours.db", "--port", "PORT"),
        }
        ports, processes = {}, {}
        for name, command in commands.items():
            env = settings if name == "ours" else {}
            ports[name], processes[name] = stack.enter_context(
                _serving(folder / f"{name}.log", *command, **env)
            )
        measured = _loads(ours, ids, ports)
        rate = dict(zip(measured, _in_turn(*measured.values()), strict=True))
        size, spacy = _rss(processes["ours"]), _loads_spacy(processes["ours"])

        def row(what: str, of: str, to: str, name: str, least: float) -> Row:
            return _row(what, rate[of], rate[to], name, least)

        one, page = "GET a briefing", "a page of 50 deadlines by party and date, each another"
        return [
            row(f"{one}, of {POPULAR} that are asked for", "popular", "bare", "a bare route", 0.6),
            row(f"{one}, of {POPULAR} that are asked for", "popular", "popular, FastAPI", "FastAPI", 4),
            row("304 for a briefing", "known", "bare", "a bare route", 0.7),
            row(f"{one} while others change every 50 ms", "popular, written", "popular", "without", 0.5),
            row(f"{one}, none that is kept", "any", "bare", "a bare route", 0.4),
            row(f"{one}, none that is kept", "any", "any, FastAPI", "FastAPI", 1.5),
            row("a filtered list of 20, the same again", "again", "again, FastAPI", "FastAPI", 3),
            row(page, "lists", "lists, FastAPI", "FastAPI", 1.5),
            row(page, "lists", "lists, Datasette", "Datasette, on the same file", 1.0),
            Row("memory of the API process", f"{size:.0f} MB", "", "", "under 150 MB", size < 150),
            Row("spaCy in the API process", str(spacy), "", "", "False", not spacy),
        ]
