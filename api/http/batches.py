"""Batches: NDJSON read line by line, however long it is, and answered line by line."""

import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import ExitStack
from typing import IO, Any

from litestar import Request
from litestar.concurrency import sync_to_thread
from msgspec import json

from api.http.problems import TOO_LARGE, Refusal, problem_of
from api.http.requests import MAX_BODY, from_line
from schemas import LineResult
from worker.jobs import Jobs, submit

_IN_MEMORY = 1_000_000  # bytes of results; beyond that they wait on disk
_CHUNK = 65_536
_TOO_LONG = Refusal(TOO_LARGE, "The line is larger than a document may be: split the document.")


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
    return _read(results)


async def _read(results: IO[bytes]) -> AsyncIterator[bytes]:
    with results:
        while chunk := await sync_to_thread(results.read, _CHUNK):
            yield chunk


def _one(
    request: Request[Any, Any, Any], work: Jobs, results: IO[bytes], number: int, line: bytes | None
) -> None:
    try:
        if line is None:
            raise _TOO_LONG
        result = LineResult(line=number, added=submit(work, from_line(line)), problem=None)
    except Exception as error:
        result = LineResult(line=number, added=None, problem=problem_of(request, error)[0])
    results.write(json.encode(result) + b"\n")
