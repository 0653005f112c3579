"""Formats that are more than text are parsed in a process of their own, which has bounds and is told nothing.

A parser that crashes, loops or swells on a hostile file takes down no more than that process.
"""

import logging
import os
import subprocess
import traceback
from functools import partial
from importlib import import_module
from threading import BoundedSemaphore

import msgspec
from msgspec import Struct

from pipeline import ReaderFault, Unreadable
from pipeline.bounded import BoundedWork, Bounds, Handler
from pipeline.documents.formats import DAMAGED, FORMATS, MAX_BYTES, Content, Reader

_BOUNDS = Bounds(processor_seconds=20, memory=1_500_000_000, writes_files=False)
_TOO_MUCH = "it is {} that takes more time or memory than it may: export it as UTF-8 text"
_LONGEST = 120
"""Seconds, also of waiting for a processor."""
_FAULT = "it is {} at which Readout itself fails, as its log tells: export it as UTF-8 text"
_OWN = "pipeline."
"""How the names of our modules begin."""
_AT_ONCE = BoundedSemaphore(max(os.cpu_count() or 1, 2))
_WORK = BoundedWork(f"{__name__}:parser_of", _BOUNDS, quiet=True)

log = logging.getLogger("readout.documents")


class _Answer(Struct):
    content: Content | None = None
    problem: str | None = None
    fault: str | None = None
    """Where a reader of ours failed."""


def parse_apart(format: str, data: bytes, seconds: float = _LONGEST) -> Content:
    """What a reader makes of a file. Raises Unreadable."""
    try:
        with _AT_ONCE:
            answered = _WORK.ask(format, data, seconds)
    except subprocess.TimeoutExpired:
        raise Unreadable(_TOO_MUCH.format(FORMATS[format])) from None
    except subprocess.CalledProcessError as ended:
        if ended.returncode < 0:
            raise Unreadable(_TOO_MUCH.format(FORMATS[format])) from None
        raise
    answer = msgspec.msgpack.decode(answered, type=_Answer)
    if answer.fault:
        log.error("reading %s failed: %s", FORMATS[format], answer.fault)
    if answer.content is None:
        raise Unreadable(answer.problem)
    return answer.content


def parse_here(format: str, data: bytes) -> Content:
    """What a reader makes of a file, in this process. Raises Unreadable, whatever is wrong with the file."""
    try:
        content = _reader(format).parse(data)
    except Unreadable:
        raise
    except (MemoryError, RecursionError):
        raise Unreadable(_TOO_MUCH.format(FORMATS[format])) from None
    except (
        Exception
    ) as error:  # Of what a library may raise on a file that somebody damaged there is no list.
        if _is_ours(error):
            raise ReaderFault(_FAULT.format(FORMATS[format])) from error
        raise Unreadable(DAMAGED.format(FORMATS[format])) from None
    if len(content.text) > MAX_BYTES:
        raise Unreadable(f"its text has more than {MAX_BYTES:,} characters: split it")
    if not (content.text.strip() or content.members):
        raise Unreadable("it has no text: there is nothing to read")
    return content


def _is_ours(error: Exception) -> bool:
    """Whether code of ours raised it, rather than a library that was given a damaged file."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return str(frame.f_globals["__name__"]).startswith(_OWN)


def _reader(format: str) -> Reader:
    reader: Reader = import_module(f"pipeline.documents.formats.{format}")
    return reader


def parser_of(format: str) -> Handler:
    """What parses files of a format apart: the processes that do it are forked from one that has loaded all."""
    reader = _reader(format)
    if preload := getattr(reader, "preload", None):
        preload()
    return partial(_answer, format)


def _answer(format: str, data: bytes) -> bytes:
    try:
        answer = _Answer(content=parse_here(format, data))
    except Unreadable as error:
        cause = error.__cause__
        answer = _Answer(
            problem=str(error), fault="".join(traceback.format_exception(cause)) if cause else None
        )
    return msgspec.msgpack.encode(answer)
