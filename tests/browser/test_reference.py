"""The page of the API's description, in a real browser: whole, from this service alone, without a complaint."""

import html
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from api.http.app import create_app
from api.http.openapi import document
from api.settings import Settings
from tests.api.conftest import serving
from tests.browser.conftest import Tab, opened_in
from tests.browser.test_pages import faults_of
from tests.serving import api, free_port
from worker.jobs import prepare


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("service")
    url = f"sqlite:///{folder}/readout.db"
    prepare(url)
    port = free_port()
    with api(url, folder, port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module", params=["light", "dark"])
def read(request: pytest.FixtureRequest, browser: Browser, service: str) -> Iterator[Tab]:
    """The page, of which its script has written all."""
    with opened_in(browser) as tab:
        tab.page.emulate_media(color_scheme=request.param)
        tab.page.goto(f"{service}/docs")
        tab.page.get_by_role("heading", name="health").wait_for(state="attached")
        yield tab


def test_it_shows_every_operation_and_nothing_goes_wrong(read: Tab) -> None:
    """What the page would load from elsewhere, its policy refuses, and the console would say so."""
    assert [line for line in read.complaints if "@scalar/api-reference@" not in line] == []
    shown = html.unescape(read.page.content())
    described = document(create_app(Settings()))
    summaries = [each["summary"] for methods in described["paths"].values() for each in methods.values()]
    assert [summary for summary in summaries if summary not in shown] == []
    assert "every fact is proven by a span" in " ".join(shown.split())


def test_nothing_keeps_anybody_from_reading_it(read: Tab) -> None:
    assert faults_of(read.page) == []


def test_the_console_is_listened_to(service: str, tab: Tab) -> None:
    """The check above can fail: what the policy refuses is said."""
    page = f"data:text/html,<script src='{service}/nothing.js'></script><script>console.error('oh')</script>"
    tab.page.goto(page)
    assert "oh" in tab.complaints


def test_it_loads_nothing_from_elsewhere(service: str) -> None:
    answer = httpx.get(f"{service}/docs")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert "//" not in answer.text.replace("</", "")


def test_the_script_is_fetched_once_for_each_version(service: str) -> None:
    page = httpx.get(f"{service}/docs").text
    [script] = [part.partition('"')[0] for part in page.split('<script src="')[1:]]
    answer = httpx.get(f"{service}{script}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    again = httpx.get(
        f"{service}{script}", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_whoever_has_no_key_signs_in_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    with serving(url) as client:
        assert client.get("/docs").status_code == 200
        del client.headers["Authorization"]
        form = client.get("/docs", headers={"Accept": "text/html"})
    assert (form.status_code, 'name="then" value="/docs"' in form.text) == (401, True)
