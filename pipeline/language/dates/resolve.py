"""What date words mean in a context: a resolver for each rule."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

Tense = Literal["past", "future"]


class Context(Struct, frozen=True, kw_only=True):
    """What relative words are counted from: a day, or no more than a year, each with its reason."""

    anchor: date | None = None
    reason: str | None = None
    year: int | None = None
    year_reason: str | None = None
    tense: Tense | None = None


Resolver = Callable[[re.Match[str], Context], str | None]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERS = {
    word: i
    for i, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
_NUMBERS |= {"a": 1, "an": 1, "twelve": 12, "first": 1, "second": 2, "third": 3, "fourth": 4}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_HOLIDAYS = {"christmas": (12, 12), "winter": (12, 12)}
_WEEKS = {"first": 1, "second": 8, "third": 15, "fourth": 22}
_THIRDS = {"early": (1, 10), "mid": (11, 20), "middle": (11, 20), "beginning": (1, 10), "start": (1, 10)}
PARTS = {
    "early": (1, 3),
    "mid": (5, 8),
    "middle": (5, 8),
    "late": (10, 12),
    "beginning": (1, 3),
    "start": (1, 3),
}

MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)


def _month(words: str) -> int:
    return _MONTHS.index(words[:3].lower()) + 1


def _number(words: str) -> int:
    return int(words) if words.isdigit() else _NUMBERS[words.lower()]


def _span(first: date, last: date) -> str:
    return f"{first.isoformat()}/{last.isoformat()}"


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


def resolve_day(found: re.Match[str], context: Context) -> str | None:
    month, day = _month(found["m"]), int(found["d"])
    year = int(found["y"]) if found["y"] else _near_year(month, day, context)
    return None if year is None else f"{year}-{month:02}-{day:02}"


def resolve_month_alone(found: re.Match[str], context: Context) -> str | None:
    month = _month(found["m"])
    year = int(found["y"]) if found["y"] else _near_year(month, None, context)
    return None if year is None else f"{year}-{month:02}"


def _year_words(words: str, context: Context) -> int | None:
    """A year from `2026`, `next year`, `the year`."""
    if words[-4:].isdigit():
        return int(words[-4:])
    now = context.anchor.year if context.anchor else context.year
    if now is None:
        return None
    return now + {"next": 1, "last": -1}.get(words.split()[0].lower(), 0)


def resolve_end_of(found: re.Match[str], context: Context) -> str | None:
    words = found["of"] or "the year"
    if words.lower().endswith("month"):
        if context.anchor is None:
            return None
        year, month = context.anchor.year, context.anchor.month + words.lower().startswith("next")
        year, month = year + (month > 12), (month - 1) % 12 + 1
    elif month_name := re.match(MONTH, words):
        month = _month(month_name[0])
        found_year = re.search(r"\d{4}", words)
        year = int(found_year[0]) if found_year else _near_year(month, None, context) or 0
        if not year:
            return None
    else:
        at = _year_words(words, context)
        return None if at is None else f"{at}-12-31"
    return f"{year}-{month:02}-{monthrange(year, month)[1]}"


def _month_of(found: re.Match[str], context: Context) -> tuple[int, int] | None:
    """Year and month of a rule with `m` and perhaps `y` or `of` ("next year")."""
    month, groups = _month(found["m"]), found.groupdict()
    if groups.get("y"):
        return int(found["y"]), month
    of = groups.get("of")
    year = _year_words(of, context) if of else _near_year(month, None, context)
    return None if year is None else (year, month)


def resolve_month_of_year(found: re.Match[str], context: Context) -> str | None:
    at = _month_of(found, context)
    return at and f"{at[0]}-{at[1]:02}"


def resolve_part_of_month(found: re.Match[str], context: Context) -> str | None:
    if (at := _month_of(found, context)) is None:
        return None
    first, last = _THIRDS.get(found["p"].lower(), (21, monthrange(*at)[1]))
    return f"{at[0]}-{at[1]:02}-{first:02}~/{at[0]}-{at[1]:02}-{last:02}~"


def resolve_week_of_month(found: re.Match[str], context: Context) -> str | None:
    if (at := _month_of(found, context)) is None:
        return None
    last = monthrange(*at)[1]
    first = _WEEKS.get(found["w"].lower(), last - 6)
    return _span(date(*at, first), date(*at, min(first + 6, last)))


def resolve_week_of_day(found: re.Match[str], context: Context) -> str | None:
    if (day := resolve_day(found, context)) is None:
        return None
    monday = date.fromisoformat(day) - timedelta(days=date.fromisoformat(day).weekday())
    return _span(monday, monday + timedelta(days=6))


def resolve_days(found: re.Match[str], context: Context) -> str | None:
    """`May 20-24`, `20 to 24 May`."""
    if (day := resolve_day(found, context)) is None:
        return None
    last = date.fromisoformat(day).replace(day=int(found["last"]))
    return _span(date.fromisoformat(day), last)


def resolve_season(found: re.Match[str], context: Context) -> str | None:
    """`before Christmas`, `by the summer`, `before the summer break`."""
    year = int(found["y"]) if found["y"] else context.anchor.year if context.anchor else context.year
    word = found["s"].lower()
    first, last = _HOLIDAYS.get(word) or _SEASONS[word]
    if year is None:
        return None
    return f"{year}-{first:02}~" if first == last else f"{year}-{first:02}~/{year}-{last:02}~"


def resolve_part_of_year(found: re.Match[str], context: Context) -> str | None:
    year = _year_words(found["of"], context)
    first, last = PARTS[found["p"].lower()]
    return None if year is None else f"{year}-{first:02}~/{year}-{last:02}~"


def resolve_quarter(found: re.Match[str], context: Context) -> str | None:
    year = _year_words(found["of"] or "this year", context)
    quarter = _number(
        found["q"][1:] if found["q"][0] in "Qq" and found["q"][1:].isdigit() else found["q"].split()[0]
    )
    return None if year is None else f"{year}-{3 * quarter - 2:02}/{year}-{3 * quarter:02}"


def resolve_half(found: re.Match[str], context: Context) -> str | None:
    year = _year_words(found["of"], context)
    first = 1 if found["h"].lower() in {"first", "h1"} else 7
    return None if year is None else f"{year}-{first:02}/{year}-{first + 5:02}"


def resolve_near_day(found: re.Match[str], context: Context) -> str | None:
    if context.anchor is None:
        return None
    days = {"tomorrow": 1, "yesterday": -1}.get(found[0].lower(), 0)
    return (context.anchor + timedelta(days=days)).isoformat()


def resolve_weekday(found: re.Match[str], context: Context) -> str | None:
    if context.anchor is None:
        return None
    word = (found["w"] or "").strip().lower()
    weekday, anchor = _WEEKDAYS.index(found["day"][:3].lower()), context.anchor
    if word == "last" or (context.tense == "past" and word != "next"):
        return (anchor - timedelta(days=(anchor.weekday() - weekday) % 7 or 7 * (word == "last"))).isoformat()
    return (anchor + timedelta(days=(weekday - anchor.weekday()) % 7 or 7 * (word == "next"))).isoformat()


def resolve_period(found: re.Match[str], context: Context) -> str | None:
    """`next week`, `last month`, `this year`, `this summer`."""
    unit, word = found["unit"].lower(), found["w"].lower()
    step = 1 if word in {"next", "the coming", "the following"} else -1 if word in {"last", "the past"} else 0
    if unit == "year":
        year = _year_words("this year", context)
        return None if year is None else str(year + step)
    if (anchor := context.anchor) is None:
        return None
    monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=step)
    if unit == "week":
        return _span(monday, monday + timedelta(days=6))
    if unit == "weekend":
        return _span(monday + timedelta(days=5), monday + timedelta(days=6))
    if unit in _SEASONS:
        first, last = _SEASONS[unit]
        return f"{anchor.year + step}-{first:02}~/{anchor.year + step}-{last:02}~"
    if unit == "quarter":
        index = anchor.year * 4 + (anchor.month - 1) // 3 + step
        return f"{index // 4}-{index % 4 * 3 + 1:02}/{index // 4}-{index % 4 * 3 + 3:02}"
    index = anchor.year * 12 + anchor.month - 1 + step
    return f"{index // 12}-{index % 12 + 1:02}"


def resolve_counted(found: re.Match[str], context: Context) -> str | None:
    """`within 90 days`, `two weeks ago`; counted from some event that has no date here, unresolved."""
    if context.anchor is None or found["of"]:
        return None
    sign = -1 if found["ago"] else 1
    count, unit = sign * _number(found["n"]), found["unit"].lower().rstrip("s")
    if unit in {"day", "week"}:
        return (context.anchor + timedelta(days=count * (7 if unit == "week" else 1))).isoformat()
    index = context.anchor.year * 12 + context.anchor.month - 1 + count * (12 if unit == "year" else 1)
    return str(index // 12) if unit == "year" else f"{index // 12}-{index % 12 + 1:02}"


def resolve_iso(found: re.Match[str], context: Context) -> str | None:
    return found[0]


def resolve_numbers(found: re.Match[str], context: Context) -> str | None:
    """`06/14/2031` and `14/06/2031`, where only one of the two can be the month."""
    return f"{found['y']}-{int(found['mm']):02}-{int(found['dd']):02}"


def resolve_plain_year(found: re.Match[str], context: Context) -> str | None:
    return found["y"]


def resolve_nothing(found: re.Match[str], context: Context) -> str | None:
    return None
