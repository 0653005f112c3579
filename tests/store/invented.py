"""Invented documents, what was read out of them, and a merge that is small enough to follow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import combinations, groupby
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Engine

from api.http.openapi import story
from pipeline.briefings.reviews import Reviews
from pipeline.briefings.rounds import BlockingKeys, Part
from pipeline.documents.read import read
from schemas import (
    Briefing,
    Conflict,
    ConflictPosition,
    Deadline,
    Delegate,
    Delegation,
    DocumentHead,
    DocumentInfo,
    DocumentReadout,
    Event,
    Evidence,
    ExtractorInfo,
    Figure,
    FuzzyDate,
    Membership,
    Negotiation,
    Stake,
    Statement,
    Usage,
    fuzzy_date,
    unresolved,
)
from schemas.kinds import LISTED
from store.documents import add_document, save_readout
from worker.rebuild import RoundRules

T0 = datetime(2031, 3, 1, 12, tzinfo=UTC)
BRIEFING = "brf_0000000000000001"
NO_FACTS: dict[str, Any] = {"delegations": [], **{kind.plural: [] for kind in LISTED}}


def hexed(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def info(name: str, added_at: datetime = T0, url: str | None = None) -> DocumentInfo:
    id = hexed(name)
    source = replace(
        story.INFO.source, document_id=id, title=f"Talks, {name}", publisher=None, url=url, published=None
    )
    return replace(
        story.INFO, id=id, file=f"{name}.txt", chars=len(text_of(name)), source=source, added_at=added_at
    )


def text_of(name: str) -> str:
    return f"“{name}”: the salmon duty of 15 per cent lapses.\n"


def fact(name: str, document: str = "a", briefing: str | None = BRIEFING) -> dict[str, Any]:
    """What every fact of the document of that name carries."""
    evidence = Evidence(
        document_id=hexed(document),
        start=3,
        end=8,
        exact="lapse",
        prefix="",
        suffix="",
        region="body",
        page=None,
    )
    return {
        "id": f"fct_{hexed(name)[:16]}",
        "briefing_id": briefing,
        "certainty": "reported",
        "proof": "full",
        "evidence": [evidence],
        "translated": [],
        "origins": 1,
        "conflict_ids": [],
        "salience": 0.0,
        "review": None,
        "first_revision": 1,
        "changed_revision": 1,
    }


def day_of(day: str | None) -> FuzzyDate:
    return fuzzy_date(day, "then") if day else unresolved("soon")


def deadline(name: str, day: str | None, *, kind: str = "signing", **rest: Any) -> Deadline:
    return replace(
        story.DEADLINE,
        **fact(name, **rest),
        what=name,
        date=day_of(day),
        starts=None,
        kind=kind,
        conditions=[],
    )


def event(name: str, day: str | None) -> Event:
    return replace(story.EVENT, **fact(name), what=name, date=day_of(day), place=None)


def delegate(name: str, party: str) -> Delegate:
    return replace(story.DELEGATE, **fact(name), party=party, name=name, head=None, capacity=None)


def stake(name: str, topic: str) -> Stake:
    return replace(story.STAKE, **fact(name), topic=topic, title=None, summary=name, positions=[])


_NO_MEASURE: dict[str, Any] = {
    "previous_value": None,
    "imposed_by": None,
    "applies_to": [],
    "effective": None,
    "legal_basis": None,
}


def figure(name: str, value: float, unit: str, measure: str = "tariff_rate") -> Figure:
    about = {"value": value, "unit": unit, "as_written": name, "measure": measure, "subject": "salmon"}
    return replace(story.FIGURE, **fact(name), **about, **_NO_MEASURE, direction=None)


def statement(name: str, speaker: str, party: str | None, *, direct: bool = True) -> Statement:
    return replace(
        story.STATEMENT,
        **fact(name),
        speaker=speaker,
        role=None,
        party=party,
        direct=direct,
        text=name,
        said_on=None,
    )


def conflict(name: str, *facts: str) -> Conflict:
    positions = [ConflictPosition(value=one, fact_ids=[f"fct_{hexed(one)[:16]}"]) for one in facts]
    return replace(
        story.DISAGREEMENT,
        id=f"cfl_{hexed(name)[:16]}",
        briefing_id=BRIEFING,
        about=name,
        positions=positions,
    )


def negotiation(parties: Sequence[str]) -> Negotiation:
    return replace(
        story.NEGOTIATION,
        name=f"{'-'.join(parties)} talks",
        parties=list(parties),
        venue=None,
        round=None,
        start=None,
        status="in_progress",
        stage=None,
    )


def membership(name: str) -> Membership:
    id = name if len(name) == 64 else hexed(name)
    return Membership(document_id=id, kind="own", score=1.0, reasons=["said so"])


def briefing(
    documents: Sequence[str] = ("a",), parties: Sequence[str] = ("NO", "CL"), **rest: Any
) -> Briefing:
    """The briefing of those documents, without a fact but what `rest` gives."""
    fields: dict[str, Any] = {
        "id": BRIEFING,
        "slug": "-".join(parties).lower(),
        "revision": 1,
        "title": "Salmon",
        "headline": None,
        "summary": [],
        "negotiation": negotiation(parties),
        **NO_FACTS,
        "conflicts": [],
        "sources": [info(name).source for name in documents if len(name) < 64],
        "memberships": [membership(name) for name in documents],
        "created_at": T0,
        "updated_at": T0,
    }
    return replace(story.WHOLE, **fields | rest)


def delegation(party: str, *members: Delegate) -> Delegation:
    return Delegation(party=party, head="not_stated", members=list(members))


def readout(name: str, parties: Sequence[str] | None = ("NO", "CL")) -> DocumentReadout:
    """A readout with one deadline, named like the document; without parties it is about something else."""
    head = DocumentHead(
        file=f"{name}.txt",
        id=hexed(name),
        title=None,
        publisher=None,
        language=None,
        published=None,
        chars=30,
    )
    due = [deadline(name, "2031-04-01", document=name, briefing=None)] if parties else []
    return replace(
        story.READOUT,
        document=head,
        negotiation=negotiation(parties) if parties else None,
        **NO_FACTS | {"deadlines": due},
        rejected=[],
        extractor=ExtractorInfo(name="by-hand", version="1", model=None, prompt=None, stands_in_for=None),
        usage=Usage(calls=0, prompt_tokens=0, cached_tokens=0, completion_tokens=0, seconds=0.0, cost=None),
    )


def add(
    engine: Engine, name: str, parties: Sequence[str] | None = ("NO", "CL"), url: str | None = None
) -> str:
    """Store a document and its readout; its id."""
    document = read(text_of(name).encode(), format="text")
    layout = msgspec.json.encode(replace(document, id=hexed(name), text="", blocks=[]))
    add_document(engine, info(name, url=url), text_of(name), layout)
    save_readout(engine, hexed(name), readout(name, parties))
    return hexed(name)


@dataclass(frozen=True)
class ByParties(RoundRules):
    """Rules by which a round is a set of parties, and its briefing the deadlines of its documents.

    `answer`: what `merge` answers with, whatever it is given. `seen`: documents and tables that it was given.
    """

    answer: Sequence[Briefing] | None = None
    seen: list[tuple[set[str], set[str]]] = field(default_factory=list)

    def keys(self, part: Part) -> BlockingKeys:
        pairs = frozenset("+".join(pair) for pair in combinations(sorted(part.talks.parties), 2))
        return BlockingKeys(pairs, pairs)

    def day(self, part: Part) -> date | None:
        return None

    def day_of_briefing(self, briefing: Briefing) -> date | None:
        return None

    def merge(
        self,
        parts: Sequence[Part],
        previous: Sequence[Briefing],
        assigned: Mapping[str, str],
        stored: Callable[[str], Briefing | None],
        reviews: Reviews,
    ) -> list[Briefing]:
        documents = {part.id for part in parts}
        self.seen.append((documents, {" ".join(one.negotiation.parties) for one in previous}))
        return list(self.answer) if self.answer is not None else _by_parties(parts, previous, stored)


def _by_parties(
    parts: Sequence[Part], previous: Sequence[Briefing], stored: Callable[[str], Briefing | None]
) -> list[Briefing]:
    def table(part: Part) -> tuple[str, ...]:
        return tuple(sorted(part.talks.parties))

    merged = []
    for parties, group in groupby(sorted((p for p in parts if p.readout.negotiation), key=table), key=table):
        documents = list(group)
        id = f"brf_{hexed(''.join(parties))[:16]}"
        now = briefing(
            [part.id for part in documents],
            parties=parties,
            id=id,
            sources=[part.source for part in documents],
            deadlines=[replace(one, briefing_id=id) for part in documents for one in part.readout.deadlines],
        )
        before = next((one for one in previous if one.id == id), stored(id))
        if before is not None:
            now = replace(now, revision=before.revision)
            now = before if now == before else replace(now, revision=before.revision + 1)
        merged.append(now)
    return merged


def save(*briefings: Briefing) -> ByParties:
    """Rules whose merge answers with these briefings, whatever it is given."""
    return ByParties(answer=briefings)


by_parties = ByParties()
