"""What a document's relative dates are counted from: the day it was published, or what else fixes its day or year."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from pipeline.documents.document import Document
from pipeline.documents.publication_date import FULL_DATE
from pipeline.language.dates import Context, resolve
from pipeline.language.lexicons import lexicon
from pipeline.language.modality import tense_of

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
