"""One document -> its readout: an extractor proposes, code proves."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Protocol, TypeVar

import msgspec

from pipeline.combine import same_person
from pipeline.document import Document
from pipeline.lexicon import words
from pipeline.parties import mentions, party_of
from pipeline.prove import Desk, deadline, delegate, event, figure, prove_all, stake, statement
from pipeline.sources import source_of
from pipeline.stamps import context_of
from pipeline.titles import name_of
from schemas import (
    Delegate,
    Delegation,
    DocumentReadout,
    ExtractorInfo,
    Negotiation,
    Rejection,
    Usage,
)
from schemas.facts import Fact
from schemas.proposals import Proposals, TalksProposal
from schemas.vocabulary import Head, Level

EXTRACTORS = ("embedded",)


class Extractor(Protocol):
    """Anything that reads a document and proposes facts."""

    name: str
    version: str

    def extract(self, document: Document) -> Proposals: ...


class NoSuchExtractor(ValueError):
    """An extractor that this version does not have."""


@cache
def extractor_of(name: str) -> Extractor:
    """The extractor of that name, loaded once a process. Raises NoSuchExtractor."""
    if name not in EXTRACTORS:
        raise NoSuchExtractor(f"there is no extractor {name!r} in this version: use {', '.join(EXTRACTORS)}")
    from pipeline.embedded import Embedded

    return Embedded()


F = TypeVar("F", bound=Fact)


def _unique(facts: Iterable[F]) -> list[F]:
    return list({fact.id: fact for fact in facts}.values())


def joined(delegates: Iterable[Delegate]) -> list[Delegate]:
    """One delegate for each person: the fullest name and office, all the evidence."""
    people: list[Delegate] = []
    for found in delegates:
        known = next(
            (i for i, p in enumerate(people) if p.party == found.party and same_person(p.name, found.name)),
            None,
        )
        if known is None:
            people.append(found)
            continue
        person = people[known]
        fuller = max(person, found, key=lambda d: (len(d.name.split()), len(d.role)))
        spans = {(e.document_id, e.start, e.end): e for e in (*person.evidence, *found.evidence)}
        people[known] = msgspec.structs.replace(
            person,
            name=fuller.name,
            role=fuller.role,
            head=person.head or found.head,
            evidence=list(spans.values()),
        )
    return people


def head_of(members: list[Delegate]) -> Head:
    heads = sum(member.head is True for member in members)
    return "not_stated" if heads == 0 else "sole" if heads == 1 else "joint"


def delegations_of(delegates: list[Delegate]) -> list[Delegation]:
    """Delegates grouped by party, parties in alphabetical order."""
    sides: dict[str, list[Delegate]] = defaultdict(list)
    for person in delegates:
        sides[person.party].append(person)
    return [
        Delegation(party=party, head=head_of(members), members=members)
        for party, members in sorted(sides.items())
    ]


def _level(delegates: list[Delegate]) -> Level:
    """The level of the talks, from the offices of those who sit there."""
    if not delegates:
        return "unknown"
    offices = " ".join(person.role for person in delegates)
    if words("offices", "leaders", cased=True).search(
        words("offices", "negotiators", cased=True).sub("", offices)
    ):
        return "leaders"
    return "ministerial" if words("offices", "ministers", cased=True).search(offices) else "technical"


def _negotiation(desk: Desk, proposal: TalksProposal, delegates: list[Delegate]) -> Negotiation | None:
    """The talks, parties and venue read again in the text; None if fewer than two parties stand in it."""
    text = desk.document.text
    named = {mention.code for mention in mentions(text)}
    parties = sorted({code for words in proposal.parties if (code := party_of(words)) in named and code})
    if len(parties) < 2:
        return None
    venue = proposal.venue if proposal.venue and proposal.venue in text else None
    start = desk.date(proposal.date_words, proposal.quote) if proposal.date_words else None
    return Negotiation(
        name=name_of(parties, venue),
        parties=parties,
        venue=venue,
        round=proposal.round if proposal.round and proposal.round in text else None,
        start=start,
        end=None,
        level=_level(delegates),
        status=proposal.status,
        prior_round=None,
        next_round=None,
    )


def readout(document: Document, extractor: str = "embedded") -> DocumentReadout:
    """The proven facts of a document. Raises NoSuchExtractor."""
    with_ = extractor_of(extractor)
    proposals = with_.extract(document)
    desk = Desk(
        document=document,
        context=context_of(document),
        official=source_of(document).kind in {"official", "joint_statement"},
    )
    rejected: list[Rejection] = []
    delegates = joined(prove_all(desk, "delegate", proposals.delegates, delegate, rejected))
    talks = _negotiation(desk, proposals.talks, delegates) if proposals.talks else None
    return DocumentReadout(
        document=document.head(),
        negotiation=talks,
        delegations=delegations_of(delegates),
        stakes=_unique(prove_all(desk, "stake", proposals.stakes, stake, rejected)),
        deadlines=_unique(prove_all(desk, "deadline", proposals.deadlines, deadline, rejected)),
        figures=_unique(prove_all(desk, "figure", proposals.figures, figure, rejected)),
        statements=_unique(prove_all(desk, "statement", proposals.statements, statement, rejected)),
        events=_unique(prove_all(desk, "event", proposals.events, event, rejected)),
        rejected=rejected,
        extractor=ExtractorInfo(name=with_.name, version=with_.version, model=None, prompt=None),
        usage=Usage(calls=0, prompt_tokens=0, cached_tokens=0, completion_tokens=0, seconds=0.0),
    )
