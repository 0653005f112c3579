"""When a document was published, as its page says; and what its relative dates are counted from."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from babel import Locale, UnknownLocaleError
from msgspec import Struct

from pipeline.documents.document import Block, Document
from pipeline.language.clauses import tense_of
from pipeline.language.dates import Context
from pipeline.language.lexicons import UPPER, WordList, any_of, lexicon
from pipeline.language.parties import party_of
from schemas import FuzzyDate, fuzzy_date

_WORDS = lexicon.publication
_MONTHS = {
    name.lower(): number
    for number, month in enumerate(lexicon.calendar.months, 1)
    for name in (month.name, *month.short)
}
_WEEKDAYS = {
    name.lower(): number
    for number, weekday in enumerate(lexicon.calendar.weekdays)
    for name in (weekday.name, *weekday.short)
}

# A day as pages write it, in any case: 2031-03-14; 20310314; 14.3.2031; March 14th, 2031; 14-Mar-2031.
_YEAR_NUMBER = r"(?:19|20|21)\d\d"
_MONTH = rf"(?i:{any_of(_MONTHS)})\b\.?"
_NUMBER = r"\d{1,2}(?i:st|nd|rd|th)?"
_YEARLESS = rf"{_MONTH} {_NUMBER}|{_NUMBER} {_MONTH}"
FULL_DATE = re.compile(
    rf"(?<![\w/.])(?P<date>{_YEAR_NUMBER}(?P<sign>[-/.])\d\d?(?P=sign)\d\d?(?!\d)"
    rf"|{_YEAR_NUMBER}[01]\d[0-3]\d(?!\d)"
    rf"|\d\d?(?P<mark>[-/.]|\. )\d\d?(?P=mark){_YEAR_NUMBER}(?!\d)"
    rf"|{_MONTH}[ -]{_NUMBER},?[ -]{_YEAR_NUMBER}(?!\d)"
    rf"|{_NUMBER}\.?(?: of)?[ -]{_MONTH},?[ -]{_YEAR_NUMBER}(?!\d))"
)
"""A day with its year, in the group `date`."""
_MONTH_OF_YEAR = re.compile(rf"{_YEAR_NUMBER}-\d\d")

# What stands around a day: Wednesday; 10:15 p.m. EDT; the signs that part it from other words.
_WEEKDAY = re.compile(rf"\b{any_of(_WEEKDAYS)}\b[.,]?", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b(?:\d{1,2}[:.]\d\d(?:[:.]\d+)*|\d{1,2}(?= ?(?i:[ap]\.?m)\b))(?: ?(?i:[ap]\.?m)\b\.?)?"
    r"(?: ?\(?\b[A-Z]{2,5}\b\)?)?(?:[-+]\d\d:?\d\d)?"
)
_MARKUP = re.compile(r"<[^<>\n]*>|(?<=\])\([^()\s]*\)|[*_#>~`\[\]\\]+")
_WEEKDAY_BEFORE = re.compile(rf"\b(?P<weekday>{any_of(_WEEKDAYS)})\b\W*\Z", re.IGNORECASE)
_WEEKDAY_AFTER = re.compile(rf"\W*(?P<weekday>{any_of(_WEEKDAYS)})\b", re.IGNORECASE)
_ON_WEEKDAY = re.compile(rf"\bon ({any_of(_WEEKDAYS)})\b", re.IGNORECASE)
_SEGMENT = re.compile(r"\s*[|·•;—–]\s*|\s/\s|\s-+\s|\.\s")
_SEPARATED = re.compile(r"[,|/·•—–(.-]\s*\Z")
_ENDED = re.compile(r"\W*\Z|[\s,]*(?:\([^()]*\)|\))?[\s,]*(?:[|/·•;—–-]|\.[\s-])|\s*\)\s")
_DASHED = re.compile(r"\s*[:—–-]+\s*\w")
_CITY_AND_WEEKDAY = re.compile(
    rf"{UPPER}[\w’'-]+(?: {UPPER}[\w’'-]+)?, {any_of(_WEEKDAYS)},?\s*", re.IGNORECASE
)
_CLOSED = re.compile(r"\W*\Z")
_DATELINE = re.compile(
    rf"\W*(?P<place>{UPPER}[\w .,’'-]{{1,40}}?),? (?P<date>{_YEARLESS})(?!\w|,? \d)\s*"
    r"(?P<agency>\([^()\n]{2,40}\)|/[^/\n]{2,40}/)?\s*[-–—:]"
)
_RANGE = re.compile(r"\d[-–]\Z")
_IN_ADDRESS = re.compile(r"/((20\d\d)([/-]?)[01]\d\3[0-3]\d)(?!\d)")
_AMBIGUOUS = re.compile(rf"\d\d?[-/.]\d\d?[-/.]{_YEAR_NUMBER}")
_NUMERAL = re.compile(r"\d+")
_NAME = re.compile(r"[^\W\d_]+")
_FIELD = re.compile(
    rf"(?:{_WEEKDAY.pattern}\s*)?(?:{FULL_DATE.pattern}|(?P<month>{_YEAR_NUMBER}-\d\d)(?!\d))", re.IGNORECASE
)

_HEAD = 1500
"""Characters from the first paragraph of the body on in which a page may still say its own day."""
_LONGEST_LINE = 120
"""A longer paragraph of the body is the story itself."""
_LONGEST_LABEL = 60
_FEW_WORDS = 3
"""So many words after a day are still about the page; more are a story."""
_LONGEST_TRAIL = 8
"""More words after a day that is alone in its line are the story that it opens."""
_LONGEST_PLACE = 5
"""More words before a day are no place that a story begins with."""
_NEAR_CLOCK = 20
"""Characters after a day that its hour stands in."""
_OPENINGS = 3
"""Paragraphs of the body that may begin with a place and a day."""
_NEIGHBOURS = 3
"""Lines around a day that may tell it as the day of an appointment."""
_NEAR = 31
"""Days after publication within which a page was changed or copied, if that is to tell its day."""

Role = Literal["published", "dated", "updated", "seen", "other", "alone", "opening", "heading"]
_LABELS: tuple[tuple[Role, WordList], ...] = (
    ("published", _WORDS.published),
    ("updated", _WORDS.updated),
    ("seen", _WORDS.seen),
)
_ABOVE_THE_STORY = {"alone", "opening", "heading"}
_FIRST_COUNTS: tuple[Role, ...] = ("published", "dated", "alone")
"""Roles of which the page's own day comes first, the surest role first."""


class PageDates(Struct, frozen=True):
    """The days that a page says it was published and last changed."""

    published: FuzzyDate | None
    updated: FuzzyDate | None


class _Stamp(Struct, frozen=True):
    """A day on a page: its words, the weekday beside it, and what the page says that it is of."""

    role: Role
    words: str
    weekday: int | None = None


class _Line(Struct, frozen=True):
    """A line without its markup; `story`: a paragraph that is long enough to be told in."""

    text: str
    heading: bool
    story: bool


class _Page(Struct, frozen=True, kw_only=True, dict=True):
    """What tells which of two days `03/04/2031` is."""

    text: str
    country: str | None = None
    seen: Sequence[date] = ()
    """Days on which somebody changed the page, or took a copy of it."""

    def day(self, words: str, weekday: int | None = None) -> date | None:
        """The day that some words mean; None where they leave a doubt."""
        days = _readings(words)
        if len(days) > 1 and weekday is not None:
            days = [day for day in days if day.weekday() == weekday]
        if len(days) > 1 and self._first_is_day is not None:
            return days[0 if self._first_is_day else 1]
        if len(days) > 1:
            days = [day for day in days if any(0 <= (seen - day).days <= _NEAR for seen in self.seen)]
        return days[0] if len(days) == 1 else None

    @cached_property
    def _first_is_day(self) -> bool | None:
        """Whether the page writes the day before the month: by its other days, else as its country does."""
        written = [(match["date"], _readings(match["date"])) for match in FULL_DATE.finditer(self.text)]
        certain = {days[0] for _, days in written if len(days) == 1}
        told: set[bool] = set()
        for words, days in written:
            if len(days) == 2:
                told |= {i == 0 for i in range(2) if days[i] in certain and days[1 - i] not in certain}
            elif days and _AMBIGUOUS.fullmatch(words):
                first, second = map(int, _NUMERAL.findall(words)[:2])
                told |= {first > second} if first != second else set()
        if told:
            return told.pop() if len(told) == 1 else None
        return _writes_day_first(self.country) if self.country else None


def _readings(words: str) -> list[date]:
    """The days that some words can mean: two where numbers alone leave open which is the month, its day first."""
    names = [_MONTHS[token] for token in _NAME.findall(words.lower()) if token in _MONTHS]
    numbers = [int(number) for number in _NUMERAL.findall(words)]
    if names and len(numbers) == 2:
        orders = [(max(numbers), names[0], min(numbers))]
    elif len(numbers) == 1:
        orders = [(numbers[0] // 10_000, numbers[0] // 100 % 100, numbers[0] % 100)]
    elif len(numbers) != 3:
        return []
    elif numbers[0] > 31:
        orders = [(numbers[0], numbers[1], numbers[2])]
    else:
        orders = [(numbers[2], numbers[1], numbers[0]), (numbers[2], numbers[0], numbers[1])]
    days = list(dict.fromkeys(day for order in orders if (day := _existing(*order))))
    return days[:1] if "." in words else days


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _writes_day_first(country: str) -> bool | None:
    """How numbers stand in the dates of a country; None where the year comes first, or it is not known."""
    for language in ("en", "und"):
        try:
            pattern = Locale.parse(f"{language}_{country}").date_formats["short"].pattern
        except (UnknownLocaleError, ValueError):
            continue
        return None if pattern.startswith("y") else pattern.index("d") < pattern.index("M")
    return None


def _country(fields: Mapping[str, str], url: str | None, publisher: str | None) -> str | None:
    """Where a page is from: by its language, its address, or its publisher's name."""
    language = re.fullmatch(r"[a-z]{2}[-_]([A-Za-z]{2})", fields.get("lang", fields.get("language", "")))
    if language:
        return language[1].upper()
    try:
        domain = (urlsplit(url or "").hostname or "").rpartition(".")[2]
    except ValueError:
        domain = ""
    if domain in _WORDS.domains:
        return _WORDS.domains[domain]
    if len(domain) == 2:
        return domain.upper()
    return party_of(publisher) if publisher else None


def page_dates(
    text: str,
    blocks: list[Block],
    fields: Mapping[str, str],
    url: str | None = None,
    publisher: str | None = None,
) -> PageDates:
    """Days from the metadata, then from the top of the page; a stamp elsewhere belongs to something else.

    `fields`: the metadata that stands before the page, by the words of each key.
    """
    body = next((block.start for block in blocks if block.region == "body"), 0)
    stamps = list(_stamps(text, blocks, min(body + _HEAD, len(text))))
    page = _Page(text=text, country=_country(fields, url, publisher))
    changed = [*_named(fields, (_WORDS.updated_keys,)), *(s for s in stamps if s.role == "updated")]
    taken = [*_named(fields, (_WORDS.seen_keys,)), *(s for s in stamps if s.role == "seen")]
    seen = [day for stamp in (*changed, *taken) if (day := page.day(stamp.words, stamp.weekday))]
    page = msgspec.structs.replace(page, seen=seen)
    return PageDates(
        published=next(_published(page, stamps, fields, url, blocks), None),
        updated=next(_resolved(page, changed), None),
    )


def _published(
    page: _Page, stamps: Sequence[_Stamp], fields: Mapping[str, str], url: str | None, blocks: list[Block]
) -> Iterator[FuzzyDate]:
    """The days that a page can be of, the surest first."""
    yield from _resolved(page, _named(fields, (_WORDS.published_keys, _WORDS.date_keys, _WORDS.created_keys)))
    for role in _FIRST_COUNTS:
        yield from _resolved(page, _of(role, stamps))
    yield from _resolved(page, _only(_of("opening", stamps)))
    yield from _opening_without_year(page, blocks)
    yield from _in_address(url)
    yield from _resolved(page, _only(_of("heading", stamps)))
    yield from _resolved(page, _only(_of("published", _stamps(page.text, blocks, len(page.text)))))


def _of(role: Role, stamps: Iterable[_Stamp]) -> list[_Stamp]:
    return [stamp for stamp in stamps if stamp.role == role]


def _only(stamps: list[_Stamp]) -> list[_Stamp]:
    """Stamps of one day; several days are those of a chronology, or of other pages."""
    return stamps if len({stamp.words for stamp in stamps}) == 1 else []


def _resolved(page: _Page, stamps: Iterable[_Stamp]) -> Iterator[FuzzyDate]:
    for stamp in stamps:
        if day := page.day(stamp.words, stamp.weekday):
            yield fuzzy_date(day.isoformat(), stamp.words)
        elif _MONTH_OF_YEAR.fullmatch(stamp.words):
            yield fuzzy_date(stamp.words, stamp.words)


def _named(fields: Mapping[str, str], keys: Iterable[WordList]) -> Iterator[_Stamp]:
    """Days that the metadata gives under any of the keys."""
    for names in keys:
        for key, value in fields.items():
            if names.fullmatch(key) and (match := _FIELD.match(value)):
                yield _Stamp(
                    "published", match["date"] or match["month"], _beside(value[: match.start("date")], "")
                )


def _beside(lead: str, trail: str) -> int | None:
    """The weekday that stands directly before a day, or after it."""
    match = _WEEKDAY_BEFORE.search(lead) or _WEEKDAY_AFTER.match(trail)
    return _WEEKDAYS[match["weekday"].lower()] if match else None


def _lines(text: str, blocks: Iterable[Block], until: int) -> Iterator[_Line]:
    """The lines of the page up to an offset, but for captions and what is advertised."""
    for block in blocks:
        if block.start < until and block.region not in {"caption", "promo"}:
            story = block.region == "body" and block.end - block.start > _LONGEST_LINE
            for line in text[block.start : block.end].splitlines():
                if plain := " ".join(_MARKUP.sub(" ", line).split()).strip("|-• "):
                    heading = block.region == "headline" or line.lstrip().startswith("#")
                    yield _Line(text=plain, heading=heading, story=story)


def _stamps(text: str, blocks: Iterable[Block], until: int) -> Iterator[_Stamp]:
    """The days of a page's lines, in order, each with its role; its label may stand in the line above it."""
    lines = list(_lines(text, blocks, until))
    label, told = "", False
    for i, line in enumerate(lines):
        role: Role | None = None
        for day, lead, trail in _days(line.text, label):
            if role is None or _NAME.search(lead):
                role = _role(lead, trail, line)
            if (role in _ABOVE_THE_STORY and told) or (role == "dated" and _is_appointment(lines, i)):
                role = "other"
            yield _Stamp(role, day, _beside(lead, trail))
        label = f"{line.text}: " if role is None and _is_label(line.text) else ""
        told = told or line.story


def _days(line: str, label: str) -> Iterator[tuple[str, str, str]]:
    """The days of a line: the words of each, and what stands before and after it up to the next."""
    matches = list(FULL_DATE.finditer(line))
    edges = [0, *(match.end() for match in matches)]
    borders = [*(match.start() for match in matches[1:]), len(line)]
    for match, edge, border in zip(matches, edges, borders, strict=False):
        yield match["date"], label + line[edge : match.start()], line[match.end() : border]
        label = ""


def _is_label(line: str) -> bool:
    words = line.rstrip(": ")
    return any(known.fullmatch(words) for known in (_WORDS.published, _WORDS.dated, _WORDS.updated))


def _is_appointment(lines: Sequence[_Line], at: int) -> bool:
    """Whether an hour or a place is told beside a day."""
    near = lines[max(at - _NEIGHBOURS, 0) : at + _NEIGHBOURS + 1]
    return any(_WORDS.appointment.pattern.match(line.text) for line in near)


def _role(lead: str, trail: str, line: _Line) -> Role:
    """What a day is of, by the words before it and after it in its line."""
    clock = _CLOCK.search(trail[:_NEAR_CLOCK])
    before, after = (_CLOCK.sub(" ", _WEEKDAY.sub(" ", words)).strip() for words in (lead, trail))
    label = _label(before)
    place = not label or label.isupper()
    if after.startswith(":"):
        ended = place
    else:
        few = len(_NAME.findall(after)) <= _FEW_WORDS
        ended = few or bool(_ENDED.match(after) or _WORDS.byline.pattern.match(after))
    if len(label) <= _LONGEST_LABEL and (ended or clock or before.endswith(":")):
        if _WORDS.dated.fullmatch(label):
            return "dated"
        if role := next((role for role, words in _LABELS if _labels(words, label, before)), None):
            return role
    if _WORDS.other.search(label):
        return "other"
    if _CITY_AND_WEEKDAY.fullmatch(lead) and _DASHED.match(trail):
        return "opening"
    if _RANGE.search(lead):
        return "other"  # "18-20 September 2034"
    parted = not label or _SEPARATED.search(before) or (before.endswith(":") and place)
    record = _WORDS.records.pattern.match(label)
    byline = _WORDS.byline.pattern.match(label) and len(_NAME.findall(label)) > 1
    if line.heading and ((parted or record) if _CLOSED.match(after) else not label and after.startswith(":")):
        return "heading"
    if len(label) > _LONGEST_LABEL or not ended or not (parted or record or byline):
        return "other"
    if line.story and len(_NAME.findall(label)) > _LONGEST_PLACE and not byline:
        return "other"
    return "opening" if _DASHED.match(after) or len(_NAME.findall(after)) > _LONGEST_TRAIL else "alone"


def _labels(words: WordList, label: str, before: str) -> bool:
    """Whether a label begins with the words, or ends with them before a colon."""
    if words.pattern.match(label):
        return True
    return before.endswith(":") and any(match.end() == len(label) for match in words.finditer(label))


def _label(before: str) -> str:
    """The words that stand before a day, as far back as the sign that parts them from others."""
    parts = (part for part in reversed(_SEGMENT.split(before)) if _NAME.search(part))
    return next(parts, "").strip(" (:,/-")


def _opening_without_year(page: _Page, blocks: Iterable[Block]) -> Iterator[FuzzyDate]:
    """A place and a day that a story begins with, in the year that the page was changed, or that its weekday fits."""
    body = [page.text[block.start : block.end] for block in blocks if block.region == "body"]
    for paragraph in body[:_OPENINGS]:
        match = _DATELINE.match(_MARKUP.sub("", paragraph))
        if match and (match["agency"] or match["place"].isupper()):
            days = _days_of_some_year(match["date"], page, paragraph)
            if len(days) == 1:
                yield fuzzy_date(days[0].isoformat(), match["date"], "relative", f"the year {days[0].year}")


def _days_of_some_year(words: str, page: _Page, paragraph: str) -> list[date]:
    if page.seen:
        years = [day.year - back for day in page.seen[:1] for back in (0, 1)]
        days = [day for year in years for day in _readings(f"{words} {year}") if day <= page.seen[0]]
        return days[:1]
    years = sorted({int(year) for year in _YEAR.findall(page.text)})
    told = _ON_WEEKDAY.search(paragraph)
    if told is None:
        return []
    weekday = _WEEKDAYS[told[1].lower()]
    days = [day for year in years for day in _readings(f"{words} {year}")]
    return [day for day in days if (day.weekday() - weekday) % 7 <= 1]


def _in_address(url: str | None) -> Iterator[FuzzyDate]:
    for match in _IN_ADDRESS.finditer(url or ""):
        for day in _readings(match[1]):
            yield fuzzy_date(day.isoformat(), match[1])


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
            days = _readings(match["date"])
            if len(days) == 1 and _told_of(days[0], story):
                return days[0]
    return None


def _year(document: Document) -> tuple[int, str] | None:
    if document.published and document.published.earliest:
        return int(document.published.earliest[:4]), f"published {document.published.edtf}"
    if document.updated and document.updated.earliest:
        return int(document.updated.earliest[:4]), f"page updated {document.updated.edtf}"
    text = _COPYRIGHT.sub(" ", document.text)
    full = Counter(
        str(days[0].year) for match in FULL_DATE.finditer(text) if (days := _readings(match["date"]))
    )
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
