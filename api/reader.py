"""Pages for people: the list of briefings, a briefing, and a document with its proven passages marked."""

from itertools import pairwise

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct, json

from api.http.auth import BRIEFINGS_READ
from api.http.resources.briefings import IdOrSlug
from api.http.responses import Database, whole
from api.rendering.html import html, render_page
from api.rendering.outline import outline
from schemas import Briefing, BriefingSummary, DocumentReadout, proofs_of
from schemas.kinds import facts_of
from schemas.queries import BriefingQuery, PageQuery
from schemas.vocabulary import Sha256
from store.briefings import get_briefing, page_briefings
from store.documents import get_document, get_readout, get_text


class Piece(Struct, frozen=True):
    """A run of a document's text. `facts` names what it proves; a proof begins at an `anchor`."""

    text: str
    start: int
    anchor: bool
    facts: list[str]


def pieces(text: str, readout: DocumentReadout | None) -> list[Piece]:
    """The text cut where a proof begins or ends, whole and in order, however proofs overlap."""
    proofs: dict[tuple[int, int], list[str]] = {}
    for section in outline(readout) if readout else []:
        for group in section.groups:
            for entry in group.entries:
                for evidence in entry.evidence:
                    label = f"{section.title}: {entry.lead}"
                    proofs.setdefault((evidence.start, evidence.end), []).append(label)
    starts = {start for start, _ in proofs}
    cuts = sorted({0, len(text), *starts, *(end for _, end in proofs)})
    return [
        Piece(
            text=text[start:end],
            start=start,
            anchor=start in starts,
            facts=[label for (a, b), labels in proofs.items() if a <= start and end <= b for label in labels],
        )
        for start, end in pairwise(cuts)
    ]


def _missing(what: str) -> Response[str]:
    return whole(render_page("missing.html", title=f"No such {what}", home="/"), 404)


@get("/", include_in_schema=False, sync_to_thread=True, opt={"query": PageQuery, "scope": (BRIEFINGS_READ,)})
def show_briefings(database: Database, asked: NamedDependency[PageQuery]) -> Response[str]:
    listing = page_briefings(database, BriefingQuery(limit=asked.limit, cursor=asked.cursor))
    briefings = [json.decode(item, type=BriefingSummary) for item in listing.items]
    return whole(
        render_page(
            "index.html", title="Briefings", home="/", briefings=briefings, next_cursor=listing.next_cursor
        )
    )


@get(
    "/briefings/{id_or_slug:str}",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"scope": (BRIEFINGS_READ,)},
)
def show_briefing(database: Database, id_or_slug: IdOrSlug) -> Response[str]:
    stored = get_briefing(database, id_or_slug)
    if stored is None:
        return _missing("briefing")
    return whole(html(json.decode(stored.body, type=Briefing), documents="/documents", home="/"))


@get(
    "/documents/{document_id:str}",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"scope": (BRIEFINGS_READ,)},
)
def show_document(database: Database, document_id: Sha256) -> Response[str]:
    document, text = get_document(database, document_id), get_text(database, document_id)
    if document is None or text is None:
        return _missing("document")
    body = get_readout(database, document_id)
    readout = json.decode(body, type=DocumentReadout) if body else None
    proven = sum(len(proofs_of(fact)) for fact in facts_of(readout)) if readout else 0
    title = document.source.title or document.file or f"Document {document.id[:12]}"
    return whole(
        render_page(
            "document.html",
            title=title,
            home="/",
            document=document,
            pieces=pieces(text, readout),
            proven=proven,
            unread=readout.unread if readout else None,
        )
    )


pages = [show_briefings, show_briefing, show_document]
