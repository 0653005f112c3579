"""Rich text: what its marks tell, in any encoding, and what is left out."""

from pipeline.documents.document import Document
from pipeline.documents.read import read
from tests.pipeline.documents.files import FOLDER


def document_of(name: str) -> Document:
    return read((FOLDER / "rtf" / f"{name}.rtf").read_bytes())


def test_headings_rows_items_and_notes_are_told() -> None:
    document = document_of("parts")
    assert document.title == "Norway and Chile open trade talks in Oslo"
    assert "| Good | Duty |\n| Wine | 12 percent |\n" in document.text
    regions = {
        words: document.region_at(document.text.index(words))
        for words in ("Norway and Chile open trade", "Duties on", "| Wine", "- Chile", "See the report")
    }
    assert [*regions.values()] == ["headline", "headline", "body", "body", "boilerplate"]


def test_letters_of_every_encoding_are_read() -> None:
    assert "René Müller led one side, Иван Петров watched, and 😁 was heard." in document_of("parts").text
    assert document_of("japanese").text == "日本とチリは貿易交渉を始めた。\n"


def test_hidden_and_deleted_words_fields_and_footers_are_left_out() -> None:
    text = document_of("parts").text
    for left_out in (
        "99 percent",
        "98 percent",
        "told twice",
        "Page",
        "PAGE",
        "010203",
        "Nobody",
        "Times New",
    ):
        assert left_out not in text


def test_what_a_program_draws_is_passed_over() -> None:
    picture = b"{\\rtf1 {\\pict\\bin12 }}}{{{\\par xx}Norway and Chile met.\\par}"
    assert read(picture).text == "Norway and Chile met.\n"
