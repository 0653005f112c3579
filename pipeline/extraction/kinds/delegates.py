"""Who sits at the table: name, office and side stand together in the text, and nobody is absent.

Of what several sentences say of one person, one delegate is made; delegates are grouped by party, with who leads.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from pipeline.documents.document import Span, inside
from pipeline.extraction.verifier import Unproven, Verifier
from pipeline.language.annotate import Annotated, Sentence
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold
from pipeline.language.offices import has_office, holds, rank_left_out
from pipeline.language.people import Person, same_person
from schemas import Delegate, Delegation
from schemas.proposals import DelegateProposal
from schemas.vocabulary import Head, Level

_OFFICES = lexicon.offices
_NEGOTIATES = re.compile(rf"(?<!\w){_OFFICES.negotiators.any}s?(?!\w)", re.IGNORECASE)
_LEADER = re.compile(rf"(?<!\w){_OFFICES.leaders.any}(?!\w)(?! Office)", re.IGNORECASE)
_DEPUTY = re.compile(r"deputy|vice", re.IGNORECASE)
_NEVER = re.compile(rf"\b{_OFFICES.absentees.any}", re.IGNORECASE)
_OPPOSING = _OFFICES.opposing.pattern
_WORD = re.compile(r"\w(?:[\w’'-]*\w)?")
_SPEAKS = re.compile(rf"\b{lexicon.speech.verbs.any}\b")
_NEAR = 40


def _leads_a_country(person: Person) -> bool:
    return bool(_LEADER.search(person.office)) and not _DEPUTY.search(person.office)


def _negotiates(person: Person) -> bool:
    """An office whose holder conducts talks: neither a leader nor somebody who only speaks about them."""
    office = bool(_NEGOTIATES.search(person.office)) and not _leads_a_country(person)
    return office and not _NEVER.search(person.role)


def _seated(text: str, people: Sequence[Person], parties: frozenset[str]) -> list[Person]:
    """Of the people in a sentence, those whom it has negotiate, or speak for their side about trade."""
    people = [person for person in people if not person.away]
    if not people:
        return []
    seated = bool(_OFFICES.seat.cased.search(text))
    speaks = bool(_SPEAKS.search(text))
    opposite = {person.party for person in people if _negotiates(person)} & parties
    leaders = [person for person in people if _leads_a_country(person) and not _NEVER.search(person.role)]
    met = _OFFICES.in_person.search(text) and not _OFFICES.apart.search(text)
    summit = bool(met) and len({leader.party for leader in leaders} & parties) > 1
    return [
        replace(person, leads=True) if summit and person in leaders else person
        for person in people
        if (summit and person in leaders)
        or (
            _negotiates(person)
            and (
                seated
                or person.leads
                or len(opposite) > 1
                or (speaks and (person.party in parties or _OFFICES.trade_offices.search(person.office)))
            )
        )
    ]


def side_of(text: str, person: Person, beside: Sequence[Person], parties: frozenset[str]) -> str | None:
    """For whom somebody sits: as the text says, by an office that one of the parties alone has, or as the other of two.

    `beside`: all whom the sentence names.
    """
    return person.party or _owner(person.office, parties) or _opposite(text, person, beside, parties)


def _opposite(text: str, person: Person, beside: Sequence[Person], parties: frozenset[str]) -> str | None:
    """The other of two parties, where a sentence has somebody deal with people of the one."""
    sides = {other.party for other in beside if other.party} & parties
    faced = any(
        _OPPOSING.search(text, min(person.end, other.end), max(person.start, other.start))
        for other in beside
        if other.party in sides
    )
    return next(iter(parties - sides)) if len(parties) == 2 and len(sides) == 1 and faced else None


def _home_side(annotated: Annotated, person: Person) -> str | None:
    """Whose ministers a text names without saying whose: those of its dateline. An ambassador may be anybody's."""
    return None if _OFFICES.envoys.search(person.office) else annotated.home


def _owner(office: str, parties: Iterable[str]) -> str | None:
    """The one of the parties that has an office of that name."""
    return next((code for code in parties if holds(office, _OFFICES.owners.get(code, ()))), None)


def propose(annotated: Annotated, parties: frozenset[str]) -> list[DelegateProposal]:
    """Everybody whom the text seats for one of the parties, also where it names them again without their office."""
    proposals = []
    named: dict[str, Person] = {}
    for sentence in annotated.body:
        people = inside(annotated.people, sentence.start, sentence.end)
        quote, at = annotated.quote(sentence.start, sentence.end)
        seated = [*_seated(sentence.text, people, parties), *_again(annotated, sentence, people, named)]
        for person in seated:
            party = side_of(annotated.text, person, people, parties) or _home_side(annotated, person)
            if party in parties:
                proposals.append(
                    DelegateProposal(
                        quote=quote,
                        at=at,
                        name=person.name,
                        role=person.office,
                        party=party,
                        head=person.leads,
                    )
                )
        named.update({person.name.split()[-1]: person for person in people if _negotiates(person)})
    return proposals


def _again(
    annotated: Annotated, sentence: Sentence, beside: Sequence[Person], named: Mapping[str, Person]
) -> Iterator[Person]:
    """Those of the people named before whom a sentence has lead without saying their office again."""
    if not named or not _OFFICES.leading.search(sentence.text):
        return
    here = {person.name.split()[-1] for person in beside}
    for surname in dict.fromkeys(word for word in _WORD.findall(sentence.text) if word in named):
        seat = annotated.seat(Span(sentence.start, sentence.end), surname)
        if surname not in here and seat.leads and not seat.away:
            known = named[surname]
            yield replace(known, party=seat.side or known.party, leads=True)


def _seat(verifier: Verifier, proposal: DelegateProposal, party: str, span: Span) -> bool:
    """Whether the text has somebody lead.

    Raises Unproven where it gives the office to another, or seats the person for another party or not at all.
    """
    whole = verifier.sentence(span)
    sentence = verifier.words(whole)
    if not (
        has_office(sentence, proposal.name, proposal.role)
        or has_office(verifier.text, proposal.name, proposal.role)
    ):
        raise Unproven(f"the document does not give {proposal.name} the office of {proposal.role}")
    if rank := rank_left_out(sentence, proposal.name, proposal.role):
        raise Unproven(f"the text says {rank} {proposal.role}")
    beside = inside(verifier.annotated.people, whole.start, whole.end)
    seated = _seated(sentence, beside, verifier.parties)
    person = next((one for one in (*seated, *beside) if same_person(one.name, proposal.name)), None)
    person = person or _named_alone(verifier, proposal, whole)
    if person.away:
        raise Unproven(f"the sentence tells that {proposal.name} does not take part")
    side = side_of(verifier.text, person, beside, verifier.parties)
    if side not in {None, party}:
        raise Unproven(f"the text seats {proposal.name} for {side}, not for {party}")
    if (
        side is None
        and party != _home_side(verifier.annotated, person)
        and not verifier.names(verifier.paragraph(span), party)
    ):
        raise Unproven(f"nothing near the name says that {proposal.name} sits for {party}")
    return person.leads


def _named_alone(verifier: Verifier, proposal: DelegateProposal, whole: Span) -> Person:
    """Somebody whom a sentence names without an office, with the side that the sentence or else the text tells."""
    seat = verifier.annotated.seat(whole, proposal.name.split()[-1])
    known = verifier.annotated.roster.find(proposal.name)
    return Person(
        start=whole.start,
        end=whole.end,
        name=proposal.name,
        role=proposal.role,
        office=proposal.role,
        party=seat.side or (known.party if same_person(known.name, proposal.name) else None),
        leads=seat.leads,
        away=seat.away,
    )


def verify(verifier: Verifier, proposal: DelegateProposal) -> Delegate:
    span = verifier.quoted(proposal)
    surname = (proposal.name.split() or [""])[-1]
    verifier.named_as(surname, "the name", span)
    name = verifier.named_as(proposal.name, "the name")
    role = verifier.stands(proposal.role, "the office")
    if holds(fold(role), [fold(proposal.name)]):
        raise Unproven(f"the name ({proposal.name!r}) is the name of an office")
    organisation = (
        verifier.stands(proposal.organisation, "the organisation") if proposal.organisation else None
    )
    party = verifier.party(proposal.party)
    leads = _seat(verifier, proposal, party, span) and proposal.head
    return Delegate(
        **verifier.shared("delegate", span, proposal.name),
        party=party,
        name=name,
        role=role,
        organisation=organisation,
        head=True if leads else None,
    )


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
        people[known] = replace(
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
    if _OFFICES.leaders.cased.search(_OFFICES.negotiators.cased.sub("", offices)):
        return "leaders"
    return "ministerial" if _OFFICES.ministers.cased.search(offices) else "technical"
