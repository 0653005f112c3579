"""Bringing documents: one, or a batch of any length."""

from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.concurrency import sync_to_thread
from litestar.response import Stream
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from api.http.batches import carried_out
from api.http.idempotency import Answer, accepted, once
from api.http.problems import UNSUPPORTED_MEDIA_TYPE, Refusal
from api.http.requests import MAX_BODY, received
from api.http.responses import BYTES, NDJSON, Work, answers
from pipeline.documents.document import Document
from schemas import DocumentAdded, DocumentUpload, LineResult, NewDocument
from worker.jobs import Jobs, submit

Lines = Annotated[
    str,
    Meta(description="A `NewDocument` as JSON on each line.", extra_json_schema={"format": "binary"}),
]


@post(
    "/v1/documents",
    operation_id="add_document",
    tags=["documents"],
    summary="Add a document",
    status_code=202,
    request_max_body_size=MAX_BODY,
    opt={
        "body": {"application/json": NewDocument, "multipart/form-data": DocumentUpload},
        "headers": ["IdempotencyKey", "RequestId"],
    },
    responses=answers(
        DocumentAdded, 409, 413, 415, 422, 429, status=202,
        when="Accepted. `Location` is the job that reads it.",
    ),
)  # fmt: skip
async def add_document(request: Request[Any, Any, Any], work: Work) -> Response[bytes]:
    """Accepts a document, as JSON or as a file, and reads it in the background.

    The SHA-256 of its text is its identity: what was added before is not worked on again, and the answer
    names the job that it already has, whatever the `Idempotency-Key`.
    """
    document = await received(request)
    return await sync_to_thread(_add, request, work, document)


def _add(request: Request[Any, Any, Any], work: Jobs, document: Document) -> Response[bytes]:
    def act() -> Answer:
        added = submit(work, document)
        return accepted(added, {"Location": f"/v1/jobs/{added.job_id}", "Retry-After": "1"})

    return once(request, work.engine, document, act)


@post(
    "/v1/documents/batch",
    operation_id="add_documents",
    tags=["documents"],
    summary="Add a batch of documents",
    status_code=200,
    request_max_body_size=None,
    opt={"body": {NDJSON: Lines, BYTES: Lines}},
    responses=answers(
        LineResult, 415, when="A line for each line of the request that is not empty.", media_type=NDJSON
    ),
)
async def add_documents(request: Request[Any, Any, Any], work: Work) -> Stream:
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


handlers: list[ControllerRouterHandler] = [add_document, add_documents]
