"""Rounds of one negotiation in time: which follows which, and what a document about one tells of another."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import TypeVar

import msgspec

from pipeline.briefings.rounds import SAME_DAYS, SAME_PARTIES, SAME_VENUE, Fit, Part, Round, day_of, when
from schemas import Deadline, Event, Negotiation
from schemas.facts import Fact

F = TypeVar("F", bound=Fact)


def day_of_round(home: Round, talks: Negotiation) -> date | None:
    """The day by which a round is placed among others: its start, or else that of its first document."""
    return day_of(talks.start) or min((day for part in home.parts if (day := when(part))), default=None)


def following(days: Mapping[str, date | None], sides: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Pairs of ids of which the second comes right after the first, on a later day, between the same sides."""
    rounds: dict[frozenset[str], list[tuple[date, str]]] = defaultdict(list)
    for id, day in days.items():
        if day is not None:
            rounds[frozenset(sides[id])].append((day, id))
    return [
        (a, b)
        for dated in rounds.values()
        for (earlier, a), (later, b) in pairwise(sorted(dated))
        if earlier < later
    ]


def _names(venue: str | None) -> Callable[[Fact], bool]:
    if venue is None:
        return lambda _: False
    # A capital by itself may stand for its government; after a preposition it is a place.
    named = re.compile(rf"\b(?:in|at) {re.escape(venue)}\b", re.IGNORECASE)
    return lambda fact: any(named.search(e.exact) for e in fact.evidence)


def _falls_on(first: date | None, last: date | None) -> Callable[[Fact], bool]:
    def falls(fact: Fact) -> bool:
        day = day_of(fact.date) if isinstance(fact, Deadline | Event) else None
        return bool(first and day and first <= day <= (last or first))

    return falls


def share(part: Part, talks: Negotiation) -> tuple[Part, Fit] | None:
    """What a document about another round tells of this one: facts that name its venue or fall on its days.

    Who sits at the other table is not carried over.
    """
    elsewhere = talks.venue if (talks.venue or "").casefold() != (part.talks.venue or "").casefold() else None
    names = _names(elsewhere)
    falls = _falls_on(day_of(talks.start), day_of(talks.end))

    def about(facts: Iterable[F]) -> list[F]:
        return [fact for fact in facts if names(fact) or falls(fact)]

    told = part.readout
    kept = msgspec.structs.replace(
        told,
        delegations=[],
        stakes=about(told.stakes),
        deadlines=about(told.deadlines),
        figures=about(told.figures),
        statements=about(told.statements),
        events=about(told.events),
    )
    facts: list[Fact] = [*kept.stakes, *kept.deadlines, *kept.figures, *kept.statements, *kept.events]
    if not facts:
        return None
    signs = [(SAME_PARTIES, "same parties")]
    if any(names(fact) for fact in facts):
        signs.append((SAME_VENUE, f"tells of {elsewhere}, where this round met"))
    if any(falls(fact) for fact in facts):
        signs.append((SAME_DAYS, "tells of a day of this round"))
    reasons = tuple(reason for _, reason in signs)
    return Part(kept, part.source), Fit(round(sum(weight for weight, _ in signs), 2), reasons)
