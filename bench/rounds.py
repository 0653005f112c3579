"""One more document in rounds of different size: what it costs, how long others wait, and what is stored.

Rounds of talks of their own grow document by document. A younger one comes to 20 as an older one comes to 200, and the
documents that count come to both in turns, for a machine that others use, too, is slower for some minutes and faster
for others. Each is read right before it is merged, as a worker does it, though the reading is not counted: what a merge
needs has left the processor's caches by then. On PostgreSQL what all processes of the server take counts, too; the
worst is told of ours alone, for the system tells what others take in hundredths of a second.

Not shown: what is found out about a sentence is kept, and a younger round has more of those that are new. Where another
round has told all of them in the same words, a document in one of 20 costs a fifth to a quarter less and one in one of
200 as much as here: 2.2 times, which is more than is wanted.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Engine, event, func, select
from sqlmodel import col

from bench.archive import stored
from bench.hot_round import TALKS, Talks, texts
from bench.processes import server_seconds
from bench.rows import Row
from bench.work import database
from pipeline.briefings.rounds import Part
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from store.briefings import get_briefing
from store.documents import add_document, save_readout
from store.engine import connect, writable
from store.tables import RevisionRow
from worker.jobs import prepare
from worker.process import spare_what_is_loaded
from worker.rebuild import rebuild_waiting, wait_to_rebuild

SIZES = (5, 20, 50, 200)
YOUNG, MOST = 20, SIZES[-1]
EACH = 10
"""So many documents are added to each round of a size: their mean counts, and the worst of them is told, too."""
ROUNDS = 3
"""In each database: two come to 20 and two to 200 beside another."""
COST, LOCKED, KEPT = 2.0, 0.1, 4.0


class _Added(Struct, frozen=True):
    """Processor seconds of one more document.

    `locked`: for how many of them a transaction held SQLite's write lock; `server`: those of PostgreSQL besides.
    """

    seconds: float
    locked: float
    server: float


def measure() -> list[Row]:
    # As a worker that has started.
    readout(read(b"Norway and Chile opened trade talks in Oslo on 3 March 2031."))
    spare_what_is_loaded()
    with tempfile.TemporaryDirectory() as folder, database() as new:
        lite = f"sqlite:///{folder}/rounds.db"
        prepare(lite)
        talks = TALKS[:ROUNDS], TALKS[ROUNDS : 2 * ROUNDS]
        return [*_measured("SQLite", lite, talks[0]), *_measured("PostgreSQL", new("rounds"), talks[1])]


def _measured(name: str, url: str, talks: Sequence[Talks]) -> Iterator[Row]:
    engine, server = connect(url), server_seconds(url)
    rounds = [_Round(one, engine, server) for one in talks]
    for older, younger in pairwise(rounds):
        while len(older.added) < MOST - YOUNG:
            older.grow()
        while len(older.added) < MOST + EACH:
            older.grow()
            younger.grow()
    kept, body = _kept(engine, rounds[0].briefing)
    engine.dispose()
    # The first round came to 20 beside no other, and the last one to no more than 30.
    grown = {size: rounds[1:] if size <= YOUNG else rounds[:-1] for size in SIZES}
    added = {size: [last for one in grown[size] for last in one.added[size : size + EACH]] for size in SIZES}
    took = {size: statistics.mean(one.seconds + one.server for one in last) for size, last in added.items()}
    told = {size: f"{1_000 * took[size]:.0f} ms, {_apart(last)}" for size, last in added.items()}
    locked = {size: max(one.locked for one in last) for size, last in added.items()}
    yield from (
        Row(
            f"one more document in a round of {size} on {name}, in processor time: the mean of {len(added[size])}",
            told[size], f"{told[YOUNG]} in one of {YOUNG}", f"{took[size] / took[YOUNG]:.2f} times",
            f"at most {COST:.0f} times", took[size] <= COST * took[YOUNG],
        )
        for size in SIZES if size != YOUNG
    )  # fmt: skip
    if engine.dialect.name == "sqlite":
        yield from (
            Row(
                f"how long the worst of them holds SQLite’s write lock in a round of {size}, in processor time",
                f"{1_000 * locked[size]:.0f} ms", f"{1_000 * LOCKED:.0f} ms", f"{locked[size] / LOCKED:.2f} times",
                "at most once", locked[size] <= LOCKED,
            )
            for size in SIZES
        )  # fmt: skip
    yield Row(
        f"{MOST + EACH} revisions of one briefing, as they are stored on {name}", f"{kept / 1e6:.1f} MB",
        f"{body / 1e6:.1f} MB for the last one as it is served", f"{kept / body:.1f} times",
        f"at most {KEPT:.0f} times in a round of {MOST}", kept <= KEPT * body,
    )  # fmt: skip


def _apart(added: list[_Added]) -> str:
    worst = f"the worst {1_000 * max(one.seconds for one in added):.0f} ms"
    server = 1_000 * statistics.mean(one.server for one in added)
    return f"{server:.0f} of them the server’s, {worst} without" if server else worst


class _Round:
    """A round that grows by one document after the other; `added`: what each cost."""

    briefing: str

    def __init__(self, talks: Talks, engine: Engine, server: Callable[[], float]) -> None:
        self.added: list[_Added] = []
        self._texts = texts(MOST + EACH, talks)
        self._engine = engine
        self._server = server

    def grow(self) -> None:
        engine = self._engine
        text, day = next(self._texts)
        document = read(text.encode(), published=day.isoformat())
        part = Part(readout(document), source_of(document))
        add_document(engine, stored(part, text), text, b"{}")
        save_readout(engine, part.id, part.readout)
        with _lock_holders(engine) as holders:
            at_server, began = self._server(), time.process_time()
            wait_to_rebuild(engine, part.id)
            [self.briefing] = rebuild_waiting(engine, part.id)
            seconds, at_server = time.process_time() - began, self._server() - at_server
        self.added.append(_Added(seconds, max(holders), at_server))


@contextmanager
def _lock_holders(engine: Engine) -> Iterator[list[float]]:
    """How long each transaction that wrote had SQLite's write lock, in processor seconds."""
    held: list[float] = []
    since: dict[int, float] = {}
    mark = writable(engine).get_execution_options().items()

    def begun(connection: Connection) -> None:
        if mark <= connection.get_execution_options().items():
            since[id(connection.connection.dbapi_connection)] = time.process_time()

    def over(dbapi_connection: Any, _record: Any) -> None:
        if (began := since.pop(id(dbapi_connection), None)) is not None:
            held.append(time.process_time() - began)

    event.listen(engine, "begin", begun)
    event.listen(engine, "checkin", over)
    yield held
    event.remove(engine, "begin", begun)
    event.remove(engine, "checkin", over)


def _kept(engine: Engine, briefing: str) -> tuple[int, int]:
    """The bytes of all revisions of a briefing as they are stored, and of its last one as it is served."""
    size = select(func.sum(func.length(col(RevisionRow.body)))).where(
        col(RevisionRow.briefing_id) == briefing
    )
    with engine.connect() as connection:
        kept = connection.scalar(size)
    record = get_briefing(engine, briefing)
    assert kept is not None and record is not None
    return kept, len(record.body)
