"""Checking a draft against what is stored."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

import msgspec
from msgspec import Struct
from sqlalchemy import Engine

from pipeline.documents.document import Document
from pipeline.documents.read import read
from pipeline.drafts.check import CheckedItem, check_items
from pipeline.drafts.items import NamedPerson, items_of
from pipeline.drafts.sources import SourcePlace, SourceTexts, most_alike
from pipeline.language.annotate import Annotated, annotate
from pipeline.language.people import Person
from pipeline.language.quotations import Quotation
from schemas.agents import SourceQuote
from schemas.drafts import DraftToVerify, NearestWording, VerifiedDraft, VerifiedItem
from store.engine import connect
from store.sources import contents_of, documents_in_scope
from worker.checking import checked_apart

DOCUMENTS = 300
"""So many are searched for quotations and names."""
CHARS = 250_000
"""Of those that share most with the draft, so much is read for amounts, dates and offices."""
_PLACES = 3
_SEARCHES = 40


class DraftErrand(Struct, frozen=True):
    """What the process is told that checks a draft; `today`: what day it is."""

    database_url: str
    draft: DraftToVerify
    today: date


def verify_apart(database_url: str, draft: DraftToVerify, today: date) -> VerifiedDraft:
    """What the sources say of a draft. Raises NotChecked."""
    answer = checked_apart(f"{__name__}:run_draft_check", DraftErrand(database_url, draft, today))
    return msgspec.json.decode(answer, type=VerifiedDraft)


def run_draft_check(request: bytes) -> VerifiedDraft:
    """What the process does that checks a draft."""
    errand = msgspec.json.decode(request, type=DraftErrand)
    return verified(connect(errand.database_url), errand.draft, errand.today)


def verified(engine: Engine, draft: DraftToVerify, today: date) -> VerifiedDraft:
    """What the sources say of a draft, found in this process."""
    day = draft.day or today
    written = annotate(read(draft.text.encode(), published=day.isoformat(), format="text"))
    scope = documents_in_scope(engine, draft.briefing_ids, draft.document_ids, _searches(written), DOCUMENTS)
    documents = [
        msgspec.structs.replace(msgspec.json.decode(layout, type=Document), text=text)
        for text, layout in contents_of(engine, scope.ids)
    ]
    alike = most_alike(written.text, documents, CHARS)
    items = check_items(written, SourceTexts(documents, [annotate(document) for document in alike]))
    return VerifiedDraft(
        day=day,
        flagged=sum(item.status != "found" for item in items),
        items=[_told(item) for item in items],
        documents_searched=len(documents),
        documents_left_out=scope.left_out,
    )


def _searches(draft: Annotated) -> Iterator[str]:
    """What is searched for where there are more documents than are looked into."""

    def named() -> Iterator[str]:
        for item in items_of(draft):
            match item.means:
                case Quotation():
                    words = draft.text[item.start : item.end].split()
                    yield " ".join(['"', *words[: len(words) // 2 + 1], '"'])
                    yield " ".join(['"', *words[len(words) // 2 :], '"'])
                case Person(name=name) | NamedPerson(name=name):
                    yield name

    return islice(dict.fromkeys(named()), _SEARCHES)


def _told(item: CheckedItem) -> VerifiedItem:
    nearest = item.nearest
    return VerifiedItem(
        kind=item.kind,
        start=item.start,
        end=item.end,
        exact=item.exact,
        reading=item.reading,
        status=item.status,
        places=[_quote(place) for place in _of_several(item.places)],
        nearest=NearestWording(place=_quote(nearest.place), differences=nearest.differences)
        if nearest
        else None,
    )


def _of_several(places: Sequence[SourcePlace]) -> Sequence[SourcePlace]:
    """The first place of each document, the best first."""
    first: dict[str, SourcePlace] = {}
    for place in places:
        first.setdefault(place.document.id, place)
    return list(first.values())[:_PLACES]


def _quote(place: SourcePlace) -> SourceQuote:
    return SourceQuote(
        document_id=place.document.id,
        start=place.start,
        end=place.end,
        exact=place.exact,
        title=place.document.title,
        url=place.document.url,
    )
