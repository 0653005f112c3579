"""Every error that the service answers with: RFC 9457, one shape, stable types."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    InternalServerException,
    MethodNotAllowedException,
    NotFoundException,
)
from litestar.types import Scope
from msgspec import Struct, json
from sqlalchemy.exc import DataError, InterfaceError, OperationalError, ProgrammingError, SQLAlchemyError

from schemas import FieldError, Problem
from store.engine import contention, outage
from store.errors import BadCursor
from worker.errors import QueueFull
from worker.queue import RETRY_AFTER
from worker.states import WORK_FAILED as _WORK_FAILED
from worker.states import WORKER_LOST as _WORKER_LOST

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("readout.api")


class Kind(Struct, frozen=True):
    """A sort of error. Its `type` is `/problems/{name}`; `docs/errors.md` says what to do about each.

    `of_job`: no answer has it as its own; it is the `error` of a job.
    """

    name: str
    status: int
    title: str
    of_job: bool = False

    @property
    def type(self) -> str:
        return f"/problems/{self.name}"


BAD_REQUEST = Kind("bad-request", 400, "The request is not well-formed")
MALFORMED_JSON = Kind("malformed-json", 400, "The body is not JSON")
UNKNOWN_PARAMETER = Kind("unknown-parameter", 400, "Unknown query parameter")
REPEATED_PARAMETER = Kind("repeated-parameter", 400, "Query parameter given more than once")
INVALID_PARAMETER = Kind("invalid-parameter", 400, "Invalid query parameter")
BAD_CURSOR = Kind("bad-cursor", 400, "The cursor is not one of this list's")
BAD_ETAG = Kind("bad-etag", 400, "If-None-Match is not a list of entity tags")
BAD_IDEMPOTENCY_KEY = Kind("bad-idempotency-key", 400, "Idempotency-Key is not a key")
UNAUTHORIZED = Kind("unauthorized", 401, "A valid key is needed")
NOT_LOCAL = Kind("not-local", 403, "The service is open to this machine only")
MISSING_SCOPE = Kind("missing-scope", 403, "The key may not do this")
CROSS_ORIGIN = Kind("cross-origin", 403, "Pages of other sites may not write here")
NOT_FOUND = Kind("not-found", 404, "Not found")
METHOD_NOT_ALLOWED = Kind("method-not-allowed", 405, "The resource has no such method")
NOT_ACCEPTABLE = Kind("not-acceptable", 406, "The resource has no such representation")
UNDECIDABLE = Kind("undecidable", 409, "The briefings cannot be split or merged like this")
JOB_FINISHED = Kind("job-finished", 409, "The job has finished")
JOB_NOT_RETRYABLE = Kind("job-not-retryable", 409, "The job has neither failed nor been cancelled")
IDEMPOTENCY_KEY_IN_USE = Kind("idempotency-key-in-use", 409, "A request with this key is being carried out")
TOO_LARGE = Kind("too-large", 413, "The document is too large")
UNSUPPORTED_MEDIA_TYPE = Kind("unsupported-media-type", 415, "Unsupported media type")
INVALID_BODY = Kind("invalid-body", 422, "The body is not what the operation takes")
UNREADABLE_DOCUMENT = Kind("unreadable-document", 422, "The document cannot be read")
IDEMPOTENCY_KEY_REUSED = Kind("idempotency-key-reused", 422, "The key came with another request")
QUEUE_FULL = Kind("queue-full", 429, "Too many documents wait to be read")
TOO_MANY_REQUESTS = Kind("too-many-requests", 429, "Too many requests")
INTERNAL = Kind("internal", 500, "The service failed")
WORK_FAILED = Kind(*_WORK_FAILED, of_job=True)
WORKER_LOST = Kind(*_WORKER_LOST, of_job=True)
NOT_READY = Kind("not-ready", 503, "The service is not ready")
STORE_UNAVAILABLE = Kind("store-unavailable", 503, "The database does not answer")

CATALOGUE = {kind.name: kind for kind in list(globals().values()) if isinstance(kind, Kind)}


class Refusal(Exception):
    """Ends a request with a problem of this kind."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})


def request_id(scope: Scope) -> str:
    """The request's id, which the doorway gave it."""
    return str(scope["state"]["request_id"])


def _refusal(request: Request[Any, Any, Any], error: Exception) -> Refusal:
    """What the client is told of an exception. What it is not told is in the log, under the request's id."""
    match error:
        case Refusal():
            return error
        case BadCursor():
            return _bad_cursor(str(error))
        case QueueFull():
            return Refusal(QUEUE_FULL, f"{error}.", headers={"Retry-After": str(RETRY_AFTER)})
        case InternalServerException(detail="client disconnected prematurely"):
            return Refusal(BAD_REQUEST, "The request ended before its body did.")
        case NotFoundException():
            return Refusal(NOT_FOUND, "There is nothing at this path.")
        case MethodNotAllowedException():
            allowed = error.headers or {}
            return Refusal(
                METHOD_NOT_ALLOWED,
                f"{request.method} is not among the methods of this resource.",
                headers=allowed,
            )
        case HTTPException(status_code=413):
            return Refusal(TOO_LARGE, "The body is larger than a document may be: split the document.")
        case HTTPException(status_code=status) if 400 <= status < 500:
            return Refusal(BAD_REQUEST, error.detail)
        case OverflowError() | ValueError() | DataError() if b"cursor=" in request.scope["query_string"]:
            log.warning("request %s: a cursor was made up", request_id(request.scope), exc_info=error)
            return _bad_cursor("the cursor is not one that this service gave out")
        case SQLAlchemyError() if why := outage(error) or contention(error):
            log.error("request %s: %s", request_id(request.scope), why)
            detail = f"{why[0].upper()}{why[1:]}: try again."
            return Refusal(STORE_UNAVAILABLE, detail, headers={"Retry-After": "1"})
        case OperationalError() | InterfaceError() | ProgrammingError():
            log.error("request %s: the database failed", request_id(request.scope), exc_info=error)
            detail = "The database is not migrated, or damaged; the log of the service says which."
            return Refusal(STORE_UNAVAILABLE, detail, headers={"Retry-After": "1"})
        case _:
            log.error("request %s failed", request_id(request.scope), exc_info=error)
            return Refusal(INTERNAL, "The log of the service has the cause under this request's id.")


def _bad_cursor(reason: str) -> Refusal:
    detail = "Use the `next_cursor` of the page before, with the same filters, and nothing else."
    return Refusal(BAD_CURSOR, detail, [FieldError(pointer="cursor", detail=reason)])


def problem_of(request: Request[Any, Any, Any], error: Exception) -> tuple[Problem, dict[str, str]]:
    """The problem that an exception is to the client, and the headers of an answer that is nothing else."""
    refusal = _refusal(request, error)
    problem = Problem(
        type=refusal.kind.type,
        title=refusal.kind.title,
        status=refusal.kind.status,
        detail=refusal.detail,
        instance=quote(request.scope["path"]),
        request_id=request_id(request.scope),
        errors=refusal.errors,
    )
    return problem, refusal.headers


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The one exception handler."""
    problem, headers = problem_of(request, error)
    return Response(json.encode(problem), media_type=MEDIA_TYPE, status_code=problem.status, headers=headers)
