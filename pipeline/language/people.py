"""People with an office, as texts name them ("Trade Minister X"), and whether two names are one person's."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from msgspec import Struct

from pipeline.documents.document import Span, inside
from pipeline.language.lexicons import UPPER, any_of, lexicon
from pipeline.language.parties import Mention, party_of

_OFFICES = lexicon.offices
_PARTICLES = _OFFICES.particles.any
_TITLES = {
    word
    for offices in (_OFFICES.negotiators, _OFFICES.leaders, _OFFICES.others, _OFFICES.honorifics)
    for office in offices
    for word in office.split()
    if word[0].isupper()
}
_NAME_WORD = (
    rf"(?!(?:{any_of([*_OFFICES.not_names, *_TITLES])})\b)(?:[aA]l-|[eE]l-|[dD][’'])?"
    rf"(?:{UPPER}\.|{UPPER}[\w-]+(?:[’'](?!s\b)\w+)*|{UPPER}[’']\w+|{UPPER}(?= ))"
)
_NAME = rf"{_NAME_WORD}(?: (?:{_PARTICLES} )?{_NAME_WORD}){{0,4}}"
_HONORIFIC = rf"(?:{_OFFICES.honorifics.any}\.? )*"
_HEAD = re.compile(any_of([*_OFFICES.negotiators, *_OFFICES.leaders, *_OFFICES.others]), re.IGNORECASE)
"""The words that every office has."""
_CHIEF = re.compile(r"(?:[Cc]hief|[Ll]ead) (?:trade )?negotiators?")
_FOR = re.compile(
    rf"\b(?:for|from) (?:the )?(?P<side>{UPPER}[\w.]+(?: {UPPER}[\w.]+){{0,3}})(?:,|:| was| by)"
    rf" (?=(?:Mr|Mrs|Ms|Dr)\b){_HONORIFIC}(?P<name>{_NAME})"
)
_NO_NAME = re.compile(r"[’']s?$|\.$")
_OWNER_AT = 4
"""How far from the beginning of a role, in characters, its owner may stand: "the Chinese vice premier"."""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody named with an office. `role` is the text's, `office` is without whose it is."""

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
    fields = rf"(?i:{portfolio}(?:(?:,? and|,| &)? {portfolio})*)"
    body = rf"(?:{UPPER}[\w’.]+ ){{0,4}}{_OFFICES.institutions.any}(?: (?:of|for) (?:the )?{fields})?"
    of = rf"(?: (?:of|for|in charge of) (?:the )?(?:{body}|{fields})){{0,2}}"
    office = rf"(?:(?i:{rank})[ -])*(?:{fields} )?(?i:{_HEAD.pattern})\b{of}"
    country = rf"(?: of (?:the )?(?:{UPPER}[\w’.]+)(?: (?:of )?{UPPER}[\w’.]+){{0,2}},?)?"
    owner = rf"(?:{UPPER}[\w.]+(?: {UPPER}[\w.]+){{0,3}}?(?:[’']s?)? )?"
    before = rf"(?P<role>{owner}{office})(?P<of>{country})[, ]+{_HONORIFIC}(?P<name>{_NAME})"
    ends = rf"(?!\w)(?! {UPPER})(?! (?:of|for) (?:the )?(?i:{portfolio}))"
    role = rf"(?P<role>(?:(?!and\b)[\w.’'-]+ ){{0,3}}?{office}){ends}"
    after = rf"(?P<name>{_NAME_WORD}(?: (?:{_PARTICLES} )?{_NAME_WORD}){{1,4}}), (?:the |an? |who is )?{role}"
    return re.compile(before), re.compile(after)


def _office(role: str, owner: Mention | None, start: int) -> str:
    """The office without whose it is: `China's Vice Premier` -> `Vice Premier`."""
    rest = role[owner.end - start :].lstrip("’'s ") if owner and owner.start <= start + _OWNER_AT else role
    return rest or role


def _chiefs(text: str, sentence: Span, parties: Sequence[Mention]) -> Iterator[Person]:
    """`The chief negotiators were: for X, Mr Name, and for Y, Ms Name`."""
    office = _CHIEF.search(text, sentence.start, sentence.end)
    for match in _FOR.finditer(text, sentence.start, sentence.end) if office else ():
        side = next(iter(inside(parties, *match.span("side"))), None)
        if office and side:
            start, end = match.span("name")
            yield Person(
                start=start, end=end, name=match["name"], role=office[0], office=office[0], party=side.code
            )


def people_in(text: str, sentence: Span, parties: Sequence[Mention]) -> list[Person]:
    """Everybody whom a sentence names with an office, in order; `parties`: all that the text names."""
    if not _HEAD.search(text, sentence.start, sentence.end):
        return []
    before, after = _patterns()
    edge = sentence.start
    matches = [
        *before.finditer(text, sentence.start, sentence.end),
        *after.finditer(text, sentence.start, sentence.end),
    ]
    people = list(_chiefs(text, sentence, parties))
    chiefs = tuple(people)
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        taken = any(chief.start < match.end("name") and match.start("name") < chief.end for chief in chiefs)
        if match.start() < edge or taken:
            continue
        name = _NO_NAME.sub("", match["name"]).strip()
        first, last = match.start("name"), match.start("name") + len(name)
        if len(match["name"]) < 3 or any(
            (m.start, m.end) == (first, last) for m in inside(parties, first, last)
        ):
            continue
        whole = match["role"] + (match.groupdict().get("of") or "")
        role = whole.strip(" ,")
        start = match.start("role") + len(whole) - len(whole.lstrip(" ,"))
        owner = next(iter(inside(parties, start, start + len(role))), None)
        edge = match.end()
        people.append(
            Person(
                start=min(match.start("role"), first),
                end=max(match.end("role"), last),
                name=name,
                role=role,
                office=_office(role, owner, start),
                party=owner.code if owner else None,
            )
        )
    return sorted(people, key=lambda person: person.start)


class Speaker(Struct, frozen=True):
    """A speaker as a statement names one."""

    name: str
    role: str | None
    party: str | None


class Roster:
    """Everybody whom a text names with an office, found again by surname, first name or office."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._people: dict[str, Speaker] = {}
        for person in people:
            speaker = Speaker(person.name, person.office, person.party)
            for key in (person.name.split()[-1], person.name.split()[0]):
                known = self._people.get(key)
                if known is None or (" " in speaker.name and " " not in known.name):
                    self._people[key] = speaker

    def find(self, who: str) -> Speaker:
        """The person behind a surname or an office; else the words themselves, with the party they name."""
        surname = who.split()[-1]
        if surname in self._people and self._people[surname].name.endswith(surname):
            return self._people[surname]
        party = party_of(who)
        for person in self._people.values():
            office = (person.role or "").split()[-1:]
            named = who.lower().startswith("the ") and office and surname.lower() == office[0].lower()
            if named and (party is None or person.party in {None, party}):
                return person
        return Speaker(who, None, party)

    def titled(self, who: str) -> Speaker | None:
        """The person behind a transcript's `SECRETARY NAME`."""
        surname = who.split()[-1]
        return next((p for p in self._people.values() if p.name.split()[-1].upper() == surname), None)


# What transliterations and keyboards write differently for the same letters.
_SPELLINGS = (
    ("ph", "f"), ("kh", "h"), ("ks", "x"), ("ck", "k"), ("ae", "a"), ("oe", "o"), ("ue", "u"),
    ("y", "i"), ("j", "i"), ("w", "v"), ("ø", "o"), ("ł", "l"), ("đ", "d"), ("ı", "i"), ("ß", "ss"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")
_BREAK = re.compile(r"[^\w]+")


@lru_cache(maxsize=10_000)
def _spelled(name: str) -> tuple[str, ...]:
    """The words of a name, each in one spelling."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    for written, letter in _SPELLINGS:
        plain = plain.replace(written, letter)
    return tuple(_DOUBLED.sub(r"\1", word) for word in _BREAK.split(plain) if word)


def _given_agree(left: str, right: str) -> bool:
    """Equal given names, or one is the other's initial."""
    return left == right or (1 in (len(left), len(right)) and left[0] == right[0])


def same_person(left: str, right: str) -> bool:
    """Whether both names can be one person's. Two given names with one surname are two people."""
    a, b = sorted((_spelled(left), _spelled(right)), key=len)
    if not a:
        return False
    if a in (b[-len(a) :], b[: len(a)]) or sorted(a) == sorted(b):
        return True
    return len(a) > 1 and a[-1] == b[-1] and _given_agree(a[0], b[0])
