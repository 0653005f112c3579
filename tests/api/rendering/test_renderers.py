"""Briefings as Markdown, HTML and terminal tables: whole, escaped, each fact beside its proof."""

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

import msgspec
import pytest
from rich.console import Console

from api.rendering.html import html, markdown, stylesheet
from api.rendering.outline import as_clause, outline
from api.rendering.terminal import table
from api.rendering.wording import unit_words
from schemas import Briefing
from schemas.kinds import KINDS, facts_of, facts_of_kind
from tests.api.rendering.invented import BRIEFING

SECTIONS = [
    "Summary",
    "Delegations",
    "Deadlines",
    "Figures",
    "Stakes",
    "Statements",
    "Events",
    "Conflicts",
    "Sources",
]


def in_terminal(briefing: Briefing, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table(briefing))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("code", "words"),
    [("t", "tonnes"), ("1", ""), ("%", "%"), ("USD/[bbl_us]", "USD per barrel"), ("1/min", "per minute")],
)
def test_a_unit_is_told_in_words(code: str, words: str) -> None:
    assert unit_words(code) == words


def test_every_kind_of_fact_has_its_section_and_its_clause() -> None:
    of_kind = {kind.name: facts_of_kind(BRIEFING, kind) for kind in KINDS}
    assert all(of_kind.values())
    entries = [
        entry.id for section in outline(BRIEFING) for group in section.groups for entry in group.entries
    ]
    assert {fact.id for facts in of_kind.values() for fact in facts} <= set(entries)
    for name, facts in of_kind.items():
        assert as_clause(facts[0]).startswith(name)


class Page(HTMLParser):
    """What a browser would make of a page: ids, links, tags and visible text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.tags: list[str] = []
        self.visible = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_data(self, data: str) -> None:
        self.visible += data


@pytest.mark.parametrize("render", [markdown, html])
def test_every_fact_is_there_with_its_proof(render: Callable[[Briefing], str]) -> None:
    shown = render(BRIEFING)
    for fact in facts_of(BRIEFING):
        assert f'id="{fact.id}"' in shown
    for words in ("leads the New Zealand side", "fall to 3 per cent", "Chile offers to cut its duty on lamb"):
        assert words in shown


def test_markdown_as_a_whole() -> None:
    lines = markdown(BRIEFING).splitlines()
    assert lines[:7] == [
        "# New Zealand–Chile talks \\<Wellington\\>",
        "",
        "New Zealand – Chile · 3rd round · Wellington · 17 March 2031 · ministerial level · scheduled",
        "",
        "Revision 2, 2031-03-15 07:05 UTC. Every fact is followed by the words of its source.",
        "",
        "## Summary",
    ]
    assert [line[3:] for line in lines if line.startswith("## ")] == SECTIONS
    start = next(n for n, line in enumerate(lines) if '<a id="fct_0b9c8d1e2f3a4b52">' in line)
    assert lines[start : start + 4] == [
        '- <a id="fct_0b9c8d1e2f3a4b52"></a>**17 March 2031**: The offer lapses (measure expiry; '
        "pending; “Monday”, counted from published 2031-03-14; condition: unless a deal is signed) "
        "*reported, 2 independent sources*",
        "  > “The offer lapses on 30 April 2031 unless a deal is signed.” [1](#source-1), characters 206–264",
        "  >",
        "  > “fall to 3 per cent” [2](#source-2), characters 38–56",
    ]


def test_markdown_escapes_what_sources_say() -> None:
    shown = markdown(BRIEFING)
    assert "We are \\*now\\*," in shown
    assert "<reopen>" not in shown
    assert "javascript:" not in shown


def test_a_page_is_whole_and_loads_nothing() -> None:
    page = Page(html(BRIEFING))
    inside = {link for link in page.links if link.startswith("#")}
    assert {link[1:] for link in inside} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) - inside == {"https://herald.example/talks"}
    assert not {"script", "img", "iframe", "form", "link"} & set(page.tags)
    assert "style" not in page.attributes and not any(name.startswith("on") for name in page.attributes)
    assert "url(" not in stylesheet() and "@import" not in stylesheet()


def test_a_page_escapes_what_sources_say() -> None:
    page = Page(html(BRIEFING))
    assert "New Zealand–Chile talks <Wellington>" in page.visible
    assert "New Zealand & Chile <reopen> talks" in page.visible
    assert "wellington" not in page.tags and "reopen" not in page.tags


def test_a_page_of_the_reader_links_each_proof_to_its_place() -> None:
    page = Page(html(BRIEFING, documents="/documents", home="/"))
    expected = {
        f"/documents/{e.document_id}#c{e.start}" for fact in facts_of(BRIEFING) for e in fact.evidence
    }
    assert expected <= set(page.links)
    assert "/" in page.links


def test_no_briefing_is_still_a_page() -> None:
    assert "None of these documents is about a trade negotiation" in Page(html()).visible


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_terminal_table_fits_and_quotes(width: int) -> None:
    shown = in_terminal(BRIEFING, width)
    assert max(map(len, shown.splitlines())) <= width
    words = re.sub(r"\s+", " ", shown)
    assert "Conflicts ─" in words and "versus" in words
    assert "[1] New Zealand & Chile <reopen> talks · Herald · published 14 March 2031 · news" in words
    assert "2 independent" in words


def test_the_terminal_shows_no_control_characters_of_a_source() -> None:
    evil = msgspec.structs.replace(BRIEFING, title="\x1b[31mred\x1b[0m")
    assert "\x1b" not in in_terminal(evil, 100)
