"""Proposals of any extractor -> proven facts, and what was not proven with its reason."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from pipeline.delegations import joined, level_of
from pipeline.desk import Desk, Unproven
from pipeline.document import Document
from pipeline.parties import mentions, party_of
from pipeline.prove import deadline, delegate, event, figure, stake, statement
from pipeline.sources import source_of
from pipeline.stamps import context_of
from pipeline.titles import name_of
from schemas import Deadline, Delegate, Event, Figure, Negotiation, Rejection, Stake, Statement
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


REPEATED = "it repeats another fact"
Prove = Callable[[Sequence[Proposals]], Proof]


def prove_all(
    desk: Desk, kind: str, proposals: Iterable[P], prover: Callable[[Desk, P], F], rejected: list[Rejection]
) -> list[F]:
    """The proven facts; the rest goes to `rejected` with the reason."""
    facts: dict[str, F] = {}
    for proposal in proposals:
        try:
            fact = prover(desk, proposal)
        except Unproven as reason:
            rejected.append(Rejection(kind=kind, quote=proposal.quote, reason=str(reason)))
            continue
        if fact.id in facts:
            rejected.append(Rejection(kind=kind, quote=proposal.quote, reason=REPEATED))
        facts.setdefault(fact.id, fact)
    return list(facts.values())


def _negotiation(desk: Desk, proposal: TalksProposal, delegates: list[Delegate]) -> Negotiation:
    """The talks, parties and venue read again in the text. Raises Unproven."""
    text = desk.document.text
    desk.place(proposal)
    parties = sorted({code for words in proposal.parties if (code := party_of(words)) in desk.named and code})
    if len(parties) < 2:
        raise Unproven("fewer than two of its parties are named in the document")
    venue = proposal.venue if proposal.venue and proposal.venue in text else None
    dated = proposal.date_words and proposal.date_words in text
    return Negotiation(
        name=name_of(parties, venue),
        parties=parties,
        venue=venue,
        round=proposal.round if proposal.round and proposal.round in text else None,
        start=desk.date(proposal.date_words, proposal.quote) if proposal.date_words and dated else None,
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
    for talks in (answer.talks for answer in answers if answer.talks):
        try:
            return _negotiation(desk, talks, delegates)
        except Unproven as reason:
            rejected.append(Rejection(kind="negotiation", quote=talks.quote, reason=str(reason)))
    return None


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
