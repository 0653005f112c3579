"""What holds of every page: who cannot see or use a mouse can read it, its HTML is valid, its policy refuses nothing."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Tab
from tests.browser.test_reader import DISPUTED
from tests.serving import Up
from tests.waiting import PATIENCE

HERE = Path(__file__).parent
TOOLS = HERE / "node_modules"
NODE = Path(sys.executable).with_name("node")
AXE = (
    "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
)


def paths_of(up: Up) -> list[str]:
    """An address of every page."""
    briefings = httpx.get(f"{up.base}/v1/briefings").json()["items"]
    slug = next(one["slug"] for one in briefings if one["title"] == DISPUTED)
    whole = httpx.get(f"{up.base}/v1/briefings/{slug}").json()
    document = whole["sources"][0]["document_id"]
    return [
        "/",
        "/?q=tariffs",
        "/?party=EU",
        f"/briefings/{slug}",
        f"/briefings/{slug}/revisions/1",
        f"/briefings/{slug}/history",
        f"/documents/{document}",
        "/negotiations/eu_in",
        "/deadlines?date_from=2025-01-01",
        "/digest",
        "/review",
        f"/review?briefing_id={whole['id']}&fact_id={whole['figures'][0]['id']}",
        "/jobs",
        f"/jobs/ingest-{document}",
        "/add",
        "/sign-in",
        "/nowhere",
        "/?party=nobody",
    ]


def faults_of(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds on a page: the rules that are broken, and where."""
    page.evaluate((TOOLS / "axe-core/axe.min.js").read_text("utf-8"))
    found = page.evaluate(AXE)["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_keeps_anybody_from_reading(browser: Browser, up: Up, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in paths_of(up):
        page.goto(up.base + path)
        assert faults_of(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_the_html_is_valid(up: Up, tmp_path: Path) -> None:
    files = []
    for number, path in enumerate(paths_of(up)):
        file = tmp_path / f"{number}.html"
        file.write_text(httpx.get(up.base + path, headers={"Accept": "text/html"}).text, "utf-8")
        files.append(file)
    tool = TOOLS / "html-validate/bin/html-validate.mjs"
    command: list[str | Path] = [NODE, tool, "--config", HERE / ".htmlvalidate.json", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_no_page_asks_for_what_its_policy_refuses(tab: Tab, up: Up) -> None:
    for path in paths_of(up):
        tab.page.goto(up.base + path)
    refused = [
        one for one in tab.complaints if "Content Security Policy" in one or "Content-Security-Policy" in one
    ]
    assert refused == []


def test_the_first_page_is_small(up: Up) -> None:
    assert len(httpx.get(up.base).content) < 60_000
