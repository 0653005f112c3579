"""What is done apart, within bounds: each request in a process of its own, forked from one that has loaded much.

A process that crashes, loops or swells takes down no more than itself. The one that it is forked from sees nothing of
what is asked but what to load for it, dies as its child has died, and ends where nobody asks for a while.
"""

import gc
import os
import resource
import select
import struct
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pkgutil import resolve_name
from signal import SIGKILL

import msgspec
from msgspec import Struct

Handler = Callable[[bytes], bytes]
_LONGEST_NAME = 100
_HEAD = struct.Struct(f">{_LONGEST_NAME}sQ")
"""What is to be loaded, and how many bytes the request has."""
_LENGTH = struct.Struct(">Q")
_AT_A_TIME = 1 << 20
_IDLE = 60
"""Seconds until a process ends of which nobody asks anything."""


class Bounds(Struct, frozen=True):
    """What one request may take."""

    processor_seconds: int
    memory: int | None = None
    """Bytes of address space, libraries included."""
    writes_files: bool = True


class BoundedWork:
    """Has requests answered apart, each within `bounds`.

    `loader` names a function (`module:name`) that is told what to load and gives what handles requests of that sort. If
    `quiet`, it is told no setting, and what it says on standard error is lost.
    """

    def __init__(self, loader: str, bounds: Bounds, *, quiet: bool = False) -> None:
        self._arguments = (loader, msgspec.json.encode(bounds).decode())
        self._quiet = quiet
        self._idle: list[subprocess.Popen[bytes]] = []
        os.register_at_fork(after_in_child=self._idle.clear)

    def ask(self, what: str, request: bytes, seconds: float) -> bytes:
        """The answer. Raises subprocess.CalledProcessError with how the process ended, and TimeoutExpired."""
        assert len(what.encode()) <= _LONGEST_NAME
        until = time.monotonic() + seconds
        while True:
            process = self._taken()
            try:
                answer = _exchange(process, _HEAD.pack(what.encode(), len(request)) + request, until)
            except BaseException:
                _end(process)
                raise
            if answer is not None:
                self._idle.append(process)
                return answer
            _end(process)
            if process.returncode != 0:  # Nobody had asked it for so long that it had ended.
                raise subprocess.CalledProcessError(process.returncode, process.args)

    def _taken(self) -> "subprocess.Popen[bytes]":
        """A process that waits, of which nobody else asks anything meanwhile."""
        try:
            return self._idle.pop()
        except IndexError:
            return subprocess.Popen(
                (sys.executable, "-P", "-m", __name__, *self._arguments),
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if self._quiet else None,
                env=_told_nothing() if self._quiet else None,
                process_group=0,  # A terminal's Ctrl-C is for us, and must not look like the request's doing.
            )


def _told_nothing() -> Mapping[str, str]:
    return {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _exchange(process: "subprocess.Popen[bytes]", request: bytes, until: float) -> bytes | None:
    """The answer; None where the process ended without one."""
    assert process.stdin is not None and process.stdout is not None
    with suppress(BrokenPipeError):
        _write(process.stdin.fileno(), request)
    answer, source = bytearray(), process.stdout.fileno()
    ready = select.poll()
    ready.register(source, select.POLLIN)
    while ready.poll(max(until - time.monotonic(), 0) * 1_000):
        piece = os.read(source, _AT_A_TIME)
        if not piece:
            return None
        answer += piece
        if len(answer) >= _LENGTH.size and len(answer) - _LENGTH.size == _LENGTH.unpack_from(answer)[0]:
            return bytes(answer[_LENGTH.size :])
    raise subprocess.TimeoutExpired(process.args, max(until - time.monotonic(), 0))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """The process and what it has forked are gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, SIGKILL)
    with process:
        process.wait()


def _write(target: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(target, left) :]


def _read(source: int, length: int) -> bytes:
    """So many bytes; fewer where there are no more."""
    data = bytearray()
    while len(data) < length and (piece := os.read(source, min(length - len(data), _AT_A_TIME))):
        data += piece
    return bytes(data)


def _serve(loader: Callable[[str], Handler], bounds: Bounds) -> None:
    """Do what is asked on standard input, one request after another."""
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # What a library prints is no answer.
    asked, load = sys.stdin.fileno(), cache(loader)
    while select.select([asked], [], [], _IDLE)[0]:
        head = _read(asked, _HEAD.size)
        if not head:
            return
        what, length = _HEAD.unpack(head)
        handle = load(what.rstrip(b"\0").decode())
        gc.freeze()
        child = os.fork()
        if child == 0:
            _do(handle, bounds, asked, length, answers)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status < 0:
            os.kill(os.getpid(), -status)
        if status > 0:
            sys.exit(status)


def _do(handle: Handler, bounds: Bounds, asked: int, length: int, answers: int) -> None:
    """What the forked process does, and all that it does."""
    status = 1
    try:
        _limit(bounds)
        answer = handle(_read(asked, length))
        _write(answers, _LENGTH.pack(len(answer)) + answer)
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _limit(bounds: Bounds) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.processor_seconds,) * 2)
    if bounds.memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory,) * 2)
    if not bounds.writes_files:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    _serve(resolve_name(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=Bounds))
