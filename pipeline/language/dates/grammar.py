"""The rules for date words: the name of what a rule reads, its pattern, and the resolver that says what it means.

To add one: build its pattern from the named parts, whose groups the resolvers know, and give it an example in the
tests. Of rules that match at the same place the longer match wins, then the one that stands first.
"""

import re
from functools import cached_property

from msgspec import Struct

from pipeline.language.dates import resolve as means
from pipeline.language.lexicons import any_of, lexicon
from pipeline.language.quantities import ordinals, value_of


class Rule(Struct, frozen=True, dict=True):
    """Date words of one form. Where an expression has a group `words`, these alone are the date."""

    name: str
    expression: str
    resolve: means.Resolver

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when it is first asked: what reads no dates starts sooner."""
        return re.compile(self.expression)


_CALENDAR = lexicon.calendar

# Years: 2031; ", 2031"; next year.
_FOUR_DIGITS = r"(?:19|20|21)\d\d"
_YEAR = rf"(?P<year>{_FOUR_DIGITS})\b"
_OF_YEAR = rf"(?:,? {_YEAR})?"
_SOME_YEAR = rf"(?P<of>{_FOUR_DIGITS}\b|(?:next|this|last|the) year\b)"

# Months: June; Sept.; the end of which, also of a year: June 2031; 2031; next month.
MONTH = rf"(?:{_CALENDAR.month}|{_CALENDAR.short_month}\b\.?)"
_MONTH = rf"(?P<month>{MONTH})"
_MONTH_OR_YEAR = rf"(?P<of>{MONTH}(?: {_FOUR_DIGITS}\b)?|{_FOUR_DIGITS}\b|(?:next|this|the) (?:year|month)\b)"

# Days: 14; 14th; the last of several: 20 to 24; of numbers alone, the one that is no month.
_DAY_NUMBER = r"3[01]|[12]\d|0?[1-9]"
_DAY = rf"(?P<day>{_DAY_NUMBER})(?:st|nd|rd|th)?\b"
_LAST_DAY = rf"(?P<last_day>{_DAY_NUMBER})(?:st|nd|rd|th)?\b"
_TO = r"(?: ?[-–—] ?| to | and | until )"
_ONLY_A_MONTH, _ONLY_A_DAY = r"(?P<month>0?[1-9]|1[0-2])", r"(?P<day>1[3-9]|2\d|3[01])"
_NO_NUMBER_BEFORE = r"(?<![\d/.])"
_NO_AMOUNT_AFTER = r"(?![,.]?\d|\s?%| per ?cent| [bm]illion)"

# Weeks: Monday; the week of Monday, 12 May.
_WEEKDAY = _CALENDAR.weekday
_WEEK_OF = rf"\b(?i:the )?week (?:of|beginning|starting|commencing)(?: on)? (?:{_WEEKDAY},? )?"

# Parts: early June; mid-2031; by the summer.
_PART_OF_MONTH = rf"(?P<part>(?i:{any_of((*means.PARTS_OF_MONTH, 'late'))}))"
_PART_OF_YEAR = rf"(?P<part>{any_of(means.PARTS_OF_YEAR)})"
_NAMED_SEASONS = (*_CALENDAR.seasons, *_CALENDAR.holidays)
_SEASON = rf"(?P<season>(?i:(?!fall\b){any_of(_NAMED_SEASONS)}))"  # a fall may be one of prices
_PERIOD = rf"(?P<unit>week(?:end)?|month|year|quarter|{any_of(_CALENDAR.seasons)})"

# Counts: 90 days; no more than two weeks. Words are read up to ten, and twelve.
_SMALL = [word for word in lexicon.numbers.ones if value_of(word) <= 10 or word == "twelve"]
_COUNT = rf"(?P<count>\d{{1,3}}|an?|{any_of(_SMALL)})"
_NO_LARGER = r"(?<!\d[.,])(?<![a-z]-)\b"  # not the end of 1,250, nor of twenty-one
_UNIT = r"(?P<unit>days?|weeks?|months?|years?)"
_ROUGHLY = r"(?:about|around|roughly|approximately|less than|no more than|at most|up to) "

# What a month or a year alone must stand behind.
_BEFORE_YEAR = r"(?:in|by|until|through|since|before|during|from|of|for|to|throughout|after)"
_BEFORE_MONTH = (
    r"(?:in|by|until|till|through|since|before|after|from|during|for|of|to|throughout|between|and|last|next|this"
    r"|as of|late|early|mid-?|\w+[’']s)"
)


GRAMMAR: tuple[Rule, ...] = (
    # 2031-03-14
    Rule("ISO day", rf"\b{_FOUR_DIGITS}-\d\d-\d\d\b", means.resolve_iso_day),
    # 06/14/2031
    Rule(
        "month, day, year in numbers",
        rf"{_NO_NUMBER_BEFORE}{_ONLY_A_MONTH}/{_ONLY_A_DAY}/{_YEAR}",
        means.resolve_numbers,
    ),
    # 14/06/2031, 14.06.2031
    Rule(
        "day, month, year in numbers",
        rf"{_NO_NUMBER_BEFORE}{_ONLY_A_DAY}(?P<sign>[/.]){_ONLY_A_MONTH}(?P=sign){_YEAR}",
        means.resolve_numbers,
    ),
    # the week of 12 May
    Rule(
        "week of a day", rf"{_WEEK_OF}(?:the )?{_DAY}(?: of)? {_MONTH}{_OF_YEAR}", means.resolve_week_of_day
    ),
    # the week beginning May 12
    Rule("week of a day, month first", rf"{_WEEK_OF}{_MONTH} {_DAY}{_OF_YEAR}", means.resolve_week_of_day),
    # the first week of June
    Rule(
        "week of a month",
        rf"\b(?i:the )?(?P<which>(?i:{ordinals(4)}|last|final)) week (?:of|in) {_MONTH}\b{_OF_YEAR}",
        means.resolve_week_of_month,
    ),
    # 20 to 24 May
    Rule("days of a month", rf"\b{_DAY}{_TO}{_LAST_DAY} {_MONTH}\b{_OF_YEAR}", means.resolve_days),
    # May 20-24
    Rule(
        "days of a month, month first",
        rf"\b{_MONTH} {_DAY}{_TO}{_LAST_DAY}(?![,.]?\d|\s?%){_OF_YEAR}",
        means.resolve_days,
    ),
    # early June, the beginning of June 2031
    Rule(
        "part of a month",
        rf"\b(?i:the )?{_PART_OF_MONTH}(?: of |-|‑| ){_MONTH}\b(?! \d{{1,2}}\b){_OF_YEAR}",
        means.resolve_part_of_month,
    ),
    # June next year
    Rule(
        "month of a year told by another",
        rf"\b{_MONTH}(?: of)? (?P<of>(?i:next|this|last|the same) year)\b",
        means.resolve_month,
    ),
    # before Christmas, by the end of the summer of 2031
    Rule(
        "season",
        rf"\b(?i:by|before|in|until) (?i:the )?(?i:end of (?:the )?)?{_SEASON}\b"
        rf"(?: (?:break|recess|holidays))?(?: (?:of )?{_YEAR})?",
        means.resolve_season,
    ),
    # 14 March 2031, the 14th of March
    Rule("day", rf"\b(?:the )?{_DAY}(?: of)? {_MONTH}{_OF_YEAR}", means.resolve_day),
    # March 14, 2031
    Rule("day, month first", rf"\b{_MONTH} {_DAY}{_NO_AMOUNT_AFTER}{_OF_YEAR}", means.resolve_day),
    # June 2031
    Rule("month and year", rf"\b{_MONTH},?(?: of)? {_YEAR}", means.resolve_month),
    # the end of August, end-2031
    Rule(
        "end of a month or a year", rf"\b(?i:the )?(?i:end)(?: of |-){_MONTH_OR_YEAR}", means.resolve_end_of
    ),
    # year-end
    Rule("end of the year", r"\b(?:year[- ]end|end of year)\b", means.resolve_end_of),
    # early 2032, the middle of next year
    Rule(
        "part of a year",
        rf"\b(?i:the )?{_PART_OF_YEAR}(?: of |-| in | ){_SOME_YEAR}",
        means.resolve_part_of_year,
    ),
    # the first quarter of next year, Q3 2031
    Rule(
        "quarter",
        rf"\b(?i:the )?(?:(?P<quarter>{ordinals(4)}) quarter|Q(?P<number>[1-4]))(?: of | |$){_SOME_YEAR}",
        means.resolve_quarter,
    ),
    # the second half of 2032
    Rule("half", rf"\b(?i:the )?(?P<half>{ordinals(2)}) half of {_SOME_YEAR}", means.resolve_half),
    # H2 2032
    Rule("half in a number", rf"\bH(?P<half>[12]) {_SOME_YEAR}", means.resolve_half),
    # tomorrow
    Rule("day beside this one", r"\b(?i:today|tonight|tomorrow|yesterday)\b", means.resolve_near_day),
    # Monday, next Monday; not Monday's
    Rule(
        "weekday",
        rf"\b(?:(?P<which>(?i:next|last|this|coming)) )?(?P<weekday>{_WEEKDAY})\b(?![’'])",
        means.resolve_weekday,
    ),
    # next week, this summer
    Rule(
        "period beside this one",
        rf"\b(?P<which>(?i:next|last|this|the coming|the past|the following)) {_PERIOD}\b",
        means.resolve_period,
    ),
    # within 90 days; not within 90 days of signing
    Rule(
        "count ahead",
        rf"\b(?i:within|in) (?:{_ROUGHLY})?(?:the (?:next|coming) )?{_COUNT} {_UNIT}"
        r"(?P<of> (?:of|after|from(?! (?:today|now))|following)\b)?",
        means.resolve_counted,
    ),
    # two weeks ago; not two weeks after signing
    Rule(
        "count back",
        rf"{_NO_LARGER}{_COUNT} {_UNIT}(?: (?P<ago>ago|earlier)|(?P<of> (?:after|following|before)))\b",
        means.resolve_counted,
    ),
    # within weeks
    Rule(
        "vague",
        r"\b(?i:within|in the coming|in the next(?: few)?|in coming|over the coming) (?:days|weeks|months|hours)\b",
        means.resolve_nothing,
    ),
    # the first day of the same month
    Rule(
        "day of some month",
        r"\bthe (?:first|last) day of (?:the )?[\w ]{0,20}?month\b",
        means.resolve_nothing,
    ),
    # in August
    Rule("month", rf"(?<!\w){_BEFORE_MONTH} (?P<words>{_MONTH})(?! \d)(?!\w)", means.resolve_month),
    # by 2034
    Rule("year", rf"(?<!\w){_BEFORE_YEAR} (?P<words>{_YEAR})(?!\s?%)", means.resolve_year),
)
