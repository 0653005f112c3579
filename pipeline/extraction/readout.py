"""One document -> its readout: an extractor proposes, code verifies."""

from collections.abc import Container, Iterable, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple, Protocol, TypeVar

from msgspec import Struct
from msgspec.msgpack import encode

from pipeline.documents.document import Document, source_of
from pipeline.extraction.kinds import VERIFY, Verify, propose, talks
from pipeline.extraction.kinds.delegates import delegations_of, one_each
from pipeline.extraction.verifier import Leaves, Unproven, Verifier
from pipeline.language.annotate import Annotated, annotate
from pipeline.language.foreign import is_foreign, language_name
from schemas import Delegate, DocumentReadout, ExtractorInfo, Negotiation, Rejection, Usage
from schemas.facts import Fact
from schemas.kinds import KINDS, Kind
from schemas.proposals import Proposal, Proposals

F = TypeVar("F", bound=Fact)
FREE = Usage(calls=0, prompt_tokens=0, cached_tokens=0, completion_tokens=0, seconds=0.0, cost=None)
REPEATED = "it repeats another fact"
_TELLING = {"deadline": ("what", "date"), "stake": ("topic", "title")}
"""What two facts of the same words have in common, and the leaf that one of them may have lost."""
_NO_TALKS = "the document is not about a trade negotiation"


class Extraction(Struct, frozen=True, kw_only=True):
    """All that an extractor proposes about a document, what it said that is no proposal, and what it cost.

    `mended`: what was proposed when it was asked again; where it says a fact that the others say, it is the one that
    counts. `own`: they are of our own rules, whose readings are those of code. `unread`: why nothing was read.
    """

    proposals: list[Proposals]
    mended: Proposals | None = None
    own: bool = False
    malformed: list[Rejection] = []
    usage: Usage = FREE
    unread: str | None = None


class Extractor(Protocol):
    """Anything that reads a document and proposes facts; `reading.verify` tells it which of them stand."""

    @property
    def info(self) -> ExtractorInfo: ...

    def extract(self, reading: "Reading") -> Extraction: ...

    def in_english(self, reading: "Reading", made: DocumentReadout) -> DocumentReadout:
        """The readout of a document in another language, whose facts hold its words, in English."""


class Failure(Struct, frozen=True, kw_only=True):
    """What is rejected, with the proposal that it is of; None where a proven fact is given up after all."""

    rejection: Rejection
    proposal: Proposal | None = None


class Verified(Struct, frozen=True, kw_only=True):
    """What of some proposals is proven: facts by the name of their kind; the rest is among `failures`."""

    talks: Negotiation | None
    facts: dict[str, list[Fact]]
    failures: list[Failure]

    def of(self, kind: type[F]) -> list[F]:
        """The facts of one kind, by its struct."""
        return [fact for facts in self.facts.values() for fact in facts if isinstance(fact, kind)]


class Reading:
    """A document and what proves proposals about it. It is annotated when that is first asked for.

    A proposal that is verified again, as those of a model are when it was asked once more, is not proven anew.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._verifiers: dict[tuple[frozenset[str], bool], Verifier] = {}

    @cached_property
    def annotated(self) -> Annotated:
        return annotate(self.document)

    @cached_property
    def candidates(self) -> Proposals:
        """What our own rules propose, which read English alone."""
        return Proposals(talks=None) if self.annotated.foreign else propose(self.annotated)

    def verify(
        self, answers: Sequence[Proposals], own: bool = False, mended: Proposals | None = None
    ) -> Verified:
        """What the document proves of all that was proposed. Without talks there are no facts."""
        verifier = self._verifier(answers, own)
        failures: list[Failure] = []
        facts: dict[str, list[Fact]] = {}
        for kind in KINDS:
            first = [p for answer in answers for p in getattr(answer, kind.plural)]
            again = getattr(mended, kind.plural) if mended else []
            proven = verify_all(verifier, kind.name, first, again, VERIFY[kind.name], failures)
            if kind.fact is Delegate:
                people = one_each(fact for fact in proven if isinstance(fact, Delegate))
                kept = {person.id for person in people}
                failures += [_given_up(kind.name, fact, REPEATED) for fact in proven if fact.id not in kept]
                proven = list(people)
                negotiation = _talks(verifier, answers, people, failures)
            facts[kind.name] = _fullest(kind.name, proven, failures)
        if negotiation is None:
            failures = [one for one in failures if one.rejection.leaf is None]
            failures += [_given_up(kind, fact, _NO_TALKS) for kind, own in facts.items() for fact in own]
            facts = {kind: [] for kind in facts}
        return Verified(talks=negotiation, facts=facts, failures=failures)

    def prove(self, kind: Kind, proposal: Proposal, parties: Iterable[str]) -> Verified:
        """What the document proves of one proposal, about talks between these parties."""
        proposed: dict[str, Any] = {kind.plural: [proposal]}
        failures: list[Failure] = []
        verifier = self._verifier([Proposals(talks=None, **proposed)], own=False, between=parties)
        proven = verify_all(verifier, kind.name, [proposal], [], VERIFY[kind.name], failures)
        return Verified(talks=None, facts={kind.name: proven}, failures=failures)

    def _verifier(self, answers: Sequence[Proposals], own: bool, between: Iterable[str] = ()) -> Verifier:
        named = frozenset(mention.code for mention in self.annotated.parties)
        proposed = set(between) | {
            self.annotated.party(words)
            for answer in answers
            if answer.talks
            for words in answer.talks.parties
        }
        parties = frozenset(code for code in proposed if code in named) or named
        if before := self._verifiers.get((parties, own)):
            return before
        named_people = [one.name for answer in answers for one in answer.delegates if one.name]
        named_people += [one.speaker for answer in answers for one in answer.statements]
        self._verifiers[parties, own] = Verifier(
            people=frozenset(named_people),
            annotated=self.annotated,
            official=source_of(self.document).kind in {"official", "joint_statement"},
            named=named,
            parties=parties,
            mentions=[mention for mention in self.annotated.parties if mention.code in parties],
            own=own,
        )
        return self._verifiers[parties, own]


def _given_up(kind: str, fact: Fact, reason: str) -> Failure:
    quote = fact.evidence[0].exact
    return Failure(rejection=Rejection(kind=kind, leaf=None, quote=quote, reason=reason))


def _failed(kind: str, proposal: Proposal, reason: str, leaf: str | None = None) -> Failure:
    rejection = Rejection(kind=kind, leaf=leaf, quote=proposal.quote, reason=reason)
    return Failure(rejection=rejection, proposal=proposal)


def _fullest(kind: str, proven: list[Fact], failures: list[Failure]) -> list[Fact]:
    """Without the facts that lack what tells them from others, where the same words give one that has it."""
    if kind not in _TELLING:
        return proven
    of, leaf = _TELLING[kind]

    def same(fact: Fact) -> tuple[object, ...]:
        return (fact.evidence[0].start, fact.evidence[0].end, getattr(fact, of))

    full = {same(fact) for fact in proven if getattr(fact, leaf) is not None}
    kept = [fact for fact in proven if getattr(fact, leaf) is not None or same(fact) not in full]
    failures += [_given_up(kind, fact, REPEATED) for fact in proven if fact not in kept]
    return kept


class _Proven(NamedTuple):
    """A fact, and the leaves that it has lost."""

    fact: Fact
    lost: list[Failure]


class _Tried(NamedTuple):
    """What a proposal gave, or why it is refused; `asked`: which ids it asked for, and whether they were known."""

    asked: dict[str, bool]
    became: _Proven | str


class _Asked:
    """Ids of known facts, which remembers what it was asked and said."""

    def __init__(self, known: Container[str]) -> None:
        self._known = known
        self.said: dict[str, bool] = {}

    def __contains__(self, id: object) -> bool:
        return self.said.setdefault(str(id), id in self._known)


def verify_all(
    verifier: Verifier,
    kind: str,
    proposals: Sequence[Proposal],
    mended: Sequence[Proposal],
    verify: Verify,
    failures: list[Failure],
) -> list[Fact]:
    """The proven facts of one kind; the rest goes to `failures` with the reason, leaf by leaf where the fact stands.

    Of two proposals that give the same fact, the one counts that was mended, or else the one that loses fewer leaves.
    """
    proven: dict[str, _Proven] = {}

    def add(proposal: Proposal, known: Container[str], wins: bool) -> str | None:
        try:
            found = _proven_once(verifier, kind, proposal, verify, known)
        except Unproven as reason:
            failures.append(_failed(kind, proposal, str(reason)))
            return None
        id = found.fact.id
        before = proven.get(id)
        first_mended = wins and id not in known
        if before and not first_mended and len(found.lost) >= len(before.lost):
            failures.append(_failed(kind, proposal, REPEATED))
            return id
        if before:
            failures.append(_given_up(kind, before.fact, REPEATED))
        proven[id] = found
        return id

    for proposal in proposals:
        add(proposal, proven, wins=False)
    again: set[str] = set()
    for proposal in mended:
        if id := add(proposal, again, wins=True):
            again.add(id)
    failures += [failure for one in proven.values() for failure in one.lost]
    return [one.fact for one in proven.values()]


def _proven_once(
    verifier: Verifier, kind: str, proposal: Proposal, verify: Verify, known: Container[str]
) -> _Proven:
    """As `_proven`, or what it gave when all that it asked of `known` was as it is now. Raises Unproven."""
    key = (kind, encode(proposal))
    tried: _Tried | None = verifier.tried.get(key)
    if tried is None or any((id in known) is not was for id, was in tried.asked.items()):
        asked = _Asked(known)
        try:
            tried = _Tried(asked.said, _proven(verifier, kind, proposal, verify, asked))
        except Unproven as reason:
            tried = _Tried(asked.said, str(reason))
        verifier.tried[key] = tried
    if isinstance(tried.became, str):
        raise Unproven(tried.became)
    return tried.became


def _proven(
    verifier: Verifier, kind: str, proposal: Proposal, verify: Verify, known: Container[str]
) -> _Proven:
    """The fact at the first place of its quote that holds all of it and has not given it yet, else one it has given.

    Raises Unproven.
    """
    reason: Unproven | None = None
    given: _Proven | None = None
    for there in verifier.places(proposal):
        leaves = Leaves(verifier.own)
        if verifier.annotated.foreign:
            leaves.quoted()  # what its kind, its status or its side is, no rule reads
        try:
            fact = verify(verifier, there, leaves, known)
        except Unproven as error:
            reason = reason or error
            continue
        found = _Proven(fact, [_failed(kind, proposal, why, leaf) for leaf, why in leaves.failed])
        if fact.id not in known:
            return found
        given = given or found
        if proposal.at is not None:
            break
    if given is None:
        raise reason or Unproven("its quote has no place")
    return given


def _talks(
    verifier: Verifier, answers: Sequence[Proposals], delegates: list[Delegate], failures: list[Failure]
) -> Negotiation | None:
    """The first proven talks of all answers."""
    proven: Negotiation | None = None
    for proposal in (answer.talks for answer in answers if answer.talks):
        leaves = Leaves(verifier.own)
        try:
            negotiation = talks.verify(verifier, proposal, delegates, leaves)
            if proven:
                raise Unproven(REPEATED)
        except Unproven as reason:
            failures.append(_failed("negotiation", proposal, str(reason)))
        else:
            proven = negotiation
            failures += [_failed("negotiation", proposal, why, leaf) for leaf, why in leaves.failed]
    return proven


class Embedded:
    """spaCy and rules."""

    info = ExtractorInfo(name="embedded", version="14", model=None, prompt=None, stands_in_for=None)

    def extract(self, reading: Reading) -> Extraction:
        """One answer: rules are not asked twice, and they know which place they mean."""
        language, unread = reading.document.language, None
        if language is not None and is_foreign(language):
            unread = (
                f"the document is in {language_name(language)}, which the embedded extractor does not read"
            )
        return Extraction(proposals=[reading.candidates], own=True, unread=unread)

    def in_english(self, reading: Reading, made: DocumentReadout) -> DocumentReadout:
        return made


class NoSuchExtractor(ValueError):
    """An extractor that this version does not have."""


@cache
def extractor_of(name: str) -> Extractor:
    """The extractor of that name that needs no settings. Raises NoSuchExtractor."""
    if name != "embedded":
        raise NoSuchExtractor(f"there is no extractor {name!r} here: use embedded")
    return Embedded()


def about_talks(document: Document) -> bool:
    """Whether our own rules see a trade negotiation in a document. It costs no call of a model.

    They read English: of a document in another language they see nothing, so it may be about one.
    """
    foreign = document.language is not None and is_foreign(document.language)
    return foreign or talks.propose(annotate(document)) is not None


def readout(document: Document, extractor: str | Extractor = "embedded") -> DocumentReadout:
    """The proven facts of a document. Raises NoSuchExtractor, and what the extractor raises."""
    chosen = extractor_of(extractor) if isinstance(extractor, str) else extractor
    reading = Reading(document)
    extraction = chosen.extract(reading)
    verified = reading.verify(extraction.proposals, extraction.own, extraction.mended)
    facts: dict[str, Any] = {
        kind.plural: verified.facts[kind.name] for kind in KINDS if kind.fact is not Delegate
    }
    made = DocumentReadout(
        document=document.head(),
        unread=extraction.unread,
        negotiation=verified.talks,
        delegations=delegations_of(verified.of(Delegate)),
        rejected=[*(one.rejection for one in verified.failures), *extraction.malformed],
        extractor=chosen.info,
        usage=extraction.usage,
        **facts,
    )
    return chosen.in_english(reading, made) if is_foreign(document.language) else made
