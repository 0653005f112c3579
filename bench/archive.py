"""Adding a document to archives of growing size: the work is that of its round."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import msgspec
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench.rows import Row
from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part, blocking_keys
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Briefing, Cause, DocumentInfo, DocumentReadout, Source
from store.documents import add_document, save_readout
from store.engine import connect, writing
from store.migrate import migrate
from store.rebuild import save_briefing
from store.tables import DocumentRow, ReadoutRow
from worker.rebuild import rebuild

SIZES = (100, 1_000, 10_000)
ADDED = 30
_FIRST = date(1980, 1, 7)
_APART = timedelta(days=25)  # a new round of the same negotiation each time: no two are one
_NOW = datetime(2031, 1, 1, tzinfo=UTC)
_TEXT = """Chile and Norway open trade talks in Oslo

Chile and Norway opened trade talks in Oslo on {day:%-d %B %Y}. \
The Norwegian delegation is led by Trade Minister Kari Moen.

Chile's salmon tariff stands at 6%. Norway wants lower tariffs on salmon. The draft has {number} chapters.
"""


def _part(day: date, number: int) -> tuple[Part, str]:
    text = _TEXT.format(day=day, number=number)
    document = read(text.encode(), published=day.isoformat())
    return Part(readout(document), source_of(document)), text


def stored(part: Part, text: str) -> DocumentInfo:
    return DocumentInfo(
        id=part.id,
        file=None,
        chars=len(text),
        status="waiting",
        refusal=None,
        stated=None,
        detected=None,
        copy_of=None,
        source=part.source,
        added_at=_NOW,
        withdrawn_at=None,
        replaced_by=None,
    )


def rounds(count: int) -> Iterator[tuple[Part, Briefing, date]]:
    """One round as it is merged, moved to other days under other names."""
    first, _ = _part(_FIRST, 1)
    [briefing] = merge([first], now=_NOW)
    body = msgspec.json.encode((first.readout, first.source, briefing)).decode()
    for number in range(count):
        day = _FIRST + number * _APART
        id = sha256(str(number).encode()).hexdigest()
        moved = body.replace(first.id, id).replace(briefing.id, f"brf_{id[:16]}")
        moved = moved.replace(_FIRST.isoformat(), day.isoformat()).replace(briefing.slug, f"round-{number}")
        told, source, merged = msgspec.json.decode(moved, type=tuple[DocumentReadout, Source, Briefing])
        yield Part(told, source), merged, day


def fill(engine: Engine, count: int) -> None:
    cause = Cause(kind="added", document_ids=[], reason=None)
    with writing(engine) as session:
        for part, briefing, day in rounds(count):
            _keep(session, part)
            save_briefing(session, briefing, cause, day, blocking_keys(part).index)
            session.expunge_all()


def _keep(session: Session, part: Part) -> None:
    source = msgspec.json.encode(part.source)
    session.add(
        DocumentRow(id=part.id, file=None, chars=1, source=source, text="", layout=b"{}", added_at=_NOW)
    )
    session.flush()
    body = msgspec.json.encode(part.readout)
    session.add(ReadoutRow(document_id=part.id, digest=sha256(body).hexdigest(), body=body))
    session.flush()


def _median(count: int, folder: str) -> float:
    """Seconds that one more document takes, whose round is in the middle of the archive."""
    engine = connect(f"sqlite:///{folder}/archive-{count}.db")
    migrate(engine)
    fill(engine, count)
    took = []
    for number in range(ADDED):
        # Each in a round of its own, so that every one is the second document of its round.
        day = _FIRST + (count // 2 + number) * _APART
        part, text = _part(day, number + 2)
        add_document(engine, stored(part, text), text, b"{}")
        save_readout(engine, part.id, part.readout)
        began = time.perf_counter()
        held = rebuild(engine, part.id)
        took.append(time.perf_counter() - began)
        assert held, "the document found no round"
    engine.dispose()
    return statistics.median(took)


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        medians = {count: _median(count, folder) for count in SIZES}
    base = medians[SIZES[0]]
    return [
        Row(
            f"one more document in an archive of {count:,} rounds of one negotiation",
            f"{1_000 * took:.1f} ms", f"{1_000 * base:.1f} ms in one of {SIZES[0]}", f"{took / base:.2f} times",
            "at most 1.5 times", took / base <= 1.5,
        )
        for count, took in list(medians.items())[1:]
    ]  # fmt: skip
