"""What holds of every letter: its HTML is valid, mail programs know what it uses, and it reads at any width."""

import subprocess
from pathlib import Path

import pytest
from msgspec import json
from playwright.sync_api import Browser

from tests.api.editions import GOLDEN
from tests.browser.test_pages import HERE, NODE, TOOLS
from tests.waiting import PATIENCE

LETTERS = sorted(GOLDEN.glob("digest*.html"))
FALLS_BACK = {
    "<body> element": "some programs put it into an element of theirs: the table around the letter has its colours",
    "<style> element": "without it there is neither a dark letter nor narrower edges on a small screen",
    "@media": "as without `<style>`",
    "color-scheme meta tag": "without it a program may darken the letter by itself",
    "lang attribute": "only what reads aloud misses it",
    "role attribute": "only what reads aloud misses it",
    "text-decoration": "links are underlined where they are not told to be, too",
}
"""What some mail program does without, and why the letter can."""


def test_the_html_of_letters_is_valid() -> None:
    tool = TOOLS / "html-validate/bin/html-validate.mjs"
    command: list[str | Path] = [NODE, tool, "--config", HERE / ".htmlvalidate.json", *LETTERS]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_mail_programs_know_what_a_letter_uses() -> None:
    done = subprocess.run(
        [NODE, HERE / "letters.mjs", *LETTERS], capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert {feature for feature in json.decode(done.stdout) if feature not in FALLS_BACK} == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 800])
def test_a_letter_reads_at_any_width_without_loading_anything(
    browser: Browser, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for letter in LETTERS:
        page.goto(letter.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, letter.name
    context.close()
    assert asked == [letter.as_uri() for letter in LETTERS]
