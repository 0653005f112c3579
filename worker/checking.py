"""Checks in a process of their own, which has bounds: the language layer is not for one that serves.

They need no worker. Who asks waits for the answer, or is told to come again.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Engine

from store.engine import connect, outage
from worker import NotChecked

_E = TypeVar("_E", bound="CheckErrand")
_PROCESSOR_SECONDS = 60
_LONGEST, _PATIENCE = 60, 10
"""Seconds that a check may take, and that one waits for others to be done."""
_AT_ONCE = BoundedSemaphore(2)


class CheckErrand(Struct, frozen=True):
    """What the process is told, on its standard input."""

    database_url: str


def checked_apart(module: str, errand: CheckErrand) -> bytes:
    """What a module answers to its errand in a process of its own. Raises NotChecked."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise NotChecked("others are being checked")
    try:
        done = subprocess.run(
            (sys.executable, "-P", "-m", module),
            input=msgspec.json.encode(errand),
            stdout=subprocess.PIPE,
            timeout=_LONGEST,
            process_group=0,  # A terminal's Ctrl-C is for the service, which then waits for nobody.
        )
    except subprocess.TimeoutExpired:
        raise NotChecked("it takes longer than a check may") from None
    finally:
        _AT_ONCE.release()
    if done.returncode == os.EX_TEMPFAIL:
        raise NotChecked("the database does not answer")
    if done.returncode < 0:
        raise NotChecked("it takes more time or memory than a check may")
    done.check_returncode()
    return done.stdout


def run_check(errand_type: type[_E], check: Callable[[Engine, _E], Struct]) -> None:
    """What the process does."""
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_SECONDS, _PROCESSOR_SECONDS))
    errand = msgspec.json.decode(sys.stdin.buffer.read(), type=errand_type)
    try:
        answer = check(connect(errand.database_url), errand)
    except Exception as error:
        if outage(error):
            sys.exit(os.EX_TEMPFAIL)
        raise
    sys.stdout.buffer.write(msgspec.json.encode(answer))
