"""Processes that are there at once: each is forked from one that has loaded what they need, and runs a command.

They take commands of this Python and of `readout`, and are used like those of `subprocess`.
"""

import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from subprocess import PIPE, CompletedProcess, TimeoutExpired
from typing import Any

from api.cli.main import main
from tests.waiting import PATIENCE

Command = Sequence[str | Path]
READOUT = Path(sys.executable).with_name("readout")
_FROM = get_context("forkserver")
_FROM.set_forkserver_preload(["tests.loaded"])


class Forked(subprocess.Popen[Any]):
    """Takes what `Popen` does, of which the environment, the folder and the streams count."""

    _process: BaseProcess

    # What Popen itself has for starting a process: its streams are made before, and belong to the caller after.
    def _execute_child(self, *given: Any) -> None:
        command, _, _, _, _, folder, env, *_ = given
        reading, told, said, writing, noted, noting = given[10:16]
        streams = [_Passed(fd) for fd in (reading, writing, noting)]
        arguments = ([str(part) for part in command], dict(env or os.environ), folder or Path.cwd(), streams)
        self._process = _FROM.Process(target=_run, args=arguments, daemon=True)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid
        for ours, theirs in ((told, reading), (said, writing), (noted, noting)):
            if ours != -1:
                os.close(theirs)

    def poll(self) -> int | None:
        status = self._process.exitcode
        self.returncode = status
        return status

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        status = self.poll()
        if status is None:
            raise TimeoutExpired(self.args, timeout or 0)
        return status


def run(
    command: Command,
    *,
    input: str | bytes | None = None,
    text: bool = False,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = PATIENCE,
) -> CompletedProcess[Any]:
    """The command, over, and what it said."""
    process = Forked(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=text, env=env, cwd=cwd)
    with process:
        try:
            said, noted = process.communicate(input, timeout)
        finally:
            process.kill()
    return CompletedProcess(command, process.returncode, said, noted)


class _Passed:
    """A file descriptor that the new process has too; -1: none."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (None if self.fd == -1 else DupFd(self.fd),)


def _received(duplicate: Any) -> _Passed:
    return _Passed(duplicate.detach() if duplicate else -1)


def _run(command: list[str], env: dict[str, str], folder: Path, streams: list[_Passed]) -> None:
    for number, stream in enumerate(streams):
        if stream.fd != -1:
            os.dup2(stream.fd, number)
            os.close(stream.fd)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
        for number, mode, errors in ((0, "r", "strict"), (1, "w", "strict"), (2, "w", "backslashreplace"))
    )
    # A run of the tests in the background of a shell ignores it, and so would what is forked.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import_module("tests.loaded")  # which is loaded, unless that failed: then this says why
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    match [part for part in command[1:] if part != "-P"]:
        case arguments if command[0] == str(READOUT):
            sys.argv = [str(READOUT), *arguments]
            main()
        case ["-m", module, *arguments]:
            sys.argv = [module, *arguments]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case ["-c", code, *arguments]:
            sys.argv = ["-c", *arguments]
            exec(code, {"__name__": "__main__"})
        case other:
            raise ValueError(f"not a command of this Python: {other}")
