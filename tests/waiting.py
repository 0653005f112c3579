"""Waiting for what comes by itself.

PATIENCE is long enough for the slowest machine and asserts nothing: it ends what hangs.
"""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 600.0  # seconds


def until(condition: Callable[[], object], tell: Callable[[], Any] = lambda: "") -> None:
    """Returns when the condition holds. `tell`: what to say of one that never does."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, tell()
        time.sleep(0.02)
