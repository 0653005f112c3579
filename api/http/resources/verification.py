"""Drafts that are checked against the sources."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, post
from litestar.concurrency import sync_to_thread
from litestar.types import ControllerRouterHandler

from api.http.problems import INVALID_BODY, UNREADABLE_DOCUMENT, Refusal
from api.http.requests import json_body
from api.http.responses import Work, answers, json_answer
from pipeline import Unreadable
from pipeline.documents.read import read
from schemas import FieldError
from schemas.drafts import DraftToVerify, VerifiedDraft
from store.sources import unknown_sources
from worker.drafts import verify_apart
from worker.jobs import Jobs


@post(
    "/v1/verify",
    operation_id="verify_draft",
    summary="Check a draft",
    tags=["drafts"],
    status_code=200,
    opt={"body": {"application/json": DraftToVerify}, "asks": True},
    responses=answers(VerifiedDraft, 408, 415, 422, when="What the sources say of it."),
)
async def verify_draft(request: Request[Any, Any, Any], work: Work) -> Response[bytes]:
    """Looks for each quotation, amount, date and name of a text in the sources: where it stands, or what comes nearest.

    Quotations must stand there word by word; amounts and dates must mean the same and be said of the same matter; an
    office or a party must be one that a source gives the person. Nothing is kept of the draft.
    """
    draft = await json_body(request, DraftToVerify)
    return json_answer(await sync_to_thread(_verified, work, draft))


def _verified(work: Jobs, draft: DraftToVerify) -> VerifiedDraft:
    try:
        read(draft.text.encode(), format="text")
    except Unreadable as error:
        fault = FieldError(pointer="/text", detail=str(error))
        raise Refusal(UNREADABLE_DOCUMENT, f"The draft cannot be read: {error}.", [fault]) from None
    briefings, documents = unknown_sources(work.engine, draft.briefing_ids, draft.document_ids)
    errors = [
        *_unknown("briefing_ids", draft.briefing_ids, briefings),
        *_unknown("document_ids", draft.document_ids, documents),
    ]
    if errors:
        raise Refusal(INVALID_BODY, "Not all of what it is to be checked against is there.", errors)
    return verify_apart(work.database_url, draft, datetime.now(UTC).date())


def _unknown(field: str, given: Sequence[str], unknown: Sequence[str]) -> list[FieldError]:
    return [
        FieldError(pointer=f"/{field}/{given.index(id)}", detail="there is none with this id")
        for id in unknown
    ]


handlers: list[ControllerRouterHandler] = [verify_draft]
