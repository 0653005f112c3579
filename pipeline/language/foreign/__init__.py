"""Languages beside English: code reads their dates, amounts and names of parties again, and none of their grammar.

What of a language no table of a library holds is in a file of its name; of a language without one, less is read.
"""

from functools import cache
from importlib.resources import files

import msgspec
from babel import Locale, UnknownLocaleError
from msgspec import Struct

from schemas.vocabulary import Comparator

ENGLISH = "en"


class Tongue(Struct, frozen=True, forbid_unknown_fields=True):
    """The words of a language that dates, amounts and names of parties are told by, each a pattern."""

    abbreviations: list[str] = []
    """Before a full stop that ends no sentence."""
    scales: dict[str, float] = {}
    """Words behind a number, by what they multiply it with."""
    units: dict[str, list[str]] = {}
    """By their codes, UCUM or ISO 4217."""
    signs: dict[str, str] = {}
    """Before a number, with the codes of the money, or whatever else they stand for."""
    limits: dict[Comparator, list[str]] = {}
    """Before a number."""
    limits_behind: dict[Comparator, list[str]] = {}
    """Behind a number or its unit."""
    of: str = "(?!)"
    """Between an amount and its unit, a day and its month, a month and its year."""
    to: str = "[-–—]"
    """Between the ends of a range."""
    above: str = "(?!)"
    """Between a number and its scale or unit: "30多亿" is over three billion."""
    since: str = "(?!)"
    """Before the first of two amounts of which one became the other."""
    ordinal: str = "(?!)"
    """Behind the number of a day."""
    tenth: str = "(?!)"
    """Behind a number of tenths, which are as many times ten per cent."""
    apart: str = "[;；。]"
    """Parts what is said of one from what is said of another."""
    hedges: str = "(?!)"
    """Leave open what is said, or call it a claim."""
    parties: dict[str, list[str]] = {}
    """Names and adjectives of parties, beside those that the locale has."""


@cache
def tongue(language: str) -> Tongue:
    """The words of a language; none where it has no file."""
    file = files(__package__) / f"{language}.toml"
    return msgspec.toml.decode(file.read_text("utf-8"), type=Tongue) if file.is_file() else Tongue()


@cache
def locale_of(language: str) -> Locale:
    """The tables of a language; those of English where there are none."""
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale(ENGLISH)


def language_name(language: str) -> str:
    """The English name of a language."""
    return locale_of(language).get_display_name(ENGLISH) or language


def is_foreign(language: str | None) -> bool:
    """Whether a document is in another language than English; one that does not tell is read as English."""
    return language is not None and language != ENGLISH
