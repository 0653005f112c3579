"""A real browser without a window. Where CI has none, that is a failure."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import Struct

from tests.waiting import PATIENCE

_LINE = re.compile(r':(\w+):CONSOLE:\d+\] "(.*)", source:')
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=20000",
    "--window-size=1400,1000",
    "--dump-dom",
]


class Seen(Struct, frozen=True):
    """What the page became, and what its scripts and the browser said to the console."""

    dom: str
    console: list[str]


Browse = Callable[[str], Seen]


@pytest.fixture(scope="session")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Browse:
    """Opens an address and waits until its scripts have nothing to do."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        assert "CI" not in os.environ, "no Chromium"
        pytest.skip("no Chromium")

    def act(address: str) -> Seen:
        profile: Path = tmp_path_factory.mktemp("profile")
        command = [chromium, *_FLAGS, f"--user-data-dir={profile}", address]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
        return Seen(done.stdout, [f"{level}: {text}" for level, text in _LINE.findall(done.stderr)])

    return act
