"""When a document was published and last changed, as its page says."""

import re

from msgspec import Struct

from pipeline.documents.document import Block
from pipeline.language.dates import MONTH, Context, resolve
from pipeline.language.lexicons import UPPER, any_of, lexicon
from schemas import FuzzyDate

_WORDS = lexicon.publication
_DATE = (
    rf"(?P<date>(?:19|20|21)\d\d-\d\d-\d\d|\d\d?[/.]\d\d?[/.](?:19|20|21)\d\d"
    rf"|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20|21)\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? {MONTH},? (?:19|20|21)\d\d)"
)
_WEEKDAYS = any_of(name for day in lexicon.calendar.weekdays for name in (day.name, *day.short))
_WEEKDAY = rf"(?:{_WEEKDAYS},? )?"
_TIME = r"(?:[ ,]+(?:at )?\d{1,2}[:.]\d\d(?: ?[AaPp]\.?[Mm]\.?)?(?: ?\(?[A-Z]{2,4}\)?(?:[-+]\d+)?)?)?"
_UPDATED = (re.compile(rf"(?i:{_WORDS.updated.any})\s*[-–:]?\s*{_WEEKDAY}{_DATE}"),)
_PUBLISHED = (
    re.compile(rf"(?i:\b{_WORDS.published.any})\s*:?\s*{_WEEKDAY}{_DATE}"),
    re.compile(
        rf"(?:\A|\n\s*\n)[^\w\n]*(?:{UPPER}[\w .]{{2,30}}, ?)?{_WEEKDAY}{_DATE}{_TIME}[^\w\n]*$", re.MULTILINE
    ),
    re.compile(rf"^{UPPER}[\w .,]{{2,40}}?,? {_DATE}\s*(?:\([\w /]+\)\s*)?[-–—:]", re.MULTILINE),
)
FULL_DATE = re.compile(_DATE)
"""A day with its year, in the group `date`."""
_ALONE = re.compile(
    rf"^(?:[^\n\d]{{0,60}}[,|·•—–-]\s*|[^\w\n]*){_WEEKDAY}{_DATE}{_TIME}[^\w\n]*$", re.MULTILINE
)
_TOUCHED = re.compile(rf"\b{_WORDS.touched.any}\b", re.IGNORECASE)
_HEAD = 1500
"""Characters from the first paragraph of the body on in which a page may still say its own day."""
_LONGEST_LINE = 120
"""A longer paragraph of the body is the story itself."""


class PageDates(Struct, frozen=True):
    """The days that a page says it was published and last changed."""

    published: FuzzyDate | None
    updated: FuzzyDate | None


def page_dates(text: str, blocks: list[Block]) -> PageDates:
    """Stamps from the top of the page; a stamp elsewhere belongs to something else."""
    body = next((block.start for block in blocks if block.region == "body"), 0)
    until = min(body + _HEAD, len(text))
    return PageDates(
        _first_day(_PUBLISHED, text, until) or _above(text, blocks), _first_day(_UPDATED, text, until)
    )


def _first_day(patterns: tuple[re.Pattern[str], ...], text: str, until: int) -> FuzzyDate | None:
    matches = (match for pattern in patterns for match in pattern.finditer(text, 0, until))
    days = (resolve(match["date"], Context()) for match in matches)
    return next((day for day in days if day.edtf), None)


def _above(text: str, blocks: list[Block]) -> FuzzyDate | None:
    """A day in a line of its own among the page's head: below the headline, beside the byline."""
    for block in blocks:
        if block.region == "body" and block.end - block.start > _LONGEST_LINE:
            return None
        line = text[block.start : block.end]
        if block.region != "caption" and not _TOUCHED.search(line):
            for match in _ALONE.finditer(line):
                if (day := resolve(match["date"], Context())).edtf:
                    return day
    return None
