"""Documents: what is known of one, its text, and what was read out of it."""

from litestar import Response, get
from msgspec import json

from api.answers import Database, answers, missing, stored
from schemas import DocumentInfo, DocumentReadout
from schemas.vocabulary import Sha256
from store.documents import get_document, get_readout, get_text


@get(
    "/v1/documents/{document_id:str}",
    operation_id="get_document",
    tags=["documents"],
    summary="Get a document",
    responses=answers(DocumentInfo, 404, when="What is known of the document."),
    sync_to_thread=True,
)
def read_document(database: Database, document_id: Sha256) -> Response[bytes]:
    """Where a document came from and how long it is."""
    found = get_document(database, document_id)
    if found is None:
        raise missing(f"document {document_id}")
    return stored(json.encode(found))


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


handlers = [read_document, read_text, read_readout]
