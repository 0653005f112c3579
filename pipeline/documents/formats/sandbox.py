"""Formats that are more than text are parsed in a process of their own, which has bounds and is told nothing.

A parser that crashes, loops or swells on a hostile file takes down no more than that process.
"""

import os
import resource
import subprocess
import sys
from importlib import import_module
from threading import BoundedSemaphore

import msgspec
from msgspec import Struct

from pipeline import Unreadable
from pipeline.documents.formats import DAMAGED, MAX_BYTES, NAMES, Content, Reader

_PROCESSOR_SECONDS = 20
_MEMORY = 1_500_000_000
"""Bytes of address space, libraries included."""
_LONGEST = 120
"""Seconds, also of waiting for a processor."""
_AT_ONCE = BoundedSemaphore(max(os.cpu_count() or 1, 2))


class _Answer(Struct):
    content: Content | None = None
    problem: str | None = None


def parse_apart(format: str, data: bytes) -> Content:
    """What a reader makes of a file. Raises Unreadable."""
    command = (sys.executable, "-P", "-m", __name__, format)
    with _AT_ONCE:
        try:
            done = subprocess.run(
                command,
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": os.pathsep.join(sys.path)},
                timeout=_LONGEST,
            )
        except subprocess.TimeoutExpired:
            raise Unreadable("it takes too long to parse: export it as UTF-8 text") from None
    if done.returncode != 0:
        raise Unreadable(
            f"it is {NAMES[format]} that takes more time or memory than it may, or is damaged: export it as UTF-8 text"
        )
    answer = msgspec.msgpack.decode(done.stdout, type=_Answer)
    if answer.content is None:
        raise Unreadable(answer.problem)
    return answer.content


def _answer(format: str, data: bytes) -> _Answer:
    reader: Reader = import_module(f"pipeline.documents.formats.{format}")
    try:
        content = reader.parse(data)
    except Unreadable as error:
        return _Answer(problem=str(error))
    except Exception:  # Of what a parser may raise on a file that somebody damaged there is no list.
        return _Answer(problem=DAMAGED.format(NAMES[format]))
    if len(content.text) > MAX_BYTES:
        return _Answer(problem=f"its text has more than {MAX_BYTES:,} characters: split it")
    if not content.text.strip():
        return _Answer(problem="it has no text: there is nothing to read")
    return _Answer(content=content)


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_SECONDS, _PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    answer = _answer(sys.argv[1], sys.stdin.buffer.read())
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))


if __name__ == "__main__":
    _main()
