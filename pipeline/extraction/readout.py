"""One document -> its readout: an extractor proposes, code verifies."""

from collections.abc import Container, Iterable, Sequence
from functools import cache, cached_property
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from pipeline.documents.document import Document
from pipeline.documents.source import source_of
from pipeline.extraction.kinds import VERIFY, Verify, propose, talks
from pipeline.extraction.kinds.delegates import delegations_of, one_each
from pipeline.extraction.verifier import Unproven, Verifier
from pipeline.language.annotate import Annotated, annotate
from pipeline.language.parties import party_of
from schemas import Delegate, DocumentReadout, ExtractorInfo, Negotiation, Rejection, Usage
from schemas.facts import Fact
from schemas.kinds import KINDS
from schemas.proposals import Proposal, Proposals

F = TypeVar("F", bound=Fact)
FREE = Usage(calls=0, prompt_tokens=0, cached_tokens=0, completion_tokens=0, seconds=0.0, cost=None)
REPEATED = "it repeats another fact"
_NO_TALKS = "the document is not about a trade negotiation"


class Extraction(Struct, frozen=True, kw_only=True):
    """All that an extractor proposes about a document, what it said that is no proposal, and what it cost.

    `elsewhere`: a quote may also be meant at another of its places than the proposal's own.
    """

    proposals: list[Proposals]
    elsewhere: bool = True
    malformed: list[Rejection] = []
    usage: Usage = FREE


class Extractor(Protocol):
    """Anything that reads a document and proposes facts; `reading.verify` tells it which of them stand."""

    @property
    def info(self) -> ExtractorInfo: ...

    def extract(self, reading: "Reading") -> Extraction: ...


class Verified(Struct, frozen=True, kw_only=True):
    """What of some proposals is proven: facts by the name of their kind. Every proposal is there or in `rejected`."""

    talks: Negotiation | None
    facts: dict[str, list[Fact]]
    rejected: list[Rejection]

    def of(self, kind: type[F]) -> list[F]:
        """The facts of one kind, by its struct."""
        return [fact for facts in self.facts.values() for fact in facts if isinstance(fact, kind)]


class Reading:
    """A document and what proves proposals about it. It is annotated when that is first asked for."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def annotated(self) -> Annotated:
        return annotate(self.document)

    def verify(self, answers: Sequence[Proposals], elsewhere: bool = True) -> Verified:
        """What the document proves of all that was proposed. Without talks there are no facts."""
        verifier = self._verifier(answers, elsewhere)
        rejected: list[Rejection] = []
        facts: dict[str, list[Fact]] = {}
        for kind in KINDS:
            proposals = (p for answer in answers for p in getattr(answer, kind.plural))
            proven = verify_all(verifier, kind.name, proposals, VERIFY[kind.name], rejected)
            if kind.fact is Delegate:
                people = one_each(fact for fact in proven if isinstance(fact, Delegate))
                kept = {person.id for person in people}
                rejected += [_rejection(kind.name, fact, REPEATED) for fact in proven if fact.id not in kept]
                proven = list(people)
                negotiation = _talks(verifier, answers, people, rejected)
            facts[kind.name] = proven
        if negotiation is None:
            rejected += [_rejection(kind, fact, _NO_TALKS) for kind, own in facts.items() for fact in own]
            facts = {kind: [] for kind in facts}
        return Verified(talks=negotiation, facts=facts, rejected=rejected)

    def _verifier(self, answers: Sequence[Proposals], elsewhere: bool) -> Verifier:
        named = frozenset(mention.code for mention in self.annotated.parties)
        proposed = {party_of(words) for answer in answers if answer.talks for words in answer.talks.parties}
        parties = frozenset(code for code in proposed if code in named) or named
        return Verifier(
            annotated=self.annotated,
            official=source_of(self.document).kind in {"official", "joint_statement"},
            named=named,
            parties=parties,
            mentions=[mention for mention in self.annotated.parties if mention.code in parties],
            elsewhere=elsewhere,
        )


def _rejection(kind: str, fact: Fact, reason: str) -> Rejection:
    return Rejection(kind=kind, quote=fact.evidence[0].exact, reason=reason)


def verify_all(
    verifier: Verifier, kind: str, proposals: Iterable[Proposal], verify: Verify, rejected: list[Rejection]
) -> list[Fact]:
    """The proven facts of one kind; the rest goes to `rejected` with the reason."""
    facts: dict[str, Fact] = {}
    for proposal in proposals:
        try:
            fact = _proven(verifier, proposal, verify, facts)
        except Unproven as reason:
            rejected.append(Rejection(kind=kind, quote=proposal.quote, reason=str(reason)))
        else:
            facts[fact.id] = fact
    return list(facts.values())


def _proven(verifier: Verifier, proposal: Proposal, verify: Verify, known: Container[str]) -> Fact:
    """The fact at the first place of its quote that holds all of it and has not given it yet. Raises Unproven."""
    reason: Unproven | None = None
    for there in verifier.places(proposal):
        try:
            fact = verify(verifier, there)
        except Unproven as error:
            reason = reason or error
            continue
        if fact.id not in known:
            return fact
        reason = Unproven(REPEATED)
        if proposal.at is not None:
            break
    raise reason or Unproven(REPEATED)


def _talks(
    verifier: Verifier, answers: Sequence[Proposals], delegates: list[Delegate], rejected: list[Rejection]
) -> Negotiation | None:
    """The first proven talks of all answers."""
    proven: Negotiation | None = None
    for proposal in (answer.talks for answer in answers if answer.talks):
        try:
            negotiation = talks.verify(verifier, proposal, delegates)
            if proven:
                raise Unproven(REPEATED)
            proven = negotiation
        except Unproven as reason:
            rejected.append(Rejection(kind="negotiation", quote=proposal.quote, reason=str(reason)))
    return proven


class Embedded:
    """spaCy and rules."""

    info = ExtractorInfo(name="embedded", version="5", model=None, prompt=None, stands_in_for=None)

    def extract(self, reading: Reading) -> Extraction:
        """One answer: rules are not asked twice, and they know which place they mean."""
        return Extraction(proposals=[propose(reading.annotated)], elsewhere=False)


class NoSuchExtractor(ValueError):
    """An extractor that this version does not have."""


@cache
def extractor_of(name: str) -> Extractor:
    """The extractor of that name that needs no settings. Raises NoSuchExtractor."""
    if name != "embedded":
        raise NoSuchExtractor(f"there is no extractor {name!r} here: use embedded")
    return Embedded()


def readout(document: Document, extractor: str | Extractor = "embedded") -> DocumentReadout:
    """The proven facts of a document. Raises NoSuchExtractor, and what the extractor raises."""
    chosen = extractor_of(extractor) if isinstance(extractor, str) else extractor
    reading = Reading(document)
    extraction = chosen.extract(reading)
    verified = reading.verify(extraction.proposals, extraction.elsewhere)
    facts: dict[str, Any] = {
        kind.plural: verified.facts[kind.name] for kind in KINDS if kind.fact is not Delegate
    }
    return DocumentReadout(
        document=document.head(),
        negotiation=verified.talks,
        delegations=delegations_of(verified.of(Delegate)),
        rejected=[*verified.rejected, *extraction.malformed],
        extractor=chosen.info,
        usage=extraction.usage,
        **facts,
    )
