"""Tools from npm, pinned in package-lock.json, and Node from the package of the same name on PyPI."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
QUIET = {
    "COLUMNS": "500",
    "NO_COLOR": "1",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    "REDOCLY_TELEMETRY": "off",
    "npm_config_userconfig": str(HERE / ".npmrc"),
}
Run = Callable[[Sequence[str | Path], Path], "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def run() -> Run:
    """Runs a command in a folder, where the tools from npm can be found. `run(command, folder)`."""
    assert (HERE / "node_modules/.ready").is_file(), "run `make tests/sdk/node_modules/.ready`"

    def act(command: Sequence[str | Path], folder: Path) -> "subprocess.CompletedProcess[str]":
        path = os.pathsep.join(map(str, (HERE / "node_modules/.bin", BIN, os.environ["PATH"])))
        environment = os.environ | QUIET | {"PATH": path}
        link = folder / "node_modules"
        if not link.exists():
            link.symlink_to(HERE / "node_modules")
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    return act
