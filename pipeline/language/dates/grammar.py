"""The rules for date words: the name of what a rule reads, its pattern, and the resolver that says what it means.

To add one: build its pattern from the named parts, whose groups the resolvers know, and give it an example in the
tests. Of rules that match at the same place the longer match wins, then the one that stands first. Days and periods
stand inside other rules, too: "90 days from 2 April", "the end of Q3".
"""

import re
from collections.abc import Sequence
from functools import cached_property, partial

from msgspec import Struct

from pipeline.language.dates import resolve as means
from pipeline.language.lexicons import any_of, lexicon
from pipeline.language.numbers import ordinals


class Rule(Struct, frozen=True, dict=True):
    """Date words of one form. Where an expression has a group `words`, these alone are the date.

    Words of a rule without a resolver are no date, whatever else would read them as one. `needs`: the sign in `SIGNS`
    without which a text has nothing of the form.
    """

    name: str
    expression: str
    resolve: means.Resolver | None
    needs: str = "number or time"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when it is first asked: what reads no dates starts sooner."""
        return re.compile(self.expression)


_CALENDAR = lexicon.calendar

# Years: 2031; ", 2031"; next year.
_FOUR_DIGITS = r"(?:19|20|21)\d\d"
_YEAR = rf"(?P<year>{_FOUR_DIGITS})\b"
_SOME_YEAR = rf"(?P<of>{_FOUR_DIGITS}\b|(?:next|this|last|the) year\b)"
_OF_YEAR = rf"(?:,? {_YEAR}| (?:of )?(?P<of>(?:next|this|last) year\b))?"

# Months: June; Sept.
MONTH = rf"(?:{_CALENDAR.month}|{_CALENDAR.short_month}\b\.?)"
_MONTH = rf"(?P<month>{MONTH})"
_MONTH_ALONE = rf"(?P<month>{_CALENDAR.month}|{_CALENDAR.short_month}\.)"  # not the Mar of "Mar del Plata"

_FIRST_YEAR = rf"(?: (?P<first_year>{_FOUR_DIGITS}))?"
_LAST_MONTH = rf"(?P<last_month>{MONTH})(?![\w]| \d{{1,2}}\b){_OF_YEAR}"

# Days: 14; 14th; the last of several: 20 to 24; of numbers alone, the one that is no month.
_NOT_INSIDE = r"(?<![\d:.,$€£¥])\b"  # not the 30 of 12:30
_DAY_NUMBER = r"3[01]|[12]\d|0?[1-9]"
_DAY = rf"(?P<day>{_DAY_NUMBER})(?:st|nd|rd|th)?\b"
_THE_NTH = r"(?:(?i:the )(?=\d+(?:st|nd|rd|th|\b of)\b))?"  # not the "the" of "the 7 April round"
_LAST_DAY = rf"(?P<last_day>{_DAY_NUMBER})(?:st|nd|rd|th)?\b"
_DAY_IN_WORDS = rf"(?P<day>{any_of(word.replace('-', '[- ]') for word in _CALENDAR.days)})"
_FROM_TO = r"(?P<to> ?[-–—] ?| to | until | till | through )"
_ONLY_A_MONTH, _ONLY_A_DAY = r"(?P<month>0?[1-9]|1[0-2])", r"(?P<day>1[3-9]|2\d|3[01])"
_NO_NUMBER_BEFORE = r"(?<![\d/.])"
_NO_AMOUNT_AFTER = r"(?![,.]?\d|\s?%| per ?cent| [bm]illion)"

# The year that a day has from the day behind it: 2 June to 5 June 2031.
_ANOTHER_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)? {MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?)"
_YEAR_AHEAD = (
    rf"(?=(?:,? (?:to|and|until|through) | ?[-–—] ?)(?:{_CALENDAR.weekday},? )?{_ANOTHER_DAY},? "
    rf"(?P<year_ahead>{_FOUR_DIGITS})\b)"
)
_OF_YEAR_OR_AHEAD = rf"(?:{_YEAR_AHEAD}|{_OF_YEAR})"

# Weekdays: Monday; "Monday, " before a day; " (Monday" behind it; the week of Monday, 12 May.
_WHICH = r"(?P<which>(?i:next|last|this|coming))"
_WEEKDAY = _CALENDAR.weekday
_ON_WEEKDAY = (
    rf"(?:\b(?:(?i:next|last|this) )?(?:{_WEEKDAY}|{_CALENDAR.short_weekday}\b\.?)(?:,? (?:the )?| \())?"
)
_A_WEEKDAY = rf"(?: \({_WEEKDAY}\))?"
_SOME_WEEK = r"(?P<week>(?:next|last|this|the following) week)\b"
_NO_DAY_AFTER = rf"\b(?!,? (?:the )?(?:\d{{1,2}}\b|{MONTH} \d))"
_SEVEN = [weekday.name for weekday in _CALENDAR.weekdays]
_NEXT_DAYS = list(zip(_SEVEN, [*_SEVEN[1:], *_SEVEN], [*_SEVEN[2:], *_SEVEN], strict=False))
_IN_A_ROW = any_of(
    [f"{one} and {two}" for one, two, _ in _NEXT_DAYS]
    + [f"{one}, {two} and {three}" for one, two, three in _NEXT_DAYS]
)
_LAST_WEEKDAY = rf"(?P<last_weekday>{_WEEKDAY}){_NO_DAY_AFTER}(?: (?:of )?{_SOME_WEEK})?"
_WEEK_OF = rf"\b(?i:the )?week (?:of|beginning|starting|commencing)(?: on)? (?:{_WEEKDAY},? )?"

# Parts: early June; mid-2031; by the summer.
_PART_OF_MONTH = rf"(?P<part>(?i:{any_of((*means.PARTS_OF_MONTH, 'late'))}))"
_PART_OF_YEAR = rf"(?P<part>{any_of(means.PARTS_OF_YEAR)})"
_NO_START = r"(?<!\bstart)(?<!\bbeginning)"  # what is to "start in 2033" does not in its first months
_NAMED_SEASONS = (*_CALENDAR.seasons, *_CALENDAR.holidays)
_SEASON = rf"(?P<season>(?i:(?!fall\b){any_of(_NAMED_SEASONS)}))"  # a fall may be one of prices
_UNIT_OF_TIME = rf"(?P<unit>week(?:end)?|month|year|quarter|decade|{any_of(_CALENDAR.seasons)})"

# Counts: 90 days; no more than two weeks; one hundred and twenty days.
_NUMBERS = lexicon.numbers
_NUMBER_WORD = any_of((*_NUMBERS.ones, *_NUMBERS.tens, *_NUMBERS.powers))
_IN_WORDS = rf"{_NUMBER_WORD}(?:[ -](?:and )?{_NUMBER_WORD}){{0,5}}"
_COUNT = rf"(?P<count>\d{{1,4}}|(?i:an?|(?:an? )?{_IN_WORDS}))"
_NO_LARGER = r"(?<!\d[.,])(?<![a-z]-)(?<!half )\b"  # not the end of 1,250, of twenty-one, of half a year
_LONG = rf"(?=\d\d|{any_of(_NUMBERS.tens)}|\S+ (?:weeks?|months?|years?)\b)"  # as a pause lasts
_NO_SPAN = (
    r"(?<!\bfor )(?<!\blast )(?<!\blasts )(?<!\blasted )(?<!\blasting )"  # not "for three days from Monday"
)
_UNIT = r"(?P<unit>hours?|days?|weeks?|fortnights?|months?|years?|decades?)"
_STARTING = ",? (?P<starting>(?:starting|beginning|effective)(?: on| from)?)"
_ROUGHLY = r"(?:about|around|roughly|approximately|less than|no more than|at most|up to) "

# Behind words that count from what was told, and say not themselves from what: "a year before".
_ENDS_HERE = r"\b(?=[.,;:)—–]|$| (?:and|but|to|from|when|while|as)\b)"

# What a month or a year alone must stand behind.
_BEFORE_YEAR = (
    r"(?i:in|by|until|till|through|since|before|during|from|of|for|to|throughout|after|between|and)"
)
_BEFORE_MONTH = (
    r"(?i:in|by|until|till|through|since|before|after|from|during|for|of|to|throughout|between|and"
    r"|the|an?|his|her|its|their|our|as of|at least|around|(?:early|soon|late) as|late|early|mid-?|\w+[’']s)"
)
_NOT_COUNTED = (
    r"(?<!than )(?<!about )(?<!nearly )(?<!some )(?<!over )(?<!around )(?!\d\d00\b)"  # nor the 2000 workers
)
_LAW = _CALENDAR.laws.any
_NAME = r"[A-Z(][\w’')-]*"


SIGNS = {
    "number or time": re.compile(
        rf"\d|{_CALENDAR.month}|{_WEEKDAY}|(?i:day|night|week|month|quarter|year|decade|hour"
        rf"|tomorrow|morning|noon|evening|{any_of((*_NAMED_SEASONS, *means.PARTS_OF_YEAR))})"
    ),
    "month": re.compile(MONTH),
    "weekday": re.compile(_WEEKDAY),
    "unit": re.compile("day|week|fortnight|month|quarter|year|half|decade|hour", re.IGNORECASE),
    "count": re.compile(
        rf" {_UNIT},? (?:from|after|following|of|on|before|ahead|prior|starting|beginning|effective"
        "|ago|earlier|previously|later)"
    ),
    "year": re.compile(_FOUR_DIGITS),
}
"""What tells by a look that a text has dates of some form: most sentences have nothing of any."""


def _nested(rules: Sequence[Rule]) -> str:
    """An expression of any of the rules, without their groups."""
    return f"(?:{'|'.join(re.sub(r'[?]P<[a-z_]+>', '?:', rule.expression) for rule in rules)})"


def _inner(rules: Sequence[Rule]) -> means.Inner:
    """What words mean that are all of one of the rules."""

    def read(words: str, context: means.Context) -> str | None:
        for rule in rules:
            if rule.resolve and (match := rule.pattern.fullmatch(words)):
                return rule.resolve(match, context)
        return None

    return read


DAYS: tuple[Rule, ...] = (
    # 14 March 2031, Friday the 14th of March, 28 March (Friday)
    Rule(
        "day",
        rf"{_ON_WEEKDAY}{_NOT_INSIDE}{_THE_NTH}{_DAY}(?: of)? {_MONTH}{_OF_YEAR_OR_AHEAD}{_A_WEEKDAY}",
        means.resolve_day,
        "month",
    ),
    # March 14, 2031; Friday, March 14
    Rule(
        "day, month first",
        rf"{_ON_WEEKDAY}\b{_MONTH} (?:the )?{_DAY}{_NO_AMOUNT_AFTER}{_OF_YEAR_OR_AHEAD}{_A_WEEKDAY}",
        means.resolve_day,
        "month",
    ),
    # the first of May, the twenty-third of June 2032
    Rule(
        "day in words",
        rf"{_ON_WEEKDAY}\b(?i:the ){_DAY_IN_WORDS} of {_MONTH_ALONE}\b{_OF_YEAR}",
        means.resolve_day,
        "month",
    ),
    # 2031-03-14, 2031/03/14
    Rule(
        "ISO day",
        rf"{_ON_WEEKDAY}(?<![\w/-])(?P<year>{_FOUR_DIGITS})[-/](?P<month>\d\d)[-/](?P<day>\d\d)(?![\w/-])",
        means.resolve_numbers,
        "year",
    ),
    # 06/14/2031
    Rule(
        "month, day, year in numbers",
        rf"{_ON_WEEKDAY}{_NO_NUMBER_BEFORE}{_ONLY_A_MONTH}/{_ONLY_A_DAY}/{_YEAR}",
        means.resolve_numbers,
        "year",
    ),
    # 14/06/2031
    Rule(
        "day, month, year in numbers",
        rf"{_ON_WEEKDAY}{_NO_NUMBER_BEFORE}{_ONLY_A_DAY}/{_ONLY_A_MONTH}/{_YEAR}",
        means.resolve_numbers,
        "year",
    ),
    # 14.06.2031: with stops, the day is the first
    Rule(
        "day, month, year with stops",
        rf"{_ON_WEEKDAY}{_NO_NUMBER_BEFORE}(?P<day>{_DAY_NUMBER})\.{_ONLY_A_MONTH}\.{_YEAR}",
        means.resolve_numbers,
        "year",
    ),
    # tomorrow
    Rule(
        "day beside this one",
        rf"\b(?i:{any_of(means.NEAR)}|today|tonight|this (?:morning|afternoon|evening))\b",
        means.resolve_near_day,
    ),
    # Monday, next Monday, Thursday of next week
    Rule(
        "weekday",
        rf"\b(?:{_WHICH} )?(?P<weekday>{_WEEKDAY})\b(?: (?:of )?{_SOME_WEEK})?",
        means.resolve_weekday,
        "weekday",
    ),
)
_A_DAY, _day = _nested(DAYS), _inner(DAYS)

PERIODS: tuple[Rule, ...] = (
    # June 2031, June next year; inside others also June
    Rule(
        "month",
        rf"{_MONTH}(?:,?(?: of)? {_YEAR}| (?:of )?(?P<of>(?:next|this|last) year))?",
        means.resolve_month,
    ),
    # the first quarter of next year, Q3 2031
    Rule(
        "quarter of a year",
        rf"\b(?i:the )?(?:(?P<quarter>{ordinals(4)}|final|last) quarter|Q(?P<number>[1-4])),?(?: of)? {_SOME_YEAR}",
        means.resolve_quarter,
    ),
    # the third quarter, Q3
    Rule(
        "quarter",
        rf"\b(?:(?i:the )(?P<quarter>{ordinals(4)}|final) quarter\b(?! of)|Q(?P<number>[1-4])\b)",
        means.resolve_quarter,
    ),
    # the second half of 2032
    Rule("half", rf"\b(?i:the )?(?P<half>{ordinals(2)}) half of {_SOME_YEAR}", means.resolve_half, "unit"),
    # H2 2032
    Rule("half in a number", rf"\bH(?P<half>[12]) {_SOME_YEAR}", means.resolve_half, "year"),
    # next week, this summer
    Rule(
        "period beside this one",
        rf"\b(?P<which>(?i:next|last|this|the coming|the past)) {_UNIT_OF_TIME}\b",
        means.resolve_period,
    ),
    # the preceding year, the following week
    Rule(
        "period beside another",
        rf"\b(?P<which>(?i:the (?:following|subsequent|previous|preceding))) {_UNIT_OF_TIME}\b",
        means.resolve_beside,
        "unit",
    ),
    # the year before
    Rule(
        "period before or after another",
        rf"\b(?i:the) {_UNIT_OF_TIME} (?P<which>before|after){_ENDS_HERE}",
        means.resolve_beside,
        "unit",
    ),
    # the next day, the day before
    Rule(
        "day beside the one told",
        rf"\b(?i:the) (?:day (?=before|after)(?P<beside>\w+){_ENDS_HERE}"
        r"|(?=next|following|previous|preceding)(?P<which>\w+) day\b(?! (?:of|in|that|when|on which)\b))",
        means.resolve_next_day,
        "unit",
    ),
    # the same month, that year; not the same month of another year
    Rule(
        "period of what was told",
        r"\b(?P<which>(?i:the same|that(?: same)?)) (?P<unit>day|week|month|quarter|year)\b(?![’'-])"
        r"(?! (?:of|in|last|next|this|a|one|as|that|earlier|before|when)\b)",
        means.resolve_same,
        "unit",
    ),
    # inside others: 2031
    Rule("year", _YEAR, means.resolve_year),
    # inside others: the month
    Rule("this period", r"(?P<which>the) (?P<unit>week|month|year|quarter|decade)\b", means.resolve_period),
)
_A_PERIOD, _period = _nested(PERIODS), _inner(PERIODS)
_ONLY_INSIDE = {"month", "year", "this period"}
_A_DAY_OR_PERIOD, _day_or_period = f"(?:{_A_DAY}|{_A_PERIOD})", _inner((*DAYS, *PERIODS))

GRAMMAR: tuple[Rule, ...] = (
    # the Ports Act of 1963, the 1979 Mines Act, No. 14 of 1997
    Rule(
        "year of a law",
        rf"\b(?:{_LAW}(?:,| of|, of)?|\d+ of) {_FOUR_DIGITS}\b(?! {MONTH})"
        rf"|\b{_FOUR_DIGITS}(?: {_NAME}){{0,6}}? {_LAW}\b",
        None,
        "year",
    ),
    # section 2031
    Rule(
        "number of a part",
        rf"\b(?i:sections?|articles?|paragraphs?|pages?|rules?|resolutions?|nos?\.) {_FOUR_DIGITS}\b",
        None,
        "year",
    ),
    # a Friday, Good Friday, the Sunday Times
    Rule(
        "name with a weekday",
        rf"\b(?:{_CALENDAR.named_weekdays.any}|(?i:every|each)) {_WEEKDAY}\b|\b{_WEEKDAY} {_CALENDAR.newspapers.any}\b"
        rf"|\b(?i:an?) {_WEEKDAY}(?=[,.;)]|$)",
        None,
        "weekday",
    ),
    # the first time in ten years
    Rule(
        "span that something is new in",
        rf"\b(?:\w+est|worst|first|time|high|low|level)(?: [\w-]+){{0,7}} in (?:{_ROUGHLY})?{_COUNT} {_UNIT}\b",
        None,
        "unit",
    ),
    *DAYS,
    *(rule for rule in PERIODS if rule.name not in _ONLY_INSIDE),
    # the week of 12 May
    Rule(
        "week of a day",
        rf"{_WEEK_OF}(?:the )?{_DAY}(?: of)? {_MONTH}{_OF_YEAR}",
        means.resolve_week_of_day,
        "month",
    ),
    # the week beginning May 12
    Rule(
        "week of a day, month first",
        rf"{_WEEK_OF}{_MONTH} {_DAY}{_OF_YEAR}",
        means.resolve_week_of_day,
        "month",
    ),
    # the first week of June
    Rule(
        "week of a month",
        rf"\b(?i:the )?(?P<which>(?i:{ordinals(4)}|last|final)) week (?:of|in) {_MONTH}\b{_OF_YEAR}",
        means.resolve_week_of_month,
        "month",
    ),
    # 20 to 24 May
    Rule(
        "days of a month",
        rf"{_NOT_INSIDE}{_DAY}(?:{_FROM_TO}| and | or ){_LAST_DAY}(?: of)? {_MONTH}\b{_OF_YEAR}",
        means.resolve_days,
        "month",
    ),
    # May 20-24
    Rule(
        "days of a month, month first",
        rf"\b{_MONTH} {_DAY}(?:{_FROM_TO}| and | or ){_LAST_DAY}(?![,.]?\d|\s?%| {MONTH}){_OF_YEAR}",
        means.resolve_days,
        "month",
    ),
    # the 15th
    Rule(
        "day alone",
        r"\b(?i:on|by|until|before) (?P<words>the (?P<day>3[01]|[12]?\d)(?:st|nd|rd|th))"
        r"(?=[.,;:)]|$| (?:and|at|in|for|but|to|with)\b)",
        means.resolve_day_alone,
    ),
    # the Thursday of that week
    Rule(
        "weekday of some week",
        rf"\b(?:the )?(?P<weekday>{_WEEKDAY}) of (?:that|the same|the) week\b",
        means.resolve_weekday_of_week,
        "weekday",
    ),
    # Monday to Wednesday, Thursday until Saturday of next week
    Rule(
        "weekdays",
        rf"\b(?:{_WHICH} )?(?P<weekday>{_WEEKDAY}){_FROM_TO}{_LAST_WEEKDAY}",
        means.resolve_weekdays,
        "weekday",
    ),
    # Monday and Tuesday; Monday, Tuesday and Wednesday
    Rule(
        "weekdays in a row",
        rf"\b(?={_IN_A_ROW}\b)(?P<weekday>{_WEEKDAY})(?:, {_WEEKDAY})* and {_LAST_WEEKDAY}",
        means.resolve_weekdays,
        "weekday",
    ),
    # between Monday and Wednesday
    Rule(
        "weekdays between",
        rf"\b(?i:between) (?P<weekday>{_WEEKDAY}) and {_LAST_WEEKDAY}",
        means.resolve_weekdays,
        "weekday",
    ),
    # the first Monday of June, the second Tuesday of next month
    Rule(
        "weekday of a month",
        rf"\b(?i:the )?(?P<which>(?i:{ordinals(5)}|last|final)) (?P<weekday>{_WEEKDAY}) (?:of|in) (?P<of>{_A_PERIOD})",
        partial(means.resolve_weekday_of, _period),
        "weekday",
    ),
    # 90 days from 2 April, within 30 days of 10 March, three days before the July 9 deadline
    Rule(
        "count from a day",
        rf"(?:\b(?i:within) (?:{_ROUGHLY})?)?{_NO_LARGER}(?:{_LONG}|{_NO_SPAN}){_COUNT} {_UNIT}"
        rf"(?: (?:from|after|following|of|(?<=\ba week )on|(?P<before>before|ahead of|prior to))|{_STARTING}) "
        rf"(?:the )?(?P<of>{_A_DAY})",
        partial(means.resolve_counted_from, _day),
        "count",
    ),
    # the day after the 5 May vote
    Rule(
        "day beside a day",
        rf"\b(?i:the day|a day) (?:after|following|(?P<before>before)) (?:the )?(?P<of>{_A_DAY})",
        partial(means.resolve_counted_from, _day),
        "unit",
    ),
    # Friday week
    Rule(
        "week behind a day",
        rf"\b(?P<of>{_WEEKDAY}) (?P<unit>week)\b(?![’'-])",
        partial(means.resolve_counted_from, _day),
        "weekday",
    ),
    # the second half of April
    Rule(
        "half of a month",
        rf"\b(?i:the )?(?P<half>{ordinals(2)}) half of {_MONTH}\b(?! \d{{1,2}}\b){_OF_YEAR}",
        means.resolve_half_of_month,
        "month",
    ),
    # early June, the beginning of June 2031
    Rule(
        "part of a month",
        rf"\b(?i:the )?{_PART_OF_MONTH}(?: of |{_NO_START}[-‑ ]){_MONTH}\b(?! \d{{1,2}}\b){_OF_YEAR}",
        means.resolve_part_of_month,
        "month",
    ),
    # June next year, June 2031
    Rule(
        "month of a year",
        rf"\b{_MONTH}(?:,?(?: of)? {_YEAR}|(?: of)? (?P<of>(?i:next|this|last) year)\b)",
        means.resolve_month,
        "month",
    ),
    # last July
    Rule(
        "month beside this one",
        rf"\b(?P<which>(?i:next|last|this)) {_MONTH_ALONE}(?!\w| \d)",
        means.resolve_beside_month,
        "month",
    ),
    # January to May 2030, July 2029 to the end of February 2030
    Rule(
        "months",
        rf"\b{_MONTH}{_FIRST_YEAR}{_FROM_TO}(?:the end of )?{_LAST_MONTH}",
        means.resolve_months,
        "month",
    ),
    # between January and May of last year
    Rule(
        "months between",
        rf"\b(?i:between) {_MONTH}{_FIRST_YEAR} and {_LAST_MONTH}",
        means.resolve_months,
        "month",
    ),
    # before Christmas, by the end of the summer of 2031
    Rule(
        "season",
        rf"\b(?i:by|before|in|until|since|during) (?i:the )?(?i:end of (?:the )?)?{_SEASON}\b"
        rf"(?: (?:break|recess|holidays))?(?: (?:of )?{_YEAR})?",
        means.resolve_season,
    ),
    # the spring of 2035
    Rule("season of a year", rf"\b(?i:the )?{_SEASON}(?: of)? {_YEAR}", means.resolve_season, "year"),
    # the end of August, end-2031, the close of Q3
    Rule(
        "end of a period",
        rf"\b(?i:the )?(?i:end|close)(?: of |-)(?P<of>{_A_PERIOD})",
        partial(means.resolve_last_day, _period),
    ),
    # before the year is out, when this week ends
    Rule(
        "end of a period in a clause",
        r"\b(?i:before|by the time|when|as) (?P<words>(?P<of>(?:the|this) (?:week|month|quarter|year|decade)) "
        r"(?:closed?s?|end(?:s|ed)|expire[sd]|(?:is|was) (?:out|over|up)|r[ua]ns? out))\b",
        partial(means.resolve_last_day, _period),
        "unit",
    ),
    # year-end
    Rule(
        "end of the year",
        r"\b(?:year[- ]end|end of year)\b",
        partial(means.resolve_last_day, _period),
        "unit",
    ),
    # the last day of June
    Rule(
        "last day of a period",
        rf"\b(?i:the )(?:last|final) day (?:of|in) (?P<of>{_A_PERIOD})",
        partial(means.resolve_last_day, _period),
        "unit",
    ),
    # the first day of next month
    Rule(
        "first day of a period",
        rf"\b(?i:the )first day (?:of|in) (?P<of>{_A_PERIOD})",
        partial(means.resolve_first_day, _period),
        "unit",
    ),
    # early 2032, the middle of next year
    Rule(
        "part of a year",
        rf"\b(?i:the )?{_PART_OF_YEAR}(?: of |{_NO_START}(?:-| in | )){_SOME_YEAR}",
        means.resolve_part_of_year,
    ),
    # the first five months of 2030
    Rule(
        "part of a period",
        rf"\b(?i:the )(?P<which>first|last|final|opening) {_COUNT} (?P<unit>days|weeks|months|quarters) "
        rf"(?:of|in) (?P<of>{_A_PERIOD})",
        partial(means.resolve_part_of_period, _period),
        "unit",
    ),
    # the 12 months to January
    Rule(
        "span until a day or a month",
        rf"\b(?i:the )(?:{_COUNT} (?P<unit>days|weeks|months|quarters|years)|(?P<one>week|year|quarter|half)) "
        rf"(?:to|through|until|ended|ending|end)(?: on| in)? (?P<of>{_A_DAY_OR_PERIOD})",
        partial(means.resolve_span_until, _day_or_period),
        "unit",
    ),
    # the 1990s
    Rule(
        "decade",
        r"\b(?:the )?(?:(?:early|mid|late)[- ])?(?P<decade>(?:19|20)\d0)[’']?s\b",
        means.resolve_decade,
        "year",
    ),
    # FY 2030-31, fiscal 2031
    Rule(
        "fiscal year",
        rf"\b(?:FY|(?i:(?:the )?(?:fiscal|financial)(?: years?)?)),? ?(?P<year>{_FOUR_DIGITS})"
        rf"(?:(?:–|-|/)(?P<last_year>{_FOUR_DIGITS}|\d\d))?(?![\w/-])",
        means.resolve_fiscal_year,
        "year",
    ),
    # each of 2031, 2032 and 2033
    Rule(
        "several years",
        r"\b(?i:in|of|for|during) (?P<words>(?:each of )?"
        rf"(?P<years>{_FOUR_DIGITS}(?:, {_FOUR_DIGITS})*,? and {_FOUR_DIGITS}))\b",
        means.resolve_several_years,
        "year",
    ),
    # 2029–2032, 2030-31
    Rule(
        "years",
        rf"(?<![\w/-]){_YEAR}(?:–|-|/)(?P<last_year>{_FOUR_DIGITS}|\d\d)(?![\w/-])",
        means.resolve_years,
        "year",
    ),
    # over the weekend
    Rule(
        "weekend",
        r"\b(?i:at|over|on|during|through|for|until|by) (?P<words>the weekend)\b",
        means.resolve_weekend,
        "unit",
    ),
    # within 90 days, six months from now; not within 90 days of signing
    Rule(
        "count ahead",
        rf"\b(?i:within|in) (?:{_ROUGHLY})?(?:the (?:next|coming) )?{_COUNT} {_UNIT}(?:[’'] time\b)?"
        r"(?P<from> (?:of|after|from(?! (?:today|now))|following)\b)?",
        means.resolve_counted,
        "unit",
    ),
    # six months from now
    Rule("count from now", rf"{_NO_LARGER}{_COUNT} {_UNIT} from now\b", means.resolve_counted, "count"),
    # two weeks ago
    Rule("count back", rf"{_NO_LARGER}{_COUNT} {_UNIT} (?P<ago>ago)\b", means.resolve_counted, "count"),
    # 30 days after signing
    Rule(
        "count from a signing",
        rf"(?:\b(?i:within) )?{_NO_LARGER}{_COUNT} {_UNIT} (?:after|following|from|of) "
        r"(?:the |its |their )?(?:date of )?(?:signing|signature)\b(?! of)",
        means.resolve_signed,
        "count",
    ),
    # a year earlier, six months later
    Rule(
        "count from what was told",
        rf"{_NO_LARGER}{_COUNT} {_UNIT} (?:(?P<back>earlier|before|previously)|later){_ENDS_HERE}",
        means.resolve_shifted,
        "count",
    ),
    # two weeks after the vote
    Rule(
        "count from what has no day",
        rf"{_NO_LARGER}{_COUNT} {_UNIT} (?:after|following|before|earlier|later)\b(?! than\b)",
        means.resolve_nothing,
        "count",
    ),
    # within weeks
    Rule(
        "vague",
        r"\b(?i:within|in the coming|in the next(?: few)?|in coming|over the coming) (?:days|weeks|months|hours)\b",
        means.resolve_nothing,
        "unit",
    ),
    # the first day of the same month
    Rule(
        "day of some month",
        r"\bthe (?:first|last) day of (?:the )?[\w ]{0,20}?month\b",
        means.resolve_nothing,
        "unit",
    ),
    # February trade data; "May figures" may be a modal's
    Rule(
        "month of what is counted",
        rf"\b(?P<words>(?!May\b){_MONTH_ALONE}) (?=(?:[a-z-]+ ){{0,2}}{lexicon.modality.counts.any}\b)",
        means.resolve_month,
        "month",
    ),
    # in August, the March vote, October’s rains
    Rule(
        "month alone",
        rf"(?<!\w){_BEFORE_MONTH} (?P<words>{_MONTH_ALONE})(?! \d)(?!\w)",
        means.resolve_month,
        "month",
    ),
    # by 2034
    Rule(
        "year behind a word", rf"(?<!\w){_BEFORE_YEAR} (?P<words>{_YEAR})(?!\s?%)", means.resolve_year, "year"
    ),
    # a 2031 raid; not 2031 pesos
    Rule(
        "year alone",
        rf"(?:\A|(?<=\bA )|(?<=[a-z,;:“\"] )|(?<=[’']s )|(?<=\()){_NOT_COUNTED}{_YEAR}"
        r"(?![%\w-]|[.,/]\d| ?(?:[a-z]{3,}s|per)\b)",
        means.resolve_year,
        "year",
    ),
    # the 2031 elections
    Rule(
        "year of several",
        rf"\b(?i:the) (?P<words>{_NOT_COUNTED}{_YEAR}) (?=[a-z])",
        means.resolve_year,
        "year",
    ),
)
