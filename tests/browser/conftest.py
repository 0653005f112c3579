"""A real browser without a window. Where CI has none, that is a failure."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Page, sync_playwright

from tests import forked
from tests.api.cli.conftest import SAMPLES
from tests.conftest import new_database
from tests.forked import READOUT, Forked
from tests.serving import api, free_port, running, unset
from tests.waiting import PATIENCE
from tests.worker.conftest import REAL


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        assert "CI" not in os.environ, "no Chromium"
        pytest.skip("no Chromium")
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """It runs an event loop in this thread, so it ends before other tests begin theirs."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


class Tab(Struct):
    """A page in the browser, with what it complained of: refused by its policy, failed in its script."""

    page: Page
    complaints: list[str]


@contextmanager
def opened_in(browser: Browser) -> Iterator[Tab]:
    """A window of 1280 by 900."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    opened = Tab(context.new_page(), [])
    opened.page.on("console", lambda message: opened.complaints.append(message.text))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    with opened_in(browser) as tab:
        yield tab


@pytest.fixture(scope="session")
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a service that has read the samples, and reads documents that are added."""
    folder, port = tmp_path_factory.mktemp("read"), free_port()
    url, base = new_database("sqlite", request, folder), f"http://127.0.0.1:{port}"
    worker = Forked([sys.executable, "-c", REAL, url], stderr=subprocess.DEVNULL, cwd=folder)
    with running(worker), api(url, folder, port):
        added = forked.run([READOUT, "add", SAMPLES, "--server", base], env=unset(), cwd=folder, text=True)
        assert added.returncode == 0, added.stderr
        yield base
