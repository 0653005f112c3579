"""From a briefing to what it is found by: its entry in a list, a row a fact, and the words of a search."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from schemas import (
    Briefing,
    BriefingSummary,
    Conflict,
    Deadline,
    Delegate,
    Event,
    Fact,
    Figure,
    FuzzyDate,
    Negotiation,
    Stake,
    Statement,
)
from store.date_spans import UNDATED, span_of
from store.tables import BEFORE_DAYS, NO_DAY, FactLinkRow, FactRow


class Known(NamedTuple):
    """What is stored of a fact."""

    position: int
    body: bytes
    updated_at: datetime


def summary_of(briefing: Briefing) -> BriefingSummary:
    """What a list shows of a briefing."""
    counts = {
        "delegates": sum(len(side.members) for side in briefing.delegations),
        "stakes": len(briefing.stakes),
        "deadlines": len(briefing.deadlines),
        "figures": len(briefing.figures),
        "statements": len(briefing.statements),
        "events": len(briefing.events),
        "conflicts": len(briefing.conflicts),
        "sources": len(briefing.sources),
    }
    return BriefingSummary(
        id=briefing.id,
        slug=briefing.slug,
        revision=briefing.revision,
        status=briefing.status,
        title=briefing.title,
        negotiation=briefing.negotiation,
        counts=counts,
        created_at=briefing.created_at,
        updated_at=briefing.updated_at,
    )


def days_of(talks: Negotiation) -> tuple[date, date]:
    """The first and the last day that the talks can have; `NO_DAY` and `BEFORE_DAYS` where nothing says."""
    bounds = [_day(day) for when in (talks.start, talks.end) if when for day in (when.earliest, when.latest)]
    known = [day for day in bounds if day]
    return min(known, default=NO_DAY), max(known, default=BEFORE_DAYS)


def fact_rows(briefing: Briefing, known: Mapping[str, Known]) -> list[FactRow]:
    """A row for every fact and conflict. Those that are known keep their position, new ones come after."""
    free = max((before.position for before in known.values()), default=-1) + 1
    rows = []
    for fact in facts_of(briefing):
        body = msgspec.json.encode(fact)
        before = known.get(fact.id)
        if before is None:
            before = Known(free, b"", briefing.updated_at)
            free += 1
        row = FactRow(
            briefing_id=briefing.id,
            kind=kind_of(fact),
            id=fact.id,
            position=before.position,
            day=NO_DAY,
            span=UNDATED,
            updated_at=before.updated_at if before.body == body else briefing.updated_at,
            body=body,
        )
        if isinstance(fact, Fact):
            row.certainty, row.origins = fact.certainty, fact.origins
        _describe(row, fact)
        rows.append(row)
    return rows


def link_rows(briefing: Briefing, rows: Collection[FactRow]) -> list[FactLinkRow]:
    """Which facts are of which party's table, and which document proves which."""
    proofs = {
        fact.id: {proof.document_id for proof in fact.evidence}
        for fact in facts_of(briefing)
        if isinstance(fact, Fact)
    }
    for conflict in briefing.conflicts:
        named = {id for position in conflict.positions for id in position.fact_ids}
        proofs[conflict.id] = {document for id in named for document in proofs.get(id, ())}
    sides = set(briefing.negotiation.parties)
    return [
        FactLinkRow(
            name=name,
            value=value,
            kind=row.kind,
            span=row.span,
            day=row.day,
            briefing_id=row.briefing_id,
            position=row.position,
            word=row.word or row.topic,
        )
        for row in rows
        for name, values in (("party", sides), ("document_id", proofs[row.id]))
        for value in values
    ]


def facts_of(briefing: Briefing) -> Iterator[Fact | Conflict]:
    for side in briefing.delegations:
        yield from side.members
    for facts in (
        briefing.stakes,
        briefing.deadlines,
        briefing.figures,
        briefing.statements,
        briefing.events,
        briefing.conflicts,
    ):
        yield from facts


def kind_of(fact: Fact | Conflict) -> str:
    return type(fact).__name__.lower()


def _describe(row: FactRow, fact: Fact | Conflict) -> None:
    match fact:
        case Delegate():
            row.party = fact.party
        case Stake():
            row.topic = fact.topic
        case Deadline():
            row.word, row.status = fact.kind, fact.status
            _date(row, fact.date)
        case Figure():
            row.word, row.status, row.unit, row.value = fact.measure, fact.status, fact.unit, fact.value
            if fact.period is not None:
                _date(row, fact.period)
        case Statement():
            row.party, row.speaker, row.direct = fact.party, fact.speaker, fact.direct
        case Event():
            row.status = fact.status
            _date(row, fact.date)
        case Conflict():
            row.word = fact.kind


def _date(row: FactRow, when: FuzzyDate) -> None:
    row.earliest, row.latest = _day(when.earliest), _day(when.latest)
    row.day = row.earliest or row.latest or NO_DAY
    row.last_day = row.latest or row.earliest or BEFORE_DAYS
    row.span = span_of(row.earliest, row.latest)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
