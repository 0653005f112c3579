"""Every error that the service answers with: RFC 9457, one shape, stable types.

An exception ends a request, and `on_error` alone makes a problem of it:

- `Refusal`, the one exception of this layer, has the kind of the problem, its detail, the fields that are wrong and
  the headers that go with it. Whoever knows what the client did wrong raises it.
- What the store and the workers raise by themselves: `BadCursor` is `bad-cursor`;
  `UnknownId` is `invalid-parameter`; `Undecidable` is `undecidable`;
  `ChangedMeanwhile` is `precondition-failed`; `KeyReused` and `KeyInUse` are `idempotency-key-reused` and
  `idempotency-key-in-use`; `TooMany` is `too-many-webhooks`;
  `InUse` is `topic-in-use`; `QueueFull` is `queue-full`;
  `NotChecked` is `checks-busy`; `NotRetryable` is `job-not-retryable`. `Unfit` is `invalid-body`. `Unreadable` of a
  document and `NotCalled` of an address are said of the field of the body that they stood in, so whoever reads the
  body makes a `Refusal` of them.
- Litestar's `HTTPException`: `not-found`, `method-not-allowed`, `too-large`, `bad-request`.
- SQLAlchemy's, where the database is away, busy or not migrated: `store-unavailable`.
- Anything else is a fault of the service: `internal`, with its cause in the log alone.
"""

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
from store import BadCursor, InUse, KeyInUse, KeyReused, TooMany, UnknownId
from store.engine import contention, outage
from worker import ChangedMeanwhile, NotChecked, NotRetryable, QueueFull, Undecidable, Unfit, states
from worker.queue import RETRY_AFTER

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("readout.api")


class ProblemKind(Struct, frozen=True):
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


BAD_REQUEST = ProblemKind("bad-request", 400, "The request is not well-formed")
MALFORMED_JSON = ProblemKind("malformed-json", 400, "The body is not JSON")
UNKNOWN_PARAMETER = ProblemKind("unknown-parameter", 400, "Unknown query parameter")
REPEATED_PARAMETER = ProblemKind("repeated-parameter", 400, "Query parameter given more than once")
INVALID_PARAMETER = ProblemKind("invalid-parameter", 400, "Invalid query parameter")
BAD_CURSOR = ProblemKind("bad-cursor", 400, "The cursor is not one of this list's")
BAD_ETAG = ProblemKind("bad-etag", 400, "If-None-Match is not a list of entity tags")
BAD_IDEMPOTENCY_KEY = ProblemKind("bad-idempotency-key", 400, "Idempotency-Key is not a key")
UNAUTHORIZED = ProblemKind("unauthorized", 401, "A valid key is needed")
NOT_LOCAL = ProblemKind("not-local", 403, "The service is open to this machine only")
MISSING_SCOPE = ProblemKind("missing-scope", 403, "The key may not do this")
CROSS_ORIGIN = ProblemKind("cross-origin", 403, "Pages of other sites may not write here")
NOT_FOUND = ProblemKind("not-found", 404, "Not found")
METHOD_NOT_ALLOWED = ProblemKind("method-not-allowed", 405, "The resource has no such method")
NOT_ACCEPTABLE = ProblemKind("not-acceptable", 406, "The resource has no such representation")
REQUEST_TIMEOUT = ProblemKind("request-timeout", 408, "The body came too slowly")
UNDECIDABLE = ProblemKind("undecidable", 409, "The briefings cannot be split or merged like this")
JOB_FINISHED = ProblemKind("job-finished", 409, "The job has finished")
JOB_NOT_RETRYABLE = ProblemKind("job-not-retryable", 409, "The job has neither failed nor been cancelled")
TOO_MANY_WEBHOOKS = ProblemKind("too-many-webhooks", 409, "There are as many webhooks as there may be")
TOPIC_IN_USE = ProblemKind("topic-in-use", 409, "Something else is of the topic")
DIGEST_CHANGED = ProblemKind("digest-changed", 409, "Something has changed since the digest was looked at")
IDEMPOTENCY_KEY_IN_USE = ProblemKind(
    "idempotency-key-in-use", 409, "A request with this key is being carried out"
)
PRECONDITION_FAILED = ProblemKind("precondition-failed", 412, "The resource is not as you saw it")
TOO_LARGE = ProblemKind("too-large", 413, "The document is too large")
UNSUPPORTED_MEDIA_TYPE = ProblemKind("unsupported-media-type", 415, "Unsupported media type")
INVALID_BODY = ProblemKind("invalid-body", 422, "The body is not what the operation takes")
UNREADABLE_DOCUMENT = ProblemKind("unreadable-document", 422, "The document cannot be read")
IDEMPOTENCY_KEY_REUSED = ProblemKind("idempotency-key-reused", 422, "The key came with another request")
PRECONDITION_REQUIRED = ProblemKind("precondition-required", 428, "If-Match is needed")
QUEUE_FULL = ProblemKind("queue-full", 429, "Too many documents wait to be read")
TOO_MANY_REQUESTS = ProblemKind("too-many-requests", 429, "Too many requests")
TOO_MANY_STREAMS = ProblemKind("too-many-streams", 429, "Too many streams are open")
INTERNAL = ProblemKind("internal", 500, "The service failed")
CHECKS_BUSY = ProblemKind("checks-busy", 503, "The draft cannot be checked now")
NOT_READY = ProblemKind("not-ready", 503, "The service is not ready")
STORE_UNAVAILABLE = ProblemKind("store-unavailable", 503, "The database does not answer")

_OF_JOBS = [ProblemKind(*kind, of_job=True) for kind in [*states.UNFETCHED.values(), states.NO_DOCUMENT]]
CATALOGUE = {kind.name: kind for kind in [*globals().values(), *_OF_JOBS] if isinstance(kind, ProblemKind)}


class Refusal(Exception):
    """Ends a request with a problem of this kind.

    `reason`: of callers who are kept out, in a word; the name of the kind where that says it.
    """

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.reason = reason or kind.name
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
        case UnknownId():
            fault = FieldError(pointer=error.parameter, detail="there is no such thing")
            return Refusal(INVALID_PARAMETER, str(error), [fault])
        case Undecidable():
            return Refusal(UNDECIDABLE, str(error))
        case ChangedMeanwhile():
            return Refusal(PRECONDITION_FAILED, f"{error} Get it again, and decide about what it says now.")
        case NotRetryable():
            return Refusal(JOB_NOT_RETRYABLE, f"The job is {error}, so there is nothing to retry.")
        case KeyReused():
            detail = "This `Idempotency-Key` came with another request before: use a new one."
            return Refusal(IDEMPOTENCY_KEY_REUSED, detail)
        case KeyInUse():
            detail = "A request with this `Idempotency-Key` is being carried out."
            return Refusal(IDEMPOTENCY_KEY_IN_USE, detail, headers={"Retry-After": "1"})
        case InUse():
            return Refusal(TOPIC_IN_USE, f"{error}.")
        case TooMany():
            return Refusal(TOO_MANY_WEBHOOKS, f"{error}: delete one.".capitalize())
        case QueueFull():
            return Refusal(QUEUE_FULL, f"{error}.", headers={"Retry-After": str(RETRY_AFTER)})
        case Unfit():
            return Refusal(INVALID_BODY, str(error), error.faults)
        case NotChecked():
            return Refusal(CHECKS_BUSY, f"It was not checked: {error}.", headers={"Retry-After": "5"})
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
