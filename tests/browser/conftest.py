"""A real browser without a window. Where CI has none, that is a failure."""

import os
import shutil
from collections.abc import Iterator

import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Page, sync_playwright

from tests.api.cli.conftest import SAMPLES
from tests.serving import Up
from tests.waiting import PATIENCE


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


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A window of 1280 by 900."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    opened = Tab(context.new_page(), [])
    opened.page.on("console", lambda message: opened.complaints.append(message.text))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The samples, read and served; documents that are added are read."""
    started = Up(tmp_path_factory.mktemp("up"), *sorted(SAMPLES.glob("*.txt")))
    try:
        started.until_served()
        yield started
    finally:
        started.end()
