"""Messages: the text that somebody wrote, of the day that it was written."""

import pytest

from pipeline import Unreadable
from pipeline.documents.document import Document
from pipeline.documents.read import read
from tests.conftest import ROOT

TITLE = "India, EU begin new round of trade talks as year-end target nears"
OPENING = "Negotiators from India and the European Union began the 13th round of free trade talks in New Delhi on Monday"


def document_of(name: str) -> Document:
    return read((ROOT / "tests/documents/email" / f"{name}.eml").read_bytes())


@pytest.mark.parametrize("name", ["newsletter", "forwarded", "forwarded-whole", "attachment", "latin-1"])
def test_a_message_gives_its_text_its_subject_and_its_day(name: str) -> None:
    document = document_of(name)
    assert document.title == TITLE
    assert document.published and document.published.edtf == "2025-09-08"
    assert document.text.startswith(f"{TITLE}\n\n")
    assert document.region_at(document.text.index(OPENING)) == "body"
    for left_out in ("Your mail program", "Worth a read", "See attached", "Home", "%PDF", "@", "wrote"):
        assert left_out not in document.text


def test_a_newsletter_has_a_publisher_and_a_letter_has_none() -> None:
    assert document_of("newsletter").publisher == "Deccan Business Daily"
    assert document_of("attachment").publisher is None


def test_who_signs_proves_nothing() -> None:
    document = document_of("forwarded")
    assert document.region_at(document.text.index("Ben Example")) == "boilerplate"


def test_a_message_without_text_says_so() -> None:
    with pytest.raises(Unreadable, match="it is an e-mail without text: there is nothing to read"):
        read(b"From: a@b.example\r\nDate: Mon, 08 Sep 2025 18:00:00 +0530\r\nMIME-Version: 1.0\r\n\r\n\r\n")


def test_a_message_may_be_a_piece_of_a_page() -> None:
    story = f"{OPENING}, with officials on both sides saying that the hardest chapters are still open."
    message = (
        "From: Desk <desk@desk.example>\r\nDate: Mon, 08 Sep 2025 18:00:00 +0530\r\nMIME-Version: 1.0\r\n"
        f"Subject: Re: {TITLE}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        f'<div class="newsletter"><p>{story}</p><p>The round runs until Friday.</p></div>\r\n'
    )
    document = read(message.encode())
    assert (document.title, document.published and document.published.edtf) == (TITLE, "2025-09-08")
    assert story in document.text and "<p>" not in document.text
