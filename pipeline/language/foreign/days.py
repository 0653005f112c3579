"""Dates in languages beside English: days, months and years in figures, with the names that the locale has for months.

Words that count from another day ("next Monday") are not read; a day without its year is one of any year.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from msgspec import Struct

from pipeline.language.foreign import locale_of, tongue
from schemas.dates import bounds

_REIWA = 2018
_A_YEAR, _A_FORTNIGHT = timedelta(days=350), timedelta(days=15)
_CJK = re.compile(
    r"(?:(?P<era>令和)(?P<nth>\d{1,2}|元)年|(?P<year>\d{4})年)"
    r"(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号](?:\s?(?:[-–~〜～至]|から|到)\s?(?:(?P<month2>\d{1,2})月)?(?P<day2>\d{1,2})[日号])?)?)?"
    r"|(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号](?:\s?(?:[-–~〜～至]|から|到)\s?(?:(?P<m2>\d{1,2})月)?(?P<d2>\d{1,2})[日号])?|(?![\d個个]))"
)
_ISO = re.compile(r"(?<![\d.-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\d-])")
_NUMERIC = re.compile(
    r"(?<![\d./])(?P<day>\d{1,2})(?P<sign>[./])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4})(?!\d)"
)
_BARE_YEAR = re.compile(r"(?<![\w.,/-])(?P<year>20\d\d|19\d\d)(?![\w%/-]|[.,]\d)")


class DayWords(Struct, frozen=True):
    """Words of a text that name a date. `edtf`: what they mean, with `????` for a year that they do not tell."""

    start: int
    end: int
    edtf: str

    @property
    def has_year(self) -> bool:
        return "?" not in self.edtf

    def in_year(self, year: int) -> str:
        """What they mean in a year."""
        return self.edtf.replace("????", f"{year:04}")


def days_in(text: str, language: str) -> Iterator[DayWords]:
    """Dates in order; where two readings overlap, the one that starts first, then the longer."""
    found = [
        day
        for pattern in (_CJK, _ISO, _NUMERIC, *_worded(language), _BARE_YEAR)
        for day in _read(pattern, text, language)
    ]
    edge = 0
    for day in sorted(found, key=lambda day: (day.start, -day.end)):
        if day.start >= edge:
            edge = day.end
            yield day


def agrees(words: str, edtf: str, language: str, anchor: date | None) -> bool:
    """Whether a date may be what words mean: where code reads days in them, the date has them and no others.

    A day without its year is less than a year from the day of publication, one of the week two weeks at most.
    """
    read = list(days_in(words, language))
    if not read:
        return _may_be_weekday(words, edtf, language, anchor)
    first, last = bounds(edtf)
    years = {day.year for day in (first, last) if day}
    ends = [end for day in read for year in years for end in bounds(day.in_year(year)) if end]
    lowest, highest = min(ends), max(ends)
    if anchor and not all(day.has_year for day in read) and not _is_near(first or last, anchor, _A_YEAR):
        return False
    return all(day is None or lowest <= day <= highest for day in (first, last))


def _is_near(day: date | None, anchor: date, within: timedelta) -> bool:
    return day is not None and abs(day - anchor) < within


def _may_be_weekday(words: str, edtf: str, language: str, anchor: date | None) -> bool:
    """Whether a date is a day of the week that words name; any date may be what other words mean."""
    told = words.casefold()
    names = locale_of(language).days["format"]["wide"]
    named = {
        number
        for number, name in names.items()
        if re.search(rf"(?<!\w){re.escape(name)}", told, re.IGNORECASE)
    }
    day = bounds(edtf)[0]
    if not named or day is None:
        return True
    return day.weekday() in named and (anchor is None or _is_near(day, anchor, _A_FORTNIGHT))


def _read(pattern: re.Pattern[str], text: str, language: str) -> Iterator[DayWords]:
    for match in pattern.finditer(text):
        edtf = _meaning({name: value for name, value in match.groupdict().items() if value}, language)
        if edtf:
            yield DayWords(*match.span(), edtf)


def _meaning(parts: dict[str, str], language: str) -> str | None:
    """The EDTF date of the parts of a match; None where there is no such day."""
    month, day = parts.get("month") or parts.get("m"), parts.get("day") or parts.get("d")
    month2, day2 = parts.get("month2") or parts.get("m2"), parts.get("day2") or parts.get("d2")
    year = f"{int(parts['year']):04}" if "year" in parts else "????"
    if "era" in parts:
        year = f"{_REIWA + (1 if parts['nth'] == '元' else int(parts['nth'])):04}"
    first = _point(year, month or month2, day, language)
    last = _point(year, month2 or month, day2, language) if day2 else None
    edtf = f"{first}/{last}" if last else first
    try:
        bounds(edtf.replace("????", "2024"))
    except ValueError:
        return None
    return edtf


def _point(year: str, month: str | None, day: str | None, language: str) -> str:
    if month is None:
        return year
    number = int(month) if month.isdigit() else _months(language)[month.casefold().rstrip(".")]
    return f"{year}-{number:02}" + (f"-{int(day):02}" if day else "")


@cache
def _months(language: str) -> dict[str, int]:
    """Months by name, long and short."""
    months = locale_of(language).months
    return {
        name.casefold().rstrip("."): number
        for context in ("format", "stand-alone")
        for width in ("abbreviated", "wide")
        for number, name in months[context][width].items()
        if not any(character.isdigit() for character in name)
    }


@cache
def _worded(language: str) -> tuple[re.Pattern[str], ...]:
    """Patterns for days, ranges of days and months that are named: "du 12 au 14 août 2025", "August 2025"."""
    names = _months(language)
    if not names:
        return ()
    words = tongue(language)
    month = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    whole = "|".join(re.escape(name) for name in locale_of(language).months["format"]["wide"].values())
    nth, of = rf"(?:{words.ordinal})?", rf"\s+(?:(?:{words.of})\s+)?"
    year = rf"(?:,?{of}(?P<year>\d{{4}}))"
    upto = rf"(?:\s?[-–—]\s?|\s+(?:{words.to})\s+)"
    flags = re.IGNORECASE
    return (
        re.compile(
            rf"(?<![\w.,/])(?P<day>\d{{1,2}}){nth}(?:{of}(?P<month>{month})\.?)?{upto}(?P<day2>\d{{1,2}}){nth}"
            rf"{of}(?P<month2>{month})\b\.?{year}?",
            flags,
        ),
        re.compile(
            rf"(?<![\w.,/])(?P<day>\d{{1,2}}){nth}{of}(?P<month>{month})(?!\w)\.?{year}?(?!\d)", flags
        ),
        re.compile(rf"(?<!\w)(?P<month>{month})(?!\w)\.?{year}(?!\d)", flags),
        re.compile(rf"(?<![\w-])(?P<month>{whole})(?![\w-])", flags),
    )
