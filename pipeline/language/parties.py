"""Which party a name means, and what a party is called: names from ISO 3166-1 and CLDR, others from our own lexicon."""

import pickle
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise

from babel import Locale
from babel.localedata import resolve_locale_filename
from msgspec import Struct

from pipeline.language.lexicons import NAME_WORD, any_of, lexicon
from schemas import is_party

_PARTIES = lexicon.parties
_WORD = re.compile(r"[^\W\d_][\w.]*(?:[’'](?!s\b)\w+)?")
_LONGEST = 6
_POPULOUS = 2_000_000
_PLACE = re.compile(rf"\b{_PARTIES.places.any}\s+(?:the\s+)?$", re.IGNORECASE)
_LINK = re.compile(rf"(?:[-–—/]|[’']s? |,? {_PARTIES.links.any} |, )(?:{_PARTIES.articles.any} )?")
_OPPOSITE = re.compile(rf"\b{_PARTIES.opposite.any} (?:{_PARTIES.articles.any} )?$")
_BEHIND = re.compile(rf"[ -](?P<word>{NAME_WORD})")
_AHEAD = re.compile(rf"(?<![\w’'-])(?P<word>{NAME_WORD})\.?[ -]$")
_NO_NAME = _PARTIES.openers.cased
_TITLE = re.compile(any_of(map(re.escape, lexicon.offices.title_words)), re.IGNORECASE)
_TOWN = re.compile(rf"(?<![\w’'-])(?P<word>{NAME_WORD}), $")
_ATTRIBUTE = re.compile(rf"(?:\b{_PARTIES.articles.any}|[’']s?) $", re.IGNORECASE)
_BESIDE, _NEAR = 40, 80
"""How many characters from a name of two meanings its neighbours and the signs of a federal state are looked for."""
_KOSOVO = "XK"
"""The one state without a code of its own in ISO 3166-1."""
_TAKES_S = ("n", "i", "ot", "er")
_HOME_OF_STATES = "US"
_DOLLARS = "US$"
"""Money that others count in too, and no word of the party."""
_HEADLINE_WORD = 4
"""In a headline that capitalises its words, those of so many letters are, and tell nothing of names."""

InName = Callable[[int, int], bool]
"""Whether the two words that a span of a text covers are parts of one name."""


class Mention(Struct, frozen=True):
    """A name of a party in a text. `place`: it says where, not who ("in London")."""

    start: int
    end: int
    code: str
    place: bool


class _Names(Struct, frozen=True):
    """Party codes by name, None for a longer name that only holds one; `faint`: capitals that few think of.

    `first`: the words that names begin with.
    """

    codes: dict[str, str | None]
    faint: frozenset[str]
    first: frozenset[str]


def _plain(name: str) -> str:
    """A name as keyboards without accents write it."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


@cache
def _in_english() -> dict[str, str]:
    """What CLDR calls countries. Read from Babel's file: the whole locale would stay, a hundred times as much."""
    with open(resolve_locale_filename("en"), "rb") as data:
        named: dict[str, str] = pickle.load(data)["territories"]
    return named


def _called(code: str) -> Iterator[str]:
    """What a country and its people are called."""
    import pycountry

    country = pycountry.countries.get(alpha_2=code)
    titles = (getattr(country, key, None) for key in ("name", "common_name", "official_name"))
    yield from (title for title in titles if title)
    if name := _in_english().get(code):
        yield name.replace(" & ", " and ")
    if known := lexicon.countries.by_code.get(code):
        yield from known.names
        for adjective in known.people:
            yield adjective
            if adjective.endswith(_TAKES_S):
                yield f"{adjective}s"


@cache
def _names() -> _Names:
    """Of two countries with one name the larger is meant; our own names of parties go before all others."""
    countries = lexicon.countries.by_code
    by_size = sorted(countries, key=lambda code: countries[code].population, reverse=True)
    codes: dict[str, str | None] = {}
    for code in [*by_size, _KOSOVO]:
        for name in _called(code):
            if name[:1].isupper() and len(name) > 2:
                codes.setdefault(name, code)
                codes.setdefault(_plain(name), code)
    for code, own in _PARTIES.names.items():
        codes.update(dict.fromkeys(own, code))
    faint: set[str] = set()
    for code in by_size:
        city = countries[code].capital
        new = {name for name in (city.split(",")[0], _plain(city)) if name and name not in codes}
        codes.update(dict.fromkeys(new, code))
        if countries[code].population < _POPULOUS:
            faint |= new
    codes.update(dict.fromkeys(_PARTIES.others, None))
    first = frozenset(match[0].rstrip(".") for name in codes if (match := _WORD.match(name)))
    return _Names(codes, frozenset(faint), first)


@cache
def names() -> dict[str, str]:
    """Party codes by name."""
    return {name: code for name, code in _names().codes.items() if code}


@cache
def _states() -> re.Pattern[str]:
    """States of the federation that has one of the name of a country."""
    import pycountry

    states = {part.name for part in pycountry.subdivisions if part.country_code == _HOME_OF_STATES}
    return re.compile(rf"(?<!\w){any_of(map(re.escape, states - _names().codes.keys()))}(?!\w)")


def _occurrences(text: str) -> Iterator[tuple[Mention, str]]:
    """Whatever is written like the name of a party, in order, the longest reading of each."""
    words = [match.span() for match in _WORD.finditer(text)]
    codes, first = _names().codes, _names().first
    i, place_end = 0, None
    while i < len(words):
        start, stop = words[i]
        longest = _LONGEST if text[start:stop].rstrip(".") in first else 0
        for j in range(min(i + longest, len(words)) - 1, i - 1, -1):
            end = words[j][1]
            name = text[start:end]
            if name.endswith(".") and name not in codes:
                name, end = name[:-1], end - 1
            if name in codes:
                if (code := codes[name]) and not text.startswith(_DOLLARS, start):
                    listed = place_end is not None and text[place_end:start] == ", "
                    said = _PLACE.search(text, max(start - 12, 0), start)
                    place = listed or said is not None
                    opens = said is not None and said[0][0].isupper()  # "In Oslo, Norway and Chile met"
                    place_end = end if place and not opens else None
                    yield Mention(start, end, code, place), name
                i = j
                break
        i += 1


def _capitalised(text: str, at: int) -> bool:
    """Whether the line around a place capitalises all its longer words, as headlines do."""
    line = text[text.rfind("\n", 0, at) + 1 :].split("\n", 1)[0]
    longer = [word for word in _WORD.findall(line) if len(word) >= _HEADLINE_WORD]
    return len(longer) > 2 and all(word[0].isupper() for word in longer)


def _in_a_name(text: str, mention: Mention, in_name: InName | None) -> bool:
    """Whether the words beside a name make a name of somebody or something else with it: "Jordan Wells"."""
    codes = _names().codes
    behind = _BEHIND.match(text, mention.end)
    ahead = _AHEAD.search(text, max(mention.start - _BESIDE, 0), mention.start)
    spans = []
    if behind and not _TITLE.fullmatch(behind["word"]):
        spans.append((behind["word"], mention.start, behind.end("word")))
    if ahead:
        spans.append((ahead["word"], ahead.start("word"), mention.end))
    for word, start, end in spans:
        if _NO_NAME.fullmatch(word) or codes.get(word) or _capitalised(text, mention.start):
            continue
        if in_name is None or in_name(start, end):
            return True
    return False


def _is_state(text: str, mention: Mention) -> bool:
    """Whether the words around say that the state of a federation is meant: "Atlanta, Georgia", "Georgia and Texas"."""
    first, last = max(mention.start - _NEAR, 0), mention.end + _NEAR
    town = _TOWN.search(text, first, mention.start)
    if town and not _names().codes.get(town["word"]) and not _NO_NAME.fullmatch(town["word"]):
        return True
    attribute = _ATTRIBUTE.search(text, first, mention.start) and text[mention.end : mention.end + 1] == " "
    around = text[first:last]
    return bool(attribute or _states().search(around) or _PARTIES.federal.search(around))


def _coupled(text: str, found: Iterable[Mention]) -> Iterator[str]:
    """Codes of those that a text puts beside another party: "Jordan and Iraq", "talks with Georgia"."""
    for left, right in pairwise(found):
        if left.code != right.code and _LINK.fullmatch(text, left.end, right.start):
            yield from (left.code, right.code)
        elif _OPPOSITE.search(text, max(right.start - _BESIDE, 0), right.start):
            yield right.code


def mentions(text: str, in_name: InName | None = None) -> list[Mention]:
    """Names of parties in order, the longest reading of each.

    A name that people or other places bear counts where its neighbours make no longer name of it, and, where the
    text has one of those, only if the text also names the party in another way.
    """
    return _mentions(text, in_name) if in_name else list(_mentions_alone(text))


@lru_cache(maxsize=10_000)
def _mentions_alone(text: str) -> tuple[Mention, ...]:
    return tuple(_mentions(text, None))


def _mentions(text: str, in_name: InName | None) -> list[Mention]:
    faint = _names().faint
    shared = _PARTIES.shared | _PARTIES.surnames if in_name else _PARTIES.shared
    found = list(_occurrences(text))
    if all(name not in shared and name not in faint for _, name in found):
        return [mention for mention, _ in found]
    own: list[tuple[Mention, str]] = []
    others: set[str] = set()
    for mention, name in found:
        if name in shared and (
            _in_a_name(text, mention, in_name) or (name in _PARTIES.states and _is_state(text, mention))
        ):
            others.add(name)
        else:
            own.append((mention, name))
    sure = {mention.code for mention, name in own if name not in shared and name not in faint}
    others |= {
        name
        for name in {name for _, name in own} & shared
        if re.search(rf"(?<!\w){name.lower()}s?(?!\w)", text)
    }
    if _HOME_OF_STATES in sure:
        others |= _PARTIES.states
    sure |= set(_coupled(text, [mention for mention, name in own if name not in faint]))
    return [
        mention for mention, name in own if mention.code in sure or (name not in others and name not in faint)
    ]


def party_of(words: str) -> str | None:
    """The party that some words name: a code as it is, else the first name in them."""
    if is_party(words):
        return words
    return next((mention.code for mention in mentions(words)), None)


def fiscal_year(parties: Collection[str]) -> tuple[int, bool] | None:
    """The month that the fiscal years of these parties begin with, and whether their years have one number alike.

    None where they begin with several. Where some begin with January, years of two numbers ("2030-31") are the others'.
    """
    calendar = lexicon.calendar
    begin = {code: calendar.fiscal_years.get(code, 1) for code in parties}
    months = set(begin.values()) - ({1} if len(set(begin.values())) > 1 else set())
    if len(months) != 1:
        return None
    [month] = months
    alike = len(set(begin.values())) == 1 and (month == 1 or set(begin) <= calendar.fiscal_years_by_end)
    return month, alike


_SHORT = {
    "US": "US",
    "GB": "UK",
    "EU": "EU",
    "AE": "UAE",
    "CD": "DR Congo",
    "CG": "Republic of Congo",
    "HK": "Hong Kong",
    "MM": "Myanmar",
    "MO": "Macao",
    "PS": "Palestine",
}
"""Where the press prints another name than CLDR has."""


@cache
def party_name(code: str, language: str = "en") -> str:
    """The name that the press prints: `CN` -> `China`, `GB` -> `UK`; a body goes by its own letters.

    In other languages than English it is that of the locale.
    """
    if code.startswith("X-"):
        return code[2:].replace("-", " ")
    if language == "en":
        name = _SHORT.get(code) or _in_english().get(code, code)
    else:
        name = Locale(language).territories.get(code, code)
    return name.replace(" & ", " and ")


def name_of(parties: list[str], venue: str | None) -> str:
    """A name for talks: `China–US trade talks, London`."""
    return f"{names_at_table(parties)} trade talks" + (f", {venue}" if venue else "")


def names_at_table(parties: list[str]) -> str:
    """Who talks with whom: `China–US`."""
    names = [party_name(code) for code in parties]
    return "–".join(names) if len(names) <= 4 else f"{'–'.join(names[:3])} and {len(names) - 3} others"


def slug(words: str) -> str:
    """Lower-case ASCII words joined by hyphens, for use in addresses."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def with_kin(parties: Iterable[str]) -> frozenset[str]:
    """Codes of parties, with the members of those that are bodies, and the bodies that the others are members of."""
    own = frozenset(parties)
    bodies = lexicon.parties.members
    members = (member for party in own for member in bodies.get(party, ()))
    return own | {*members} | {body for body, those in bodies.items() if own & set(those)}


@lru_cache(maxsize=10_000)
def without_parties(text: str) -> str:
    """A text without the names of parties, its spaces made one."""
    for mention in sorted(mentions(text), key=lambda mention: -mention.start):
        text = f"{text[: mention.start]} {text[mention.end :]}"
    return " ".join(text.split())
