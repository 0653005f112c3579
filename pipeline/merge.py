"""All documents of one round -> one briefing, every fact with all its evidence."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from pipeline import combine, conflicts
from pipeline.delegations import delegations_of
from pipeline.origins import sources_of
from pipeline.rounds import Part, day_of, group, negotiation_of
from pipeline.summary import summarise
from pipeline.titles import slug
from schemas import (
    Briefing,
    Conflict,
    Deadline,
    Delegate,
    Delegation,
    Event,
    Figure,
    Negotiation,
    Source,
    Stake,
)
from schemas.facts import Fact
from schemas.vocabulary import Certainty

__all__ = ["Part", "merge"]

F = TypeVar("F", bound=Fact)


class _Round:
    """One round while it is being merged: the parts, their origins, and what the last revision held."""

    def __init__(self, parts: Sequence[Part], previous: Briefing | None, taken: Set[str]) -> None:
        self.parts = parts
        self.previous = previous
        self.sources = sources_of(parts)
        self.origin = {source.document_id: source.origin_group for source in self.sources}
        self.id = (
            previous.id if previous else _free_id(min(part.readout.document.id for part in parts), taken)
        )
        self.known: dict[tuple[str, int, int], list[Fact]] = defaultdict(list)
        for fact in facts_of(previous) if previous else ():
            for e in fact.evidence:
                self.known[e.document_id, e.start, e.end].append(fact)

    def settle(self, facts: Iterable[F]) -> list[F]:
        """Facts with their lasting id, their origins and the certainty that follows."""
        settled: dict[str, F] = {}
        for fact in facts:
            spans = [(e.document_id, e.start, e.end) for e in fact.evidence]
            old = (known for span in spans for known in self.known[span] if _same_fact(known, fact))
            new = hashlib.sha256(f"{self.id}|{type(fact).__name__}|{fact.id}".encode()).hexdigest()[:16]
            fact_id = next((known.id for known in old if known.id not in settled), f"fct_{new}")
            origins = len({self.origin[e.document_id] for e in fact.evidence})
            settled[fact_id] = msgspec.structs.replace(
                fact,
                id=fact_id,
                briefing_id=self.id,
                origins=origins,
                certainty=_certainty(fact.certainty, origins),
            )
        return list(settled.values())


def _free_id(document: str, taken: Set[str]) -> str:
    """An identity that follows from the first document of a round, and that no other round has."""
    digests = (
        hashlib.sha256(f"{document}{salt}".encode()).hexdigest()[:16] for salt in ("", *range(1, 1_000))
    )
    return next(f"brf_{digest}" for digest in digests if f"brf_{digest}" not in taken)


def _same_fact(old: Fact, new: Fact) -> bool:
    """Whether two facts that rest on one sentence are the same one."""
    if type(old) is not type(new):
        return False
    match old, new:
        case Figure(), Figure():
            return (old.value, old.value_high, old.unit) == (new.value, new.value_high, new.unit)
        case Deadline() | Event(), Deadline() | Event():
            return combine.dates_agree(old.date, new.date) or old.date.text == new.date.text
        case Stake(), Stake():
            return old.topic == new.topic
        case Delegate(), Delegate():
            return combine.same_person(old.name, new.name)
        case _:
            return True


def _certainty(certainty: Certainty, origins: int) -> Certainty:
    """Two origins confirm what one reports; a claim repeated stays a claim."""
    return "confirmed" if certainty == "reported" and origins > 1 else certainty


def facts_of(briefing: Briefing) -> list[Fact]:
    """Every fact of a briefing, delegates among them."""
    members: list[Fact] = [member for delegation in briefing.delegations for member in delegation.members]
    return [
        *members,
        *briefing.stakes,
        *briefing.deadlines,
        *briefing.figures,
        *briefing.statements,
        *briefing.events,
    ]


def _disputed(facts: Iterable[F], found: Sequence[Conflict]) -> list[F]:
    """Facts with the conflicts they stand in."""
    return [
        msgspec.structs.replace(fact, conflict_ids=ids, certainty="disputed") if ids else fact
        for fact in facts
        for ids in [[c.id for c in found if any(fact.id in p.fact_ids for p in c.positions)]]
    ]


def _dated(facts: Iterable[F], previous: Briefing | None, revision: int) -> list[F]:
    """Facts with the revision that brought them and the one that last changed them."""
    before = {fact.id: fact for fact in facts_of(previous)} if previous else {}
    dated = []
    for fact in facts:
        old = before.get(fact.id)
        first = old.first_revision if old else revision
        same = old is not None and old == msgspec.structs.replace(
            fact, first_revision=first, changed_revision=old.changed_revision
        )
        changed = old.changed_revision if old and same else revision
        dated.append(msgspec.structs.replace(fact, first_revision=first, changed_revision=changed))
    return dated


def _slug(talks: Negotiation, sources: Sequence[Source], briefing: str) -> str:
    """Parties, venue and month, as far as they are known; the identity's tail keeps it unique."""
    day = day_of(talks.start) or next((d for s in sources if (d := day_of(s.published))), None)
    words = [
        *(talks.parties if len(talks.parties) <= 4 else talks.parties[:3]),
        talks.venue or "",
        f"{day:%Y-%m}" if day else "",
    ]
    return slug(" ".join([*words, briefing[-4:]]))


def _title(talks: Negotiation) -> str:
    day = day_of(talks.start)
    return f"{talks.name}, {day:%B %Y}" if day else talks.name


def _delegations(people: list[Delegate], found: Sequence[Conflict]) -> list[Delegation]:
    sides = delegations_of(people)
    disputed = {
        person_id for c in found if c.kind == "attribution" for p in c.positions for person_id in p.fact_ids
    }
    return [
        msgspec.structs.replace(side, head="disputed")
        if any(m.id in disputed for m in side.members)
        else side
        for side in sides
    ]


def _briefing(parts: Sequence[Part], previous: Briefing | None, now: datetime, taken: Set[str]) -> Briefing:
    round_ = _Round(parts, previous, taken)
    talks = negotiation_of(parts)
    people = round_.settle(combine.delegates(parts))
    deadlines = round_.settle(combine.deadlines(parts, talks.start))
    figures = round_.settle(combine.figures(parts))
    found = [
        *conflicts.heads(round_.id, parts, people),
        *conflicts.dates(round_.id, deadlines),
        *conflicts.consequences(round_.id, parts, deadlines, figures),
        *conflicts.values(round_.id, figures),
    ]
    revision = previous.revision + 1 if previous else 1

    def finish(facts: Iterable[F]) -> list[F]:
        return _dated(_disputed(facts, found), previous, revision)

    delegations = _delegations(finish(people), found)
    due = finish(deadlines)
    stakes = finish(round_.settle(combine.stakes(parts)))
    amounts = finish(figures)
    return Briefing(
        id=round_.id,
        slug=_slug(talks, round_.sources, round_.id),
        revision=revision,
        status="published",
        title=_title(talks),
        summary=summarise(delegations, due, stakes, amounts),
        negotiation=talks,
        delegations=delegations,
        stakes=stakes,
        deadlines=sorted(due, key=lambda d: (d.date.earliest or "9999", d.id)),
        figures=amounts,
        statements=finish(round_.settle(combine.statements(parts))),
        events=sorted(
            finish(round_.settle(combine.events(parts, talks.start))),
            key=lambda e: (e.date.earliest or "9999", e.id),
        ),
        conflicts=found,
        sources=round_.sources,
        created_at=previous.created_at if previous else now,
        updated_at=now,
    )


def _unchanged(new: Briefing, old: Briefing) -> bool:
    """Nothing differs but the revision's own marks."""
    return msgspec.structs.replace(new, revision=old.revision, updated_at=old.updated_at) == old


def merge(
    parts: Sequence[Part], previous: Sequence[Briefing] = (), now: datetime | None = None
) -> list[Briefing]:
    """Briefings of all rounds that the parts are about; parts without talks belong to none.

    A briefing of `previous` that shares a document keeps its id and its facts' ids. Its revision grows by one
    where its content changed; otherwise the very same briefing is returned.
    """
    moment = now or datetime.now(UTC)
    left = {briefing.id: briefing for briefing in previous}
    taken = {briefing.id for briefing in previous}
    briefings = []
    for round_ in group(part for part in parts if part.readout.negotiation):
        documents = {part.readout.document.id for part in round_}
        shared = {b.id: len(documents & {s.document_id for s in b.sources}) for b in left.values()}
        best = max((b for b in shared if shared[b]), key=lambda b: (shared[b], b), default=None)
        old = left.pop(best) if best else None
        new = _briefing(round_, old, moment, taken)
        taken.add(new.id)
        briefings.append(old if old and _unchanged(new, old) else new)
    return sorted(briefings, key=lambda briefing: briefing.id)
