"""When a document was published, as its page says; and what its relative dates are counted from."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from pipeline.documents.document import Block, Document
from pipeline.language.clauses import tense_of
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


_YEAR = re.compile(r"(?<![\w/§$€£.,-])(20\d\d)(?![\w/-]|[.,]\d)")
_COPYRIGHT = re.compile(rf"{lexicon.publication.copyright.any}[^\n]{{0,30}}", re.IGNORECASE)
_LEAD = 600
"""Characters that a story's first words are among."""


def _told_of(day: date, sentences: Sequence[str]) -> bool:
    """Whether a story tells of the day's weekday as past."""
    weekday = re.compile(rf"\bon {day:%A}\b")
    return any(weekday.search(sentence) and tense_of(sentence) == "past" for sentence in sentences)


def _confirmed(document: Document, story: Sequence[str]) -> date | None:
    """The day of the last update, where the story's first words tell of that weekday as past."""
    if document.updated and document.updated.precision == "day" and document.updated.earliest:
        day = date.fromisoformat(document.updated.earliest)
        length, first = 0, 0
        while first < len(story) and length < _LEAD:
            length += len(story[first])
            first += 1
        if _told_of(day, story[:first]):
            return day
    return None


def _captioned(document: Document, story: Sequence[str]) -> date | None:
    """A photo's day that the story tells of as a past weekday: then the story is of that day or the next."""
    for block in document.blocks:
        if block.region != "caption":
            continue
        for match in FULL_DATE.finditer(document.text, block.start, block.end):
            earliest = resolve(match[0], Context()).earliest
            if earliest and _told_of(day := date.fromisoformat(earliest), story):
                return day
    return None


def _year(document: Document) -> tuple[int, str] | None:
    if document.updated and document.updated.earliest:
        return int(document.updated.earliest[:4]), f"page updated {document.updated.edtf}"
    text = _COPYRIGHT.sub(" ", document.text)
    full = Counter(match["date"][-4:] for match in FULL_DATE.finditer(text) if match["date"][-4:].isdigit())
    years = full or Counter(_YEAR.findall(text))
    if not years:
        return None
    year, _ = max(years.items(), key=lambda item: (item[1], item[0]))
    return int(year), f"the year {year} named in the text"


def context_of(document: Document, story: Sequence[str]) -> Context:
    """What the document's relative dates are counted from; `story`: the sentences of its body.

    A stamp of the last update fixes the year only: pages are touched again weeks after they were written.
    """
    if document.published and document.published.precision == "day" and document.published.earliest:
        day = date.fromisoformat(document.published.earliest)
        return Context(anchor=day, reason=f"published {day.isoformat()}", year=day.year)
    if touched := _confirmed(document, story):
        reason = f"page updated {touched.isoformat()}, told of as {touched:%A}"
        return Context(anchor=touched, reason=reason, year=touched.year)
    if day_of_photo := _captioned(document, story):
        reason = f"photo of {day_of_photo.isoformat()}, told of as {day_of_photo:%A}"
        return Context(anchor=day_of_photo, reason=reason, year=day_of_photo.year)
    year = _year(document)
    return Context(year=year[0], year_reason=year[1]) if year else Context()
