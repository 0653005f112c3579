"""Proposals of any extractor -> proven facts, and what was not proven with its reason."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec
from msgspec import Struct

from pipeline.documents.document import Document, Span
from pipeline.documents.publication_date import context_of
from pipeline.documents.source import source_of
from pipeline.extraction.delegations import joined, level_of
from pipeline.extraction.proving import deadline, delegate, event, figure, stake, statement
from pipeline.extraction.verifier import Desk, Unproven
from pipeline.language.matching import find, locate
from pipeline.language.naming import name_of
from pipeline.language.parties import mentions, party_of
from schemas import Deadline, Delegate, Event, Figure, FuzzyDate, Negotiation, Rejection, Stake, Statement
from schemas.facts import Fact
from schemas.proposals import Proposal, Proposals, TalksProposal

P = TypeVar("P", bound=Proposal)
F = TypeVar("F", bound=Fact)


class Proof(Struct, frozen=True, kw_only=True):
    """What of some proposals is proven. Every proposal is in a list of facts or in `rejected`."""

    talks: Negotiation | None
    delegates: list[Delegate]
    stakes: list[Stake]
    deadlines: list[Deadline]
    figures: list[Figure]
    statements: list[Statement]
    events: list[Event]
    rejected: list[Rejection]


_MOST_PLACES = 20
_ROUND = re.compile(r"\d|\b(?:round|session|phase|stage|meeting|dialogue|summit)\b", re.IGNORECASE)
REPEATED = "it repeats another fact"
Prove = Callable[[Sequence[Proposals]], Proof]


def prove_all(
    desk: Desk, kind: str, proposals: Iterable[P], prover: Callable[[Desk, P], F], rejected: list[Rejection]
) -> list[F]:
    """The proven facts; the rest goes to `rejected` with the reason."""
    facts: dict[str, F] = {}
    for proposal in proposals:
        try:
            fact = _proven(desk, proposal, prover, facts)
        except Unproven as reason:
            rejected.append(Rejection(kind=kind, quote=proposal.quote, reason=str(reason)))
        else:
            facts[fact.id] = fact
    return list(facts.values())


def _proven(desk: Desk, proposal: P, prover: Callable[[Desk, P], F], known: Container[str]) -> F:
    """The fact at the first place of its quote that holds all of it and has not given it yet. Raises Unproven."""
    reason: Unproven | None = None
    for there in _places(desk, proposal):
        try:
            fact = prover(desk, there)
        except Unproven as error:
            reason = reason or error
            continue
        if fact.id not in known:
            return fact
        reason = Unproven(REPEATED)
        if proposal.at is not None:
            break
    raise reason or Unproven(REPEATED)


def _places(desk: Desk, proposal: P) -> Iterator[P]:
    """The proposal at its own place, then at each other place of its quote."""
    yield proposal
    first = locate(desk.document.text, proposal.quote, proposal.at)
    spans = find(desk.document.text, proposal.quote)
    for span in sorted(spans, key=lambda span: abs(span.start - (proposal.at or 0)))[:_MOST_PLACES]:
        if span != first:
            yield msgspec.structs.replace(proposal, at=span.start)


def _start(desk: Desk, words: str, quote: Span) -> FuzzyDate | None:
    """When the talks start, in words of their quote, or else of the document."""
    for span in (quote, Span(0, len(desk.document.text))):
        with suppress(Unproven):
            return desk.date(words, span, quote)[0]
    return None


def _named(desk: Desk, words: str | None) -> str | None:
    """A name as the document writes it; None where it does not."""
    with suppress(Unproven):
        return desk.named_as(words, "the name") if words else None
    return None


def _negotiation(desk: Desk, proposal: TalksProposal, delegates: list[Delegate]) -> Negotiation:
    """The talks, parties and venue read again in the text. Raises Unproven."""
    quote = desk.place(proposal)
    parties = sorted({code for words in proposal.parties if (code := party_of(words)) in desk.named and code})
    if len(parties) < 2:
        raise Unproven("fewer than two of its parties are named in the document")
    venue = _named(desk, proposal.venue)
    round_ = _named(desk, proposal.round)
    return Negotiation(
        name=name_of(parties, venue),
        parties=parties,
        venue=venue,
        round=round_ if round_ and _ROUND.search(round_) else None,
        start=_start(desk, proposal.date_words, quote) if proposal.date_words else None,
        end=None,
        level=level_of(delegates),
        status=proposal.status,
        prior_round=None,
        next_round=None,
    )


def _talks(
    desk: Desk, answers: Sequence[Proposals], delegates: list[Delegate], rejected: list[Rejection]
) -> Negotiation | None:
    """The first proven talks of all answers."""
    proven: Negotiation | None = None
    for talks in (answer.talks for answer in answers if answer.talks):
        try:
            found = _negotiation(desk, talks, delegates)
            if proven:
                raise Unproven(REPEATED)
            proven = found
        except Unproven as reason:
            rejected.append(Rejection(kind="negotiation", quote=talks.quote, reason=str(reason)))
    return proven


def _repeated(kind: str, fact: Fact) -> Rejection:
    return Rejection(kind=kind, quote=fact.evidence[0].exact, reason=REPEATED)


def prover(document: Document) -> Prove:
    """Proves proposals about one document."""
    source = source_of(document)
    named = frozenset(mention.code for mention in mentions(document.text))
    context, official = context_of(document), source.kind in {"official", "joint_statement"}

    def prove(answers: Sequence[Proposals]) -> Proof:
        told = {party_of(words) for answer in answers if answer.talks for words in answer.talks.parties}
        parties = frozenset(code for code in told if code in named) or named
        desk = Desk(document=document, context=context, official=official, named=named, parties=parties)
        rejected: list[Rejection] = []
        people = prove_all(desk, "delegate", (p for a in answers for p in a.delegates), delegate, rejected)
        delegates = joined(people)
        kept = {person.id for person in delegates}
        rejected += [_repeated("delegate", person) for person in people if person.id not in kept]
        talks = _talks(desk, answers, delegates, rejected)
        proof = Proof(
            talks=talks,
            delegates=delegates,
            stakes=prove_all(desk, "stake", (p for a in answers for p in a.stakes), stake, rejected),
            deadlines=prove_all(
                desk, "deadline", (p for a in answers for p in a.deadlines), deadline, rejected
            ),
            figures=prove_all(desk, "figure", (p for a in answers for p in a.figures), figure, rejected),
            statements=prove_all(
                desk, "statement", (p for a in answers for p in a.statements), statement, rejected
            ),
            events=prove_all(desk, "event", (p for a in answers for p in a.events), event, rejected),
            rejected=rejected,
        )
        return proof if talks else _without_talks(proof)

    return prove


def _without_talks(proof: Proof) -> Proof:
    """A document that is about no talks has no facts: what was proven of it is rejected too."""
    kinds: dict[str, Sequence[Fact]] = {
        "delegate": proof.delegates,
        "stake": proof.stakes,
        "deadline": proof.deadlines,
        "figure": proof.figures,
        "statement": proof.statements,
        "event": proof.events,
    }
    reason = "the document is not about a trade negotiation"
    strays = [
        Rejection(kind=kind, quote=fact.evidence[0].exact, reason=reason)
        for kind, facts in kinds.items()
        for fact in facts
    ]
    return Proof(
        talks=None, delegates=[], stakes=[], deadlines=[], figures=[], statements=[], events=[],
        rejected=[*proof.rejected, *strays],
    )  # fmt: skip
