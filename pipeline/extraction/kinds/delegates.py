"""Who sits at the table: name, office and side stand together in the text, and nobody is absent.

Of what several sentences say of one person, one delegate is made; delegates are grouped by party, with who leads.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from pipeline.documents.document import Span, inside
from pipeline.extraction.verifier import Unproven, Verifier
from pipeline.language.annotate import Annotated, Sentence
from pipeline.language.clauses import absent
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold, occurrences
from pipeline.language.offices import has_office, heads, holds, owner_of, rank_left_out
from pipeline.language.parties import Mention
from pipeline.language.people import Person, same_person
from schemas import Delegate, Delegation
from schemas.proposals import DelegateProposal
from schemas.vocabulary import Head, Level

_OFFICES = lexicon.offices
_NEGOTIATES = re.compile(rf"(?<!\w){_OFFICES.negotiators.any}s?(?!\w)", re.IGNORECASE)
_LEADER = re.compile(rf"(?<!\w)(?<!Vice )(?<!Vice-){_OFFICES.leaders.any}(?!\w)(?! Office)")
_DEPUTY = re.compile(r"deputy|vice", re.IGNORECASE)
_NEVER = re.compile(rf"\b{_OFFICES.absentees.any}", re.IGNORECASE)
_LED_BY = re.compile(rf"\b{_OFFICES.led_by.any} (?:jointly )?by (?:the |its |their |both )?[\w.’' ]{{0,30}}$")
_LEADS = re.compile(rf",?[\w,’' -]{{0,40}}?\b{_OFFICES.leads.any}\b (?!by\b)")
_TEAM_AFTER = re.compile(rf" and (?:his|her|their) {_OFFICES.colleagues.any}\b")
_JOIN = re.compile(
    r",?(?:(?: and| as well as| along with|, and| and by)|,? joined by)? ?(?:the |its |their )?$"
)
_SPEAKS = re.compile(rf"\b{lexicon.speech.verbs.any}\b")
_LED_BACK = 80
_NEAR = 40


def _leads_a_country(person: Person) -> bool:
    return bool(_LEADER.search(person.office)) and not _DEPUTY.search(person.office)


def _negotiates(person: Person) -> bool:
    """An office whose holder conducts talks: neither a leader nor somebody who only speaks about them."""
    office = bool(_NEGOTIATES.search(person.office)) and not _leads_a_country(person)
    return office and not _NEVER.search(person.role)


def _lists(people: Iterable[Person], text: str) -> Iterator[list[Person]]:
    """People who stand in one list: a verb or a group that goes with one goes with all."""
    group: list[Person] = []
    for person in people:
        if group and not _JOIN.match(text, group[-1].end, person.start):
            yield group
            group = []
        group.append(person)
    if group:
        yield group


def _seated(sentence: Sentence, people: Sequence[Person], parties: frozenset[str]) -> list[Person]:
    """Of the people in a sentence, those whom it has negotiate, or speak for their side about trade."""
    text = sentence.text
    if not people or _OFFICES.unseat.search(text) or absent(text):
        return []
    seated = bool(_OFFICES.seat.cased.search(text))
    speaks = bool(_SPEAKS.search(text))
    opposite = {person.party for person in people if _negotiates(person)} & parties
    leaders = [person for person in people if _leads_a_country(person) and not _NEVER.search(person.role)]
    met = _OFFICES.in_person.search(text) and not _OFFICES.apart.search(text)
    summit = bool(met) and len({leader.party for leader in leaders} & parties) > 1
    return [
        person
        for person in people
        if (summit and person in leaders)
        or (
            _negotiates(person)
            and (seated or len(opposite) > 1 or (speaks and _OFFICES.trade_offices.search(person.office)))
        )
    ]


def propose(annotated: Annotated, parties: frozenset[str]) -> list[DelegateProposal]:
    """Everybody whom the text seats for one of the parties."""
    proposals = []
    text = annotated.text
    named = [mention for mention in annotated.parties if mention.code in parties]
    home = None
    for sentence in annotated.body:
        whole = Span(sentence.start, sentence.end)
        seated = _seated(sentence, inside(annotated.people, sentence.start, sentence.end), parties)
        sides = {person.party for person in seated if person.party in parties}
        other = next(iter(parties - sides), None) if len(parties) == 2 and len(sides) == 1 else None
        for group in _lists(seated, text):
            first, last = group[0].start, group[-1].end
            head = bool(
                _LED_BY.search(text, max(sentence.start, first - _LED_BACK), first)
                or _LEADS.match(text, last, sentence.end)
                or _TEAM_AFTER.match(text, last, sentence.end)
            )
            owners = [
                owner_of(text, whole, Span(person.start, person.end), person.office, named)
                or (person.party if person.party in parties else None)
                for person in group
            ]
            for person, owner in zip(group, owners, strict=True):
                party = owner or next((o for o in owners if o), None)
                if party is None:
                    home = home or other
                    party = home if "mbassador" not in person.office else other
                if party is None:
                    continue
                quote, at = annotated.quote(sentence.start, sentence.end)
                proposals.append(
                    DelegateProposal(
                        quote=quote, at=at, name=person.name, role=person.office, party=party, head=head
                    )
                )
    return proposals


def _seat(verifier: Verifier, proposal: DelegateProposal, party: str, span: Span) -> None:
    """Raises Unproven where the text gives the office to another, or seats the person for another party."""
    whole = verifier.sentence(span)
    sentence = verifier.words(whole)
    if absent(sentence):
        raise Unproven("the sentence tells who does not take part")
    if not (
        has_office(sentence, proposal.name, proposal.role)
        or has_office(verifier.text, proposal.name, proposal.role)
    ):
        raise Unproven(f"the document does not give {proposal.name} the office of {proposal.role}")
    if rank := rank_left_out(sentence, proposal.name, proposal.role):
        raise Unproven(f"the text says {rank} {proposal.role}")
    name = next(occurrences(sentence, proposal.name.split()[-1]), None)
    if name is None:
        return
    offices = [
        office
        for office in occurrences(sentence, proposal.role)
        if office.start < name.end + _NEAR and name.start < office.end + _NEAR
    ]
    office = min(offices, key=lambda office: abs(office.start - name.start), default=name)
    person = Span(whole.start + min(office.start, name.start), whole.start + max(office.end, name.end))
    named: list[Mention] = verifier.parties_in(whole)
    owner = owner_of(verifier.text, whole, person, proposal.role, named)
    if owner not in {None, party}:
        raise Unproven(f"the text seats {proposal.name} for {owner}, not for {party}")
    if owner is None and not verifier.names(verifier.paragraph(span), party):
        raise Unproven(f"nothing near the name says that {proposal.name} sits for {party}")


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
    _seat(verifier, proposal, party, span)
    leads = proposal.head and heads(verifier.words(verifier.sentence(span)), surname, role)
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
    if _OFFICES.leaders.cased.search(_OFFICES.negotiators.cased.sub("", offices)):
        return "leaders"
    return "ministerial" if _OFFICES.ministers.cased.search(offices) else "technical"
