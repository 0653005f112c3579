"""People with an office, as texts name them: "Trade Minister X", "X, the trade minister of Y"."""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from pipeline.language.lexicons import UPPER, any_of, lexicon
from pipeline.language.parties import mentions
from pipeline.language.passages import Sentence

_OFFICES = lexicon.offices
_PARTICLES = _OFFICES.particles.any
_TITLES = {
    word
    for titles in (_OFFICES.negotiators, _OFFICES.leaders, _OFFICES.others, _OFFICES.honorifics)
    for office in titles
    for word in office.split()
    if word[0].isupper()
}
_NAME_WORD = (
    rf"(?!(?:{any_of([*_OFFICES.not_names, *_TITLES])})\b)(?:[aA]l-|[eE]l-|[dD][’'])?"
    rf"(?:{UPPER}\.|{UPPER}[\w-]+(?:[’'](?!s\b)\w+)*|{UPPER}[’']\w+|{UPPER}(?= ))"
)
_NAME = rf"{_NAME_WORD}(?: (?:{_PARTICLES} )?{_NAME_WORD}){{0,4}}"
_HONORIFIC = rf"(?:{_OFFICES.honorifics.any}\.? )*"


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
    portfolio, rank = _OFFICES.portfolios.any, _OFFICES.ranks.any
    head = any_of([*_OFFICES.negotiators, *_OFFICES.leaders, *_OFFICES.others])
    fields = rf"(?i:{portfolio}(?:(?:,? and|,| &)? {portfolio})*)"
    body = rf"(?:{UPPER}[\w’.]+ ){{0,4}}{_OFFICES.institutions.any}(?: (?:of|for) (?:the )?{fields})?"
    of = rf"(?: (?:of|for|in charge of) (?:the )?(?:{body}|{fields})){{0,2}}"
    office = rf"(?:(?i:{rank})[ -])*(?:{fields} )?(?i:{head})\b{of}"
    country = rf"(?: of (?:the )?(?:{UPPER}[\w’.]+)(?: (?:of )?{UPPER}[\w’.]+){{0,2}},?)?"
    owner = rf"(?:{UPPER}[\w.]+(?: {UPPER}[\w.]+){{0,3}}?(?:[’']s?)? )?"
    before = rf"(?P<role>{owner}{office})(?P<of>{country})[, ]+{_HONORIFIC}(?P<name>{_NAME})"
    ends = rf"(?!\w)(?! {UPPER})(?! (?:of|for) (?:the )?(?i:{portfolio}))"
    role = rf"(?P<role>(?:(?!and\b)[\w.’'-]+ ){{0,3}}?{office}){ends}"
    after = rf"(?P<name>{_NAME_WORD}(?: (?:{_PARTICLES} )?{_NAME_WORD}){{1,4}}), (?:the |an? |who is )?{role}"
    return re.compile(before), re.compile(after)


def _office(role: str) -> str:
    """The office without whose it is: `China's Vice Premier` -> `Vice Premier`."""
    found = next((m for m in mentions(role) if m.start <= 4), None)
    rest = role[found.end :].lstrip("’'s ") if found else role
    return rest or role


_CHIEF = re.compile(r"(?:[Cc]hief|[Ll]ead) (?:trade )?negotiators?")
_FOR = re.compile(
    rf"\b(?:for|from) (?:the )?(?P<side>{UPPER}[\w.]+(?: {UPPER}[\w.]+){{0,3}})(?:,|:| was| by)"
    rf" (?=(?:Mr|Mrs|Ms|Dr)\b){_HONORIFIC}(?P<name>{_NAME})"
)


def _chiefs(sentence: Sentence) -> Iterator[Person]:
    """`The chief negotiators were: for X, Mr Name, and for Y, Ms Name`."""
    office = _CHIEF.search(sentence.text)
    for found in _FOR.finditer(sentence.passage.text, sentence.start, sentence.end) if office else ():
        side = next((m.code for m in mentions(found["side"])), None)
        if office and side:
            start, end = found.span("name")
            yield Person(
                start=start, end=end, name=found["name"], role=office[0], office=office[0], party=side
            )


def people(sentence: Sentence) -> Iterator[Person]:
    """Everybody whom a sentence names with an office, in order."""
    before, after = _patterns()
    edge = sentence.start
    text = sentence.passage.text
    found = [
        *before.finditer(text, sentence.start, sentence.end),
        *after.finditer(text, sentence.start, sentence.end),
    ]
    chiefs = list(_chiefs(sentence))
    yield from chiefs
    for match in sorted(found, key=lambda match: (match.start(), -match.end())):
        taken = any(chief.start < match.end("name") and match.start("name") < chief.end for chief in chiefs)
        if match.start() < edge or taken:
            continue
        name = re.sub(r"[’']s?$|\.$", "", match["name"]).strip()
        if len(match["name"]) < 3 or any(m.start == 0 and m.end == len(name) for m in mentions(name)):
            continue
        role = (match["role"] + (match.groupdict().get("of") or "")).strip(" ,")
        owner = next((m.code for m in mentions(role)), None)
        edge = match.end()
        start = min(match.start("role"), match.start("name"))
        end = max(match.end("role"), match.start("name") + len(name))
        yield Person(start=start, end=end, name=name, role=role, office=_office(role), party=owner)
