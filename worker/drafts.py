"""Checking a draft in a process of its own, which has bounds: the language layer is not for one that serves.

It needs no worker. Who asks waits for the answer, or is told to come again.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from threading import BoundedSemaphore

import msgspec
from msgspec import Struct
from sqlalchemy import Engine

from pipeline.bounded import BoundedWork, Bounds, Handler
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
from store.engine import connect, outage
from store.sources import contents_of, documents_in_scope
from worker import DraftNotChecked

DOCUMENTS = 300
"""So many are searched for quotations and names."""
CHARS = 250_000
"""Of those that share most with the draft, so much is read for amounts, dates and offices."""
_BOUNDS = Bounds(processor_seconds=60)
_LONGEST, _PATIENCE = 60, 10
"""Seconds that a check may take, and that one waits for others to be done."""
_AT_ONCE = BoundedSemaphore(2)
_WORK = BoundedWork(f"{__name__}:checker", _BOUNDS)
_PLACES = 3
_SEARCHES = 40


class DraftErrand(Struct, frozen=True):
    """What the process is told, on its standard input."""

    database_url: str
    draft: DraftToVerify
    today: date


def verify_apart(database_url: str, draft: DraftToVerify, today: date) -> VerifiedDraft:
    """What the sources say of a draft. Raises DraftNotChecked."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise DraftNotChecked("others are being checked")
    try:
        errand = msgspec.json.encode(DraftErrand(database_url, draft, today))
        return msgspec.json.decode(_WORK.ask("", errand, _LONGEST), type=VerifiedDraft)
    except subprocess.TimeoutExpired:
        raise DraftNotChecked("it takes longer than a check may") from None
    except subprocess.CalledProcessError as ended:
        if ended.returncode == os.EX_TEMPFAIL:
            raise DraftNotChecked("the database does not answer") from None
        if ended.returncode < 0:
            raise DraftNotChecked("it takes more time or memory than a check may") from None
        raise
    finally:
        _AT_ONCE.release()


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


def checker(_: str) -> Handler:
    """What checks apart. A first text has everything loaded that is loaded when it is first asked for."""
    annotate(read(b"Norway and Chile opened trade talks in Oslo on 3 March 2031.", format="text"))
    return _answer


def _answer(request: bytes) -> bytes:
    errand = msgspec.json.decode(request, type=DraftErrand)
    try:
        answer = verified(connect(errand.database_url), errand.draft, errand.today)
    except Exception as error:
        if outage(error):
            sys.exit(os.EX_TEMPFAIL)
        raise
    return msgspec.json.encode(answer)
