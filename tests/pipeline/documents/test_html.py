"""Pages of many makes: each gives its story alone, its title, and its day where it has one."""

import tomllib
from functools import cache

import pytest

from pipeline import Unreadable
from pipeline.documents.document import Document
from pipeline.documents.read import read
from tests.conftest import ROOT

FOLDER = ROOT / "tests/documents/html"
TOLD = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
TITLE = "Norway and Chile open trade talks in Oslo"
STORY = [
    "Norway and Chile opened the second round of their trade talks on copper and salmon in Oslo on Monday, officials of both sides said.",
    "Norway’s trade minister, Kari Nordmann, leads its delegation. Chile wants Norway to cut its duty on wine, which stands at 12 percent.",
    "“We want a deal by the end of June,” Nordmann said after the first session. Goods worth $1.4 billion moved between the two in 2030.",
    "The two sides will meet again in Santiago on 14 April 2031, the ministry said in a statement that it published in the evening.",
]
FURNITURE = ("cookies", "Home", "Sport", "Related", "Peru", "Kenya raises", "©", "All rights", "99 percent", "98 percent")  # fmt: skip


@cache
def document_of(name: str) -> Document:
    return read((FOLDER / f"{name}.html").read_bytes())


def page(words: str) -> bytes:
    return f"<!doctype html><html><body>{words}</body></html>".encode()


def test_every_page_is_told_of() -> None:
    assert {path.stem for path in FOLDER.glob("*.html")} == TOLD.keys()


@pytest.mark.parametrize("name", TOLD)
def test_a_page_gives_its_story_and_its_day(name: str) -> None:
    told, document = TOLD[name], document_of(name)
    story = told.get("has", STORY)
    assert [part for part in story if part not in document.text] == []
    assert [words for words in FURNITURE if words in document.text] == []
    if story == STORY:
        assert {document.region_at(document.text.index(part)) for part in story} <= {"body", "deck"}
    assert document.text.startswith(document.title or "")
    assert (
        document.title,
        document.published and document.published.edtf,
        document.updated and document.updated.edtf,
        document.publisher,
        document.url,
    ) == (
        told.get("title", TITLE),
        told.get("published"),
        told.get("updated"),
        told.get("publisher", document.publisher),
        told.get("url"),
    )


def test_headings_bylines_and_rows_have_their_regions() -> None:
    document = document_of("table")
    at = {
        words: document.region_at(document.text.index(words))
        for words in (TITLE, "Duties on", "| Wine", "- Norway")
    }
    assert at == {TITLE: "headline", "Duties on": "headline", "| Wine": "body", "- Norway": "body"}
    bylined = document_of("visible-byline")
    assert bylined.region_at(bylined.text.index("By Ana")) == "byline"


def test_blocks_cover_the_text_without_gaps() -> None:
    for name in TOLD:
        document = document_of(name)
        edges = [0, *(block.end for block in document.blocks)]
        assert [block.start for block in document.blocks] == edges[:-1]
        assert edges[-1] == len(document.text)


def test_a_page_is_told_by_what_it_is_and_not_by_its_name() -> None:
    story = "".join(f"<p>{part}</p>" for part in STORY)
    assert "<p>" not in read(page(story), file="talks.txt").text
    assert read(b"# Talks\n\n<div>Markdown may hold markup.</div>\n", file="talks.html").text.startswith(
        "# Talks\n\n<div>"
    )


def test_text_that_is_given_as_text_is_left_as_it_is() -> None:
    markup = page("<p>Norway and Chile opened talks.</p>")
    assert read(markup, format="text").text == markup.decode()


def test_a_page_without_words_is_refused() -> None:
    with pytest.raises(Unreadable, match="it has no text outside of menus and notices"):
        read(page("<nav>Home</nav><script>document.write('talks')</script>"))


def test_nothing_is_fetched_and_no_entity_is_made_larger() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "talks"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    told = f'{bomb}<html><body><img src="http://127.0.0.1:9/x"><p>{STORY[0]} &b;&x;</p><p>{STORY[1]}</p></body></html>'
    text = read(told.encode()).text
    assert STORY[1] in text and "root:" not in text and "talkstalks" not in text


def test_elements_without_end_are_bounded() -> None:
    told = "<html><body>" + "<div>" * 100_000 + "".join(f"<p>{part}</p>" for part in STORY)
    try:
        assert "opened" in read(told.encode()).text
    except Unreadable as refused:
        assert str(refused).startswith("it ")
