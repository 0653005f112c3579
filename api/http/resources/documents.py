"""Documents: what is known of one, its text, and what was read out of it."""

from litestar import Controller, Response, delete, get
from litestar.types import ControllerRouterHandler
from msgspec import json

from api.http.responses import Database, answers, missing, stored
from schemas import DocumentInfo, DocumentReadout
from schemas.vocabulary import Sha256
from store.decisions import withdraw
from store.documents import get_document, get_readout, get_text
from worker.round_rules import RULES


class OneDocument(Controller):
    path = "/v1/documents/{document_id:str}"
    tags = ("documents",)

    @get(
        operation_id="get_document",
        summary="Get a document",
        responses=answers(DocumentInfo, 404, when="What is known of the document."),
        sync_to_thread=True,
    )
    def read_document(self, database: Database, document_id: Sha256) -> Response[bytes]:
        """Where a document came from, how long it is, and whether it still counts."""
        found = get_document(database, document_id)
        if found is None:
            raise missing(f"document {document_id}")
        return stored(json.encode(found))

    @delete(
        operation_id="withdraw_document",
        summary="Withdraw a document",
        status_code=200,
        responses=answers(DocumentInfo, 404, when="The document, withdrawn."),
        sync_to_thread=True,
    )
    def end_document(self, database: Database, document_id: Sha256) -> Response[bytes]:
        """Takes a document's evidence out of every briefing; facts that rest on it alone fall with it.

        Revisions that cite it stay as they were, so its text stays too. Add it again to have it count again.
        """
        withdraw(database, document_id, RULES)
        found = get_document(database, document_id)
        if found is None:
            raise missing(f"document {document_id}")
        return Response(json.encode(found), media_type="application/json")


@get(
    "/v1/documents/{document_id:str}/text",
    operation_id="get_document_text",
    tags=["documents"],
    summary="Get a document's text",
    responses=answers(str, 404, when="The canonical text, in which offsets count.", media_type="text/plain"),
    sync_to_thread=True,
)
def read_text(database: Database, document_id: Sha256) -> Response[bytes]:
    """The canonical text, character for character. Evidence counts its code points."""
    found = get_text(database, document_id)
    if found is None:
        raise missing(f"document {document_id}")
    return Response(found.encode(), media_type="text/plain", headers={"ETag": f'"{document_id}"'})


@get(
    "/v1/documents/{document_id:str}/readout",
    operation_id="get_document_readout",
    tags=["documents"],
    summary="Get a document's readout",
    responses=answers(DocumentReadout, 404, when="What the document says, proven."),
    sync_to_thread=True,
)
def read_readout(database: Database, document_id: Sha256) -> Response[bytes]:
    """The facts of one document, and what was proposed but not proven. 404 until it has been read."""
    found = get_readout(database, document_id)
    if found is None:
        raise missing(f"readout of a document {document_id} (a document has one once its job is done)")
    return stored(found)


handlers: list[ControllerRouterHandler] = [OneDocument, read_text, read_readout]
