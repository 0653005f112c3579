"""Formats that are more than text are parsed in a process of their own, which has bounds and is told nothing.

A parser that crashes, loops or swells on a hostile file takes down no more than that process.
"""

import logging
import os
import resource
import subprocess
import sys
import traceback
from importlib import import_module
from threading import BoundedSemaphore

import msgspec
from msgspec import Struct

from pipeline import ReaderFault, Unreadable
from pipeline.documents.formats import DAMAGED, FORMATS, MAX_BYTES, Content, Reader

_PROCESSOR_SECONDS = 20
_MEMORY = 1_500_000_000
"""Bytes of address space, libraries included."""
_TOO_MUCH = "it is {} that takes more time or memory than it may: export it as UTF-8 text"
_LONGEST = 120
"""Seconds, also of waiting for a processor."""
_FAULT = "it is {} at which Readout itself fails, as its log tells: export it as UTF-8 text"
_OWN = "pipeline."
"""How the names of our modules begin."""
_AT_ONCE = BoundedSemaphore(max(os.cpu_count() or 1, 2))


log = logging.getLogger("readout.documents")


class _Answer(Struct):
    content: Content | None = None
    problem: str | None = None
    fault: str | None = None
    """Where a reader of ours failed."""


def parse_apart(format: str, data: bytes, seconds: float = _LONGEST) -> Content:
    """What a reader makes of a file. Raises Unreadable."""
    command = (sys.executable, "-P", "-m", __name__, format)
    with _AT_ONCE:
        try:
            done = subprocess.run(
                command,
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                timeout=seconds,
                process_group=0,  # A terminal's Ctrl-C is for us, and must not look like the file's doing.
            )
        except subprocess.TimeoutExpired:
            raise Unreadable(_TOO_MUCH.format(FORMATS[format])) from None
    if done.returncode < 0:
        raise Unreadable(_TOO_MUCH.format(FORMATS[format]))
    done.check_returncode()
    answer = msgspec.msgpack.decode(done.stdout, type=_Answer)
    if answer.fault:
        log.error("reading %s failed: %s", FORMATS[format], answer.fault)
    if answer.content is None:
        raise Unreadable(answer.problem)
    return answer.content


def parse_here(format: str, data: bytes) -> Content:
    """What a reader makes of a file, in this process. Raises Unreadable, whatever is wrong with the file."""
    reader: Reader = import_module(f"pipeline.documents.formats.{format}")
    try:
        content = reader.parse(data)
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


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_SECONDS, _PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        answer = _Answer(content=parse_here(sys.argv[1], sys.stdin.buffer.read()))
    except Unreadable as error:
        cause = error.__cause__
        answer = _Answer(
            problem=str(error), fault="".join(traceback.format_exception(cause)) if cause else None
        )
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))


if __name__ == "__main__":
    _main()
