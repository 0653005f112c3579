"""The command, with what a user gives it and sees of it. `test_up.py` runs it as it is installed."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import forked
from tests.forked import READOUT

SAMPLES = Path(__file__).parents[3] / "samples"


@pytest.fixture
def samples() -> dict[str, Path]:
    """The sample documents by name."""
    return {path.stem: path for path in sorted(SAMPLES.glob("*.txt"))}


Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def env() -> dict[str, str]:
    """The environment without the caller's settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("READOUT_", "OPENAI_"))}


@pytest.fixture
def run(tmp_path: Path, env: dict[str, str]) -> Run:
    """Runs the command in an empty folder, without the caller's settings."""

    def run(*args: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return forked.run([READOUT, *args], input=stdin, cwd=tmp_path, env=env)

    return run
