"""Word files and OpenDocument texts: what the structure tells, and what is left out."""

import pytest

from pipeline import Unreadable
from pipeline.documents.document import Document
from pipeline.documents.read import read
from tests.conftest import ROOT

ROWS = "| Good | Duty |\n| Wine | 12 percent |\n"


def document_of(name: str) -> Document:
    return read((ROOT / "tests/documents" / name).read_bytes())


@pytest.mark.parametrize("name", ["docx/parts.docx", "odt/parts.odt"])
def test_headings_rows_items_and_notes_are_told(name: str) -> None:
    document = document_of(name)
    assert document.title == "Norway and Chile open trade talks in Oslo"
    assert ROWS in document.text and "- Chile wants a lower duty on wine" in document.text
    regions = {
        words: document.region_at(document.text.index(words))
        for words in ("Norway and Chile open trade", "Duties on", "| Wine", "- Chile", "See the report")
    }
    assert [*regions.values()] == ["headline", "headline", "body", "body", "boilerplate"]


@pytest.mark.parametrize("name", ["docx/parts.docx", "odt/parts.odt"])
def test_what_was_deleted_is_not_read(name: str) -> None:
    text = document_of(name).text
    assert "99 percent" not in text and "98 percent" not in text and "told twice" not in text
    assert "The two sides will meet again in Santiago on 14 April 2031, the ministry said" in text


def test_running_heads_are_left_out() -> None:
    assert "Deccan Business Daily" not in document_of("story/story.docx").text


def test_declared_entities_are_refused() -> None:
    with pytest.raises(Unreadable, match=r"it declares entities \(a DTD\)"):
        document_of("docx/entities.docx")
