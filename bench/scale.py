"""Databases of any size, filled by the project's own functions with briefings of a real size."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine

from pipeline.briefings.merge import day_of_briefing, merge
from pipeline.briefings.rounds import Part
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Briefing, Cause
from schemas.kinds import facts_of
from store.engine import writing
from store.rebuild import save_briefing
from store.tables import DocumentRow

PARTIES = (
    "US", "CN", "EU", "JP", "GB", "IN", "CA", "MX", "BR", "KR", "CL", "NO", "NZ", "AU", "CH", "KE", "FJ", "TO",
)  # fmt: skip
_OFTEN = [1 / (place + 1) for place in range(len(PARTIES))]
_NOW = datetime(2031, 1, 1, tzinfo=UTC)
_SAMPLES = Path(__file__).parent.parent / "samples"
_ID = re.compile(r"\b(?:(?:fct|cfl)_[0-9a-f]{16}|[0-9a-f]{64})\b")
_YEAR = re.compile(r"\d{4}")
_TOGETHER = 50
RARE = "quinoa"
"""A word that one briefing of a thousand has."""
RARELY = 1_000


def samples() -> list[Briefing]:
    """The briefings of the samples."""
    documents = [read(file.read_bytes(), file=file.name) for file in sorted(_SAMPLES.glob("*.txt"))]
    return merge([Part(readout(document), source_of(document)) for document in documents], now=_NOW)


def variants(facts: int, seed: int = 1) -> Iterator[Briefing]:
    """Briefings with so many facts in all: the samples', between other sides, on other days, under other ids."""
    chance = random.Random(seed)
    bases = [(msgspec.json.encode(one).decode(), one) for one in samples()]
    number = 0
    while facts > 0:
        body, base = bases[number % len(bases)]
        one = _variant(body, base, number, chance)
        yield one
        number += 1
        facts -= sum(1 for _ in facts_of(one))


def _variant(body: str, base: Briefing, number: int, chance: random.Random) -> Briefing:
    """A briefing of its own: what is proven by whom, and its words, are those of the base."""
    sides = sorted(set(chance.choices(PARTIES, _OFTEN, k=2)) | set(chance.sample(PARTIES, 1)))[:2]

    def id_of(match: re.Match[str]) -> str:
        digest = sha256(f"{number}|{match[0]}".encode()).hexdigest()
        return digest if len(match[0]) == 64 else match[0][:4] + digest[:16]

    body = _ID.sub(id_of, body)
    now = dict(zip(base.negotiation.parties, sides, strict=False))
    body = re.sub(f'"({"|".join(now)})"', lambda match: f'"{now[match[1]]}"', body)
    if number % RARELY == 0:
        body = body.replace("tariff", RARE, 1)  # as long as the other, for spans
    body = body.replace(base.id, f"brf_{sha256(str(number).encode()).hexdigest()[:16]}")
    told = msgspec.json.decode(body.replace(base.slug, f"round-{number}"))
    _move(told, chance.randrange(-36 * 365, 10 * 365), 4 * chance.randrange(-9, 3))
    moment = _NOW + timedelta(seconds=number)
    return msgspec.structs.replace(
        msgspec.convert(told, Briefing), revision=1, created_at=moment, updated_at=moment
    )


def _move(told: Any, days: int, years: int) -> None:
    """Move what is dated: single days by so many days, all else by so many years."""
    if isinstance(told, list):
        for one in told:
            _move(one, days, years)
    elif isinstance(told, dict):
        if told.get("precision") == "day" and told["earliest"] == told["latest"] == told["edtf"]:
            day = (date.fromisoformat(told["edtf"]) + timedelta(days)).isoformat()
            told |= dict.fromkeys(("edtf", "earliest", "latest"), day)
        elif "edtf" in told:
            for name in ("edtf", "earliest", "latest"):
                told[name] = told[name] and _YEAR.sub(lambda m: str(int(m[0]) + years), told[name])
        else:
            for one in told.values():
                _move(one, days, years)


def fill(engine: Engine, facts: int) -> list[str]:
    """Save briefings with so many facts in all; their ids."""
    cause = Cause(kind="added", document_ids=[], reason=None)
    ids: list[str] = []
    waiting = variants(facts)
    while batch := list(islice(waiting, _TOGETHER)):
        with writing(engine) as session:
            for briefing in batch:
                session.add_all(
                    DocumentRow(
                        id=source.document_id, file=None, chars=1, source=msgspec.json.encode(source), text="",
                        layout=b"{}", added_at=_NOW,
                    )
                    for source in briefing.sources
                )  # fmt: skip
                session.flush()
                save_briefing(session, briefing, cause, day_of_briefing(briefing), ())
                session.expunge_all()
                ids.append(briefing.id)
    return ids
