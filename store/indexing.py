"""From a briefing to its rows: the summary in a list, and one row a fact."""

from collections.abc import Iterator
from datetime import date

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
    Stake,
    Statement,
)
from store.tables import NO_DAY, FactRow


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


def fact_rows(briefing: Briefing, positions: dict[str, int]) -> list[FactRow]:
    """A row for every fact and conflict. Those in `positions` (by id) keep theirs, new ones come after."""
    free = max(positions.values(), default=-1) + 1
    rows = []
    for fact in _facts(briefing):
        position = positions.get(fact.id)
        if position is None:
            position, free = free, free + 1
        row = FactRow(
            briefing_id=briefing.id,
            kind=type(fact).__name__.lower(),
            id=fact.id,
            position=position,
            day=NO_DAY,
            body=msgspec.json.encode(fact),
        )
        if isinstance(fact, Fact):
            row.certainty, row.origins = fact.certainty, fact.origins
        _describe(row, fact)
        rows.append(row)
    return rows


def _facts(briefing: Briefing) -> Iterator[Fact | Conflict]:
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
        case Statement():
            row.party, row.speaker, row.direct = fact.party, fact.speaker, fact.direct
        case Event():
            row.status = fact.status
            _date(row, fact.date)
        case Conflict():
            row.word = fact.kind


def _date(row: FactRow, when: FuzzyDate) -> None:
    row.earliest = date.fromisoformat(when.earliest) if when.earliest else None
    row.latest = date.fromisoformat(when.latest) if when.latest else None
    row.day = row.earliest or row.latest or NO_DAY
