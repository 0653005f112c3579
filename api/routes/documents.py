"""Documents: bring one, see what is known of it, its text, and what was read out of it."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from msgspec import json

from api.answers import Database, Work, answers, missing, stored
from api.intake import MAX_BODY, received
from schemas import DocumentAdded, DocumentInfo, DocumentReadout, DocumentUpload, NewDocument
from schemas.vocabulary import Sha256
from store.documents import get_document, get_readout, get_text
from worker.jobs import submit


@post(
    "/v1/documents",
    operation_id="add_document",
    tags=["documents"],
    summary="Add a document",
    status_code=202,
    request_max_body_size=MAX_BODY,
    opt={"body": {"application/json": NewDocument, "multipart/form-data": DocumentUpload}},
    responses=answers(
        DocumentAdded, 413, 415, 422, status=202, when="Accepted. `Location` is the job that reads it."
    ),
)
async def add_document(request: Request[Any, Any, Any], work: Work) -> Response[bytes]:
    """Accepts a document, as JSON or as a file, and reads it in the background.

    The SHA-256 of its text is its identity: what was added before is not worked on again, and the answer
    names the job that it already has.
    """
    document = await received(request)
    added = await sync_to_thread(submit, work, document)
    headers = {"Location": f"/v1/jobs/{added.job_id}", "Retry-After": "1"}
    return Response(json.encode(added), media_type="application/json", status_code=202, headers=headers)


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


handlers = [add_document, read_document, read_text, read_readout]
