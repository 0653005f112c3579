"""What requests bring: JSON bodies, a document as text or as a file, and batches read line by line.

One that is sent again with the same `Idempotency-Key` gets the answer of the first time.
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from contextlib import ExitStack
from hashlib import sha256
from pathlib import PureWindowsPath
from time import perf_counter
from typing import IO, Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import UNSET, DecodeError, Struct, UnsetType, ValidationError, json
from msgspec.structs import replace
from sqlalchemy import Engine

from api.http.auth import READS
from api.http.middleware import Connection
from api.http.problems import (
    BAD_IDEMPOTENCY_KEY,
    BAD_REQUEST,
    INVALID_BODY,
    MALFORMED_JSON,
    REQUEST_TIMEOUT,
    TOO_LARGE,
    UNREADABLE_DOCUMENT,
    UNSUPPORTED_MEDIA_TYPE,
    Refusal,
    problem_of,
)
from pipeline import Unreadable
from pipeline.documents.formats import MAX_BYTES
from pipeline.documents.read import Enclosed, read_all
from schemas import (
    AboutDocument,
    DocumentAdded,
    DocumentAddress,
    DocumentUpload,
    FieldError,
    LineResult,
    NewDocument,
    PartAdded,
    bounds,
)
from store.idempotency import claim_key, keep_answer, release_key
from worker.jobs import Jobs, submit, submit_address

Shape = TypeVar("Shape")
# JSON may write a character of two bytes as six (`\u00e9`), and a form has fields beside its file.
MAX_BODY = 3 * MAX_BYTES + 1_000_000
_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_NAMED = re.compile(r"(?:unknown|missing required) field `(?P<name>.*)`$")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_KEY = re.compile(r"[!-~]{1,255}")
REPLAYED = "Idempotency-Replayed"
_IN_MEMORY = 1_000_000  # bytes of a batch's results; beyond that they wait on disk
_CHUNK = 65_536
_LONGEST_NAME = 255  # characters of a file's name that are kept, as file systems do
_TOO_LONG = Refusal(TOO_LARGE, "The line is larger than a document may be: split the document.")


_PATIENCE = 30.0  # seconds that a body is waited for
_A_SECOND = 1_000  # bytes of it that earn a second of them again


def in_time(inner: ASGIApp) -> ASGIApp:
    """Bounds how long a body is waited for. Who reads one that comes too slowly gets a Refusal.

    What is done between its parts takes none of the sender's time.
    """

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] in READS:
            await inner(scope, receive, send)
            return
        left, whole = _PATIENCE, False

        async def part() -> Any:
            nonlocal left, whole
            began = perf_counter()
            try:
                async with asyncio.timeout(None if whole else left):
                    message: Any = await receive()
            except TimeoutError:
                raise Refusal(REQUEST_TIMEOUT, "The body was waited for, and did not come.") from None
            whole = whole or not message.get("more_body")
            earned = len(message.get("body", b"")) / _A_SECOND
            left = min(left + earned - (perf_counter() - began), _PATIENCE)
            return message

        await inner(scope, part, send)

    return enter


async def known_body(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: a body that the operation does not take is not read."""
    taken = handler.opt.get("body")
    if taken and isinstance(connection, Request) and connection.content_type[0] not in taken:
        raise Refusal(
            UNSUPPORTED_MEDIA_TYPE,
            f"This operation takes {' or '.join(f'`{kind}`' for kind in taken)}.",
            headers={"Accept": ", ".join(taken)},
        )


async def json_body(request: Request[Any, Any, Any], shape: type[Shape]) -> Shape:
    """The JSON body of a request. Raises Refusal."""
    return await sync_to_thread(from_json, await request.body(), shape)


def from_json(body: bytes, shape: type[Shape]) -> Shape:
    """Raises Refusal."""
    try:
        return msgspec.json.decode(body, type=shape)
    except ValidationError as error:
        raise _invalid(error) from None
    except (DecodeError, UnicodeDecodeError) as error:
        raise Refusal(MALFORMED_JSON, f"{error}.") from None


def _invalid(error: ValidationError) -> Refusal:
    """A rule of the body that was broken."""
    message = str(error)
    place = _PLACE.search(message)
    steps = place["path"].replace("[", ".").replace("]", "").split(".")[1:] if place else []
    rule = _PLACE.sub("", message)
    if named := _NAMED.search(rule):
        steps.append(named["name"])
    pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
    return Refusal(INVALID_BODY, rule, [FieldError(pointer=pointer, detail=rule)])


async def received(request: Request[Any, Any, Any]) -> list[Enclosed] | DocumentAddress:
    """What a request brings: a document and those that came in its file, or where one is. Raises Refusal."""
    kind, parameters = request.content_type
    if kind == "application/json":
        return await sync_to_thread(from_line, await request.body())
    if kind == "multipart/form-data" and parameters.get("boundary"):
        return await sync_to_thread(_from_form, *await _form(request))
    raise Refusal(
        UNSUPPORTED_MEDIA_TYPE,
        "Send `application/json` with `text` or `url`, or `multipart/form-data` with `file`.",
    )


async def received_from_page(request: Request[Any, Any, Any]) -> list[Enclosed] | DocumentAddress:
    """What the form of a page brings: a file, or what is sent as JSON otherwise. Raises Refusal."""
    fields, file = await _form(request)
    given = {field: value for field, value in fields.items() if value}
    if "file" in given:
        return await sync_to_thread(_from_form, given, file)
    if "text" in given:
        given["text"] = given["text"].replace("\r\n", "\n")  # as forms end every line
    return await sync_to_thread(from_line, json.encode(given))


class _Given(Struct):
    """Whether a document comes with its text."""

    text: msgspec.Raw | UnsetType = UNSET
    url: msgspec.Raw | UnsetType = UNSET


def from_line(body: bytes) -> list[Enclosed] | DocumentAddress:
    """A document from the JSON of a `NewDocument`, or that of a `DocumentAddress`. Raises Refusal."""
    given = from_json(body, _Given)
    if given.text is UNSET and given.url is not UNSET:
        address = from_json(body, DocumentAddress)
        _check_day(address)
        return address
    new = from_json(body, NewDocument)
    return _read(new.text.encode(), new, "/text", format="text")


def _from_form(fields: dict[str, Any], file: str | None) -> list[Enclosed]:
    try:
        upload = msgspec.convert(fields, DocumentUpload)
    except ValidationError as error:
        raise _invalid(error) from None
    return _read(upload.file, upload, "/file", file)


async def _form(request: Request[Any, Any, Any]) -> tuple[dict[str, Any], str | None]:
    """Fields of the form, `file` as bytes; and the name of the file."""
    try:
        form = await request.form()
    except (UnicodeDecodeError, LookupError):
        raise Refusal(BAD_REQUEST, "A field of the form is not UTF-8 text.") from None
    fields: dict[str, Any] = {}
    name = None
    for field, value in form.items():
        if field in fields:
            raise Refusal(
                INVALID_BODY,
                "A field was given twice.",
                [FieldError(pointer=f"/{field}", detail="give it once")],
            )
        if isinstance(value, UploadFile):
            name = _UNPRINTABLE.sub("", PureWindowsPath(value.filename).name)[:_LONGEST_NAME] or None
            fields[field] = await value.read()
        else:
            fields[field] = value.encode() if field == "file" else value
    return fields, name


def _read(
    data: bytes, about: AboutDocument, pointer: str, file: str | None = None, format: str | None = None
) -> list[Enclosed]:
    if len(data) > MAX_BYTES:
        raise Refusal(
            TOO_LARGE, f"The document has {len(data):,} bytes, the limit is {MAX_BYTES:,}: split it."
        )
    _check_day(about)
    try:
        return read_all(data, file=file, about=about, format=format)
    except Unreadable as error:
        detail = f"The document cannot be read: {error}."
        raise Refusal(UNREADABLE_DOCUMENT, detail, [_fault(pointer, error)]) from None


def _check_day(about: AboutDocument) -> None:
    if about.published is not None:
        try:
            bounds(about.published)
        except ValueError as error:
            raise Refusal(INVALID_BODY, f"{error}.", [_fault("/published", error)]) from None


def brought(work: Jobs, given: list[Enclosed] | DocumentAddress) -> DocumentAdded:
    """See to it that documents are read, or one is fetched and read. Raises QueueFull.

    It answers for the first document, with those beside it as parts; where the file is none itself, the first is a
    part as well.
    """
    if isinstance(given, DocumentAddress):
        return submit_address(work, given)
    added = [submit(work, one.document) if one.document else None for one in given]
    parts = [
        PartAdded(
            file=one.file or "document",
            job_id=each.job_id if each else None,
            document_id=each.document_id if each else None,
            status=each.status if each else None,
            problem=one.problem,
        )
        for one, each in zip(given, added, strict=True)
        if one.inside
    ]
    return replace(next(filter(None, added)), parts=parts)


def _fault(pointer: str, error: Exception) -> FieldError:
    return FieldError(pointer=pointer, detail=str(error))


async def carried_out(request: Request[Any, Any, Any], work: Jobs) -> AsyncIterator[bytes]:
    """Submits each line of the request; then gives the results, a line each.

    They wait until the request has been read: most clients send all before they read anything, and would wait
    for ever for a service that waits for them.
    """
    with ExitStack() as stack:
        results = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        number = 0
        async for line in lines(request.stream()):
            number += 1
            if line is None or line.strip():
                await sync_to_thread(_one, request, work, results, number, line)
        results.seek(0)
        stack.pop_all()
    return _read_back(results)


async def lines(chunks: AsyncIterable[bytes], longest: int = MAX_BODY) -> AsyncIterator[bytes | None]:
    """The lines of a stream without their ends; None for one that is longer than it may be."""
    kept = bytearray()
    skipping = False
    async for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            yield None if skipping or len(kept) + len(part) > longest else bytes(kept) + part
            kept.clear()
            skipping = False
        if not skipping:
            kept += rest
            if skipping := len(kept) > longest:
                kept.clear()
    if kept or skipping:
        yield None if skipping else bytes(kept)


def _one(
    request: Request[Any, Any, Any], work: Jobs, results: IO[bytes], number: int, line: bytes | None
) -> None:
    try:
        if line is None:
            raise _TOO_LONG
        result = LineResult(line=number, added=brought(work, from_line(line)), problem=None)
    except Exception as error:
        result = LineResult(line=number, added=None, problem=problem_of(request, error)[0])
    results.write(json.encode(result) + b"\n")


async def _read_back(results: IO[bytes]) -> AsyncIterator[bytes]:
    with results:
        while chunk := await sync_to_thread(results.read, _CHUNK):
            yield chunk


class Reply(Struct, frozen=True, kw_only=True):
    """An answer as it is sent, kept and sent again."""

    status: int
    headers: dict[str, str]
    body: bytes

    def response(self, **extra: str) -> Response[bytes]:
        headers = self.headers | extra
        return Response(self.body, media_type="application/json", status_code=self.status, headers=headers)


def reply(shape: Struct, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status=status, headers=dict(headers or {}), body=json.encode(shape))


def once(
    request: Request[Any, Any, Any], database: Engine, meaning: object, act: Callable[[], Reply]
) -> Response[bytes]:
    """The answer of `act`, or the one that it gave to an earlier request with this key and this meaning.

    `meaning` is whatever of the request decides what it does. Failures are not kept. A key belongs to whoever
    sends it: callers with different keys do not meet. Raises Refusal.
    """
    given = request.headers.getall("Idempotency-Key", [])
    if not given:
        return act().response()
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise Refusal(BAD_IDEMPOTENCY_KEY, "Send `Idempotency-Key` once, with 1 to 255 printable characters.")
    caller = request.scope["state"].get("caller", "")
    key = _digest([caller, request.method, request.scope["path"], given[0]])
    claimed = claim_key(database, key, _digest(meaning))
    if isinstance(claimed, bytes):
        return json.decode(claimed, type=Reply).response(**{REPLAYED: "true"})
    try:
        answer = act()
    except BaseException:
        release_key(database, key, claimed)
        raise
    keep_answer(database, key, claimed, json.encode(answer))
    return answer.response()


def _digest(value: object) -> str:
    return sha256(json.encode(value)).hexdigest()
