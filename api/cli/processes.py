"""The API and the worker as processes of `readout up`: started together, stopped together."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from types import FrameType

from api.cli.inputs import Failed

_GRACE = 3.5  # seconds that a child has to finish what it is at


class Stopped(BaseException):
    """Somebody asked the whole to stop."""


def stop_on_signals() -> None:
    """SIGINT, SIGTERM and a closed terminal end the main thread with Stopped."""

    def stop(signum: int, frame: FrameType | None) -> None:
        _ignore_signals()
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, stop)


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def leave_with_parent() -> None:
    """In a child: stop when standard input closes, so that a parent which was killed leaves nobody behind."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


class Child:
    """A `readout` command as a process group of its own, which a terminal's Ctrl-C does not reach."""

    def __init__(self, name: str, arguments: list[str], env: Mapping[str, str]) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "api.cli.main", *arguments, "--guarded"],
            env={"READOUT_ACCESS_LOG": "off"} | dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        self.relay = threading.Thread(target=self._relay, daemon=True)
        self.relay.start()

    def _relay(self) -> None:
        """Says what the child says, line by line, so that it does not write into a progress bar."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with contextlib.suppress(OSError):
                sys.stderr.write(line)

    def check(self) -> None:
        """Raises Refused if it is gone."""
        status = self.process.poll()
        if status is not None:
            self.relay.join(timeout=1)
            raise Failed(f"the {self.name} stopped by itself (status {status}): its last words are above")

    def stop(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        """Ends it and whatever it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.relay.join(timeout=1)


@contextlib.contextmanager
def together(commands: Mapping[str, list[str]], env: Mapping[str, str]) -> Iterator[list[Child]]:
    """Runs the commands by name, and leaves none running."""
    children: list[Child] = []
    try:
        for name, arguments in commands.items():
            children.append(Child(name, arguments, env))
        yield children
    finally:
        _ignore_signals()
        for child in children:
            child.stop()
        until = time.monotonic() + _GRACE
        while time.monotonic() < until and any(child.process.poll() is None for child in children):
            time.sleep(0.02)
        for child in children:
            child.kill()
