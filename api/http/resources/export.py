"""Whole collections as one stream, which goes on where it was cut."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from litestar import Request, Response, get
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.response import Stream
from msgspec import Raw, json

from api.http.auth import BRIEFINGS_READ
from api.http.content import CSV, cell, columns_of, rows_of
from api.http.responses import NDJSON, Database, answers
from schemas import Briefing, BriefingSummary, Conflict
from schemas.changes import ExportLine, Removal
from schemas.kinds import BY_NAME
from schemas.queries import ExportOf, ExportQuery
from store.export import KINDS_OF, Exported, export

_Path = tuple[str, ...]
_Write = Callable[[list[Exported]], bytes]


@get(
    "/v1/export",
    operation_id="export",
    tags=["export"],
    summary="Export everything",
    opt={
        "query": ExportQuery,
        "scope": (BRIEFINGS_READ,),
        "stream": True,
        "makes": (CSV,),
        "headers": ["RequestId"],
    },
    responses=answers(
        ExportLine, when="A line for each thing, then one of the type `end`.", media_type=NDJSON
    ),
)
async def export_everything(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[ExportQuery]
) -> Response[Any]:
    """Everything of a sort, as NDJSON or CSV, however much there is.

    Where the last line is not of the type `end` the stream was cut: ask again with the `cursor` of the last whole line.
    What does not change meanwhile comes exactly once. What does is among the changes that `/v1/changes` tells after the
    `cursor` of the `end`: who applies them has what the service has.
    """
    batches = await sync_to_thread(export, database, asked.of, asked.cursor)
    table = asked.format == "csv" or (
        asked.format is None and request.scope["state"]["representation"] == CSV
    )
    media_type = f"{CSV}; header=present" if table else NDJSON
    headers = {"Cache-Control": "no-store", "Vary": "Accept", "X-Accel-Buffering": "no"}
    if request.scope["state"]["bodiless"]:
        return Response(b"", media_type=media_type, headers=headers)
    columns = _columns(asked.of)
    head = rows_of([("type", "cursor", *(".".join(path) for path in columns))]) if table else b""
    chunks = _chunks(batches, head, _rows(columns) if table else _lines)
    return Stream(chunks, media_type=media_type, headers=headers)


async def _chunks(batches: Iterator[list[Exported]], head: bytes, write: _Write) -> AsyncIterator[bytes]:
    def chunk() -> bytes | None:
        batch = next(batches, None)
        return None if batch is None else write(batch)

    if head:
        yield head
    while (written := await sync_to_thread(chunk)) is not None:
        yield written


def _lines(batch: list[Exported]) -> bytes:
    return json.Encoder().encode_lines(
        [ExportLine(type=kind, cursor=cursor, item=Raw(item)) for kind, cursor, item in batch]
    )


def _rows(columns: list[_Path]) -> _Write:
    def rows(batch: list[Exported]) -> bytes:
        things = ((kind, cursor, json.decode(item)) for kind, cursor, item in batch)
        return rows_of(
            (kind, cursor, *(cell(thing, path) for path in columns)) for kind, cursor, thing in things
        )

    return rows


def _columns(of: ExportOf) -> list[_Path]:
    """The columns of everything that comes, each once; of a briefing what its list has of it."""
    if of == "changes":
        return [*columns_of(Removal), ("item",)]
    if of == "briefings":
        listed = BriefingSummary.__struct_fields__
        return [path for path in columns_of(Briefing) if path[0] in listed]
    shapes = (BY_NAME[kind].carried if kind in BY_NAME else Conflict for kind in KINDS_OF[of])
    return list(dict.fromkeys(path for shape in shapes for path in columns_of(shape)))


handlers = [export_everything]
