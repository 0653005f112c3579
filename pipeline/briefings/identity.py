"""Facts of a round with what lasts: their ids, origins, certainty, conflicts, and the revisions that changed them."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from pipeline.briefings import deduplicate as combine
from pipeline.language.cues import certainty_of
from pipeline.language.names import same_person
from schemas import Briefing, Conflict, Deadline, Delegate, Event, Figure, Source, Stake
from schemas.facts import Fact
from schemas.vocabulary import Certainty

F = TypeVar("F", bound=Fact)
# Sources that name things differently, or tell more than others, can all be right.
_CONTRADICT = ("value", "attribution")


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


def place(fact: Fact) -> tuple[str, int, int]:
    """Where a fact stands first: an order that does not depend on when documents came in."""
    return min((e.document_id, e.start, e.end) for e in fact.evidence)


class Settler:
    """Gives the facts of one briefing what lasts. `known`: facts that may have been these before."""

    def __init__(self, briefing: str, sources: Sequence[Source], known: Iterable[Fact]) -> None:
        self._briefing = briefing
        self._origin = {source.document_id: source.origin_group for source in sources}
        self._known: dict[tuple[str, int, int], list[Fact]] = defaultdict(list)
        for fact in known:
            for e in fact.evidence:
                self._known[e.document_id, e.start, e.end].append(fact)

    def settle(self, facts: Iterable[F]) -> list[F]:
        """Facts with their lasting id, their origins and the certainty that follows."""
        settled: dict[str, F] = {}
        for fact in facts:
            spans = [(e.document_id, e.start, e.end) for e in fact.evidence]
            old = (known for span in spans for known in self._known[span] if _same_fact(known, fact))
            new = hashlib.sha256(f"{self._briefing}|{type(fact).__name__}|{fact.id}".encode()).hexdigest()
            fact_id = next((known.id for known in old if known.id not in settled), f"fct_{new[:16]}")
            origins = len({self._origin[e.document_id] for e in fact.evidence})
            plain = [e for e in fact.evidence if certainty_of(e.exact) != "claimed"]
            outright = len({self._origin[e.document_id] for e in plain})
            settled[fact_id] = msgspec.structs.replace(
                fact,
                id=fact_id,
                briefing_id=self._briefing,
                origins=origins,
                certainty=_certainty(fact.certainty, outright),
            )
        return list(settled.values())


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
            return same_person(old.name, new.name)
        case _:
            return True


def _certainty(certainty: Certainty, outright: int) -> Certainty:
    """Two origins that say it outright confirm what one reports; a claim repeated stays a claim."""
    return "confirmed" if certainty == "reported" and outright > 1 else certainty


def disputed(facts: Iterable[F], found: Sequence[Conflict]) -> list[F]:
    """Facts with the conflicts they stand in. They are disputed where they cannot all be right."""
    marked = []
    for fact in facts:
        mine = [c for c in found if any(fact.id in p.fact_ids for p in c.positions)]
        against = any(c.kind in _CONTRADICT for c in mine)
        marked.append(
            msgspec.structs.replace(
                fact,
                conflict_ids=[c.id for c in mine],
                certainty="disputed" if against else fact.certainty,
            )
        )
    return marked


def dated(facts: Iterable[F], previous: Briefing | None, revision: int) -> list[F]:
    """Facts with the revision that brought them and the one that last changed them."""
    before = {fact.id: fact for fact in facts_of(previous)} if previous else {}
    marked = []
    for fact in facts:
        old = before.get(fact.id)
        first = old.first_revision if old else revision
        same = old is not None and old == msgspec.structs.replace(
            fact, first_revision=first, changed_revision=old.changed_revision
        )
        changed = old.changed_revision if old and same else revision
        marked.append(msgspec.structs.replace(fact, first_revision=first, changed_revision=changed))
    return marked
