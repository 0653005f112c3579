"""What is asked of a database, at one size and at ten times that: a page, a search, a digest cost the same.

`READOUT_BENCH_FACTS=1000000` has the larger one hold a million facts; filling it takes a quarter of an hour. The
databases are asked directly: what HTTP adds is in `bench.serving`. Nothing is kept between two questions.
"""

import gc
import os
import random
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from typing import Any

from msgspec import Struct, convert
from sqlalchemy import Engine

from api.http.resources.review_queue import queue_of
from bench.rows import Row
from bench.scale import PARTIES, RARE, fill
from bench.work import database
from schemas.fact_queries import FACT_QUERIES
from schemas.queries import BriefingQuery, NegotiationQuery, ReviewQueueQuery, SearchQuery
from schemas.vocabulary import DEADLINE_KINDS, MEASURES
from store.briefings import get_briefing, list_rounds, page_briefings
from store.changes import read_changes
from store.digest import changed_since, deadlines_ahead
from store.engine import connect, writing
from store.facts import page_facts
from store.migrate import migrate
from store.search import search

LARGE = int(os.environ.get("READOUT_BENCH_FACTS", "100000"))
SIZES = (LARGE // 10, LARGE)
_TIMES = 300
"""Of so many there are three that take longer than 99 of 100: what the machine did otherwise once decides nothing."""
_SINCE = datetime(2031, 1, 1, tzinfo=UTC)
_TODAY = date(2026, 1, 1)
Ask = Callable[[Engine, random.Random], object]


def _page(fact: str, /, **filters: Callable[[random.Random], str]) -> Ask:
    def ask(engine: Engine, chance: random.Random) -> object:
        given = {name: value(chance) for name, value in filters.items()}
        return page_facts(engine, fact, convert({"limit": "50"} | given, FACT_QUERIES[fact], strict=False))

    return ask


def _asked(function: Callable[[Engine, Any], object], query: type[Struct], **filters: str) -> Ask:
    return lambda engine, chance: function(engine, convert(filters, query, strict=False))


def _party(chance: random.Random) -> str:
    return chance.choice(PARTIES)


def _day(chance: random.Random) -> str:
    return (date(1995, 1, 1) + timedelta(chance.randrange(35 * 365))).isoformat()


def _digest(engine: Engine, chance: random.Random) -> object:
    parties, topics = [_party(chance)], ["tariffs"]
    first = date.fromisoformat(_day(chance))
    changed = changed_since(engine, _SINCE, parties=parties, topics=topics, limit=20)
    return changed, deadlines_ahead(engine, first, None, parties=parties, topics=topics, limit=20)


QUESTIONS: dict[str, Ask] = {
    "deadlines by party and date": _page("deadline", party=_party, date_from=_day),
    "deadlines of a kind": _page("deadline", kind=lambda chance: chance.choice(DEADLINE_KINDS)),
    "figures by measure and party": _page("figure", measure=lambda c: c.choice(MEASURES), party=_party),
    "figures by value": _page("figure", unit=lambda _: "%", value_min=lambda c: str(c.randrange(90))),
    "stakes of a topic": _page("stake", topic=lambda _: "tariffs"),
    "statements by party": _page("statement", party=_party, proof=lambda _: "full"),
    "events by date": _page("event", date_from=_day, certainty=lambda _: "confirmed"),
    "briefings by party": lambda engine, chance: page_briefings(engine, BriefingQuery(party=_party(chance))),
    "negotiations": lambda engine, _: list_rounds(engine, NegotiationQuery(), _TODAY),
    "search for a word that is everywhere": _asked(search, SearchQuery, q="tariffs"),
    "search for a rare word": _asked(search, SearchQuery, q=RARE),
    "a digest, as far as it is asked of the database": _digest,
    "changes": lambda engine, _: read_changes(engine, limit=100),
    "what waits for an editor": _asked(queue_of, ReviewQueueQuery),
}


def _p99(engine: Engine, ask: Ask) -> float:
    chance, times = random.Random(2), []
    for _ in range(_TIMES):
        began = time.perf_counter()
        ask(engine, chance)
        times.append(time.perf_counter() - began)
    return sorted(times[2:])[int(len(times[2:]) * 0.99)]


def _fill(url: str, size: int) -> None:
    engine = connect(url)
    migrate(engine)
    assert get_briefing(engine, fill(engine, size)[0])
    if engine.dialect.name == "postgresql":  # which does so by itself, in a while
        with writing(engine) as session:
            session.connection().exec_driver_sql("ANALYZE")
    engine.dispose()


def measure() -> list[Row]:
    p99: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="readout-bench-") as folder, database() as new:
        urls = {
            (name, size): f"sqlite:///{folder}/{size}.db" if name == "SQLite" else new(f"facts_{size}")
            for size in reversed(SIZES)
            for name in ("SQLite", "PostgreSQL")
        }
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
            list(processes.map(_fill, urls.values(), (size for _, size in urls)))
        gc.collect()
        gc.freeze()  # as the API does: else its collector looks through all of spaCy, which the API has not loaded
        os.sync()  # what is still to be written would be waited for by those who read
        for (name, _), url in reversed(urls.items()):
            engine = connect(url)
            for question, ask in QUESTIONS.items():
                p99.setdefault((question, name), []).append(_p99(engine, ask))
            engine.dispose()
    return [
        Row(
            f"{question}, p99, {SIZES[1]:,} facts on {name}",
            f"{1_000 * large:.1f} ms", f"{1_000 * small:.1f} ms in {SIZES[0]:,}", f"{large / small:.2f} times",
            "at most 2 times or 10 ms, and 100 ms", large <= 0.1 and (large / small <= 2 or large <= 0.01),
        )
        for (question, name), (small, large) in p99.items()
    ]  # fmt: skip
