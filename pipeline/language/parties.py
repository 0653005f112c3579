"""Which party a name means, and what a party is called: names from libraries, blocs from our own lexicon."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from babel import Locale
from msgspec import Struct

from pipeline.language.lexicons import lexicon
from schemas import is_party

_WORD = re.compile(r"[^\W\d_][\w.]*(?:[’'](?!s\b)\w+)?")
_LONGEST = 6
_POPULOUS = 2_000_000
_PLACE = re.compile(rf"\b{lexicon.parties.places.any}\s+(?:the\s+)?$")


class Mention(Struct, frozen=True):
    """A name of a party in a text. `place`: it says where, not who ("in London")."""

    start: int
    end: int
    code: str
    place: bool


def _names_of(code: str) -> Iterator[str]:
    import pycountry
    from countryinfo import CountryInfo

    country = pycountry.countries.get(alpha_2=code)
    for attribute in ("name", "common_name", "official_name"):
        if name := getattr(country, attribute, None):
            yield name
    try:
        info = CountryInfo(code)
    except ValueError:
        return
    yield from (name for name in (info.demonym(), info.name()) if name)
    yield from (name for name in info.alt_spellings() if " " in name)
    if (info.population() or 0) >= _POPULOUS and (capital := info.capital()):
        yield capital.split(",")[0]


@cache
def names() -> dict[str, str]:
    """Party codes by name; our own lexicon goes before the libraries, which are loaded where a text is read."""
    import pycountry

    never = lexicon.parties.never
    codes: dict[str, str] = {}
    for country in pycountry.countries:
        for name in _names_of(country.alpha_2):
            if name[:1].isupper() and name not in never and len(name) > 2:
                codes.setdefault(name, country.alpha_2)
    for code, own in lexicon.parties.names.items():
        codes.update(dict.fromkeys(own, code))
    return codes


def mentions(text: str) -> Iterator[Mention]:
    """Names of parties in order, the longest reading of each."""
    words = [match.span() for match in _WORD.finditer(text)]
    codes = names()
    i, place_end = 0, None
    while i < len(words):
        start = words[i][0]
        for j in range(min(i + _LONGEST, len(words)) - 1, i - 1, -1):
            end = words[j][1]
            name = text[start:end]
            code = codes.get(name)
            if code is None and name.endswith("."):
                code, end = codes.get(name[:-1]), end - 1
            if code is not None:
                listed = place_end is not None and text[place_end:start] == ", "
                place = listed or bool(_PLACE.search(text, max(start - 12, 0), start))
                place_end = end if place else None
                yield Mention(start, end, code, place)
                i = j
                break
        i += 1


def party_of(words: str) -> str | None:
    """The party that some words name: a code as it is, else the first name in them."""
    if is_party(words):
        return words
    return next((mention.code for mention in mentions(words)), None)


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
def party_name(code: str) -> str:
    """The English name that the press prints: `CN` -> `China`, `GB` -> `UK`; a body goes by its own letters."""
    if code.startswith("X-"):
        return code[2:].replace("-", " ")
    name = _SHORT.get(code) or Locale("en").territories.get(code, code)
    return name.replace(" & ", " and ")


def name_of(parties: list[str], venue: str | None) -> str:
    """A name for talks: `China–US trade talks, London`."""
    names = [party_name(code) for code in parties]
    joined = "–".join(names) if len(names) <= 4 else f"{'–'.join(names[:3])} and {len(names) - 3} others"
    return f"{joined} trade talks" + (f", {venue}" if venue else "")


def slug(words: str) -> str:
    """Lower-case ASCII words joined by hyphens, for use in addresses."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
