"""What somebody does with the reader: finds a briefing, goes from a fact to its words, adds a document, prints."""

from pathlib import Path

import httpx
import pypdfium2
import pytest
from playwright.sync_api import Browser, expect

from store.engine import connect
from store.keys import create_key
from tests.browser.conftest import Tab
from tests.conftest import new_database
from tests.serving import api, free_port

DISPUTED = "EU–India trade talks, New Delhi, September 2025"
TALKS = """\
LIMA, 3 March 2031 - Peru and Norway opened the first round of their trade talks in Lima on 3 March 2031.
Ana Example, the Trade Minister of Peru, leads the Peruvian delegation.
Peru wants Norway to cut its duty on grapes from 12 to 4 per cent. The offer lapses on 30 April 2031.
"""


def test_a_briefing_is_found_and_a_proof_leads_to_its_words(tab: Tab, base: str) -> None:
    page = tab.page
    page.goto(base)
    page.get_by_label("Search in everything").fill("carbon border levy")
    page.get_by_role("button", name="Search").click()
    page.locator(".hits a").first.click()
    fact = page.locator(":target")
    expect(fact.locator("details")).to_have_attribute("open", "")
    quoted = fact.locator(".proof mark").first.inner_text()
    fact.locator(".proof .cite").first.click()
    assert "/documents/" in page.url
    expect(page.locator(":target")).to_be_in_viewport()
    words = page.locator(":target").inner_text()
    assert quoted.startswith(words.strip())
    page.locator(":target a").click()
    expect(page.locator(".margin :target")).to_be_in_viewport()
    assert tab.complaints == []


def test_the_sides_of_a_conflict_stand_side_by_side_with_their_sources(tab: Tab, base: str) -> None:
    page = tab.page
    page.goto(base)
    page.get_by_role("link", name=DISPUTED).first.click()
    dispute = page.locator(".dispute").first
    sides = dispute.locator(".side")
    left, right = sides.nth(0).bounding_box(), sides.nth(1).bounding_box()
    assert left and right
    assert (left["y"], left["x"] + left["width"] < right["x"]) == (right["y"], True)
    for side in (sides.nth(0), sides.nth(1)):
        side.locator("summary").click()
        expect(side.locator("q").first).to_be_visible()
    conflicts, figures = (page.locator(f"#{id}").bounding_box() for id in ("conflicts", "figures"))
    assert conflicts and figures and conflicts["y"] < figures["y"]


def test_deadlines_are_filtered_and_lead_to_their_briefing(tab: Tab, base: str) -> None:
    page = tab.page
    page.goto(f"{base}/deadlines?date_from=2025-01-01")
    everything = page.locator(".dues li").count()
    page.get_by_label("Kind").select_option("entry_into_force")
    page.get_by_role("button", name="Filter").click()
    due = page.locator(".dues li")
    assert 0 < due.count() < everything
    day = page.locator(".months a").first
    day.click()
    target = page.locator(".dues li:target")
    expect(target).to_be_visible()
    target.locator("a").first.click()
    expect(page.locator(".fact:target")).to_be_in_viewport()


def test_a_fact_is_corrected_by_keyboard_alone_and_stands_so_in_its_briefing(tab: Tab, base: str) -> None:
    page, keys = tab.page, tab.page.keyboard
    page.goto(f"{base}/review?kind=figure")
    heading = page.locator("h2")
    first = heading.inner_text()
    keys.press("j")
    expect(heading).not_to_have_text(first)
    keys.press("k")
    expect(heading).to_have_text(first)
    keys.press("e")
    expect(page.locator("[name=value]")).to_be_focused()
    keys.press("Control+A")
    keys.type("41")
    keys.press("Enter")
    expect(page.locator("details[open] [name=reason]")).to_be_focused()
    keys.type("The ministry gave it by telephone.")
    keys.press("Enter")
    page.wait_for_url("**done=**")
    expect(page.get_by_role("status")).to_contain_text("Corrected: 41")
    expect(heading).not_to_have_text(first)
    keys.press("b")
    expect(page.locator("tr:target")).to_contain_text("41")
    assert tab.complaints == []


def test_keys_can_be_turned_off_and_what_was_opened_is_closed_by_escape(tab: Tab, base: str) -> None:
    page, keys = tab.page, tab.page.keyboard
    page.goto(f"{base}/review")
    reject = page.locator("details", has=page.locator("summary", has_text="Reject"))
    keys.press("x")
    expect(reject.locator("[name=reason]")).to_be_focused()
    keys.type("j")
    keys.press("Escape")
    expect(reject).not_to_have_attribute("open", "")
    page.get_by_label("single keys").uncheck()
    page.reload()
    keys.press("x")
    expect(reject).not_to_have_attribute("open", "")


def test_a_fact_is_rejected_without_scripts(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/review?kind=statement")
    said = page.locator(".current .body").inner_text()
    page.locator("summary", has_text="Reject").click()
    page.locator("details[open] [name=reason]").fill("It is about another matter.")
    page.get_by_role("button", name="Reject").click()
    page.wait_for_url("**done=**")
    expect(page.get_by_role("status")).to_contain_text("Rejected:")
    expect(page.locator(".current .body")).not_to_have_text(said)
    context.close()


def test_a_text_is_added_and_watched_until_it_is_in_a_briefing(tab: Tab, base: str) -> None:
    page = tab.page
    page.goto(f"{base}/add")
    page.get_by_label("The document’s own words").fill(TALKS)
    page.get_by_label("Title", exact=True).fill("Peru and Norway open talks")
    page.get_by_role("button", name="Add the text").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Peru and Norway open talks")
    expect(page.locator("[data-status]")).to_have_text("done")
    page.locator("main p a", has_text="Norway").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Peru")
    text = httpx.get(page.url.replace("/briefings/", "/v1/briefings/")).json()["sources"][0]["document_id"]
    assert httpx.get(f"{base}/v1/documents/{text}/text").text == TALKS
    assert tab.complaints == []


def test_a_file_is_added_by_a_form_without_scripts(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/add")
    page.get_by_label("Text, Markdown").set_input_files(
        {
            "name": "strike.txt",
            "mimeType": "text/plain",
            "buffer": b"The strike at the port ended on Monday.\n",
        }
    )
    page.get_by_role("button", name="Add the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Document")
    assert "/jobs/ingest-" in page.url
    context.close()


def test_what_cannot_be_read_is_said_on_a_page(tab: Tab, base: str) -> None:
    page = tab.page
    page.goto(f"{base}/add")
    page.get_by_label("Text, Markdown").set_input_files(
        {"name": "a.bin", "mimeType": "application/octet-stream", "buffer": b"\0\1\2\3" * 50}
    )
    page.get_by_role("button", name="Add the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The document cannot be read")


def test_every_fact_is_there_without_scripts(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base)
    page.get_by_role("link", name=DISPUTED).first.click()
    page.locator(".fact summary").first.click()
    expect(page.locator(".fact .proof").first).to_be_visible()
    page.locator(".more summary").first.click()
    expect(page.locator(".more .fact, .more .stake, .more tr").first).to_be_visible()
    context.close()


def test_a_briefing_prints_on_two_pages(tab: Tab, base: str) -> None:
    tab.page.goto(base)
    tab.page.get_by_role("link", name=DISPUTED).first.click()
    tab.page.wait_for_url("**/briefings/**")  # a page that is left while it prints fails
    printed = pypdfium2.PdfDocument(tab.page.pdf(format="A4"))
    assert len(printed) <= 2
    words = "".join(page.get_textpage().get_text_range() for page in printed)
    assert DISPUTED in words and "Maroš Šefčovič" in words and "Skip to the text" not in words


def test_a_browser_signs_in_and_adds_what_its_key_may(tab: Tab, database: str, tmp_path: Path) -> None:
    engine = connect(database)
    reads = create_key(engine, name="reads", scopes=["briefings:read"])
    writes = create_key(engine, name="writes", scopes=["briefings:read", "documents:write"])
    engine.dispose()
    port, page = free_port(), tab.page
    with api(database, tmp_path, port, auth="required"):
        for key, told in ((reads, "Sign in"), (writes, "Peru and Norway open talks")):
            page.goto(f"http://127.0.0.1:{port}/sign-in")
            page.get_by_label("Key").fill(key.key)
            page.get_by_role("button", name="Read").click()
            page.get_by_role("link", name="Add", exact=True).click()
            page.get_by_label("The document’s own words").fill(TALKS)
            page.get_by_label("Title", exact=True).fill("Peru and Norway open talks")
            page.get_by_role("button", name="Add the text").click()
            expect(page.get_by_role("heading", level=1)).to_have_text(told)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without rows."""
    return new_database("sqlite", request, tmp_path / "data")
