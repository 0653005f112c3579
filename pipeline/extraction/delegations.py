"""People as delegations: one delegate for each person, grouped by party, with who leads."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from pipeline.language.lexicons import lexicon
from pipeline.language.people import same_person
from schemas import Delegate, Delegation
from schemas.vocabulary import Head, Level


def one_each(delegates: Iterable[Delegate]) -> list[Delegate]:
    """One delegate for each person: the fullest name and office, all the evidence."""
    people: list[Delegate] = []
    for delegate in delegates:
        known = next(
            (
                i
                for i, p in enumerate(people)
                if p.party == delegate.party and same_person(p.name, delegate.name)
            ),
            None,
        )
        if known is None:
            people.append(delegate)
            continue
        person = people[known]
        fuller = max(person, delegate, key=lambda d: (len(d.name.split()), len(d.role)))
        spans = {(e.document_id, e.start, e.end): e for e in (*person.evidence, *delegate.evidence)}
        people[known] = msgspec.structs.replace(
            person,
            name=fuller.name,
            role=fuller.role,
            head=person.head or delegate.head,
            evidence=list(spans.values()),
        )
    return people


def head_of(members: list[Delegate]) -> Head:
    heads = sum(member.head is True for member in members)
    return "not_stated" if heads == 0 else "sole" if heads == 1 else "joint"


def delegations_of(delegates: Iterable[Delegate]) -> list[Delegation]:
    """Delegates grouped by party, parties in alphabetical order."""
    sides: dict[str, list[Delegate]] = defaultdict(list)
    for person in delegates:
        sides[person.party].append(person)
    return [
        Delegation(party=party, head=head_of(members), members=members)
        for party, members in sorted(sides.items())
    ]


def level_of(delegates: Iterable[Delegate]) -> Level:
    """The level of talks, from the offices of those who sit there."""
    offices = " ".join(person.role for person in delegates)
    if not offices:
        return "unknown"
    if lexicon.offices.leaders.cased.search(lexicon.offices.negotiators.cased.sub("", offices)):
        return "leaders"
    return "ministerial" if lexicon.offices.ministers.cased.search(offices) else "technical"
