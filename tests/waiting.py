"""Waiting for what comes by itself.

PATIENCE is long enough for the slowest machine and asserts nothing: it ends what hangs.
"""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 600.0  # seconds


def until(condition: Callable[[], object], tell: Callable[[], Any] = lambda: "") -> None:
    """Returns when the condition holds. `tell`: what to say of one that never does.

    The longer it has waited, the less often it looks: what it waits for needs the processor.
    """
    begun = time.monotonic()
    while not condition():
        waited = time.monotonic() - begun
        assert waited < PATIENCE, tell()
        time.sleep(min(max(0.02, waited / 20), 0.25))
