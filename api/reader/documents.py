"""The page of a document: its text with what it proves marked, its facts beside it, and what was refused."""

from typing import Any

from litestar import Request, Response, get
from msgspec import json

from api.http.auth import BRIEFINGS_READ
from api.http.resources.documents import as_admitted
from api.http.responses import Database, existing, whole
from api.rendering.html import render_page
from api.rendering.marked import Layout, margin_of, runs
from api.rendering.outline import source_title
from schemas import DocumentReadout
from schemas.kinds import KINDS
from schemas.vocabulary import Sha256
from store.digest import summaries_of
from store.documents import briefings_of, get_content, get_document, get_readout


@get(
    "/documents/{document_id:str}",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"scope": (BRIEFINGS_READ,)},
)
def show_document(request: Request[Any, Any, Any], database: Database, document_id: Sha256) -> Response[str]:
    kept = as_admitted(request, database, document_id)
    document = existing(get_document(database, document_id), f"document {document_id}")
    text, layout = existing(get_content(database, document_id), f"document {document_id}")
    body = get_readout(database, document_id)
    readout = json.decode(body, type=DocumentReadout) if body else None
    margin = margin_of(readout) if readout else []
    carried = summaries_of(database, briefings_of(database, [document_id]).get(document_id, []))
    told = {fact.kind for fact in margin}
    answer = whole(
        render_page(
            "document.html",
            title=document.source.title or document.file or source_title(document.source),
            home="/",
            document=document,
            briefings=list(carried.values()),
            text=text,
            is_read=readout is not None,
            margin=margin,
            kinds=[kind.name for kind in KINDS if kind.name in told],
            runs=runs(text, margin, json.decode(layout, type=Layout)),
            unread=readout.unread if readout else None,
            refused=readout.rejected if readout else [],
        )
    )
    answer.headers.update(kept)
    return answer
