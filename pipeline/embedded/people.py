"""People with an office, and which of them a text seats at the table."""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from pipeline.document import Document
from pipeline.embedded.passages import Sentence, quoted
from pipeline.lexicon import any_of, table
from pipeline.parties import mentions
from pipeline.proposals import DelegateProposal

_NAME_WORD = r"(?!(?:The|And|But|In|On|At|For|With|After|Following|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b)[A-Z][\w’'-]*\.?"
_BODY = r"(?:[A-Z][\w’.]+ ){0,4}(?:Council|Department|Ministry|Commission|Bank|Office|Agency|Committee|Institute|Affairs|Board|Union|Treasury|State|Federation|Association|Chamber)"
_NAME = rf"{_NAME_WORD}(?: (?:(?:bin|al|el|de|da|dos|van|von|der|bint|ibn) )?{_NAME_WORD}){{0,3}}"
_SEAT = re.compile(
    r"\b(?:delegations?|negotiating team|(?:the|its|their|his|her|US|U\.S\.|EU|\w+ese|\w+an) team|headed by|led by|spearheaded by|co-?led|lead(?:s|ing)? (?:the|its|their|a|\w+[’']s)"
    r"|will lead|to lead|represent(?:s|ed|ing|atives)?|negotiators?|attend(?:s|ed|ing)?|met\b|meet(?:s|ing)?(?: with)?|hosted|co-?chair(?:ed|s|ing)?|chair(?:ed|s)?"
    r"|sat down|h[eo]ld (?:\w+ ){0,3}(?:talks|discussions|negotiations|meetings?)|[Jj]oining (?:us|\w+)|joined by|counterparts?|concluded (?:\w+ ){0,4}(?:talks|negotiations|round)|signed|sign|signing)\b"
)
_LEAD_BEFORE = re.compile(
    r"\b(?:headed|led|spearheaded|fronted|chaired|co-?led|co-?chaired) (?:jointly )?by (?:the |its |their |both )?[\w.’' ]{0,30}$"
)
_LEAD_AFTER = re.compile(
    r"^,?[\w,’' -]{0,40}?\b(?:will (?:jointly )?(?:co-?)?lead|leads?|led|is leading|are leading|to lead|will head|heads|headed|is heading|co-?chaired|chaired)\b (?!by\b)"
)
_TEAM_AFTER = re.compile(r"^ and (?:his|her|their) (?:team|delegation|colleagues|negotiators)\b")
_GROUP = re.compile(
    r"\b(?:delegations?|team|officials|side|representatives|negotiators|counterparts?|group)\b"
)
_JOIN = re.compile(
    r"^(?:,| and|, and|, as well as| as well as| along with|, along with|, joined by| and by)? ?(?:the |its |their )?$"
)
_UNSEAT = re.compile(
    r"\b(?:phone call|telephone|spoke by phone|tweeted|wrote on|interview|speaking to|told reporters|told (?:CNBC|CBS|CNN|Fox|Bloomberg|Reuters))\b"
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
    raw = table("offices")
    portfolio = rf"{any_of(raw['portfolios'])}"
    heads = any_of([*raw["negotiators"], *raw["leaders"], *raw["others"]])
    office = (
        rf"(?:(?:Deputy|Acting|Former|Vice|Chief|Senior|Executive|chief|top|then|former|deputy|senior) )*(?:{portfolio}(?:,? and {portfolio}|, {portfolio})* )*"
        rf"{heads}(?: (?:of|for) (?:the )?(?:{portfolio}(?:,? and {portfolio})*|{_BODY}))?"
    )
    owner = r"(?:[A-Z][\w.]+(?: [A-Z][\w.]+)?(?:[’']s?)? )?"
    before = re.compile(rf"(?P<role>{owner}(?:{office}))[, ]+(?P<name>{_NAME})")
    after = re.compile(
        rf"(?P<name>{_NAME_WORD}(?: {_NAME_WORD}){{1,3}}), (?:the |an? |who is )?(?P<role>(?:(?!and\b)[\w.’']+ ){{0,3}}?(?:{office}))(?!\w| [A-Z])"
    )
    return before, after


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


def _holds(office: str, words: list[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", office) for word in words)


def negotiates(person: Person) -> bool:
    """An office whose holder conducts talks: neither a leader nor somebody who only speaks about them."""
    raw = table("offices")
    if _holds(person.office, raw["negotiators"]):
        return not _holds(person.office, ["Press Secretary", "Former", "former", "then"])
    return False


def _owner(person: Person, sentence: Sentence, parties: frozenset[str]) -> str | None:
    """Whose delegate: said beside the office, by the group just before, or by an office only one party has."""
    if person.party in parties:
        return person.party
    raw = table("offices")["owners"]
    text = sentence.passage.text
    for code, offices in raw.items():
        if code in parties and _holds(person.office, offices):
            return str(code)
    before = text[sentence.start : person.start]
    named = [m for m in mentions(before) if m.code in parties and not m.place]
    if named and _GROUP.search(before, named[-1].end):
        return named[-1].code
    after = text[person.end : sentence.end]
    behind = next((m for m in mentions(after) if m.code in parties and not m.place), None)
    if behind and re.search(r"\b(?:lead|leads|led|head|heads|represent\w*)\b", after[: behind.start]):
        return behind.code
    if named:
        return named[-1].code
    return behind.code if behind else None


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
        if not _SEAT.search(sentence.text) or _UNSEAT.search(sentence.text):
            continue
        text = sentence.passage.text
        for group in _lists([p for p in people(sentence) if negotiates(p)], text):
            before, after = text[sentence.start : group[0].start], text[group[-1].end : sentence.end]
            head = bool(_LEAD_BEFORE.search(before) or _LEAD_AFTER.search(after) or _TEAM_AFTER.search(after))
            owners = [_owner(person, sentence, parties) for person in group]
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
