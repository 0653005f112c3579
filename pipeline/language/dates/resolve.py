"""What date words mean in a context: a resolver for each form, which gives EDTF, or None where nothing fixes the day.

Resolvers read the groups that the parts of the grammar are named by.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from pipeline.language.lexicons import lexicon
from pipeline.language.quantities import value_of

Tense = Literal["past", "future"]


class Context(Struct, frozen=True, kw_only=True):
    """What relative words are counted from: a day, or no more than a year, each with its reason."""

    anchor: date | None = None
    reason: str | None = None
    year: int | None = None
    year_reason: str | None = None
    tense: Tense | None = None

    @property
    def this_year(self) -> int | None:
        return self.anchor.year if self.anchor else self.year


Resolver = Callable[[re.Match[str], Context], str | None]

_CALENDAR = lexicon.calendar
_MONTHS = {
    spelling: number
    for number, month in enumerate(_CALENDAR.months, 1)
    for spelling in (month.name, *month.short)
}
_WEEKDAYS = {weekday.name: number for number, weekday in enumerate(_CALENDAR.weekdays)}

PARTS_OF_MONTH = {
    "early": (1, 10),
    "beginning": (1, 10),
    "start": (1, 10),
    "mid": (11, 20),
    "middle": (11, 20),
}
"""First and last day; late in a month is what is left of it."""
PARTS_OF_YEAR = {
    "early": (1, 3),
    "beginning": (1, 3),
    "start": (1, 3),
    "mid": (5, 8),
    "middle": (5, 8),
    "late": (10, 12),
}
"""First and last month."""
_NEAR = {"tomorrow": 1, "yesterday": -1}
_YEARS = {"next": 1, "last": -1}
_STEPS = {"next": 1, "the coming": 1, "the following": 1, "last": -1, "the past": -1}


def _group(match: re.Match[str], name: str) -> str | None:
    """A group that not every form has."""
    return match.groupdict().get(name)


def _month_number(words: str) -> int:
    return _MONTHS[words.rstrip(".")]


def _span(first: date, last: date) -> str:
    return f"{first.isoformat()}/{last.isoformat()}"


def _months(year: int, first: int, last: int, sign: str = "") -> str:
    """A month, or several; `~` says that it is about then."""
    one = f"{year}-{first:02}{sign}"
    return one if first == last else f"{one}/{year}-{last:02}{sign}"


def _month_after(anchor: date, months: int) -> tuple[int, int]:
    """Year and month, some months after a day."""
    index = anchor.year * 12 + anchor.month - 1 + months
    return index // 12, index % 12 + 1


def _near_year(month: int, day: int | None, context: Context) -> int | None:
    """The year that a month or a day of a month most likely belongs to."""
    if context.anchor is None:
        return context.year
    anchor = context.anchor
    years = (anchor.year - 1, anchor.year, anchor.year + 1)
    try:
        days = {year: date(year, month, day or 15) for year in years}
    except ValueError:
        return anchor.year
    slack = timedelta(days=3 if day else 31)
    if context.tense == "future":
        return next((y for y in years if days[y] >= anchor - slack), None)
    if context.tense == "past":
        return next((y for y in reversed(years) if days[y] <= anchor + slack), None)
    return min(years, key=lambda year: abs(days[year] - anchor))


def _some_year(words: str, context: Context) -> int | None:
    """A year from `2026`, `next year`, `the year`."""
    if words[-4:].isdigit():
        return int(words[-4:])
    this_year = context.this_year
    return None if this_year is None else this_year + _YEARS.get(words.split()[0].lower(), 0)


def _year_and_month(match: re.Match[str], context: Context) -> tuple[int, int] | None:
    """Of a form with a month and perhaps its year, in digits or told by another."""
    month = _month_number(match["month"])
    if year := _group(match, "year"):
        return int(year), month
    of = _group(match, "of")
    near = _some_year(of, context) if of else _near_year(month, None, context)
    return None if near is None else (near, month)


def resolve_iso_day(match: re.Match[str], context: Context) -> str | None:
    return match[0]


def resolve_numbers(match: re.Match[str], context: Context) -> str | None:
    """`06/14/2031` and `14/06/2031`, where only one of the two can be the month."""
    return f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"


def resolve_day(match: re.Match[str], context: Context) -> str | None:
    number, month = int(match["day"]), _month_number(match["month"])
    year = int(match["year"]) if match["year"] else _near_year(month, number, context)
    return None if year is None else f"{year}-{month:02}-{number:02}"


def resolve_days(match: re.Match[str], context: Context) -> str | None:
    """`May 20-24`, `20 to 24 May`."""
    if (resolved := resolve_day(match, context)) is None:
        return None
    first = date.fromisoformat(resolved)
    return _span(first, first.replace(day=int(match["last_day"])))


def resolve_week_of_day(match: re.Match[str], context: Context) -> str | None:
    if (resolved := resolve_day(match, context)) is None:
        return None
    of = date.fromisoformat(resolved)
    monday = of - timedelta(days=of.weekday())
    return _span(monday, monday + timedelta(days=6))


def resolve_week_of_month(match: re.Match[str], context: Context) -> str | None:
    if (month := _year_and_month(match, context)) is None:
        return None
    last, which = monthrange(*month)[1], match["which"].lower()
    first = last - 6 if which in {"last", "final"} else 7 * value_of(which) - 6
    return _span(date(*month, first), date(*month, min(first + 6, last)))


def resolve_month(match: re.Match[str], context: Context) -> str | None:
    resolved = _year_and_month(match, context)
    return resolved and _months(resolved[0], resolved[1], resolved[1])


def resolve_part_of_month(match: re.Match[str], context: Context) -> str | None:
    if (resolved := _year_and_month(match, context)) is None:
        return None
    first, last = PARTS_OF_MONTH.get(match["part"].lower(), (21, monthrange(*resolved)[1]))
    year, month = resolved
    return f"{year}-{month:02}-{first:02}~/{year}-{month:02}-{last:02}~"


def resolve_end_of(match: re.Match[str], context: Context) -> str | None:
    """Of a month, of a year, or of the year that it is."""
    words = _group(match, "of") or "the year"
    if words.lower().endswith("month"):
        if context.anchor is None:
            return None
        year, month = _month_after(context.anchor, _YEARS.get(words.split()[0].lower(), 0))
    elif (name := words.split()[0].rstrip(".")) in _MONTHS:
        month = _MONTHS[name]
        near = int(words[-4:]) if words[-4:].isdigit() else _near_year(month, None, context)
        if near is None:
            return None
        year = near
    else:
        some_year = _some_year(words, context)
        return None if some_year is None else f"{some_year}-12-31"
    return f"{year}-{month:02}-{monthrange(year, month)[1]}"


def resolve_season(match: re.Match[str], context: Context) -> str | None:
    """`before Christmas`, `by the summer`, `before the summer break`."""
    year = int(match["year"]) if match["year"] else context.this_year
    first, last = (_CALENDAR.seasons | _CALENDAR.holidays)[match["season"].lower()]
    return None if year is None else _months(year, first, last, "~")


def resolve_part_of_year(match: re.Match[str], context: Context) -> str | None:
    year = _some_year(match["of"], context)
    return None if year is None else _months(year, *PARTS_OF_YEAR[match["part"].lower()], "~")


def resolve_quarter(match: re.Match[str], context: Context) -> str | None:
    year, last = _some_year(match["of"], context), 3 * value_of(match["quarter"] or match["number"])
    return None if year is None else _months(year, last - 2, last)


def resolve_half(match: re.Match[str], context: Context) -> str | None:
    year, last = _some_year(match["of"], context), 6 * value_of(match["half"])
    return None if year is None else _months(year, last - 5, last)


def resolve_near_day(match: re.Match[str], context: Context) -> str | None:
    if context.anchor is None:
        return None
    return (context.anchor + timedelta(days=_NEAR.get(match[0].lower(), 0))).isoformat()


def resolve_weekday(match: re.Match[str], context: Context) -> str | None:
    if context.anchor is None:
        return None
    which, anchor = (match["which"] or "").lower(), context.anchor
    ahead = (_WEEKDAYS[match["weekday"]] - anchor.weekday()) % 7
    if which == "last" or (context.tense == "past" and which != "next"):
        back = -ahead % 7 or 7 * (which == "last")
        return (anchor - timedelta(days=back)).isoformat()
    return (anchor + timedelta(days=ahead or 7 * (which == "next"))).isoformat()


def resolve_period(match: re.Match[str], context: Context) -> str | None:
    """`next week`, `last month`, `this year`, `this summer`."""
    unit, step = match["unit"].lower(), _STEPS.get(match["which"].lower(), 0)
    if unit == "year":
        return None if context.this_year is None else str(context.this_year + step)
    if (anchor := context.anchor) is None:
        return None
    monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=step)
    if unit == "week":
        return _span(monday, monday + timedelta(days=6))
    if unit == "weekend":
        return _span(monday + timedelta(days=5), monday + timedelta(days=6))
    if unit in _CALENDAR.seasons:
        return _months(anchor.year + step, *_CALENDAR.seasons[unit], "~")
    if unit == "quarter":
        index = anchor.year * 4 + (anchor.month - 1) // 3 + step
        return _months(index // 4, index % 4 * 3 + 1, index % 4 * 3 + 3)
    year, month = _month_after(anchor, step)
    return _months(year, month, month)


def resolve_counted(match: re.Match[str], context: Context) -> str | None:
    """`within 90 days`, `two weeks ago`; counted from some event that has no date here, unresolved."""
    if context.anchor is None or match["of"]:
        return None
    count = value_of(match["count"]) * (-1 if _group(match, "ago") else 1)
    unit = match["unit"].lower().rstrip("s")
    if unit in {"day", "week"}:
        return (context.anchor + timedelta(days=count * (7 if unit == "week" else 1))).isoformat()
    year, month = _month_after(context.anchor, count * (12 if unit == "year" else 1))
    return str(year) if unit == "year" else _months(year, month, month)


def resolve_year(match: re.Match[str], context: Context) -> str | None:
    return match["year"]


def resolve_nothing(match: re.Match[str], context: Context) -> str | None:
    return None
