"""The rules for date words: a pattern, and the resolver that says what its match means."""

import re

from pipeline.language.dates import resolve as means
from pipeline.language.dates.resolve import MONTH

_DAY = r"(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b"
_YYYY = r"(?:19|20|21)\d\d"
_YEAR = rf"(?P<y>{_YYYY})\b"
_UNIT = r"(?P<unit>days?|weeks?|months?|years?)"
_COUNT = r"(?P<n>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_LEAD = (
    r"(?:in|by|until|till|through|since|before|after|from|during|for|of|to|throughout|between|and|last|next|this"
    r"|as of|late|early|mid-?|\w+[’']s)"
)
_YEARISH = rf"(?P<of>{_YYYY}\b|(?:next|this|last|the) year\b)"
_MONTHISH = rf"(?P<of>{MONTH}(?: {_YYYY}\b)?|{_YYYY}\b|(?:next|this|the) (?:year|month)\b)"
_NEVER = r"(?!)"
_PART = r"(?P<p>(?i:early|mid|middle|late|beginning|start))"
_ORDINAL = r"(?:st|nd|rd|th)?"
_LAST = rf"(?P<last>3[01]|[12]\d|0?[1-9]){_ORDINAL}"
_MM, _DD = r"(?:0?[1-9]|1[0-2])", r"(?:1[3-9]|2\d|3[01])"
_SEASON = "summer|spring|autumn|winter|christmas"
_TO = r"(?: ?[-–—] ?| to | and | until )"
_M = rf"(?P<m>{MONTH})"
_OF_YEAR = rf"(?:,? {_YEAR})?"
_DAYS = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_SOME = r"(?:about|around|roughly|approximately|less than|no more than|at most|up to) "
_PERIODS = r"week(?:end)?|month|year|quarter|spring|summer|autumn|fall"
_SOON = r"within|in the coming|in the next(?: few)?|in coming|over the coming"
_IN = "in|by|until|through|since|before|during|from|of|for|to|throughout|after"
RULES: tuple[tuple[re.Pattern[str], means.Resolver], ...] = tuple(
    (re.compile(pattern), resolver)
    for pattern, resolver in (
        (rf"\b{_YYYY}-\d\d-\d\d\b", means.resolve_iso),
        (rf"(?<![\d/.])(?P<mm>{_MM})/(?P<dd>{_DD})/{_YEAR}", means.resolve_numbers),
        (rf"(?<![\d/.])(?P<dd>{_DD})(?P<dot>[/.])(?P<mm>{_MM})(?P=dot){_YEAR}", means.resolve_numbers),
        (
            rf"\b(?i:the )?week (?:of|beginning|starting|commencing)(?: on)? (?:{_DAYS},? )?"
            rf"(?:the )?{_DAY}(?: of)? {_M}{_OF_YEAR}",
            means.resolve_week_of_day,
        ),
        (
            rf"\b(?i:the )?week (?:of|beginning|starting|commencing)(?: on)? (?:{_DAYS},? )?"
            rf"{_M} {_DAY}{_OF_YEAR}",
            means.resolve_week_of_day,
        ),
        (
            rf"\b(?i:the )?(?P<w>(?i:first|second|third|fourth|last|final)) week (?:of|in) {_M}\b{_OF_YEAR}",
            means.resolve_week_of_month,
        ),
        (
            rf"\b{_DAY}{_TO}{_LAST} {_M}\b{_OF_YEAR}",
            means.resolve_days,
        ),
        (
            rf"\b{_M} {_DAY}{_TO}{_LAST}\b(?![,.]?\d|\s?%){_OF_YEAR}",
            means.resolve_days,
        ),
        (
            rf"\b(?i:the )?{_PART}(?: of |-|‑| ){_M}\b(?! \d{{1,2}}\b){_OF_YEAR}",
            means.resolve_part_of_month,
        ),
        (rf"\b{_M}(?: of)? (?P<of>(?i:next|this|last|the same) year)\b", means.resolve_month_of_year),
        (
            rf"\b(?i:by|before|in|until) (?i:the )?(?i:end of (?:the )?)?(?P<s>(?i:{_SEASON}))\b"
            rf"(?: (?:break|recess|holidays))?(?: (?:of )?{_YEAR})?",
            means.resolve_season,
        ),
        (rf"\b(?:the )?{_DAY}(?: of)? {_M}{_OF_YEAR}", means.resolve_day),
        (rf"\b{_M} {_DAY}(?![,.]?\d|\s?%| per ?cent| [bm]illion){_OF_YEAR}", means.resolve_day),
        (rf"\b{_M},?(?: of)? {_YEAR}", means.resolve_month_alone),
        (rf"\b(?i:the )?(?i:end)(?: of |-){_MONTHISH}", means.resolve_end_of),
        (rf"\b(?:year[- ]end|end of year)\b(?P<of>{_NEVER})?", means.resolve_end_of),
        (
            rf"\b(?i:the )?(?P<p>{'|'.join(means.PARTS)})(?: of |-| in | ){_YEARISH}",
            means.resolve_part_of_year,
        ),
        (
            rf"\b(?i:the )?(?P<q>(?:first|second|third|fourth) quarter|Q[1-4])(?: of | |$){_YEARISH}",
            means.resolve_quarter,
        ),
        (rf"\b(?i:the )?(?P<h>first|second) half of {_YEARISH}", means.resolve_half),
        (rf"\b(?P<h>H[12]) {_YEARISH}", means.resolve_half),
        (r"\b(?i:today|tonight|tomorrow|yesterday)\b", means.resolve_near_day),
        (rf"\b(?P<w>(?i:next|last|this|coming) )?(?P<day>{_DAYS})\b(?![’'])", means.resolve_weekday),
        (
            rf"\b(?P<w>(?i:next|last|this|the coming|the past|the following)) (?P<unit>{_PERIODS})\b",
            means.resolve_period,
        ),
        (
            rf"\b(?i:within|in) (?:{_SOME})?(?:the (?:next|coming) )?{_COUNT} {_UNIT}"
            rf"(?P<of> (?:of|after|from(?! (?:today|now))|following)\b)?(?P<ago>{_NEVER})?",
            means.resolve_counted,
        ),
        (
            rf"\b{_COUNT} {_UNIT}(?: (?P<ago>ago|earlier)|(?P<of> (?:after|following|before)))\b",
            means.resolve_counted,
        ),
        (rf"\b(?i:{_SOON}) (?:days|weeks|months|hours)\b", means.resolve_nothing),
        (r"\bthe (?:first|last) day of (?:the )?[\w ]{0,20}?month\b", means.resolve_nothing),
        (rf"(?<!\w){_LEAD} (?P<words>{_M})(?P<y>{_NEVER})?(?! \d)(?!\w)", means.resolve_month_alone),
        (rf"(?<!\w)(?:{_IN}) (?P<words>{_YEAR})(?!\s?%)", means.resolve_plain_year),
    )
)
