"""Which people a text seats at the table, and for whom."""

import re
from collections.abc import Iterator

from pipeline.documents.document import Document
from pipeline.language.lexicons import lexicon
from pipeline.language.modality import absent
from pipeline.language.offices import owner_of
from pipeline.language.passages import Sentence, quoted
from pipeline.language.people import Person, people
from schemas.proposals import DelegateProposal

_OFFICES = lexicon.offices
_NEGOTIATES = re.compile(rf"(?<!\w){_OFFICES.negotiators.any}s?(?!\w)", re.IGNORECASE)
_LEADER = re.compile(rf"(?<!\w)(?<!Vice )(?<!Vice-){_OFFICES.leaders.any}(?!\w)(?! Office)")
_NEVER = re.compile(r"\b(?:press secretary|former|then|ex-|shadow|spokes\w+)", re.IGNORECASE)
_LED_BY = re.compile(rf"\b{_OFFICES.led_by.any} (?:jointly )?by (?:the |its |their |both )?[\w.’' ]{{0,30}}$")
_LEADS = re.compile(rf"^,?[\w,’' -]{{0,40}}?\b{_OFFICES.leads.any}\b (?!by\b)")
_TEAM_AFTER = re.compile(r"^ and (?:his|her|their) (?:team|delegation|colleagues|negotiators)\b")
_JOIN = re.compile(
    r"^,?(?:(?: and| as well as| along with|, and| and by)|,? joined by)? ?(?:the |its |their )?$"
)
_SPEAKS = re.compile(rf"\b{lexicon.speech.verbs.any}\b")


def _leads_a_country(person: Person) -> bool:
    return bool(_LEADER.search(person.office)) and not re.search(r"deputy|vice", person.office, re.IGNORECASE)


def negotiates(person: Person) -> bool:
    """An office whose holder conducts talks: neither a leader nor somebody who only speaks about them."""
    office = bool(_NEGOTIATES.search(person.office)) and not _leads_a_country(person)
    return office and not _NEVER.search(person.role)


def _lists(found: list[Person], text: str) -> Iterator[list[Person]]:
    """People who stand in one list: a verb or a group that goes with one goes with all."""
    group: list[Person] = []
    for person in found:
        if group and not _JOIN.match(text[group[-1].end : person.start]):
            yield group
            group = []
        group.append(person)
    if group:
        yield group


def _seated(sentence: Sentence, parties: frozenset[str]) -> list[Person]:
    """Of the people in a sentence, those whom it has negotiate, or speak for their side about trade."""
    text = sentence.text
    if _OFFICES.unseat.search(text) or absent(text):
        return []
    found = list(people(sentence))
    seated = bool(_OFFICES.seat.cased.search(text))
    speaks = bool(_SPEAKS.search(text))
    opposite = {person.party for person in found if negotiates(person)} & parties
    leaders = [person for person in found if _leads_a_country(person) and not _NEVER.search(person.role)]
    met = _OFFICES.in_person.search(text) and not _OFFICES.apart.search(text)
    summit = bool(met) and len({leader.party for leader in leaders} & parties) > 1
    return [
        person
        for person in found
        if (summit and person in leaders)
        or (
            negotiates(person)
            and (seated or len(opposite) > 1 or (speaks and _OFFICES.trade_offices.search(person.office)))
        )
    ]


def _sides(sentence: Sentence, group: list[Person], parties: frozenset[str]) -> list[str | None]:
    """For whom each of a list sits."""
    shift, owners = sentence.start, []
    for person in group:
        read = owner_of(sentence.text, person.start - shift, person.end - shift, person.office, parties)
        owners.append(read or (person.party if person.party in parties else None))
    return owners


def find_delegates(
    document: Document, sentences: list[Sentence], parties: frozenset[str]
) -> list[DelegateProposal]:
    """Everybody whom the text seats for one of the parties."""
    proposals = []
    home = None
    for sentence in sentences:
        text = sentence.passage.text
        seated = _seated(sentence, parties)
        told = {person.party for person in seated if person.party in parties}
        other = next(iter(parties - told), None) if len(parties) == 2 and len(told) == 1 else None
        for group in _lists(seated, text):
            before, after = text[sentence.start : group[0].start], text[group[-1].end : sentence.end]
            head = bool(_LED_BY.search(before) or _LEADS.search(after) or _TEAM_AFTER.search(after))
            owners = _sides(sentence, group, parties)
            for person, owner in zip(group, owners, strict=True):
                party = owner or next((o for o in owners if o), None)
                if party is None:
                    home = home or other
                    party = home if "mbassador" not in person.office else other
                if party is None:
                    continue
                quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
                proposals.append(
                    DelegateProposal(
                        quote=quote, at=at, name=person.name, role=person.office, party=party, head=head
                    )
                )
    return proposals
