"""People with an office, as texts name them ("Trade Minister X"), whether two names are one person's, and for whom
pronouns and titles stand.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from pipeline.documents.document import Span, inside, touching
from pipeline.language.clauses import SUBJECTS
from pipeline.language.lexicons import UPPER, WordList, any_of, lexicon
from pipeline.language.offices import seats
from pipeline.language.parser import entities, entity_of, goes_on
from pipeline.language.parties import Mention, party_of

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens
    from spacy.tokens import Token

if TYPE_CHECKING:
    from pipeline.language.annotate import Sentence

_OFFICES, _SPEECH = lexicon.offices, lexicon.speech
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
FULL_NAME = re.compile(rf"(?<![\w-]){_NAME_WORD}(?: (?:{_PARTICLES} )?{_NAME_WORD}){{1,4}}")
"""A name of two words or more."""
_HONORIFIC = rf"(?:{_OFFICES.honorifics.any}\.? )*"
_HEAD = re.compile(any_of([*_OFFICES.negotiators, *_OFFICES.leaders, *_OFFICES.others]), re.IGNORECASE)
"""The words that every office has."""
_BEFORE_NAME = re.compile(
    rf"(?<!\w)(?:{any_of([*_OFFICES.negotiators, *_OFFICES.others, *_OFFICES.honorifics])}\.? )+$"
)
_TITLES_AT = 40
_PLURALS = re.compile(rf"{any_of([*_OFFICES.negotiators, *_OFFICES.leaders])}s\b", re.IGNORECASE)
_HOLDS_OFFICE = WordList(
    [
        *(f"{office}s?" for office in (*_OFFICES.negotiators, *_OFFICES.leaders)),
        *_OFFICES.others,
    ]
)
_NEGOTIATES = re.compile(rf"(?<!\w){_OFFICES.negotiators.any}s?(?!\w)", re.IGNORECASE)
_LEADER = re.compile(rf"(?<!\w){_OFFICES.leaders.any}(?!\w)", re.IGNORECASE)
_CHIEF = re.compile(r"(?:[Cc]hief|[Ll]ead) (?:trade )?negotiators?")
_FOR = re.compile(
    rf"\b(?:for|from) (?:the )?(?P<side>{UPPER}[\w.]+(?: {UPPER}[\w.]+){{0,3}})(?:,|:| was| by)"
    rf" (?=(?:Mr|Mrs|Ms|Dr)\b){_HONORIFIC}(?P<name>{_NAME})"
)
_HOME = rf"(?:\s?\([^()]*\)| (?:{_OFFICES.homes.any}|for) (?:the )?{UPPER}[\w.]+(?: {UPPER}[\w.]+){{0,2}})?"
_ONE_MORE = re.compile(rf"{_HOME}(?:,|,? {lexicon.parties.links.any}) {_HONORIFIC}(?P<name>{_NAME})")
_COUNTRY = rf"{UPPER}[\w.]+(?: {UPPER}[\w.]+){{0,2}}"
_AND = rf"(?:,|,? {lexicon.parties.links.any})"
_OWNED_TOO = re.compile(
    rf"{_AND} (?P<owner>{_COUNTRY})[’']s? {_HONORIFIC}(?P<name>{_NAME})(?!,? (?:the|an?) )"
)
_SEVERAL = re.compile(
    rf"\b(?P<role>(?:(?i:{_OFFICES.portfolios.any}) )?(?i:{any_of(_OFFICES.negotiators)})s)\b"
    rf"(?: {_OFFICES.homes.any} [^,;:.]{{0,40}})?[,:](?= )"
)
_OF_PARTY = re.compile(
    rf"(?:{_AND}|) {_HONORIFIC}(?P<name>{_NAME}) (?:{_OFFICES.homes.any}|for) (?:the )?(?P<home>{_COUNTRY})"
)
_RESPECTIVELY = re.compile(
    rf"(?P<one>{_NAME}) {lexicon.parties.links.any} (?P<other>{_NAME}), (?:the )?"
    rf"(?P<role>(?:(?i:{_OFFICES.portfolios.any}) )?(?i:{any_of(_OFFICES.negotiators)})s) {_OFFICES.homes.any} "
    rf"(?:the )?(?P<home>{_COUNTRY}) {lexicon.parties.links.any} (?:the )?(?P<next>{_COUNTRY})"
)
_NO_NAME = re.compile(r"[’']s?$|\.$")
_OF_OWNER = re.compile(rf",? {_OFFICES.homes.any} (?:{lexicon.parties.articles.any} )?$")
_ARTICLE = re.compile(rf"^ ?(?:(?i:{lexicon.parties.articles.any}) )?")
_OWNS = re.compile(r"^(?:[’']s?(?!\w))?\s*")
_OWNER_AT = 4
"""How far from the beginning of a role, in characters, its owner may stand: "the Chinese vice premier"."""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody named with an office. `role` is the text's, `office` is without whose it is.

    `party`: for whom they sit; `leads`, `away`: whether their sentence has them lead, or not be there.
    """

    start: int
    end: int
    name: str
    role: str
    office: str
    party: str | None
    leads: bool = False
    away: bool = False


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """`Trade Minister Name`, `Name, the trade minister of X`, `Name (Trade Minister, X)`: by the sign that each has."""
    portfolio, rank = _OFFICES.portfolios.any, _OFFICES.ranks.any
    fields = rf"(?i:{portfolio}(?:(?:, {portfolio})*,?(?: and| &) {portfolio}| {portfolio})*)"
    body = rf"(?:{UPPER}[\w’.]+ ){{0,4}}{_OFFICES.institutions.any}(?: (?:of|for) (?:the )?{fields})?"
    of = rf"(?:(?: (?:of|for|in charge of) (?:the )?(?:{body}|{fields})){{0,2}}| {fields}(?= {UPPER}))"
    head = rf"(?i:{_HEAD.pattern}|{_PLURALS.pattern})\b(?:,? (?:and|&) {fields})?"
    office = rf"(?<!\w)(?:(?i:{rank})[ -])*(?:{fields} )?{head}{of}"
    country = rf"(?: of (?:the )?(?:{UPPER}[\w’.]+)(?: (?:of )?{UPPER}[\w’.]+){{0,2}},?)?"
    owner = rf"(?:(?<![\w-]){UPPER}[\w.]+(?: {UPPER}[\w.]+){{0,3}}?(?:[’']s?)? )?"
    on = rf"(?: (?:for|in|at) (?:the |these )?(?:(?:\w+ ){{0,2}}{lexicon.talks.talk.any}|{_COUNTRY}(?=,)))?"
    between = rf"(?:[, ]+| {_OFFICES.being.any} | \((?={_OFFICES.honorifics.any}\b))"
    before = rf"(?P<role>{owner}{office})(?P<of>{country}){on}{between}{_HONORIFIC}(?P<name>{_NAME})"
    ends = rf"(?!\w)(?! {UPPER})(?! (?:of|for) (?:the )?(?i:{portfolio}))"
    role = rf"(?P<role>(?:(?!{_OFFICES.of_another.any}\b)[\w.’'-]+ ){{0,3}}?{office}){ends}"
    more = rf"(?: (?:{_PARTICLES} )?{_NAME_WORD})"
    titled = rf"(?P<titled>(?:{_OFFICES.honorifics.any}\.? )+)?"
    name = rf"{titled}(?P<name>{_NAME_WORD}(?(titled){more}{{0,4}}|{more}{{1,4}}))"
    after = rf"{name}, (?:the |an? |who is )?{role}"
    bracketed = rf"{name} \((?P<role>(?:[\w.’'-]+ ){{0,4}}?{office}){ends}[^()]{{0,60}}\)"
    return {"": re.compile(before), ", ": re.compile(after), " (": re.compile(bracketed)}


def _office(role: str, owner: Mention | None, start: int) -> str:
    """The office without whose it is: `China's Vice Premier` -> `Vice Premier`."""
    if owner is None:
        return role
    if owner.start <= start + _OWNER_AT:
        return _OWNS.sub("", role[owner.end - start :]) or role
    return _OF_OWNER.sub("", role[: owner.start - start]) if owner.end == start + len(role) else role


def _with_titles(text: str, first: int, start: int) -> int:
    """Where the titles before a name begin that are no part of its office: "Senator Name, Minister of Industry"."""
    titles = _BEFORE_NAME.search(text, max(first, start - _TITLES_AT), start)
    return titles.start() if titles else start


def _outranked(match: re.Match[str], matches: Iterable[re.Match[str]]) -> bool:
    """Whether the same name has another office that conducts talks: "Senator Name, Minister of Industry"."""
    lesser = not _NEGOTIATES.search(match["role"]) or bool(_OFFICES.same_office.search(match["role"]))
    return lesser and any(
        other is not match
        and other.start("name") == match.start("name")
        and _NEGOTIATES.search(other["role"])
        for other in matches
    )


def _chiefs(text: str, sentence: Span, parties: Sequence[Mention]) -> Iterator[Person]:
    """`The chief negotiators were: for X, Mr Name, and for Y, Ms Name`."""
    office = _CHIEF.search(text, sentence.start, sentence.end)
    for match in _FOR.finditer(text, sentence.start, sentence.end) if office else ():
        side = next(iter(inside(parties, *match.span("side"))), None)
        if office and side:
            start, end = match.span("name")
            yield Person(
                start=start,
                end=end,
                name=match["name"],
                role=office[0],
                office=office[0],
                party=side.code,
                leads=True,
            )


def conducts_talks(office: str) -> bool:
    """Whether the holder of an office leads a country or deals with others for it: no adviser, no "head"."""
    return _NEGOTIATES.search(office) is not None or _LEADER.search(office) is not None


def has_rank(role: str) -> bool:
    """Whether a role is an office, rather than what somebody does at a table."""
    return _HEAD.search(role) is not None


def _respectively(text: str, sentence: Span, parties: Sequence[Mention]) -> Iterator[Person]:
    """ "Name and Name, the chief negotiators of Norway and Chile": the first is of the first."""
    for match in _RESPECTIVELY.finditer(text, sentence.start, sentence.end):
        for who, whose in (("one", "home"), ("other", "next")):
            side = next(iter(inside(parties, *match.span(whose))), None)
            if side is not None:
                yield Person(
                    start=match.start(who),
                    end=match.end(who),
                    name=match[who],
                    role=match["role"],
                    office=match["role"],
                    party=side.code,
                )


def people_in(
    text: str, sentence: Span, parties: Sequence[Mention], tokens: Tokens | None = None, shift: int = 0
) -> list[Person]:
    """Everybody whom a sentence names with an office, in order, and where they sit.

    `parties`: all that the text names. `tokens`: of the sentence, whose `idx` counts from `shift`.
    """
    if not _HOLDS_OFFICE.search(text[sentence.start : sentence.end]):
        return []
    people = _named_in(text, sentence, parties)
    parties = outside_names(text, people, parties)
    places = [Span(person.start, person.end) for person in people]
    return [
        replace(
            person,
            party=seat.side or person.party,
            leads=seat.leads or person.leads,
            away=seat.away,
        )
        for person, seat in zip(people, seats(text, sentence, places, parties, tokens, shift), strict=True)
    ]


def _named_in(text: str, sentence: Span, parties: Sequence[Mention]) -> list[Person]:
    """Everybody whom a sentence names with an office, in order, with the party that the office names."""
    edge = sentence.start
    matches = [
        match
        for sign, pattern in _patterns().items()
        if text.find(sign, sentence.start, sentence.end) >= 0
        for match in pattern.finditer(text, sentence.start, sentence.end)
    ]
    matches = [match for match in matches if not _outranked(match, matches)]
    people = [*_chiefs(text, sentence, parties), *_respectively(text, sentence, parties)]
    chiefs = tuple(people)
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        taken = any(chief.start < match.end("name") and match.start("name") < chief.end for chief in chiefs)
        if match.start() < edge or taken:
            continue
        name = _NO_NAME.sub("", match["name"]).strip()
        first, last = match.start("name"), match.start("name") + len(name)
        if len(match["name"]) < 3 or any(
            m.start < first or m.end > last or (m.start, m.end) == (first, last)
            for m in touching(parties, first, last)
        ):
            continue
        whole = match["role"] + (match.groupdict().get("of") or "")
        opened = len(whole) - len(_ARTICLE.sub("", whole).lstrip(" ,"))
        role = whole[opened:].rstrip(" ,")
        start = match.start("role") + opened
        owner = next(iter(inside(parties, start, start + len(role))), None)
        edge_before, edge = edge, match.end()
        people.append(
            Person(
                start=_with_titles(text, edge_before, match.start()),
                end=max(match.end() if match[0].endswith(")") else match.end("role"), last),
                name=name,
                role=role,
                office=_office(role, owner, start),
                party=owner.code if owner else None,
            )
        )
        people += _holders_too(text, sentence, people[-1], parties)
        people += _same_office(text, sentence, people[-1], parties)
        edge = people[-1].end
    people += [] if people else _ministers_of_several(text, sentence, parties)
    return sorted(people, key=lambda person: person.start)


def _holders_too(text: str, sentence: Span, first: Person, parties: Sequence[Mention]) -> Iterator[Person]:
    """Those who have the office of the one before: "Vice Presidents Name and Name"."""
    if not _PLURALS.search(first.role):
        return
    edge = first.end
    while (match := _ONE_MORE.match(text, edge, sentence.end)) and not _HEAD.match(match["name"]):
        if any(mention.start == match.start("name") for mention in inside(parties, *match.span("name"))):
            return  # "the chief negotiators of Norway and Chile"
        yield replace(first, start=match.start("name"), end=match.end(), name=_NO_NAME.sub("", match["name"]))
        edge = match.end()


def _same_office(text: str, sentence: Span, first: Person, parties: Sequence[Mention]) -> Iterator[Person]:
    """Those of other parties whose office goes without saying: "Peru’s trade minister Name, Chile’s Name"."""
    edge = first.end
    while first.party and (match := _OWNED_TOO.match(text, edge, sentence.end)):
        owner = next(iter(inside(parties, *match.span("owner"))), None)
        if owner is None or owner.code == first.party or _HEAD.match(match["name"]):
            return
        edge = match.end()
        name = _NO_NAME.sub("", match["name"])
        yield replace(first, start=match.start("owner"), end=edge, name=name, party=owner.code)


def _ministers_of_several(text: str, sentence: Span, parties: Sequence[Mention]) -> Iterator[Person]:
    """ "The trade ministers of both, Name of Peru and Name of Chile": one office, and from where each is."""
    offices = _SEVERAL.search(text, sentence.start, sentence.end)
    if not offices:
        return
    edge = offices.end()
    while match := _OF_PARTY.match(text, edge, sentence.end):
        home = next(iter(inside(parties, *match.span("home"))), None)
        if home is None:
            return
        yield Person(
            start=match.start("name"),
            end=match.end(),
            name=match["name"],
            role=offices["role"],
            office=offices["role"],
            party=home.code,
        )
        edge = match.end()


def outside_names(text: str, people: Sequence[Person], parties: Sequence[Mention]) -> Sequence[Mention]:
    """The parties without those whose name is only a part of somebody's."""
    taken: set[int] = set()
    for person in people:
        start = text.find(person.name, person.start, person.end)
        taken |= {mention.start for mention in touching(parties, start, start + len(person.name))}
    return [mention for mention in parties if mention.start not in taken] if taken else parties


def known_sides(people: Sequence[Person]) -> list[Person]:
    """The same people, each with the side that the text has them sit for elsewhere, where it names but one."""
    sides: dict[str, dict[str, set[str]]] = {}
    for person in people:
        if person.party:
            for surname in person.name.split()[1:][-2:] or [person.name]:
                sides.setdefault(surname, {}).setdefault(person.name, set()).add(person.party)

    def side(person: Person) -> str | None:
        known = sides.get(person.name.split()[-1], {})
        codes = set().union(*(own for name, own in known.items() if same_person(name, person.name)))
        return codes.pop() if len(codes) == 1 else None

    return [person if person.party else replace(person, party=side(person)) for person in people]


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
def spelled(name: str) -> tuple[str, ...]:
    """The words of a name, each in one spelling."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    for written, letter in _SPELLINGS:
        plain = plain.replace(written, letter)
    return tuple(_DOUBLED.sub(r"\1", word) for word in _BREAK.split(plain) if word)


def _given_agree(left: str, right: str) -> bool:
    """Equal given names, or one is the other's initial."""
    return left == right or (1 in (len(left), len(right)) and left[0] == right[0])


@lru_cache(maxsize=50_000)
def same_person(left: str, right: str) -> bool:
    """Whether both names can be one person's. Two given names with one surname are two people.

    Of two surnames the first may stand for both: "Minister Ruiz" for "Ana Ruiz Castro".
    """
    a, b = sorted((spelled(left), spelled(right)), key=len)
    if not a:
        return False
    if len(a) == 1 and len(b) > 2 and a[0] == b[-2]:
        return True
    if a in (b[-len(a) :], b[: len(a)]) or sorted(a) == sorted(b):
        return True
    return len(a) > 1 and a[-1] == b[-1] and _given_agree(a[0], b[0])


_LEADERS = [title.casefold() for title in _OFFICES.leaders if " " in title]
"""Offices that do not go by their last word alone: "the minister" is no prime minister."""
_HOLDERS = {
    office.split()[-1].casefold()
    for offices in (_OFFICES.negotiators, _OFFICES.leaders, _OFFICES.others)
    for office in offices
} - {portfolio.casefold() for portfolio in _OFFICES.portfolios}
_STYLES = {style.replace("\\", "").casefold() for style in (*_OFFICES.honorifics, *_SPEECH.styles)}
_TITLED = _HOLDERS | _STYLES
_NO_PERSON = {"GPE", "LOC", "NORP", "FAC", "DATE", "TIME", "MONEY", "PERCENT"}
_BODIES = {"ORG", "GPE", "NORP"}
_OTHERS = {"dobj", "pobj", "conj", "appos", "poss", "npadvmod"}
_LINKS = {"compound", "flat", "nmod", "npadvmod"}
_FULL_NAME = re.compile(rf"{UPPER}[\w.’'-]*(?: (?:{_PARTICLES} )?{UPPER}[\w.’'-]*)+")
_AROUND = ".’'-"
_SENTENCES_BACK, _PEOPLE_BACK = 8, 50
_BARE = 2


class Voice(Struct, frozen=True):
    """Who says something, and the words that name them; no `speaker` for a pronoun that stands for nobody named."""

    speaker: Speaker | None
    named: Span


class Cast:
    """Everybody whom the parsed sentences of a text name, and for whom its pronouns and titles stand.

    `quoted` tells which places are quotations: who acts there acts in somebody's words.
    """

    def __init__(
        self,
        text: str,
        sentences: Sequence[Sentence],
        people: Iterable[Person],
        quoted: Callable[[int], bool],
    ) -> None:
        self._text = text
        self._sentences = sentences
        self._people = list(people)
        self._quoted = quoted
        self._by_word: dict[str, list[Speaker]] = {}
        self._sexes: dict[str, str] = {}
        self._heard: set[str] = set()

    @cached_property
    def _named(self) -> dict[str, list[Sentence]]:
        """The sentences that have a word in what can be a full name, by the word."""
        named: dict[str, list[Sentence]] = defaultdict(list)
        for sentence in self._sentences:
            for match in _FULL_NAME.finditer(sentence.text) if sentence.tokens is not None else ():
                for word in {written.strip(_AROUND) for written in match[0].split()}:
                    named[word].append(sentence)
        return named

    def _known(self, word: str) -> list[Speaker]:
        """People with a word in their full names."""
        if word not in self._by_word:
            speakers = [Speaker(person.name, person.office, person.party) for person in self._people]
            for sentence in self._named.get(word, ()):
                for entity in entities(sentence.tokens) if sentence.tokens is not None else ():
                    words = _untitled(list(entity)) if entity.label_ == "PERSON" else []
                    if len(words) > 1:
                        speakers.append(Speaker(self._words(words, sentence), None, None))
            self._by_word[word] = [one for one in dict.fromkeys(speakers) if word in one.name.split()]
        return self._by_word[word]

    def _words(self, words: Sequence[Token], sentence: Sentence) -> str:
        place = _place(words, sentence)
        return self._text[place.start : place.end]

    def source(self, head: Token, sentence: Sentence, alone: bool = False) -> Voice:
        """Whom a noun or a pronoun names, with those who are named beside it unless `alone`, and by which words."""
        head = self._apposed(head)
        if head.pos_ == "PRON":
            return Voice(self._antecedent(head, sentence), _place([head], sentence))
        joined = not alone and any(child.dep_ == "conj" for child in head.children)
        words = self._name(head) if self._is_proper(head) and not joined else []
        if words:
            self._heard.add(words[-1].text)
        if words and self._is_person(head, words):
            named = self._words(words, sentence)
            self._note_sex(named, (child.text.rstrip(".") for child in head.children))
            return Voice(self._person(named), _place(words, sentence))
        whole = len(words) > 1 and not _is_small(words[0]) and not self._is_institution(head, words)
        words = words if whole else self._phrase(head)
        if holder := self._holder(head, words, sentence):
            return Voice(holder, _place(words, sentence))
        while head.text[0].isupper() and words[0].i < head.i and _is_small(words[0]):
            words = words[1:]
        named = self._fuller(head, words, sentence) or self._words(words, sentence)
        return Voice(Speaker(named, None, party_of(named)), _place(words, sentence))

    def subject_of(self, sentence: Sentence) -> Voice | None:
        """The person who does what a sentence tells."""
        root = sentence.tokens.root if sentence.tokens is not None else None
        for child in root.children if root is not None else ():
            if child.dep_ == "nsubj" and not self._quoted(child.idx + sentence.shift):
                head = self._apposed(child)
                if _SPEECH.person.fullmatch(head.text) or self._agrees(head, "person", strict=True):
                    return self.source(child, sentence)
        return None

    def _apposed(self, head: Token) -> Token:
        """The name beside an office: of "the minister, X," it is X."""
        titled = head.pos_ == "PROPN" and head.lower_ in _TITLED
        if head.pos_ == "PRON" or (head.pos_ == "PROPN" and not titled) or entity_of(head) == "PERSON":
            return head
        if named := _named_ahead(head):
            return named
        names = (child for child in head.children if child.dep_ == "appos" and child.pos_ == "PROPN")
        beside = next((name for name in names if entity_of(name) not in _NO_PERSON), None)
        return beside or (_apposed_within(head) if is_title(head) else None) or head

    def _is_proper(self, head: Token) -> bool:
        """Whether a noun is a name, also where the parser does not know it."""
        return head.pos_ == "PROPN" or (head.text[0].isupper() and self._is_known(head))

    def _is_known(self, head: Token) -> bool:
        return (bool(self._known(head.text)) or head.text in self._heard) and party_of(head.text) is None

    def _name(self, head: Token) -> list[Token]:
        """The words of the proper name that a noun ends, without titles."""
        doc, first, last = head.doc, head.i, head.i
        while entity_of(head) == "PERSON" and last + 1 < head.sent.end and goes_on(doc[last + 1]):
            last += 1
        while first > head.sent.start and _goes_in_name(doc[first - 1], doc[first]):
            first -= 1
        return _untitled(list(doc[first : last + 1]))

    def _phrase(self, head: Token) -> list[Token]:
        """The words of a noun phrase: "the British government", "a spokesman for the ministry", "X and Y"."""
        doc, first, last = head.doc, head.left_edge.i, head.i
        for child in head.rights:
            belongs = child.pos_ == "ADJ" or (
                child.dep_ == "prep" and _SPEECH.belonging.fullmatch(child.text)
            )
            if child.dep_ != "conj" and (child.i != last + 1 or not (belongs or child.dep_ == "cc")):
                break
            last = _before_comma(child).i
        if _serves_inverted(head, last):
            last = _before_comma(doc[last + 1]).i
        ahead = (word for word in doc[first : head.i] if word.tag_ != "POS")
        marks = (word.i for word in ahead if word.is_quote or word.text == ":")
        words = list(doc[max((first, *(mark + 1 for mark in marks))) : last + 1])
        while len(words) > 1 and (words[0].is_punct or words[0].dep_ == "cc"):
            words = words[1:]
        return words

    def _is_person(self, head: Token, words: Sequence[Token]) -> bool:
        if entity_of(head) == "PERSON":
            return True
        before = head.doc[words[0].i - 1] if words[0].i > head.sent.start else None
        if before is not None and is_title(before):
            return True
        owned = before is not None and before.tag_ == "POS" and len(words) > 1
        if self._known(words[-1].text):
            return entity_of(head) not in _NO_PERSON
        return owned and not entity_of(head) and not _OFFICES.institutions.fullmatch(head.text)

    def _is_institution(self, head: Token, words: Sequence[Token]) -> bool:
        """Whether a name may go on around its words: "the Ministry of Commerce", and all with an article."""
        before = head.doc[words[0].i - 1] if words[0].i > head.sent.start else None
        around = before is not None and before.dep_ in {"det", "amod", "poss", "case"}
        return around or _OFFICES.institutions.fullmatch(head.text) is not None

    def _person(self, name: str) -> Speaker:
        """The person of a full name or of a part of one: a surname that two people share stays what it is."""
        known = [one for one in self._known(name.split()[-1]) if same_person(one.name, name)]
        best = max(known, key=lambda one: (one.role is not None, len(one.name.split())), default=None)
        if best is None or not all(same_person(one.name, best.name) for one in known):
            return Speaker(name, None, None)
        return best if len(best.name.split()) >= len(name.split()) else Speaker(name, best.role, best.party)

    def _holder(self, head: Token, words: Sequence[Token], sentence: Sentence) -> Speaker | None:
        """Who was last named with the office that "the minister" or "the British minister" stands for."""
        if words[0].lower_ not in _SPEECH.articles or head.lower_ not in _HOLDERS:
            return None
        place, named = _place(words, sentence), self._words(words, sentence).casefold()
        party = party_of(self._words(words, sentence))
        office = {word.lower_ for word in words[1:] if not party_of(word.text)}
        until = bisect_right(self._people, place.start, key=lambda person: person.start)
        for person in reversed(self._people[max(until - _PEOPLE_BACK, 0) : until]):
            role = person.role.casefold()
            higher = any(title in role and title not in named for title in _LEADERS)
            of_party = party is None or person.party in {None, party}
            if of_party and office <= set(role.split()) and not higher:
                return self._person(person.name)
        return None

    def _fuller(self, head: Token, words: Sequence[Token], sentence: Sentence) -> str | None:
        """The words in which what "the ministry" or "the spokesman" stands for was named before."""
        if len(words) != _BARE or words[0].lower_ not in _SPEECH.definite:
            return None
        for earlier in self._before(sentence)[1:]:
            for token in earlier.tokens or ():
                if token.lower_ == head.lower_ and not self._quoted(token.idx + earlier.shift):
                    phrase = self._phrase(token)
                    if len(phrase) > _BARE:
                        return self._words(phrase, earlier)
        return None

    def _before(self, sentence: Sentence) -> list[Sentence]:
        """A sentence and those before it, the nearest first."""
        index = bisect_right(self._sentences, sentence.start, key=lambda one: one.start)
        return list(reversed(self._sentences[max(index - _SENTENCES_BACK, 0) : index]))

    def _antecedent(self, pronoun: Token, sentence: Sentence) -> Speaker | None:
        """The last subject that agrees with a pronoun, else the last person who does."""
        kinds = {"person": _SPEECH.person, "several": _SPEECH.several, "thing": _SPEECH.thing}
        kind = next((name for name, words in kinds.items() if words.fullmatch(pronoun.text)), None)
        for strict in (True, False) if kind else ():
            for earlier in self._before(sentence):
                for head in self._actors(earlier, pronoun if earlier is sentence else None):
                    if self._agrees(head, kind or "", strict) and self._of_one_sex(head, pronoun):
                        speaker = self.source(head, earlier, alone=kind == "person").speaker
                        if speaker is not None:
                            self._note_sex(speaker.name, [pronoun.text])
                            return speaker
        return None

    def _actors(self, sentence: Sentence, until: Token | None) -> list[Token]:
        """Who acts in a sentence, the subjects before the others, outside of what it quotes."""
        tokens = [
            token
            for token in sentence.tokens or ()
            if (until is None or token.i < until.i) and not self._quoted(token.idx + sentence.shift)
        ]
        subjects = [token for token in tokens if token.dep_ in SUBJECTS]
        subjects.sort(key=lambda token: (token.head.dep_ == "ROOT", token.i), reverse=True)
        others = [
            token
            for token in reversed(tokens)
            if token.dep_ in _OTHERS
            and (token.pos_ == "PROPN" or (token.pos_ == "NOUN" and token.lower_ in _HOLDERS))
        ]
        return [self._apposed(token) for token in (*subjects, *others) if token.pos_ != "PRON"]

    def _agrees(self, head: Token, kind: str, strict: bool) -> bool:
        known = self._is_proper(head) and (self._is_known(head) or entity_of(head) == "PERSON")
        named = known or (head.pos_ == "PROPN" and not strict and entity_of(head) not in _NO_PERSON)
        plural = head.tag_ in {"NNS", "NNPS"} and not known
        joined = any(child.dep_ == "conj" for child in head.children)
        person = (named or is_title(head)) and not plural
        if kind == "person":
            return person
        if kind == "several":
            return plural or joined or entity_of(head) in _BODIES
        return not person and not plural and not joined

    def _note_sex(self, name: str, words: Iterable[str]) -> None:
        for word in words:
            if sex := _sex(word):
                self._sexes[name.split()[-1]] = sex

    def _of_one_sex(self, head: Token, pronoun: Token) -> bool:
        """Whether nothing says that somebody is a woman and a pronoun a man, or the other way round."""
        titles = (head, *(child for child in head.children if child.dep_ == "compound"))
        told = [sex for word in titles if (sex := _sex(word.text.rstrip(".")))]
        own = (told[0] if told else self._sexes.get(head.text)) or _sex_told(head)
        return own is None or _sex(pronoun.text) in {None, own}


def _named_ahead(head: Token) -> Token | None:
    """Of "X, spokeswoman for Y," in which the parser takes the office for the head, X."""
    opens = (entity for entity in entities(head.sent) if entity.start == head.left_edge.i)
    name = next((entity for entity in opens if entity.label_ == "PERSON" and entity.end < head.i), None)
    return name[-1] if name is not None and head.doc[name.end].text == "," else None


def _apposed_within(head: Token) -> Token | None:
    """Who the parser has stand beside a place or a body in an office: "the head of the mission to X, Name"."""
    return next(
        (
            word
            for word in head.subtree
            if word.dep_ == "appos"
            and entity_of(word) == "PERSON"
            and entity_of(word.head) in _NO_PERSON | _BODIES
        ),
        None,
    )


def _place(words: Sequence[Token], sentence: Sentence) -> Span:
    """Where words stand in the text."""
    last = words[-1]
    return Span(words[0].idx + sentence.shift, last.idx + len(last) + sentence.shift)


def _sex(word: str) -> str | None:
    if _SPEECH.men.fullmatch(word):
        return "man"
    return "woman" if _SPEECH.women.fullmatch(word) else None


def _sex_told(subject: Token) -> str | None:
    """What is told of somebody's sex by what is theirs: "Minister X briefed her counterpart"."""
    if subject.dep_ != "nsubj":
        return None
    for word in subject.head.subtree:
        if word.i > subject.i and word.dep_ == "nsubj" and word != subject:
            break
        if word.i > subject.head.i:
            if word.dep_ == "poss" and word.pos_ == "PRON":
                return _sex(word.text)
            if entity_of(word) == "PERSON":
                break
    return None


def _is_common(word: Token) -> bool:
    """Whether a word is written as names are not, and is no particle of one."""
    return word.text[0].islower() and not _OFFICES.particles.fullmatch(word.text)


def _is_small(word: Token) -> bool:
    """Whether a word is no part of the name that it stands before."""
    return word.text[0].islower() or word.lower_ in _SPEECH.articles


def is_title(word: Token) -> bool:
    """Whether a word is an office or a style that stands before names."""
    return word.lower_.rstrip(".") in _TITLED


def _untitled(words: list[Token]) -> list[Token]:
    """A name without the titles before it and without the mark of an owner."""
    while len(words) > 1 and (words[-1].tag_ == "POS" or words[-1].is_punct):
        words = words[:-1]
    title = next((i for i in reversed(range(len(words) - 1)) if is_title(words[i])), -1)
    organised = title >= 0 and entity_of(words[title]) == "ORG" and goes_on(words[title + 1])
    words = words if organised else words[title + 1 :]
    owner = next((i for i in reversed(range(len(words) - 1)) if words[i].tag_ == "POS"), -1)
    words = words[owner + 1 :]
    while len(words) > 1 and (words[0].is_punct or words[0].pos_ in {"DET", "VERB"} or _is_common(words[0])):
        words = words[1:]
    return words


def _goes_in_name(word: Token, following: Token) -> bool:
    """Whether a word is a part of the name that the following one goes on with."""
    if goes_on(following) and entity_of(following) == "PERSON":
        return True
    hyphen = word.tag_ == "HYPH" and following.pos_ == "PROPN"
    return hyphen or (word.pos_ == "PROPN" and word.dep_ in _LINKS)


def _serves_inverted(head: Token, last: int) -> bool:
    """Whether the parser hangs on the verb whom a speaker behind it serves: "said a spokesman for the ministry"."""
    behind = head.doc[last + 1] if last + 1 < head.sent.end else None
    inverted = head.pos_ == "NOUN" and head.i > head.head.i
    return (
        inverted
        and behind is not None
        and behind.head == head.head
        and behind.dep_ == "prep"
        and behind.text in _SPEECH.serving
    )


def _before_comma(top: Token) -> Token:
    """The last word of what a token governs, up to a comma, a mark or a clause."""
    last = top
    for word in top.subtree:
        if word.i > last.i + 1 or word.is_punct or word.dep_ in {"relcl", "acl", "appos"}:
            break
        last = max(last, word, key=lambda one: one.i)
    return last
