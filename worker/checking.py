"""Checks in a process of their own, which has bounds: the language layer is not for one that serves.

They need no worker. Who asks waits for the answer, or is told to come again.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pkgutil import resolve_name
from threading import BoundedSemaphore

import msgspec
from msgspec import Struct

from pipeline.bounded import BoundedWork, Bounds, Handler
from store.engine import outage
from worker import NotChecked

_BOUNDS = Bounds(processor_seconds=60)
_LONGEST, _PATIENCE = 60, 10
"""Seconds that a check may take, and that one waits for others to be done."""
_AT_ONCE = BoundedSemaphore(2)
_WORK = BoundedWork(f"{__name__}:checker", _BOUNDS)


def checked_apart(check: str, errand: Struct) -> bytes:
    """What a check (`module:name`) answers to its errand in a process of its own, as JSON. Raises NotChecked."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise NotChecked("others are being checked")
    try:
        return _WORK.ask(check, msgspec.json.encode(errand), _LONGEST)
    except subprocess.TimeoutExpired:
        raise NotChecked("it takes longer than a check may") from None
    except subprocess.CalledProcessError as ended:
        if ended.returncode == os.EX_TEMPFAIL:
            raise NotChecked("the database does not answer") from None
        if ended.returncode < 0:
            raise NotChecked("it takes more time or memory than a check may") from None
        raise
    finally:
        _AT_ONCE.release()


def checker(check: str) -> Handler:
    """What checks apart. A first text has everything loaded that is loaded when it is first asked for."""
    from pipeline.documents.read import read
    from pipeline.language.annotate import annotate

    annotate(read(b"Norway and Chile opened trade talks in Oslo on 3 March 2031.", format="text"))
    return partial(_answer, resolve_name(check))


def _answer(check: Callable[[bytes], Struct], errand: bytes) -> bytes:
    try:
        return msgspec.json.encode(check(errand))
    except Exception as error:
        if outage(error):
            sys.exit(os.EX_TEMPFAIL)
        raise
