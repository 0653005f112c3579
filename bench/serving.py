"""Reads over HTTP: ours with keys checked and requests logged, a FastAPI peer, Datasette, and a bare route.

Bodies are as large as those of the samples. What is asked for in turn is more than is kept in memory, so none of it is
found there. Beside a rate: the processor time of an answer, of the process that serves and of PostgreSQL, the writer's
share included. What it does not show: a network, more than one process, and rates where PostgreSQL and the caller have
cores of their own.
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
from msgspec import Struct
from sqlalchemy import create_engine
from sqlmodel import Session, SQLModel

from bench.load import load, request
from bench.peer import KEY, Briefing, Deadline, Side
from bench.processes import processor_seconds, server_seconds
from bench.rows import Row
from bench.scale import PARTIES, fill, variants
from bench.work import database, free_port
from schemas import Cause
from store.engine import connect, writing
from store.rebuild import briefing_of, save_briefing
from worker.jobs import prepare

FACTS, POPULAR, TIMES, SECONDS = 25_000, 100, 5, 1.5
_OURS = "from api.cli.main import main; main()"
_SQL = (
    "select cast(facts.body as text) as body from fact_links join facts using (kind, span, day, briefing_id, position) "
    "where name = 'party' and fact_links.value = :party and kind = 'deadline' and latest >= :day "
    "order by day, briefing_id, position limit 51"
)
"""The same page, as one would ask for it by hand."""


class _Served(Struct, frozen=True):
    """Answers a second, and milliseconds of the processor for one: of the process that answers, and of PostgreSQL."""

    rate: float
    process: float
    server: float

    def __str__(self) -> str:
        return f"{self.rate:,.0f}/s, {self.process:.2f} + {self.server:.2f} ms each"


class _Process(Struct, frozen=True):
    """A process that serves; `database`: tells the processor time of its PostgreSQL."""

    port: int
    id: int
    database: Callable[[], float]

    def ask(self, requests: list[bytes], status: str = "200") -> _Served:
        process, server = processor_seconds(self.id), self.database()
        rate = load(self.port, requests, SECONDS, status=status).rate
        answers = rate * SECONDS / 1_000
        return _Served(
            rate,
            (processor_seconds(self.id) - process) / answers,
            (self.database() - server) / answers,
        )


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


def _fill(ours: str, theirs: str) -> dict[str, bytes]:
    """The same briefings in our database and the peer's: as they are served, by their ids."""
    engine = connect(ours)
    fill(engine, FACTS)
    peer = create_engine(theirs)
    tables = [SQLModel.metadata.tables[name] for name in ("briefing", "deadline", "side")]
    SQLModel.metadata.create_all(peer, tables)
    bodies = {}
    with Session(peer) as session:
        for briefing in variants(FACTS):
            bodies[briefing.id] = msgspec.json.encode(briefing)
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
    for one in (engine, peer):
        if one.dialect.name == "postgresql":  # which does so by itself, in a while
            with one.begin() as connection:
                connection.exec_driver_sql("ANALYZE")
        one.dispose()
    return bodies


def _briefings(ids: list[str]) -> list[bytes]:
    return [request(f"/v1/briefings/{id}", Authorization=f"Bearer {KEY}") for id in ids]


def _lists(address: str) -> list[bytes]:
    """Requests for a page of 50 deadlines by party and date, each of another address."""
    chance = random.Random(1)
    days = (date(1996, 1, 1) + timedelta(chance.randrange(30 * 365)) for _ in range(20_000))
    asked = {(chance.choice(PARTIES[:8]), day.isoformat()) for day in days}
    key = {"Authorization": f"Bearer {KEY}"}
    return [request(address.format(party=party, day=day), **key) for party, day in sorted(asked)]


def _write_on(url: str, ids: list[str], begun: Event, stop: Event) -> None:
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
        begun.set()
    engine.dispose()


@contextmanager
def _written(url: str, ids: list[str]) -> Iterator[None]:
    spawned = multiprocessing.get_context("spawn")
    begun, stop = spawned.Event(), spawned.Event()
    writer = spawned.Process(target=_write_on, args=(url, ids, begun, stop))
    writer.start()
    try:
        if not begun.wait(60):
            raise RuntimeError("the writer did not start")
        yield
    finally:
        stop.set()
        writer.join()


def _loads_spacy(process: int) -> bool:
    return "spacy" in Path(f"/proc/{process}/maps").read_text()


_Found = dict[str, list[_Served]]
"""Of each what was measured in each turn, by name."""


def _in_turn(measured: dict[str, Callable[[], _Served]]) -> _Found:
    found: _Found = {name: [] for name in measured}
    for _ in range(TIMES):
        for name, one in measured.items():
            found[name].append(one())
    return found


def _median(found: list[_Served]) -> _Served:
    return sorted(found, key=lambda one: one.rate)[len(found) // 2]


def _shared(
    on: str, url: str, ids: list[str], served: dict[str, _Process]
) -> dict[str, Callable[[], _Served]]:
    """What is measured on each database, by name."""
    popular, anyone = _briefings(ids[:POPULAR]), _briefings(ids)
    lists = _lists("/v1/deadlines?party={party}&date_from={day}&limit=50")
    ours, peer = served[f"ours, {on}"], served[f"FastAPI, {on}"]

    def under_writer() -> _Served:
        with _written(url, ids[POPULAR:]):
            return ours.ask(popular)

    return {
        f"popular, written, {on}": under_writer,
        f"popular, {on}": lambda: ours.ask(popular),
        f"bare, beside {on}": lambda: served["bare"].ask(popular),
        f"any, {on}": lambda: ours.ask(anyone),
        f"any, FastAPI, {on}": lambda: peer.ask(anyone),
        f"lists, {on}": lambda: ours.ask(lists),
        f"lists, FastAPI, {on}": lambda: peer.ask(lists),
    }


def _besides(ids: list[str], served: dict[str, _Process]) -> dict[str, Callable[[], _Served]]:
    """What asks no database, what does nothing else, and what is on SQLite alone."""
    popular = _briefings(ids[:POPULAR])
    ours, peer = served["ours, SQLite"], served["FastAPI, SQLite"]
    key = {"Authorization": f"Bearer {KEY}"}
    etag = httpx.get(f"http://127.0.0.1:{ours.port}/v1/briefings/{ids[0]}", headers=key).headers["etag"]
    known = [request(f"/v1/briefings/{ids[0]}", **key, If_None_Match=etag)]
    again = [request("/v1/deadlines?kind=measure_expiry&limit=20", **key)]
    sql = _lists(f"/ours.json?sql={quote(_SQL)}&_shape=array&party={{party}}&day={{day}}")
    return {
        "bare, PostgreSQL": lambda: served["bare, PostgreSQL"].ask(_briefings(ids)),
        "popular, FastAPI": lambda: peer.ask(popular),
        "bare": lambda: served["bare"].ask(popular),
        "known": lambda: ours.ask(known, status="304"),
        "again": lambda: ours.ask(again),
        "again, FastAPI": lambda: peer.ask(again),
        "lists, Datasette": lambda: served["Datasette"].ask(sql),
    }


def measure() -> list[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        new = stack.enter_context(database())
        lite = f"sqlite:///{folder}/ours.db"
        prepare(lite)
        urls = {"SQLite": (lite, f"sqlite:///{folder}/theirs.db"), "PostgreSQL": (new("ours"), new("theirs"))}
        served: dict[str, _Process] = {}

        def serve(name: str, at_server: Callable[[], float], *command: str, **env: str) -> None:
            port, id = stack.enter_context(_serving(folder / f"{name}.log", *command, **env))
            served[name] = _Process(port, id, at_server)

        settings = {"READOUT_AUTH": "required", "READOUT_ADMIN_KEY": KEY, "READOUT_LOG_FORMAT": "json"}
        for on, (ours, theirs) in urls.items():
            bodies = _fill(ours, theirs)
            at_server = server_seconds(ours)
            serve(f"ours, {on}", at_server, "-c", _OURS, "serve", READOUT_DATABASE_URL=ours, **settings)
            serve(f"FastAPI, {on}", at_server, "-m", "bench.peer", theirs, "PORT")
        ids = list(bodies)
        (folder / "body").write_bytes(sorted(bodies.values(), key=len)[len(bodies) // 2])
        bare = "-m", "bench.bare", str(folder / "body"), "PORT"
        serve("bare", float, *bare)
        serve("bare, PostgreSQL", at_server, *bare, urls["PostgreSQL"][0])
        serve("Datasette", float, "-m", "datasette", f"{folder}/ours.db", "--port", "PORT")
        measured = _besides(ids, served)
        for on, (ours, _) in urls.items():
            measured |= _shared(on, ours, ids, served)
        found = _in_turn(measured)
        spacy = any(_loads_spacy(one.id) for one in served.values())
    return [*_rows(found), Row("spaCy in the API process", str(spacy), "", "", "False", not spacy)]


def _rows(found: _Found) -> Iterator[Row]:
    def row(what: str, of: str, to: str, name: str, least: float) -> Row:
        """The median of the ratios of each turn: a machine that others use, too, is now faster and now slower."""
        both = zip(found[of], found[to], strict=True)
        ratio = statistics.median(ours.rate / theirs.rate for ours, theirs in both)
        told = str(_median(found[of])), f"{_median(found[to])}, {name}", f"{ratio:.2f}", f"at least {least}"
        return Row(what, *told, held=ratio >= least)

    one, page = "GET a briefing", "a page of 50 deadlines by party and date, each another"
    popular = f"{one}, of {POPULAR} that are asked for"
    yield row(f"{popular}, SQLite", "popular, SQLite", "popular, FastAPI", "FastAPI", 4)
    yield row("304 for a briefing, SQLite", "known", "bare", "a bare route", 0.7)
    yield row("a filtered list of 20, the same again, SQLite", "again", "again, FastAPI", "FastAPI", 3)
    yield row(f"{page}, SQLite", "lists, SQLite", "lists, Datasette", "Datasette, on the same file", 1.0)
    for on in ("SQLite", "PostgreSQL"):
        written = f"{one} while others change every 50 ms, {on}"
        beside = f"bare, beside {on}"
        yield row(f"{popular}, {on}", f"popular, {on}", beside, "a bare route", 0.6)
        yield row(written, f"popular, written, {on}", f"popular, {on}", "without", 0.5)
        yield row(f"{one}, none that is kept, {on}", f"any, {on}", beside, "a bare route", 0.4)
        yield row(f"{one}, none that is kept, {on}", f"any, {on}", f"any, FastAPI, {on}", "FastAPI", 1.5)
        if on == "PostgreSQL":
            floor = "a bare route that reads it there"
            yield row(f"{one}, none that is kept, {on}", f"any, {on}", f"bare, {on}", floor, 0.7)
        yield row(f"{page}, {on}", f"lists, {on}", f"lists, FastAPI, {on}", "FastAPI", 1.5)
