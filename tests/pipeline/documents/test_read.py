"""Bytes become canonical text, or a sentence that says what is wrong with them."""

import hashlib

import pytest
from msgspec.structs import replace

from pipeline import Unreadable
from pipeline.documents.document import NOTHING_STATED
from pipeline.documents.formats import MAX_BYTES
from pipeline.documents.read import read, stated_before

TEXT = "Delegates from Peru and Japan opened trade talks in Lima on Monday.\nPrices: 5 €, “quoted” – naïve.\n"


def test_offsets_into_a_utf8_file_hold():
    document = read(TEXT.encode())
    assert document.text == TEXT
    assert document.id == hashlib.sha256(TEXT.encode()).hexdigest()


def test_nothing_moves_but_crlf():
    text = "\ufeff  Café e\u0301 \r\n\r\n\ttrailing  \r\n"
    assert read(text.encode()).text == "\ufeff  Café e\u0301 \n\n\ttrailing  \n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp1252"])
def test_other_encodings_are_detected(encoding):
    assert read(TEXT.encode(encoding)).text == TEXT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b" \n\t\n", "it is empty"),
        (b"%PDF-1.7 ...", "a PDF file that is damaged"),
        (b"PK\x03\x04rest", "a ZIP archive that is damaged"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"words\x00words", "NUL"),
        (bytes(range(256)) * 8, "UTF-8"),
        (b"\x01\x02\x03\x04 words", "control characters"),
        (b"\xff\xfeodd bytes", "UTF-16"),
        (b"a" * (MAX_BYTES + 1), "the limit is 5,000,000"),
    ],
)
def test_what_is_not_a_text_is_refused_with_its_reason(data, reason):
    with pytest.raises(Unreadable, match=reason) as refused:
        read(data)
    assert str(refused.value).startswith("it ") and "\n" not in str(refused.value)


def test_front_matter_is_metadata_and_not_content():
    document = read(
        b"---\ntitle: Talks in Lima\ndate: '2031-03-14'\nsource_url: https://example.gov/talks\n---\n\nPeru and Japan met today.\n"
    )
    assert (document.title, document.url) == ("Talks in Lima", "https://example.gov/talks")
    assert document.published and document.published.edtf == "2031-03-14"
    assert document.region_at(0) == "boilerplate"
    assert document.region_at(document.text.index("Peru")) == "body"


@pytest.mark.parametrize(
    "matter",
    [
        "---\ntitle: 'Tea: a duty'\ndate: 2031-03-14\n---\n",
        "---\ntitle: Tea: a duty\ntags:\n  - tea\n- duty\ndate: 2031-03-14\n---\n",
        '+++\ntitle = "Tea: a duty"\ndate = 2031-03-14\n+++\n',
        "---\r\ntitle: 'Tea: a duty'\r\nmeta:\r\n  date: 2031-03-14\r\n---\r\n",
    ],
)
def test_front_matter_is_read_in_the_forms_that_there_are(matter):
    document = read((matter + "\nPeru and Japan met today.\n").encode())
    assert document.published and (document.title, document.published.edtf) == ("Tea: a duty", "2031-03-14")
    assert document.region_at(5) == "boilerplate"


@pytest.mark.parametrize(
    "matter", ["---\n: [\n---\n", "---\n- a list\n---\n", "---\ntitle: 5\ndate: soon\n---\n"]
)
def test_front_matter_that_says_nothing_harms_nothing(matter):
    document = read((matter + "\nPeru and Japan met in Lima for talks about trade.\n").encode())
    assert document.published is None


def test_what_the_caller_says_goes_before_what_the_page_says():
    document = read(
        b"---\ndate: 2031-03-14\n---\nPeru and Japan met.\n", published="2031-03-15", title="Mine"
    )
    assert document.published and (document.published.edtf, document.title) == ("2031-03-15", "Mine")


def test_a_wrong_publication_date_is_refused():
    with pytest.raises(Unreadable, match="publication date"):
        read(b"Peru and Japan met.", published="2031-02-30")


MATTER = """\
---
title: Talks in Lima
publisher: Example Times
url: https://times.example/lima
date: 2031-03-14
---
Delegates from Peru and Japan opened trade talks in Lima on Monday.
"""


def test_what_the_sender_says_counts_and_what_the_document_says_is_kept():
    document = read(
        MATTER.encode(), title="Peru and Japan talk", publisher="Example Wire", published="2031-03-15"
    )
    assert (document.title, document.publisher, document.url) == (
        "Peru and Japan talk",
        "Example Wire",
        "https://times.example/lima",
    )
    assert document.published is not None
    assert document.published.edtf == "2031-03-15"
    assert document.stated == replace(
        NOTHING_STATED, title="Peru and Japan talk", publisher="Example Wire", published="2031-03-15"
    )
    detected = document.detected
    assert (detected.title, detected.publisher, detected.url) == (
        "Talks in Lima",
        "Example Times",
        "https://times.example/lima",
    )
    assert detected.published is not None
    assert detected.published.edtf == "2031-03-14"


def test_what_a_later_statement_leaves_out_stays_as_it_was_said():
    before = read(MATTER.encode(), publisher="Example Wire", rights="CC-BY-4.0").stated
    later = stated_before(read(MATTER.encode(), publisher="Another Wire"), before)
    assert (later.publisher, later.title, later.stated.rights) == (
        "Another Wire",
        "Talks in Lima",
        "CC-BY-4.0",
    )
