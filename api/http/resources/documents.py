"""Documents: bringing one or a batch of any length, what is known of one, its text, and what was read out of it."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.response import Stream
from litestar.types import ControllerRouterHandler
from msgspec import Meta, json
from sqlalchemy import Engine

from api.http.auth import cleared
from api.http.problems import UNSUPPORTED_MEDIA_TYPE, Refusal
from api.http.requests import MAX_BODY, Reply, brought, carried_out, once, received, reply
from api.http.responses import (
    BYTES,
    NDJSON,
    NOT_KEPT,
    Database,
    Work,
    answers,
    existing,
    json_answer,
    no_such,
    stored,
    stored_page,
)
from pipeline.documents.read import Enclosed
from schemas import (
    DocumentAdded,
    DocumentAddress,
    DocumentInfo,
    DocumentPage,
    DocumentReadout,
    DocumentUpload,
    LineResult,
    NewDocument,
)
from schemas.queries import DocumentQuery
from schemas.vocabulary import Sha256
from store.documents import get_document, get_readout, get_text, page_documents
from store.embargoes import is_restricted, told_among
from worker.decisions import withdraw
from worker.jobs import Jobs

Lines = Annotated[
    str,
    Meta(
        description="A `NewDocument` or a `DocumentAddress` as JSON on each line.",
        extra_json_schema={"format": "binary"},
    ),
]


def _add(
    request: Request[Any, Any, Any], work: Jobs, given: list[Enclosed] | DocumentAddress
) -> Response[bytes]:
    def act() -> Reply:
        added = brought(work, given)
        return reply(added, 202, {"Location": f"/v1/jobs/{added.job_id}", "Retry-After": "1"})

    return once(request, work.engine, given, act)


@post(
    "/v1/documents/batch",
    operation_id="add_documents",
    tags=["documents"],
    summary="Add a batch of documents",
    status_code=200,
    request_max_body_size=None,
    opt={"body": {NDJSON: Lines, BYTES: Lines}},
    responses=answers(
        LineResult, 408, 415, when="A line for each line of the request that is not empty.", media_type=NDJSON
    ),
)
async def bring_documents(request: Request[Any, Any, Any], work: Work) -> Stream:
    """Accepts any number of documents, one JSON object a line, and answers with a line for each, in order.

    A line that is refused does not stop the others: its `problem` says why. The answer begins once the
    request has been read. Send a batch again as often as you like: what was accepted is not worked on again.

    Send it as `application/x-ndjson`, or as `application/octet-stream`; the answer has the same type.
    """
    kind = request.content_type[0]
    if kind not in (NDJSON, BYTES):
        raise Refusal(
            UNSUPPORTED_MEDIA_TYPE, f"Send `{NDJSON}`: one JSON object a line, as for one document."
        )
    return Stream(await carried_out(request, work), media_type=kind)


def as_admitted(request: Request[Any, Any, Any], database: Engine, document_id: str) -> dict[str, str]:
    """Headers of an answer about a document: what is for some alone nobody keeps.

    Raises Refusal where there is no such document for the caller.
    """
    if not is_restricted(database, document_id):
        return {}
    if not told_among(database, [document_id], cleared(request.scope)):
        raise no_such(f"document {document_id}")
    return NOT_KEPT


class Documents(Controller):
    """The methods of one path, together."""

    path = "/v1/documents"
    tags = ("documents",)

    @get(
        operation_id="list_documents",
        summary="List documents",
        opt={"query": DocumentQuery},
        responses=answers(DocumentPage, when="A page of documents, those added last first."),
        sync_to_thread=True,
    )
    def list_documents(
        self, request: Request[Any, Any, Any], database: Database, asked: NamedDependency[DocumentQuery]
    ) -> Response[bytes]:
        """What was brought, what is known of where it comes from, and whether it counts.

        What is under an embargo is listed for keys that may add documents alone; what supports no published briefing
        yet, where an editor publishes them, for keys that may do that.
        """
        listed = page_documents(database, asked, to=cleared(request.scope))
        answer = stored_page(listed)
        if is_restricted(database):
            answer.headers.update(NOT_KEPT)
        return answer

    @post(
        operation_id="add_document",
        summary="Add a document",
        status_code=202,
        request_max_body_size=MAX_BODY,
        opt={
            "body": {"application/json": (NewDocument, DocumentAddress), "multipart/form-data": DocumentUpload},
            "headers": ["IdempotencyKey", "RequestId"],
        },
        responses=answers(
            DocumentAdded, 408, 409, 413, 415, 422, 429, status=202,
            when="Accepted. `Location` is the job that reads it.",
        ),
    )  # fmt: skip
    async def bring_document(self, request: Request[Any, Any, Any], work: Work) -> Response[bytes]:
        """Accepts a document, as JSON or as a file, and reads it in the background. With `url` and without `text` it is
        fetched first.

        The SHA-256 of its text is its identity: what was added before is not worked on again, and the answer
        names the job that it already has, whatever the `Idempotency-Key`. What is attached to an e-mail and the files
        of an archive are documents of their own: `parts` lists them, with what cannot be read of them.
        """
        return await sync_to_thread(_add, request, work, await received(request))


class OneDocument(Controller):
    path = "/v1/documents/{document_id:str}"
    tags = ("documents",)

    @get(
        operation_id="get_document",
        summary="Get a document",
        responses=answers(DocumentInfo, 404, when="What is known of the document."),
        sync_to_thread=True,
    )
    def read_document(
        self, request: Request[Any, Any, Any], database: Database, document_id: Sha256
    ) -> Response[bytes]:
        """Where a document came from, as its sender and as itself say, and whether it still counts."""
        kept = as_admitted(request, database, document_id)
        document = existing(get_document(database, document_id), f"document {document_id}")
        return stored(json.encode(document), headers=kept)

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
        withdraw(database, document_id)
        document = existing(get_document(database, document_id), f"document {document_id}")
        return json_answer(document)


@get(
    "/v1/documents/{document_id:str}/text",
    operation_id="get_document_text",
    tags=["documents"],
    summary="Get a document's text",
    responses=answers(str, 404, when="The canonical text, in which offsets count.", media_type="text/plain"),
    sync_to_thread=True,
)
def read_text(request: Request[Any, Any, Any], database: Database, document_id: Sha256) -> Response[bytes]:
    """The canonical text, character for character. Evidence counts its code points."""
    kept = as_admitted(request, database, document_id)
    text = existing(get_text(database, document_id), f"document {document_id}")
    return Response(text.encode(), media_type="text/plain", headers={"ETag": f'"{document_id}"'} | kept)


@get(
    "/v1/documents/{document_id:str}/readout",
    operation_id="get_document_readout",
    tags=["documents"],
    summary="Get a document's readout",
    responses=answers(DocumentReadout, 404, when="What the document says, proven."),
    sync_to_thread=True,
)
def read_readout(request: Request[Any, Any, Any], database: Database, document_id: Sha256) -> Response[bytes]:
    """The facts of one document, and what was proposed but not proven. 404 until it has been read."""
    kept = as_admitted(request, database, document_id)
    readout = existing(
        get_readout(database, document_id),
        f"readout of a document {document_id} (a document has one once its job is done)",
    )
    return stored(readout, headers=kept)


handlers: list[ControllerRouterHandler] = [
    Documents,
    bring_documents,
    OneDocument,
    read_text,
    read_readout,
]
