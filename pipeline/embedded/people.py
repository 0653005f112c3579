"""People with an office, and which of them a text seats at the table."""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from pipeline.document import Document
from pipeline.embedded.passages import Sentence, quoted
from pipeline.lexicon import UPPER, any_of, table, words
from pipeline.parties import mentions
from pipeline.seats import holds, owner_of
from pipeline.sense import absent
from schemas.proposals import DelegateProposal

_OFFICES = table("offices")
_NAME_WORD = rf"(?!{any_of(_OFFICES['not_names'])}\b){UPPER}[\w’'-]*\.?"
_NAME = rf"{_NAME_WORD}(?: (?:{any_of(_OFFICES['particles'])} )?{_NAME_WORD}){{0,3}}"
_LED_BY = re.compile(
    rf"\b{any_of(_OFFICES['led_by'])} (?:jointly )?by (?:the |its |their |both )?[\w.’' ]{{0,30}}$"
)
_LEADS = re.compile(rf"^,?[\w,’' -]{{0,40}}?\b{any_of(_OFFICES['leads'])}\b (?!by\b)")
_TEAM_AFTER = re.compile(r"^ and (?:his|her|their) (?:team|delegation|colleagues|negotiators)\b")
_JOIN = re.compile(
    r"^,?(?:(?: and| as well as| along with|, and| and by)|,? joined by)? ?(?:the |its |their )?$"
)


class Person(Struct, frozen=True, kw_only=True):
    """Somebody named with an office; offsets count in the sentence's passage."""

    start: int
    end: int
    name: str
    role: str
    office: str
    party: str | None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """`Trade Minister Name` and `Name, the trade minister of X`."""
    portfolio, rank = any_of(_OFFICES["portfolios"]), any_of(_OFFICES["ranks"])
    head = any_of([*_OFFICES["negotiators"], *_OFFICES["leaders"], *_OFFICES["others"]])
    body = rf"(?:{UPPER}[\w’.]+ ){{0,4}}{any_of(_OFFICES['institutions'])}"
    of = rf"(?: (?:of|for) (?:the )?(?:{portfolio}(?:,? and {portfolio})*|{body}))?"
    office = rf"(?:{rank} )*(?:{portfolio}(?:,? and {portfolio}|, {portfolio})* )*{head}{of}"
    owner = rf"(?:{UPPER}[\w.]+(?: {UPPER}[\w.]+)?(?:[’']s?)? )?"
    before = rf"(?P<role>{owner}{office})[, ]+(?P<name>{_NAME})"
    role = rf"(?P<role>(?:(?!and\b)[\w.’']+ ){{0,3}}?{office})(?!\w| {UPPER})"
    after = rf"(?P<name>{_NAME_WORD}(?: {_NAME_WORD}){{1,3}}), (?:the |an? |who is )?{role}"
    return re.compile(before), re.compile(after)


def _office(role: str) -> str:
    """The office without whose it is: `China's Vice Premier` -> `Vice Premier`."""
    found = next((m for m in mentions(role) if m.start <= 4), None)
    rest = role[found.end :].lstrip("’'s ") if found else role
    return rest or role


def people(sentence: Sentence) -> Iterator[Person]:
    """Everybody whom a sentence names with an office, in order."""
    before, after = _patterns()
    edge = sentence.start
    text = sentence.passage.text
    found = [
        *before.finditer(text, sentence.start, sentence.end),
        *after.finditer(text, sentence.start, sentence.end),
    ]
    for match in sorted(found, key=lambda match: (match.start(), -match.end())):
        if match.start() < edge:
            continue
        name = re.sub(r"[’']s?$|\.$", "", match["name"]).strip()
        if len(match["name"]) < 3 or any(m.start == 0 and m.end == len(name) for m in mentions(name)):
            continue
        owner = next((m.code for m in mentions(match["role"])), None)
        role = match["role"]
        edge = match.end()
        start = match.start("role") if match.start("role") < match.start("name") else match.start("name")
        yield Person(start=start, end=max(match.start("name") + len(name), match.start("name")), name=name,
                     role=role.strip(), office=_office(role.strip()), party=owner)  # fmt: skip


def negotiates(person: Person) -> bool:
    """An office whose holder conducts talks: neither a leader nor somebody who only speaks about them."""
    if holds(person.office, _OFFICES["negotiators"]):
        return not holds(person.office, ["Press Secretary", "Former", "former", "then"])
    return False


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


def find_delegates(
    document: Document, sentences: list[Sentence], parties: frozenset[str]
) -> list[DelegateProposal]:
    """Everybody whom the text seats for one of the parties."""
    proposals = []
    for sentence in sentences:
        seated = words("offices", "seat", cased=True).search(sentence.text)
        if not seated or words("offices", "unseat").search(sentence.text) or absent(sentence.text):
            continue
        text = sentence.passage.text
        for group in _lists([p for p in people(sentence) if negotiates(p)], text):
            before, after = text[sentence.start : group[0].start], text[group[-1].end : sentence.end]
            head = bool(_LED_BY.search(before) or _LEADS.search(after) or _TEAM_AFTER.search(after))
            shift = sentence.start
            owners = [
                owner_of(sentence.text, p.start - shift, p.end - shift, p.office, parties) for p in group
            ]
            for person, owner in zip(group, owners, strict=True):
                party = owner or next((o for o in owners if o), None)
                if party is None:
                    continue
                quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
                proposals.append(
                    DelegateProposal(
                        quote=quote, at=at, name=person.name, role=person.office, party=party, head=head
                    )
                )
    return proposals
