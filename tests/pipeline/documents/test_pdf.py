"""Files made in several ways give the same paragraphs, in the order they are read, and the page of each."""

import zlib
from functools import cache

import pytest

from pipeline import Unreadable
from pipeline.documents.document import Document
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from tests.conftest import ROOT
from tests.pipeline.documents.test_html import STORY, TITLE

FOLDER = ROOT / "tests/documents/pdf"
LONG = [
    *STORY,
    "Chile’s delegation, which is led by the deputy minister of foreign trade, came with a list of eleven chapters of which four are closed. Officials who took part in the session said that the chapter on services was the hardest of those that are left, and that nobody expected it to be closed before the summer.",
    "Exporters of salmon in Norway have asked for a lower duty for ten years. Their association said that a cut of six points would be worth 200 million kroner a year to its members, most of whom sell to Santiago, Valparaiso and Concepcion already.",
    "Growers of wine in Chile want more than a cut in the duty. They have asked for their names of origin to be protected, and for an end of the rule by which a bottle has to be labelled anew before it may be sold in a shop in Norway.",
    "The talks began in 2029 and were put on hold for a year after the election. They were taken up again in January, when the two ministers met on the fringe of a conference, and agreed on a calendar of five rounds.",
    "A spokesman for the ministry in Santiago said that the two sides would exchange new offers on goods before the next round, and that a text on digital trade would be tabled by Chile within three weeks.",
]
TEXTS = {
    "one-column": STORY,
    "no-furniture": STORY,
    "two-columns": LONG,
    "columns-in-turn": LONG,
    "browser": LONG,
    "pages": LONG * 3,
    "footnotes": LONG * 3,
    "table": [
        *STORY,
        "Duties on the table",
        "| Good | Duty | From |",
        "| Wine | 12 percent | 2031 |",
        "| Copper wire | 6 percent | 2032 |",
    ],
}


@cache
def document_of(name: str) -> Document:
    return read((FOLDER / f"{name}.pdf").read_bytes())


@pytest.mark.parametrize("name", TEXTS)
def test_paragraphs_come_in_the_order_they_are_read(name: str) -> None:
    document = document_of(name)
    lines = [line for line in document.text.splitlines() if line]
    first = lines.index(STORY[0])
    assert lines[first : first + len(TEXTS[name])] == TEXTS[name]
    assert {document.region_at(document.text.index(part)) for part in STORY} == {"body"}
    assert document.title == TITLE
    assert document.published and document.published.edtf == "2031-03-03"


def test_hyphens_at_the_ends_of_lines_are_joined() -> None:
    text = document_of("hyphens").text
    assert "their trade negotiations on copper" in text
    assert "well-known and long-standing dispute" in text
    assert "2030, and 2031-32 will see" in text
    assert "the ministry’s statistics office" in text


def test_running_heads_and_page_numbers_are_left_out() -> None:
    text = document_of("pages").text
    assert "Fjord Daily" not in text
    assert [line for line in text.splitlines() if line.strip().isdigit()] == []


def test_footnotes_stand_at_the_end_and_prove_nothing() -> None:
    document = document_of("footnotes")
    at = document.text.index("1 See the report of the ministry")
    assert "duties of 99 percent on cheese." in document.text
    assert document.region_at(at) == "boilerplate"
    assert document.text.index(LONG[-1]) < at


def test_what_is_proven_has_its_page() -> None:
    document = document_of("pages")
    assert [page.number for page in document.pages] == [1, 2]
    first, second = document.text.index(STORY[3]), document.text.rindex(STORY[3])
    assert (document.page_at(first), document.page_at(second)) == (1, 2)
    evidence = [proof for fact in readout(document).deadlines for proof in fact.evidence]
    assert evidence
    for proof in evidence:
        assert document.text[proof.start : proof.end] == proof.exact
        assert proof.page == document.page_at(proof.start)


def test_footnotes_belong_to_the_page_that_they_stand_on() -> None:
    document = document_of("footnotes")
    notes = [i for i in range(len(document.text)) if document.text.startswith("1 See the report", i)]
    assert [document.page_at(at) for at in notes] == [1, 2]


def test_what_has_no_pages_has_none() -> None:
    assert read(STORY[0].encode()).page_at(0) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("scan", "it has no text layer, as scans have none: run text recognition (OCR) on it first"),
        ("encrypted", "it is a PDF file with a password: save it without one"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        document_of(name)
    assert str(refused.value) == said


def pdf(*objects: bytes) -> bytes:
    """A file of some objects, the first of which is its catalog."""
    data, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    return (
        data
        + head
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(data))
    )


def one_page(content: bytes, catalog: bytes = b"", filters: bytes = b"") -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d%b>>stream\n%b\nendstream" % (len(content), filters, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


WORDS = b"BT /F 11 Tf 60 700 Td (Norway and Chile opened trade talks in Oslo.) Tj ET"


def test_scripts_and_actions_are_not_carried_out() -> None:
    action = b"/OpenAction<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:9/'\\); while\\(1\\){})>>"
    assert read(one_page(WORDS, action)).text == "Norway and Chile opened trade talks in Oslo.\n"


@pytest.mark.parametrize(
    "hostile",
    [
        pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9999999>>"),
        pdf(b"<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 5>>"),
        one_page(zlib.compress(b"q " * 60_000_000, 9), filters=b"/Filter/FlateDecode"),
        one_page(zlib.compress(WORDS * 1_000_000, 9), filters=b"/Filter/FlateDecode"),
    ],
    ids=[
        "a page tree without end",
        "a catalog that is its own pages",
        "a bomb of nothing",
        "a bomb of words",
    ],
)
def test_a_hostile_file_is_refused_within_bounds(hostile: bytes) -> None:
    assert len(hostile) < 1_000_000
    with pytest.raises(Unreadable) as refused:
        read(hostile)
    assert str(refused.value).startswith("it ")
