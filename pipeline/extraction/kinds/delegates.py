"""Who sits at the table: name, office and side stand together in the text, and nobody is absent.

Of what several sentences say of one person, one delegate is made; delegates are grouped by party, with who leads.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from pipeline.documents.document import Span, inside, touching
from pipeline.extraction.kinds.untitled import untitled
from pipeline.extraction.verifier import Leaves, Unproven, Verifier, joined
from pipeline.language.annotate import Annotated, Numbered, Sentence
from pipeline.language.foreign.sentences import parts
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import first, fold
from pipeline.language.offices import has_office, holds, rank_left_out, titled_for
from pipeline.language.parties import Mention
from pipeline.language.people import Person, has_rank, same_person
from schemas import Delegate, Delegation
from schemas.proposals import DelegateAnswer, DelegateProposal
from schemas.vocabulary import Capacity, Head, Level

_OFFICES = lexicon.offices
_NEGOTIATES = re.compile(rf"(?<!\w){_OFFICES.negotiators.any}s?(?!\w)", re.IGNORECASE)
_LEADER = re.compile(rf"(?<!\w){_OFFICES.leaders.any}(?!\w)(?! Office)", re.IGNORECASE)
_DEPUTY = re.compile(r"deputy|vice", re.IGNORECASE)
_NEVER = re.compile(rf"\b{_OFFICES.absentees.any}", re.IGNORECASE)
_OPPOSING = _OFFICES.opposing.pattern
_WORD = re.compile(r"\w(?:[\w’'-]*\w)?")
_SPEAKS = re.compile(rf"\b{lexicon.speech.verbs.any}\b")
_ITS_GROUP = re.compile(rf"(?:[’']s?)? (?:\w+ )?{_OFFICES.groups.any}\b")
_PAIR = 2
_BESIDE, _NEAR = 20, 50
_BEFORE_OFFICE, _BEHIND_OFFICE = 40, 12
"""Characters between a party and who sits for it, in languages whose grammar is not read."""
_CROWD = 300
"""A text of so many officials is a register, and each would be compared with all."""
_CHIEF_NEGOTIATOR = re.compile(rf"\b{_OFFICES.chiefs.any} negotiator", re.IGNORECASE)
_LESSER = re.compile(rf"\b(?P<rank>{_OFFICES.lesser.any})[ -]$", re.IGNORECASE)
_OWNED = re.compile(r"(?:[’']s?)?\s(?:\w+\s){0,2}")
"""Between a party and its office."""


def _leads_a_country(person: Person) -> bool:
    return bool(_LEADER.search(person.office)) and not _DEPUTY.search(person.office)


def _negotiates(person: Person) -> bool:
    """An office whose holder conducts talks: neither a leader nor somebody who only speaks about them."""
    office = bool(_NEGOTIATES.search(person.office)) and not _leads_a_country(person)
    return office and not _NEVER.search(person.role)


def _seated(text: str, people: Sequence[Person], parties: frozenset[str], shift: int) -> list[Person]:
    """Of the people in a sentence, those whom it has negotiate, or speak for their side, or whose office is trade.

    `shift`: where the sentence begins in the text that the people's places count in.
    """
    people = [person for person in people if not person.away]
    if not people:
        return []
    seated = bool(_OFFICES.seat.cased.search(text))
    speaks = bool(_SPEAKS.search(text))
    officials = [
        person for person in people if _negotiates(person) and not _OFFICES.same_office.search(person.office)
    ]
    leaders = [person for person in people if _leads_a_country(person) and not _NEVER.search(person.role)]
    rest = _OFFICES.same_office.pattern.sub("", text)  # "counterpart" alone does not say that they met
    if leaders and not officials and _OFFICES.in_person.search(rest):
        leaders += [
            person for person in people if _OFFICES.same_office.search(person.office) and person.party
        ]
    people = [
        person
        for person in people
        if officials or person in leaders or not _OFFICES.same_office.search(person.office)
    ]
    opposite = {person.party for person in people if _negotiates(person)} & parties
    met = _OFFICES.in_person.search(text) and not _OFFICES.apart.search(text)
    known = {leader.party for leader in leaders} & parties
    other = len(leaders) == len(parties) and any(
        _opposite(text, leader, leaders, parties, shift) for leader in leaders if leader.party is None
    )
    summit = bool(met) and (len(known) > 1 or other)
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
                or _OFFICES.trade_offices.search(person.office)
                or (speaks and (person.party or _owner(person.office, parties)) in parties)
            )
        )
    ]


def side_of(text: str, person: Person, beside: Sequence[Person], parties: frozenset[str]) -> str | None:
    """For whom somebody sits: as the text says, by an office that one of the parties alone has, or as the other of two.

    `beside`: all whom the sentence names.
    """
    return (
        person.party
        or _owner(person.office, parties)
        or _opposite(text, person, beside, parties)
        or _body(text, person, parties)
    )


def _body(text: str, person: Person, parties: Iterable[str]) -> str | None:
    """The one body at the table, whose office is said to be "the bloc’s"."""
    bodies = [code for code in parties if code in lexicon.parties.members or code.startswith("X-")]
    its = _OFFICES.bodies.pattern.search(text, max(person.start - _BESIDE, 0), person.start + _BESIDE)
    owned = its and re.fullmatch(
        r"(?:[’']s)?(?:\s\w+){0,2}\s?", text[its.end() : max(person.start, its.end())]
    )
    return bodies[0] if len(bodies) == 1 and owned else None


def _opposite(
    text: str, person: Person, beside: Sequence[Person], parties: frozenset[str], shift: int = 0
) -> str | None:
    """The party that is left, where a sentence has somebody deal with people of all the others."""
    owners = [(other, other.party or _owner(other.office, parties)) for other in beside]
    sides = {side for _, side in owners if side} & parties
    faced = any(
        _OPPOSING.search(text, min(person.end, other.end) - shift, max(person.start, other.start) - shift)
        for other, side in owners
        if side in sides
    )
    left = parties - sides
    alone = len(parties) == _PAIR or sum(side is None for _, side in owners) == 1
    return next(iter(left)) if len(left) == 1 and sides and alone and faced else None


def _home_side(annotated: Annotated, person: Person) -> str | None:
    """Whose ministers a text names without saying whose: those of its dateline. An ambassador may be anybody's."""
    return None if _OFFICES.envoys.search(person.office) else annotated.home


def _owner(office: str, parties: Iterable[str]) -> str | None:
    """The one of the parties that has an office of that name."""
    return next((code for code in parties if holds(office, _OFFICES.owners.get(code, ()))), None)


def _told_side(annotated: Annotated, person: Person, parties: frozenset[str]) -> str | None:
    """For whom somebody sits whose office does not say it: by others of the text, or by where they are first named."""
    if len(annotated.people) > _CROWD:
        return None
    known = {one.party for one in annotated.people if same_person(one.name, person.name)} - {None}
    if known or not _negotiates(person) or _owner(person.office, parties):
        return known.pop() if len(known) == 1 else None
    others = [one for one in annotated.people if not same_person(one.name, person.name)]
    if _OFFICES.guests.search(annotated.text, max(person.start - _NEAR, 0), person.start):
        return None
    return _unmarked(person, others, parties) or _introduced(annotated, person, others, parties)


def _unmarked(person: Person, others: Sequence[Person], parties: frozenset[str]) -> str | None:
    """The party whose officials a text does not mark: of those of the other, and of none else, it says whose they are.

    So it is where another has the same office of trade, of which a government has one.
    """
    officials = [one for one in others if _negotiates(one) or _leads_a_country(one)]
    names = {word for one in officials if one.party for word in one.name.split()}
    if (
        len(parties) != 2
        or _OFFICES.envoys.search(person.office)
        or not names.isdisjoint(person.name.split())
    ):
        return None
    marked = {one.party or _owner(one.office, parties) for one in officials} - {None}
    alike = {one.party for one in officials if fold(one.office) == fold(person.office)} & parties
    known = alike if len(alike) == 1 and _OFFICES.trade_offices.search(person.office) else marked
    return next(iter(parties - known)) if len(known) == 1 and known <= parties else None


def _introduced(
    annotated: Annotated, person: Person, others: Sequence[Person], parties: frozenset[str]
) -> str | None:
    """The one party that the sentence names before somebody whom the text names there for the first time."""
    first_named = next(one for one in annotated.people if same_person(one.name, person.name))
    sentence = next((s for s in annotated.body if s.start <= first_named.start < s.end), None)
    if sentence is None or first_named.start != person.start:
        return None
    here = [
        mention
        for mention in annotated.parties_in(Span(sentence.start, sentence.end))
        if mention.code in parties
        and not mention.place
        and not any(one.start <= mention.start < one.end for one in others)
        and not any(said.start <= mention.start < said.end for said in annotated.quotations)
    ]
    if len({mention.code for mention in here}) != 1 or here[0].start > person.start:
        return None
    between = annotated.text[here[0].end : person.start]
    apart = _OPPOSING.search(between) or _ITS_GROUP.match(between)
    return None if apart else here[0].code


def propose(annotated: Annotated, parties: frozenset[str]) -> list[DelegateProposal]:
    """Everybody whom the text seats for one of the parties, also where it names them again without their office."""
    proposals = []
    named: dict[str, Person] = {}
    told = {
        person.name: side for person in annotated.people if (side := _told_side(annotated, person, parties))
    }
    for sentence in annotated.body:
        people = inside(annotated.people, sentence.start, sentence.end)
        quote, at = annotated.quote(sentence.start, sentence.end)
        seated = [
            *_seated(sentence.text, people, parties, sentence.start),
            *_again(annotated, sentence, people, named),
            *untitled(annotated, sentence, parties),
        ]
        for person in seated:
            party = side_of(annotated.text, person, people, parties) or told.get(person.name)
            party = party or _home_side(annotated, person)
            if party in parties:
                proposals.append(
                    DelegateProposal(
                        quote=quote,
                        at=at,
                        name=person.name,
                        role=person.office,
                        party=party,
                        head=person.leads or None,
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


def _seat(
    verifier: Verifier, proposal: DelegateProposal, name: str, party: str, spans: Sequence[Span]
) -> bool:
    """Whether the text has somebody lead.

    Raises Unproven where it gives the office to another, or seats the person for another party or not at all.
    """
    span = spans[0]
    whole = verifier.sentence(span)
    sentence = verifier.words(whole)
    if verifier.annotated.foreign:
        return _seat_unparsed(verifier, proposal, name, party, spans)
    for one in untitled(verifier.annotated, verifier.annotated.sentence_at(whole.start), verifier.parties):
        if same_person(one.name, name) and one.party == party and one.role == proposal.role:
            return one.leads
    if not has_office(sentence, name, proposal.role) and not verifier.holds_office(name, proposal.role):
        raise Unproven(f"the document does not give {name} the office of {proposal.role}")
    if rank := rank_left_out(sentence, name, proposal.role):
        raise Unproven(f"the text says {rank} {proposal.role}")
    beside = inside(verifier.annotated.people, whole.start, whole.end)
    seated = _seated(sentence, beside, verifier.parties, whole.start)
    person = next((one for one in (*seated, *beside) if same_person(one.name, name)), None)
    person = person or _named_alone(verifier, proposal, name, whole)
    if person.away:
        raise Unproven(f"the sentence tells that {name} does not take part")
    side = verifier.bracketed(name) or side_of(verifier.text, person, beside, verifier.parties)
    at = first(sentence, name) if side is None else None
    if at is not None:
        place = Span(whole.start, whole.start + at.start)
        side = titled_for(verifier.text, whole, place.end, verifier.mentions)
        side = side or verifier.called(proposal.role, place)
    if side not in {None, party}:
        raise Unproven(f"the text seats {name} for {side}, not for {party}")
    if (
        side is None
        and party != _home_side(verifier.annotated, person)
        and party != _told_side(verifier.annotated, person, verifier.parties)
        and not _beside(verifier, party, spans, beside=_others(verifier, name))
    ):
        raise Unproven(f"nothing near the name says that {name} sits for {party}")
    return person.leads


def _seat_unparsed(
    verifier: Verifier, proposal: DelegateProposal, name: str, party: str, spans: Sequence[Span]
) -> bool:
    """Whether somebody is said to lead, where no grammar tells: then it is as proposed. Raises Unproven.

    The office stands beside the name in one of the sentences that it rests on, and no other party nearer to both.
    """
    titled = [
        place
        for whole in map(verifier.sentence, spans)
        if (place := _titled(verifier, proposal, name, whole))
    ]
    if not titled:
        raise Unproven(f"no sentence gives {name} the office of {proposal.role}")
    told = next((side for place in titled if (side := _side_beside(verifier, place))), None)
    if told not in {None, party}:
        raise Unproven(f"the text seats {name} for {told}, not for {party}")
    if not any(verifier.names(where, party) for where in (*spans, verifier.paragraph(titled[0]))):
        raise Unproven(f"nothing near the name says that {name} sits for {party}")
    return bool(proposal.head)


def _titled(verifier: Verifier, proposal: DelegateProposal, name: str, whole: Span) -> Span | None:
    """Where a name stands with its office in a sentence, and nothing that parts them."""
    found = []
    for named in verifier.each(name, [whole]):
        for office in verifier.each(proposal.role, [whole]):
            between = verifier.text[min(named.end, office.end) : max(named.start, office.start)]
            apart = re.search(r"\w", between) and parts(between, _language(verifier))
            lesser = verifier.text[office.start - 1 : office.start] == "-"  # of a vice-minister
            if not apart and not lesser:
                found.append(joined(named, office))
    return min(found, key=lambda place: place.end - place.start, default=None)


def _language(verifier: Verifier) -> str:
    return verifier.annotated.foreign or ""


def _side_beside(verifier: Verifier, place: Span) -> str | None:
    """The party that is named right before a name with its office, or else behind them, outside of what is quoted."""
    whole = verifier.sentence(place)
    named = [
        mention
        for mention in verifier.parties_in(whole)
        if not touching(verifier.annotated.quotations, mention.start, mention.end)
    ]
    before = [one for one in named if one.start < place.end][-1:]
    behind = [one for one in named if one.start >= place.end][:1]
    for one, reach in (
        *((one, _BEFORE_OFFICE) for one in before),
        *((one, _BEHIND_OFFICE) for one in behind),
    ):
        if place.start <= one.start and one.end <= place.end:
            return one.code
        between = verifier.text[min(one.end, place.end) : max(one.start, place.start)]
        if len(between) <= reach and not parts(between, _language(verifier)):
            return one.code
    return None


def _others(verifier: Verifier, name: str) -> list[Person]:
    return [person for person in verifier.annotated.people if not same_person(person.name, name)]


def _beside(verifier: Verifier, party: str, spans: Sequence[Span], beside: Sequence[Person] = ()) -> bool:
    """Whether the paragraph of the first span, or another span, names a party, but in the office of others `beside`."""
    named = [
        m for span in (verifier.paragraph(spans[0]), *spans[1:]) for m in verifier.annotated.parties_in(span)
    ]
    return any(
        mention.code == party
        and not any(other.party == party and _owns(verifier, mention, other) for other in beside)
        for mention in named
    )


def _owns(verifier: Verifier, mention: Mention, person: Person) -> bool:
    """Whether a party is named right before the office of somebody: "Chile’s minister, Name"."""
    inside_office = person.start <= mention.start < person.end
    return inside_office or (
        mention.end <= person.start and not re.search(r"\w\w", verifier.text[mention.end : person.start])
    )


def _named_alone(verifier: Verifier, proposal: DelegateProposal, name: str, whole: Span) -> Person:
    """Somebody whom a sentence names without an office, with the side that the sentence or else the text tells."""
    seat = verifier.annotated.seat(whole, name.split()[-1])
    known = verifier.annotated.roster.find(name)
    return Person(
        start=whole.start,
        end=whole.end,
        name=name,
        role=proposal.role,
        office=proposal.role,
        party=seat.side or (known.party if same_person(known.name, name) else None),
        leads=seat.leads,
        away=seat.away,
    )


def _unnamed(verifier: Verifier, proposal: DelegateProposal, party: str, spans: Sequence[Span]) -> None:
    """Raises Unproven where a text gives an office whose holder it does not name to another party, or to none."""
    place = verifier.inside(proposal.role, "the office", *spans)
    verifier.affirmed(place)
    whole = verifier.sentence(place)
    if rank := _LESSER.search(verifier.text, whole.start, place.start):
        raise Unproven(f"the text says {rank['rank']} {proposal.role}")
    before = verifier.annotated.parties_in(Span(whole.start, place.start))
    owner = (
        before[-1].code if before and _OWNED.fullmatch(verifier.text, before[-1].end, place.start) else party
    )
    if owner != party:
        raise Unproven(f"the text gives the office to {owner}, not to {party}")
    named = {mention.code for mention in verifier.annotated.parties_in(whole)}
    if party not in named and (named or not _beside(verifier, party, spans)):
        raise Unproven(f"nothing near the office says that it is {party}’s")


def _capacity(role: str) -> Capacity:
    """As what the holder of an office takes part."""
    if _LEADER.search(role) and not _DEPUTY.search(role):
        return "leader"
    deals = _NEGOTIATES.search(role) or not has_rank(role) or _OFFICES.groups.search(role)
    return "negotiator" if deals else "official"


def answered(item: DelegateAnswer, numbered: Numbered) -> list[DelegateProposal]:
    """What an item of a model's answer proposes. Raises NoSuchSentence."""
    return [
        DelegateProposal(
            **numbered.place(item.s),
            name=item.name,
            role=item.role,
            party=item.party,
            organisation=item.organisation,
            head=item.head,
            capacity=item.capacity,
        )
    ]


def verify(verifier: Verifier, proposal: DelegateProposal, leaves: Leaves, known: Container[str]) -> Delegate:
    spans = verifier.spans(proposal)
    role = verifier.stands(proposal.role, "the office")
    party = verifier.party(proposal.party)
    leads: bool | None = None
    name: str | None = None
    if proposal.name is None:
        _unnamed(verifier, proposal, party, spans)
        leaves.quoted()
    else:
        surname = (proposal.name.split() or [""])[-1]
        named_in = [span for span in spans if first(verifier.words(span), surname)]
        verifier.named_as(surname, "the name", named_in[0] if named_in else spans[0])
        spans.sort(key=lambda span: span not in named_in)
        name = verifier.named_as(proposal.name, "the name")
        if holds(fold(role), [fold(proposal.name)]):
            raise Unproven(f"the name ({proposal.name!r}) is the name of an office")
        leads = _seat(verifier, proposal, name, party, spans) or None
    organisation = leaves.optional(
        "organisation", proposal.organisation, lambda words: verifier.stands(words, "the organisation")
    )
    head = proposal.head
    if head is not None and head != bool(leads) and not leaves.own:
        told = "the text has them lead" if leads else "no words have them lead"
        leaves.failed.append(("head", f"{name or role}: {told}"))
        head = None
    if head is True:
        head = leads
    elif head is False:
        leaves.quoted()  # that no words have somebody lead does not say that they do not
    capacity = proposal.capacity or (_capacity(role) if leaves.own else None)
    if capacity:
        leaves.judged(capacity, _capacity(role))
    return Delegate(
        **verifier.shared("delegate", spans, name or role, leaves),
        party=party,
        name=name,
        role=role,
        organisation=organisation,
        head=head,
        capacity=capacity,
    )


def same_delegate(left: Delegate, right: Delegate) -> bool:
    """Whether two are one person of one side: by name, or both by an office whose holder nobody names."""
    if left.party != right.party:
        return False
    if left.name is None or right.name is None:
        return left.name is right.name and fold(left.role) == fold(right.role)
    return same_person(left.name, right.name)


def one_each(delegates: Iterable[Delegate]) -> list[Delegate]:
    """One delegate for each person: the fullest name and office, all the evidence."""
    people: list[Delegate] = []
    for delegate in delegates:
        known = next((i for i, person in enumerate(people) if same_delegate(person, delegate)), None)
        if known is None:
            people.append(delegate)
            continue
        person = people[known]
        fuller = max(person, delegate, key=lambda d: (len((d.name or "").split()), len(d.role)))
        spans = {(e.document_id, e.start, e.end): e for e in (*person.evidence, *delegate.evidence)}
        people[known] = replace(
            person,
            name=fuller.name,
            role=fuller.role,
            head=person.head or delegate.head,
            capacity=fuller.capacity,
            proof="full" if person.proof == delegate.proof == "full" else "quoted",
            evidence=list(spans.values()),
        )
    return people


def head_of(members: list[Delegate]) -> Head:
    heads = sum(member.head is True for member in members)
    return "not_stated" if heads == 0 else "sole" if heads == 1 else "joint"


def leads_by_office(person: Delegate) -> bool:
    """Whether it is an office alone that makes somebody a head, a chief negotiator's: a minister may lead them both."""
    told = any(_OFFICES.leading.search(e.exact) for e in person.evidence)
    return bool(person.head) and not told and _CHIEF_NEGOTIATOR.search(person.role) is not None


def _with_heads(members: Sequence[Delegate]) -> list[Delegate]:
    """People of one side, of whom those lead that are told to, where anybody is."""
    if not any(one.head and not leads_by_office(one) for one in members):
        return list(members)
    return [replace(one, head=None) if leads_by_office(one) else one for one in members]


def delegations_of(delegates: Iterable[Delegate]) -> list[Delegation]:
    """Delegates grouped by party, parties in alphabetical order."""
    sides: dict[str, list[Delegate]] = defaultdict(list)
    for person in delegates:
        sides[person.party].append(person)
    return [
        Delegation(party=party, head=head_of(members), members=members)
        for party, members in ((party, _with_heads(sides[party])) for party in sorted(sides))
    ]


def level_of(delegates: Iterable[Delegate]) -> Level:
    """The level of talks, from the offices of those who sit there."""
    offices = " ".join(person.role for person in delegates if has_rank(person.role))
    if not offices:
        return "unknown"
    if _OFFICES.leaders.cased.search(_OFFICES.negotiators.cased.sub("", offices)):
        return "leaders"
    return "ministerial" if _OFFICES.ministers.cased.search(offices) else "technical"
