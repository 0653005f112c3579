"""What date words mean in a context: a resolver for each form, which gives EDTF, or None where nothing fixes the day.

Resolvers read the groups that the parts of the grammar are named by.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pipeline.language.lexicons import lexicon
from pipeline.language.numbers import value_of
from schemas.dates import bounds

Tense = Literal["past", "future"]


class Context(Struct, frozen=True, kw_only=True):
    """What relative words are counted from: a day, or no more than a year, each with its reason.

    `told`: the date (EDTF) that the text told last. `signed`: the one day on which it says that something was signed.
    `said`: the day on which somebody said what was still to come then: "said on 30 January it would end in February".
    `fiscal`: month that fiscal years begin with here, and whether all call a year by the one in which it ends.
    """

    anchor: date | None = None
    reason: str | None = None
    year: int | None = None
    year_reason: str | None = None
    tense: Tense | None = None
    told: str | None = None
    signed: date | None = None
    said: date | None = None
    fiscal: tuple[int, bool] | None = None

    @property
    def ahead_of(self) -> date | None:
        """The day that what lies ahead is ahead of."""
        return self.said or self.anchor

    @property
    def this_year(self) -> int | None:
        return self.anchor.year if self.anchor else self.year


Resolver = Callable[[re.Match[str], Context], str | None]
Inner = Callable[[str, Context], str | None]
"""What words mean that stand inside others: the `2 April` of `90 days from 2 April`."""

_CALENDAR = lexicon.calendar
_MONTHS = {
    spelling: number
    for number, month in enumerate(_CALENDAR.months, 1)
    for spelling in (month.name, *month.short)
}
_WEEKDAYS = {weekday.name: number for number, weekday in enumerate(_CALENDAR.weekdays)}
_DAYS = {word: number for number, word in enumerate(_CALENDAR.days, 1)}

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
NEAR = {
    "tomorrow": 1,
    "yesterday": -1,
    "last night": -1,
    "the day after tomorrow": 2,
    "the day before yesterday": -2,
}
"""Days from this one; what has no row here is today by another name."""
_STEPS = {
    **dict.fromkeys(("next", "coming", "following", "subsequent", "after"), 1),
    **dict.fromkeys(("last", "past", "previous", "preceding", "before"), -1),
}
_MONTHS_OF = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120}
_SOON = 2
"""Days ahead within which nobody calls a weekday the next one."""
_DAYS_ON_END = timedelta(days=7)
"""So long lasts what a text tells the next day of."""
_SLACK = timedelta(days=3)
"""A page may be of some days after the story that it tells."""


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


def _shifted(day: date, months: int) -> date:
    """The same day some months later, or the last one of a shorter month."""
    year, month = _month_after(day, months)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _step(words: str) -> int:
    """Which of several: `next` is one ahead, `last` one back, `this` and `the` neither."""
    return next((_STEPS[word] for word in words.lower().split() if word in _STEPS), 0)


Days = tuple[date, date]
"""First and last day of a period."""


def _told(periods: Iterable[Days], context: Context, slack: timedelta = timedelta()) -> Days | None:
    """Of the same day or month of several years, in their order, the one that the tense asks for, else the nearest."""
    anchor, ahead_of, known = context.anchor, context.ahead_of, list(periods)
    if anchor is None or ahead_of is None or not known:
        return None
    if context.tense == "future":
        return next((period for period in known if period[1] >= ahead_of - slack), None)
    if context.tense == "past":
        return next((period for period in reversed(known) if period[0] <= anchor + slack), None)
    return min(known, key=lambda period: abs(period[0] + (period[1] - period[0]) / 2 - anchor))


def _years_around(context: Context) -> range:
    return range(context.anchor.year - 1, context.anchor.year + 2) if context.anchor else range(0)


def _month_days(year: int, month: int) -> Days:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _days_named(month: int, day: int, years: Iterable[int]) -> Iterator[Days]:
    """A day of a month in each of the years that have it."""
    for year in years:
        if day <= monthrange(year, month)[1]:
            yield date(year, month, day), date(year, month, day)


def _near_year(month: int, day: int | None, context: Context) -> int | None:
    """The year that a month or a day of a month belongs to by its tense."""
    if context.anchor is None:
        return context.year
    years = _years_around(context)
    if day is None:
        told = _told((_month_days(year, month) for year in years), context)
    else:
        told = _told(_days_named(month, day, years), context, _SLACK)
    return told and told[0].year


def _some_year(words: str, context: Context) -> int | None:
    """A year from `2026`, `next year`, `the year`."""
    if words[-4:].isdigit():
        return int(words[-4:])
    this_year = context.this_year
    return None if this_year is None or "same" in words else this_year + _step(words)


def _day_number(words: str) -> int:
    return int(words) if words.isdigit() else _DAYS[words.lower().replace(" ", "-")]


def _year_and_month(match: re.Match[str], context: Context) -> tuple[int, int] | None:
    """Of a form with a month and perhaps its year, in digits, told by another, or by a day that follows."""
    month = _month_number(match["month"])
    year = _group(match, "year") or _group(match, "of") or _group(match, "year_ahead")
    day = _group(match, "day")
    near = (
        _some_year(year, context) if year else _near_year(month, _day_number(day) if day else None, context)
    )
    return None if near is None else (near, month)


def resolve_numbers(match: re.Match[str], context: Context) -> str | None:
    """`2031-06-14`, `14.06.2031`; with strokes, where only one of the two can be the month."""
    return f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"


def resolve_day(match: re.Match[str], context: Context) -> str | None:
    resolved = _year_and_month(match, context)
    return resolved and date(*resolved, _day_number(match["day"])).isoformat()


def resolve_day_alone(match: re.Match[str], context: Context) -> str | None:
    """`the 15th`, of this month or the one beside it."""
    if context.anchor is None:
        return None
    months = (_month_after(context.anchor, by) for by in (-1, 0, 1))
    day = int(match["day"])
    told = _told((days for year, month in months for days in _days_named(month, day, (year,))), context)
    return told and told[0].isoformat()


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
    monday = _monday(of)
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


def resolve_half_of_month(match: re.Match[str], context: Context) -> str | None:
    if (resolved := _year_and_month(match, context)) is None:
        return None
    first, last = _month_days(*resolved)
    middle = first.replace(day=15)
    return _span(first, middle) if value_of(match["half"]) == 1 else _span(middle + timedelta(days=1), last)


def resolve_beside_month(match: re.Match[str], context: Context) -> str | None:
    """`last July`, `next July`, `this July`."""
    if context.anchor is None:
        return None
    month = _month_number(match["month"])
    return _months(_year_beside(context.anchor, _step(match["which"]), month, month), month, month)


def _year_beside(anchor: date, step: int, first: int, last: int) -> int:
    """The year whose months, first to last, are the next, the last that are over, or this year's (`step` 1, -1, 0)."""
    if step > 0:
        return anchor.year + (first <= anchor.month)
    return anchor.year - (last >= anchor.month) if step < 0 else anchor.year


def resolve_months(match: re.Match[str], context: Context) -> str | None:
    """`January to May 2030`, `July 2029 to May 2030`; without a year, the last is of the year that its tense asks."""
    first, last = _month_number(match["month"]), _month_number(match["last_month"])
    year = _group(match, "year") or _group(match, "of")
    first_year = _group(match, "first_year")
    if first_year and not year:
        return None
    near = _some_year(year, context) if year else _near_year(last, None, context)
    if near is None:
        return None
    begins = int(first_year or near - (first > last))
    return f"{begins}-{first:02}/{near}-{last:02}"


def resolve_last_day(inner: Inner, match: re.Match[str], context: Context) -> str | None:
    """The end of a period that is told inside: of August, of Q3, of next week."""
    period = inner(_group(match, "of") or "the year", context)
    last = bounds(period)[1] if period else None
    return last.isoformat() if last else None


def resolve_first_day(inner: Inner, match: re.Match[str], context: Context) -> str | None:
    period = inner(match["of"], context)
    first = bounds(period)[0] if period else None
    return first.isoformat() if first else None


def resolve_weekday_of(inner: Inner, match: re.Match[str], context: Context) -> str | None:
    """`the first Monday of June`, `the last Friday of next month`."""
    period = inner(match["of"], context)
    first, last = bounds(period) if period else (None, None)
    if first is None or last is None:
        return None
    weekday, which = _WEEKDAYS[match["weekday"]], match["which"].lower()
    if which in {"last", "final"}:
        return (last - timedelta(days=(last.weekday() - weekday) % 7)).isoformat()
    day = first + timedelta(days=(weekday - first.weekday()) % 7, weeks=_DAYS[which] - 1)
    return day.isoformat() if day <= last else None


def _count(match: re.Match[str]) -> int:
    """How many: `90`, `ninety`, `a hundred`, `a`; one, where no number is told."""
    words = _group(match, "count") or "1"
    article, _, number = words.partition(" ")
    return value_of(number if number and article.lower() in {"a", "an"} else words)


def resolve_part_of_period(inner: Inner, match: re.Match[str], context: Context) -> str | None:
    """`the first five months of 2030`, `the last two quarters of next year`."""
    period = inner(match["of"], context)
    first, last = bounds(period) if period else (None, None)
    if first is None or last is None:
        return None
    count, unit = _counted(match)
    backwards = match["which"].lower() in {"last", "final"}
    if unit == "day":
        length = timedelta(days=count - 1)
        return _span(last - length, last) if backwards else _span(first, first + length)
    if backwards:
        first = _shifted(last.replace(day=1), 1 - count)
    else:
        last = _shifted(first, count - 1)
    return f"{first:%Y-%m}/{last:%Y-%m}"


def resolve_span_until(inner: Inner, match: re.Match[str], context: Context) -> str | None:
    """`the year to June`, `the 12 months to January 2031`, `the year ended 30 September`."""
    until = inner(match["of"], context)
    last = bounds(until)[1] if until else None
    if until is None or last is None:
        return None
    count, unit = _counted(match)
    if unit == "day":
        return _span(last - timedelta(days=count - 1), last)
    if len(until) == len("2031-06"):
        return f"{_shifted(last.replace(day=1), 1 - count):%Y-%m}/{until}"
    return _span(_shifted(last + timedelta(days=1), -count), last)


def resolve_season(match: re.Match[str], context: Context) -> str | None:
    """`before Christmas`, `by the summer`, `before the summer break`."""
    first, last = (_CALENDAR.seasons | _CALENDAR.holidays)[match["season"].lower()]
    ahead = context.anchor and context.tense is None and last >= context.anchor.month
    near = context.this_year if ahead else _near_part(first, last, context)
    year = int(match["year"]) if match["year"] else near
    return None if year is None else _months(year, first, last, "~")


def resolve_part_of_year(match: re.Match[str], context: Context) -> str | None:
    year = _some_year(match["of"], context)
    return None if year is None else _months(year, *PARTS_OF_YEAR[match["part"].lower()], "~")


def _part_of_year(match: re.Match[str], number: int, months: int, context: Context) -> str | None:
    """A quarter or a half by its number; of the year that its tense asks for, where none is told."""
    last = number * months
    first = last - months + 1
    of = _group(match, "of")
    year = _some_year(of, context) if of else _near_part(first, last, context)
    return None if year is None else _months(year, first, last)


def _near_part(first: int, last: int, context: Context) -> int | None:
    """The year whose months, first to last, its tense asks for."""
    parts = ((date(year, first, 1), _month_days(year, last)[1]) for year in _years_around(context))
    told = _told(parts, context)
    return told[0].year if told else context.year


def resolve_quarter(match: re.Match[str], context: Context) -> str | None:
    which = (match["quarter"] or match["number"]).lower()
    return _part_of_year(match, 4 if which in {"last", "final"} else value_of(which), 3, context)


def resolve_half(match: re.Match[str], context: Context) -> str | None:
    return _part_of_year(match, value_of(match["half"]), 6, context)


def resolve_decade(match: re.Match[str], context: Context) -> str | None:
    first = int(match["decade"])
    return f"{first}/{first + 9}"


def resolve_years(match: re.Match[str], context: Context) -> str | None:
    """`2029–2032`, `2030-31`."""
    first, last = match["year"], match["last_year"]
    return f"{first}/{first[: 4 - len(last)]}{last}"


def resolve_several_years(match: re.Match[str], context: Context) -> str | None:
    """`each of 2031, 2032 and 2033`: from the first to the last, where none between is left out."""
    years = [int(year) for year in re.findall(r"\d{4}", match["years"])]
    return f"{years[0]}/{years[-1]}" if years == list(range(years[0], years[0] + len(years))) else None


def resolve_fiscal_year(match: re.Match[str], context: Context) -> str | None:
    """`FY 2030-31`, `fiscal 2031`: the months of it, where it is known whose year it is."""
    first, last = int(match["year"]), match["last_year"]
    if last and int(last) != (first + 1) % 10 ** len(last):
        return None
    begins, alike = context.fiscal or (1, False)
    if not last and not alike:
        return None
    if begins == 1:
        return f"{first}/{first + 1}" if last else str(first)
    first -= not last
    return f"{first}-{begins:02}/{first + 1}-{begins - 1:02}"


def resolve_signed(match: re.Match[str], context: Context) -> str | None:
    """`30 days after signing`: counted from the day on which the text says that it was signed."""
    if context.signed is None:
        return None
    count, unit = _counted(match)
    day = context.signed + timedelta(days=count) if unit == "day" else _shifted(context.signed, count)
    return day.isoformat()


def resolve_near_day(match: re.Match[str], context: Context) -> str | None:
    if context.anchor is None:
        return None
    return (context.anchor + timedelta(days=NEAR.get(match[0].lower(), 0))).isoformat()


def resolve_weekday(match: re.Match[str], context: Context) -> str | None:
    """A weekday by its tense; `next`, `last` and the week that it is said to be of go before that."""
    if context.anchor is None:
        return None
    anchor, weekday = context.anchor, _WEEKDAYS[match["weekday"]]
    if week := _group(match, "week"):
        return _day_of_week(anchor, _step(week), weekday).isoformat()
    step = _step(_group(match, "which") or "")
    ahead = (weekday - anchor.weekday()) % 7
    back = -ahead % 7
    if context.said and step == 0 and context.tense == "future":
        return (context.said + timedelta(days=(weekday - context.said.weekday()) % 7 or 7)).isoformat()
    if step > 0 and ahead <= _SOON and "next" in match["which"].lower():
        ahead += 7
    if step > 0 or (step == 0 and context.tense == "future"):
        return (anchor + timedelta(days=ahead or 7 * step)).isoformat()
    if step < 0 or context.tense == "past" or back < ahead:
        return (anchor - timedelta(days=back or -7 * step)).isoformat()
    return (anchor + timedelta(days=ahead)).isoformat()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day_of_week(anchor: date, step: int, weekday: int) -> date:
    return anchor + timedelta(weeks=step, days=weekday - anchor.weekday())


def resolve_weekdays(match: re.Match[str], context: Context) -> str | None:
    """`Monday to Wednesday`: the first is the last one before the end, the end by its tense."""
    if (anchor := context.anchor) is None:
        return None
    first, last = _WEEKDAYS[match["weekday"]], _WEEKDAYS[match["last_weekday"]]
    length = timedelta(days=(last - first) % 7)
    if week := match["week"]:
        begins = _day_of_week(anchor, _step(week), first)
    elif context.tense == "past":
        begins = anchor - timedelta(days=(anchor.weekday() - last) % 7) - length
    else:
        begins = anchor + timedelta(days=(first - anchor.weekday()) % 7)
    return _span(begins, begins + length)


def resolve_period(match: re.Match[str], context: Context) -> str | None:
    """`next week`, `last month`, `this year`, `this summer`."""
    unit, step = match["unit"].lower(), _step(match["which"])
    if unit == "year":
        return None if context.this_year is None else str(context.this_year + step)
    if (anchor := context.anchor) is None:
        return None
    monday = _day_of_week(anchor, step, 0)
    if unit == "week":
        return _span(monday, monday + timedelta(days=6))
    if unit == "weekend":
        return _span(monday + timedelta(days=5), monday + timedelta(days=6))
    if unit == "decade":
        first = anchor.year // 10 * 10 + 10 * step
        return f"{first}/{first + 9}"
    if unit in _CALENDAR.seasons:
        first, last = _CALENDAR.seasons[unit]
        return _months(_year_beside(anchor, step, first, last), first, last, "~")
    if unit == "quarter":
        index = anchor.year * 4 + (anchor.month - 1) // 3 + step
        return _months(index // 4, index % 4 * 3 + 1, index % 4 * 3 + 3)
    year, month = _month_after(anchor, step)
    return _months(year, month, month)


def resolve_beside(match: re.Match[str], context: Context) -> str | None:
    """`the previous year`, `the following week`: beside the date told last, else beside this one."""
    first, last = bounds(context.told) if context.told else (None, None)
    anchor = last if _step(match["which"]) > 0 else first
    return resolve_period(match, replace(context, anchor=anchor) if anchor else context)


def resolve_next_day(match: re.Match[str], context: Context) -> str | None:
    """`the day before`, `the next day`: beside the day or the days told last, of what has happened."""
    first, last = bounds(context.told) if context.told and context.tense == "past" else (None, None)
    if first is None or last is None or last - first > _DAYS_ON_END:
        return None
    step = _step(_group(match, "beside") or match["which"])
    return (last + timedelta(days=1) if step > 0 else first - timedelta(days=1)).isoformat()


def resolve_same(match: re.Match[str], context: Context) -> str | None:
    """`the same month`, `that year`: the one that holds the date told last."""
    first, last = bounds(context.told) if context.told else (None, None)
    if first is None or last is None:
        return None
    if match["unit"] == "day":
        return first.isoformat() if first == last else None
    here = replace(context, anchor=first)
    period = resolve_period(match, here)
    return period if period == resolve_period(match, replace(here, anchor=last)) else None


def resolve_shifted(match: re.Match[str], context: Context) -> str | None:
    """`a year earlier`, `six months later`: counted from the date told last, and as fine as that."""
    first, last = bounds(context.told) if context.told else (None, None)
    if context.told is None or first is None or last is None:
        return None
    count, unit = _counted(match)
    count *= -1 if _group(match, "back") else 1
    if first == last:
        return (first + timedelta(days=count) if unit == "day" else _shifted(first, count)).isoformat()
    fine = {len("2031"): "%Y", len("2031-06"): "%Y-%m"}.get(len(context.told.split("/")[0]))
    if fine is None or unit == "day" or (fine == "%Y" and unit != "year"):
        return None
    ends = [f"{_shifted(day, count):{fine}}" for day in (first, last.replace(day=1))]
    return "/".join(dict.fromkeys(ends))


def resolve_weekday_of_week(match: re.Match[str], context: Context) -> str | None:
    """`the Thursday of that week`: of the week of the day or the days told last."""
    first, last = bounds(context.told) if context.told else (None, None)
    if first is None or last is None or _monday(first) != _monday(last):
        return None
    return (_monday(first) + timedelta(days=_WEEKDAYS[match["weekday"]])).isoformat()


FROM_TOLD = (resolve_beside, resolve_next_day, resolve_same, resolve_shifted, resolve_weekday_of_week)
"""Resolvers that count from the date told last, where there is one."""


def resolve_weekend(match: re.Match[str], context: Context) -> str | None:
    """`over the weekend`: the one that its tense asks for."""
    if context.anchor is None:
        return None
    saturday = _day_of_week(context.anchor, 0, 5)
    weekends = (saturday + timedelta(weeks=by) for by in (-1, 0, 1))
    told = _told(((day, day + timedelta(days=1)) for day in weekends), context)
    return told and _span(*told)


def _counted(match: re.Match[str]) -> tuple[int, str]:
    """How many, and of what, in days and months: `two weeks` are 14 days."""
    unit = _group(match, "unit") or _group(match, "one") or "day"
    count, unit = _count(match), unit.lower().rstrip("s")
    if unit in _MONTHS_OF:
        return count * _MONTHS_OF[unit], "year" if unit in {"year", "decade"} else "month"
    if unit == "hour":
        if count % 24:
            raise ValueError(f"{count} hours are no days")
        return count // 24, "day"
    return count * {"day": 1, "week": 7, "fortnight": 14}[unit], "day"


def resolve_counted(match: re.Match[str], context: Context) -> str | None:
    """`within 90 days`, `two weeks ago`; counted from some event that has no date here, unresolved.

    What is over took its time in `two weeks`: that is no day.
    """
    ago = _group(match, "ago")
    if context.anchor is None or _group(match, "from") or (context.tense == "past" and not ago):
        return None
    count, unit = _counted(match)
    count *= -1 if ago else 1
    if unit == "day":
        return (context.anchor + timedelta(days=count)).isoformat()
    year, month = _month_after(context.anchor, count)
    if unit == "month":
        return _months(year, month, month)
    return _months(year, month, month, "~") if match[0].lower().startswith("within") else str(year)


def resolve_counted_from(inner: Inner, match: re.Match[str], context: Context) -> str | None:
    """`90 days from 2 April`, `the day after the 5 May vote`, `three days before Monday`, `Friday week`."""
    of = inner(match["of"], context)
    first, last = bounds(of) if of else (None, None)
    if first is None or first != last:
        return None
    count, unit = _counted(match)
    count *= -1 if _group(match, "before") else 1
    return (first + timedelta(days=count) if unit == "day" else _shifted(first, count)).isoformat()


def resolve_year(match: re.Match[str], context: Context) -> str | None:
    return match["year"]


def resolve_nothing(match: re.Match[str], context: Context) -> str | None:
    return None
