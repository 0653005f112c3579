"""The measurements can be run; what they measure is seen by hand, as no test asserts time."""

import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module

import pytest

from bench.__main__ import MEASUREMENTS
from bench.processes import family_seconds
from bench.rows import Row

BESIDE = {"fastapi", "langextract"}
"""What only measuring needs, and is in no environment but that of `make bench`."""


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_a_measurement_finds_all_that_it_uses(name: str) -> None:
    try:
        measure: Callable[[], list[Row]] = import_module(f"bench.{name}").measure
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        assert missing in BESIDE
        pytest.skip(f"{missing} is not installed")
    assert callable(measure)


def test_the_time_of_processes_counts_that_have_ended() -> None:
    busy = "import time\nwhile time.process_time() < 0.2: pass"
    before = family_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", busy], check=True)
    assert family_seconds(os.getpid()) - before > 0.1
