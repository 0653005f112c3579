"""What holds of every page: who cannot see or use a mouse can read it, its HTML is valid, its policy refuses nothing."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Tab
from tests.browser.test_reader import DISPUTED
from tests.conftest import ROOT
from tests.waiting import PATIENCE

HERE = Path(__file__).parent
TOOLS = HERE / "node_modules"
NODE = Path(sys.executable).with_name("node")
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def paths_of(base: str) -> list[str]:
    """An address of every page."""
    briefings = httpx.get(f"{base}/v1/briefings").json()["items"]
    slug = next(one["slug"] for one in briefings if one["title"] == DISPUTED)
    whole = httpx.get(f"{base}/v1/briefings/{slug}").json()
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


def faults_of(page: Page, rules: Any = RULES) -> list[tuple[str, list[str]]]:
    """What axe-core finds on a page: the rules that are broken, and where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((TOOLS / "axe-core/axe.min.js").read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)[
        "violations"
    ]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_keeps_anybody_from_reading(browser: Browser, base: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for path in paths_of(base):
        page.emulate_media(color_scheme="light")
        page.goto(base + path)
        assert faults_of(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.emulate_media(color_scheme="dark")
        assert faults_of(page, OF_COLOURS) == [], path
    context.close()


def test_the_dark_has_other_colours_and_nothing_else_that_is_other() -> None:
    """So nothing but its colours is looked at for it."""
    style = (ROOT / "api/rendering/templates/style.css").read_text("utf-8")
    [dark] = re.findall(
        r"@media \(prefers-color-scheme: dark\) \{\n  :root \{\n(.+?)\n  \}\n\}", style, re.DOTALL
    )
    assert re.fullmatch(r"(?:\s*--[a-z]+: (?:#[0-9a-f]+|\d+%);)+", dark)
    assert style.count("prefers-color-scheme") == 1


def test_the_html_is_valid(base: str, tmp_path: Path) -> None:
    files = []
    for number, path in enumerate(paths_of(base)):
        file = tmp_path / f"{number}.html"
        file.write_text(httpx.get(base + path, headers={"Accept": "text/html"}).text, "utf-8")
        files.append(file)
    tool = TOOLS / "html-validate/bin/html-validate.mjs"
    command: list[str | Path] = [NODE, tool, "--config", HERE / ".htmlvalidate.json", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_no_page_asks_for_what_its_policy_refuses(tab: Tab, base: str) -> None:
    for path in paths_of(base):
        tab.page.goto(base + path)
    refused = [
        one for one in tab.complaints if "Content Security Policy" in one or "Content-Security-Policy" in one
    ]
    assert refused == []


def test_the_first_page_is_small(base: str) -> None:
    assert len(httpx.get(base).content) < 60_000
