"""Requests that bring a document: JSON text or an uploaded file, to the pipeline's `Document`."""

import re
from pathlib import PureWindowsPath
from typing import Any

import msgspec
from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from msgspec import ValidationError

from api.http.bodies import from_json, invalid
from api.http.problems import (
    BAD_REQUEST,
    INVALID_BODY,
    TOO_LARGE,
    UNREADABLE_DOCUMENT,
    UNSUPPORTED_MEDIA_TYPE,
    Refusal,
)
from pipeline.documents.document import Document
from pipeline.documents.read import MAX_BYTES, read
from pipeline.errors import Unreadable
from schemas import AboutDocument, DocumentUpload, FieldError, NewDocument, bounds

# JSON may write a character of two bytes as six (`\u00e9`), and a form has fields beside its file.
MAX_BODY = 3 * MAX_BYTES + 1_000_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def from_line(body: bytes) -> Document:
    """A document from the JSON of a `NewDocument`. Raises Refusal."""
    new = from_json(body, NewDocument)
    return _read(new.text.encode(), new, "/text")


def _from_form(fields: dict[str, Any], file: str | None) -> Document:
    try:
        upload = msgspec.convert(fields, DocumentUpload)
    except ValidationError as error:
        raise invalid(error) from None
    return _read(upload.file, upload, "/file", file)


def _read(data: bytes, about: AboutDocument, pointer: str, file: str | None = None) -> Document:
    if len(data) > MAX_BYTES:
        raise Refusal(
            TOO_LARGE, f"The document has {len(data):,} bytes, the limit is {MAX_BYTES:,}: split it."
        )
    if about.published is not None:
        try:
            bounds(about.published)
        except ValueError as error:
            raise Refusal(INVALID_BODY, f"{error}.", [_at("/published", error)]) from None
    try:
        return read(
            data,
            file=file,
            title=about.title,
            publisher=about.publisher,
            url=about.url,
            published=about.published,
        )
    except Unreadable as error:
        detail = f"The document cannot be read: {error}."
        raise Refusal(UNREADABLE_DOCUMENT, detail, [_at(pointer, error)]) from None


def _at(pointer: str, error: Exception) -> FieldError:
    return FieldError(pointer=pointer, detail=str(error))


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
            name = _UNPRINTABLE.sub("", PureWindowsPath(value.filename).name) or None
            fields[field] = await value.read()
        else:
            fields[field] = value.encode() if field == "file" else value
    return fields, name


async def received(request: Request[Any, Any, Any]) -> Document:
    """The document that a request brings. Raises Refusal."""
    kind, parameters = request.content_type
    if kind == "application/json":
        return await sync_to_thread(from_line, await request.body())
    if kind == "multipart/form-data" and parameters.get("boundary"):
        return await sync_to_thread(_from_form, *await _form(request))
    raise Refusal(
        UNSUPPORTED_MEDIA_TYPE, "Send `application/json` with `text`, or `multipart/form-data` with `file`."
    )
